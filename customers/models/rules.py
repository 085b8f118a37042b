"""The numbers by which customers are contacted: one row that a manager edits beside the cadence table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned
from core.history import tracked
from customers.models.interaction import InteractionKind

LIMITS: dict[str, tuple[int, int]] = {
    "first_contact_hours": (1, 240),
    "write_up_hours": (1, 168),
    "touches": (1, 50),
    "tries": (1, 20),
    "retry_days": (1, 60),
    "warned_days": (1, 60),
    "first_month_days": (1, 366),
    "after_sale_days": (1, 366),
    "revisit_1_days": (1, 366),
    "revisit_2_days": (1, 366),
    "revisit_3_days": (1, 366),
    "closes_days": (0, 60),
    "chain_near_days": (0, 30),
    "chain_late_days": (0, 30),
}
REVISITS = (1, 2, 3)


def _days(words: Any, default: int) -> Any:
    return models.PositiveSmallIntegerField(words, default=default)


def _method(words: Any) -> Any:
    return models.CharField(words, max_length=10, choices=InteractionKind, default=InteractionKind.CALL)


def _content(words: Any) -> Any:
    return models.CharField(words, max_length=200, blank=True, default="")


@tracked(exclude=("updated_at", "updated_by", "version"))
class ContactRules(Stamped, Versioned):
    """What the company says of contacts besides the cadence table; without a row what stands here holds."""

    first_contact_hours = _days(_("hours until the first contact"), 24)
    write_up_hours = _days(_("hours to write a visit up"), 24)
    touches = _days(_("activities that a sale takes as a rule"), 5)
    tries = _days(_("tries without an answer until a person decides"), 3)
    retry_days = _days(_("days until an unanswered try is repeated, at most"), 7)
    warned_days = _days(_("days until a customer with a warning is contacted, at most"), 14)
    first_month_days = _days(_("days of the close rhythm after a deal"), 30)
    after_sale_days = _days(_("days until a buyer is a long-term customer"), 90)
    revisit_1_days = _days(_("day of the first revisit"), 7)
    revisit_2_days = _days(_("day of the second revisit"), 30)
    revisit_3_days = _days(_("day of the third revisit"), 90)
    closes_days = _days(_("days within which a follow-up falls due that an activity closes too"), 7)
    chain_near_days = _days(_("days by which a revisit may come later than the plan that it replaces"), 3)
    chain_late_days = _days(_("days after which a revisit that was missed is left out"), 6)
    revisit_1_method = _method(_("method of the first revisit"))
    revisit_2_method = _method(_("method of the second revisit"))
    revisit_3_method = _method(_("method of the third revisit"))
    win_back_method = _method(_("method of winning back"))
    revisit_1_content = _content(_("what the first revisit is about"))
    revisit_2_content = _content(_("what the second revisit is about"))
    revisit_3_content = _content(_("what the third revisit is about"))
    win_back_content = _content(_("what winning back is about"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_contact_rules"),
            models.CheckConstraint(
                condition=Q(
                    *[Q(**{f"{name}__gte": low, f"{name}__lte": high}) for name, (low, high) in LIMITS.items()],
                    revisit_1_days__lt=F("revisit_2_days"),
                    revisit_2_days__lt=F("revisit_3_days"),
                    first_month_days__lte=F("after_sale_days"),
                ),
                name="contact_rules_in_order",
            ),
        ]


def rule_field(name: str) -> models.Field[Any, Any]:
    """One of the numbers: its words, and what it is as shipped."""
    field = ContactRules._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field
