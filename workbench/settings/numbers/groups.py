"""Which numbers stand on one page, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.contributions import Number, registry


@dataclass(frozen=True)
class Group:
    """One page of numbers; `part` names it in the address, `page` is its url name."""

    code: str
    part: str
    title: str | Promise
    text: str | Promise
    icon: str
    order: int

    @property
    def page(self) -> str:
        return f"numbers_{self.code}"

    def numbers(self) -> list[Number]:
        """In the order in which the apps name them."""
        return [one for one in registry().numbers.values() if one.group == self.code]


GROUPS = {
    group.code: group
    for group in (
        Group(
            "sign_in",
            "sign-in",
            _("Signing in"),
            _("After how long people are signed out, and how long an invitation works"),
            "log-out",
            30,
        ),
        Group(
            "work",
            "work",
            _("Working with customers"),
            _("From when on a customer counts as silent or as served too much, and how long a churn warning may take"),
            "activity",
            49,
        ),
        Group(
            "limits",
            "limits",
            _("Limits for each person"),
            _("How much of what is masked or out of reach a person may ask for, and how often take lists out"),
            "shield-check",
            34,
        ),
        Group(
            "kept",
            "kept",
            _("How long things are kept"),
            _("Until when acts can be taken back, and when old files, messages and positions go"),
            "history",
            82,
        ),
    )
}
