"""`/settings/audit/`: who did what, to which row, from where. The table only grows."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.models import AuditEntry, User
from core import clock
from core.contributions import registry
from core.texts import by_pinyin
from ui.listing import Asked, list_page
from workbench.audit.listing import AUDIT, given


@needs(AUDIT.permission, READ)
def audit_list(request: Request) -> HttpResponse:
    """Acts, newest first; filters in the address, a wrong value is said and ignored."""
    asked = Asked(AUDIT, request)
    typed = given(asked)
    return list_page(
        asked,
        title=_("Audit log"),
        template="audit/list.html",
        chosen={key: text if key in asked.values else "" for key, text in typed.items()},
        acts=sorted(((act.code, act.word) for act in registry().acts.values()), key=lambda pair: str(pair[1])),
        people=sorted(
            User.objects.for_user(request.user).filter(pk__in=_recent_people()), key=lambda one: by_pinyin(one.name)
        ),
        zone=timezone.get_current_timezone_name(),
    )


def _recent_people() -> QuerySet:
    """Who did something in the last 90 days, to choose from."""
    since = clock.now() - dt.timedelta(days=90)
    # unscoped: only names of people that the reader may see come of it
    return AuditEntry.objects.filter(at__gte=since).exclude(by=None).values("by").distinct()
