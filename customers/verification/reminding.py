"""Each Monday people are reminded of the files that they are to verify."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.notices import tell
from customers.verification.rule import verification_rules
from customers.verification.selectors import due_by_person
from ui import formatting

TO_VERIFY = "files_to_verify"
MONDAY = 0


def remind(business_date: date) -> dict[str, Any]:
    """The nightly job: in the night to a Monday each person with due files is told how many, once a week."""
    morning = business_date + timedelta(days=1)
    if morning.weekday() != MONDAY or not verification_rules().reminds:
        return {}
    due = due_by_person()
    for person in User.objects.filter(pk__in=due).select_related("role", "team"):
        counts = due[person.pk]
        tell(
            user=person,
            kind=TO_VERIFY,
            key=f"{TO_VERIFY}:{person.pk}:{morning.isoformat()}",
            numbers=dict(counts),
            url=f"{reverse('verification_list')}?tab={'mine' if counts['own'] else 'steward'}",
        )
    return {"reminded": len(due)}


def to_verify_said(numbers: Mapping[str, Any]) -> str:
    """How many of one's own, and how many of others."""
    own, steward = numbers.get("own", 0), numbers.get("steward", 0)
    parts = []
    if own:
        parts.append(ngettext("%(n)s file of yours is to be verified", "%(n)s files of yours are to be verified", own))
    if steward:
        parts.append(
            ngettext(
                "%(n)s file of others is to be verified by you as data steward",
                "%(n)s files of others are to be verified by you as data steward",
                steward,
            )
        )
    said = [part % {"n": formatting.number(n)} for part, n in zip(parts, [n for n in (own, steward) if n], strict=True)]
    return formatting.listed(said) if said else _("Files are to be verified")
