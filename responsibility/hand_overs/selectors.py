"""What would go back if a hand-over were undone now, and what would stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.masking import masked_copy
from accounts.models import User
from customers.models import Customer, OwnerChange
from responsibility.models import HandOver

SHOWN = 50
AGAIN = _("changed hands again since")
LEFT = _("whose it was has left")


@dataclass(frozen=True)
class Staying:
    """A customer that stays where it is, masked for the reader, and why."""

    customer: Customer
    why: str | Promise


@dataclass(frozen=True)
class Standing:
    """The changes that can be taken back; the first of those that stay, how many these are, and how many of the act's
    customers the reader may not assign or that were deleted."""

    back: list[OwnerChange]
    stay: list[Staying]
    staying: int
    beyond: int


def standing(act: HandOver, user: User) -> Standing:
    """As of now, for this reader; of one that was taken back, what stayed."""
    if act.undone_at is not None:
        stayed = Customer.objects.for_user(user, "assign").filter(pk__in=act.stayed).select_related("facts")
        shown = [Staying(masked_copy(user, row), "") for row in stayed.defer("search_tokens").order_by("pk")[:SHOWN]]
        return Standing([], shown, len(act.stayed), 0)
    mine = Customer.objects.for_user(user, "assign").order_by().values("pk")
    later = OwnerChange.objects.filter(customer=OuterRef("customer"), pk__gt=OuterRef("pk"))
    # unscoped: those of `mine` alone
    rows = OwnerChange.objects.filter(handover=act.handover, customer__in=mine).annotate(again=Exists(later))
    changes = list(
        rows.select_related("from_user__team", "customer__facts").defer("customer__search_tokens").order_by("pk")
    )
    back: list[OwnerChange] = []
    stay: list[tuple[Customer, str | Promise]] = []
    for change in changes:
        if change.again or change.customer.owner_id != change.to_user_id:
            stay.append((change.customer, AGAIN))
        elif change.from_user is not None and not change.from_user.is_active:
            stay.append((change.customer, LEFT))
        else:
            back.append(change)
    shown = [Staying(masked_copy(user, customer), why) for customer, why in stay[:SHOWN]]
    return Standing(back, shown, len(stay), act.customers - len(back) - len(stay))
