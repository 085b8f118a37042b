"""`/settings/pool/`: the rules of the pool; `/customers/leaving/`: who goes back into it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from customers.pool import pool_rules
from responsibility.pool import services
from responsibility.pool.forms import PoolForm
from responsibility.pool.listing import LEAVING
from responsibility.pool.selectors import standing
from ui.conflicts import Edit
from ui.flow import edit_page
from ui.listing import Asked, list_page


@needs("setting.view", FORM)
def pool_settings(request: Request) -> HttpResponse:
    """Limits, protection and taking back; `?count=1` counts whom the rules would concern, which takes a while."""
    may_change = request.user.can("setting.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied

    def save(edit: Edit) -> None:
        changes = PoolForm().changed_columns(edit.changes)
        services.pool_rules_change(row=edit.row, changes=changes, version=edit.version, by=request.user)

    return edit_page(
        request,
        PoolForm,
        "responsibility/pool/settings.html",
        find=pool_rules,
        save=save,
        said=_("Saved. Limits count at once, protection from the next night on."),
        then=reverse("pool_settings"),
        back=reverse("settings"),
        may_change=may_change,
        standing=standing() if "count" in request.GET else None,
        **last_changes(request.user, services.POOL_ACT),
    )


@needs(LEAVING.permission, READ)
def leaving_list(request: Request) -> HttpResponse:
    """Those in reach whose owners have been warned."""
    return list_page(
        Asked(LEAVING, request),
        title=_("Back into the pool"),
        sub=_("There has been no activity for long. An activity, an order or a new owner keeps them."),
    )
