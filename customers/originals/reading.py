"""Reading the register of paper originals: what is in reach, and who may have one."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import row_for
from accounts.models import User
from customers.models import PaperOriginal
from customers.selectors import colleagues


def original_for(user: User, pk: int) -> PaperOriginal:
    """One paper that this person may move."""
    rows = PaperOriginal.objects.select_related("customer", "holder", "updated_by").defer("customer__search_tokens")
    return row_for(rows, user, pk, "change")


def binned_for(user: User) -> QuerySet[PaperOriginal]:
    """Deleted papers that this person may bring back."""
    gone = PaperOriginal.all_objects.filter(deleted_at__isnull=False, customer__deleted_at=None)
    return gone.for_user(user, "delete").select_related("customer", "deleted_by").defer("customer__search_tokens")


def holders_for(user: User, holder: User | None = None) -> QuerySet[User]:
    """Who may have a paper: colleagues, oneself, and who has it now."""
    known = {user.pk, holder.pk if holder else user.pk}
    return User.objects.filter(Q(pk__in=known) | Q(pk__in=colleagues(user).order_by().values("pk")))
