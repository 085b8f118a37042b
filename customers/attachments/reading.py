"""Reading files: the rows in reach, and what pages show of those that hang on something."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, QuerySet, Value, When
from django.db.models.functions import JSONObject

from accounts.access import row_for
from accounts.models import User
from core.contributions import FileHolder, registry
from core.files.kinds import KINDS
from customers.models import Attachment, AttachmentQuerySet, Customer

SHOWN = 12  # at an entry of the history
IN_PANEL = 6
JOINED = ("file", "customer", "created_by")
DATA = {
    "id": "pk",
    "name": "file__name",
    "kind": "file__kind",
    "size": "file__size",
    "lost": "file__lost_at",
    "what": "what",
    "seen": "seen",
    "at": "created_at",
    "by": "created_by__name",
}


def file_holders() -> list[tuple[str, Any]]:
    """What files hang on, as choices."""
    return [(holder.code, holder.word) for holder in registry().file_holders.values()]


def rows() -> AttachmentQuerySet:
    """Files outside of the recycle bin, with what a line about one needs."""
    return Attachment.objects.select_related(*JOINED).defer("customer__search_tokens")


def attachment_for(user: User, pk: int, action: str = "view") -> Attachment:
    """One file in reach."""
    return row_for(rows(), user, pk, action)


def binned_for(user: User) -> AttachmentQuerySet:
    """Deleted files that this person may bring back."""
    gone = Attachment.all_objects.filter(deleted_at__isnull=False, customer__deleted_at=None)
    return gone.for_user(user, "delete").select_related(*JOINED, "deleted_by").defer("customer__search_tokens")


def files_of_row(user: User, on: str) -> ArraySubquery:
    """The files of each row of a kind, as data; composed with the query of the rows."""
    found = Attachment.objects.for_user(user).filter(on=on, on_id=OuterRef("pk")).order_by("pk")
    return _as_data(user, found, SHOWN)


def files_of_customer(user: User) -> ArraySubquery:
    """The latest files at each customer, whatever they hang on, and one more than are shown."""
    found = Attachment.objects.for_user(user).filter(customer=OuterRef("pk")).order_by("-created_at", "-pk")
    return _as_data(user, found, IN_PANEL + 1)


def files_at(user: User, on: str, on_id: int) -> list[dict[str, Any]]:
    """The files of one row, for templates."""
    found = Attachment.objects.for_user(user).filter(on=on, on_id=on_id).order_by("pk")
    return drawn([row["data"] for row in found.values(data=_data(user))])


def _as_data(user: User, found: QuerySet[Attachment], most: int) -> ArraySubquery:
    return ArraySubquery(found.values(data=_data(user))[:most])


def _data(user: User) -> JSONObject:
    mine = Case(When(created_by=user, then=Value(True)), default=Value(False))
    return JSONObject(**DATA, mine=mine)


def drawn(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with words and pictures, for templates."""
    words = dict(Attachment.What.choices)
    for one in found:
        kind = KINDS[one["kind"]]
        one["picture"], one["icon"], one["word"] = kind.picture, kind.icon, words.get(one["what"], one["what"])
    return found


def holder_row(user: User, on: str, row: int | str, action: str = "attachment.add") -> tuple[FileHolder, Any, Customer]:
    """The row of this kind on which the person may do something with files, and its customer; 404 or 403."""
    holder = registry().file_holders[on]
    found = row_for(holder.rows().for_user(user, holder.permission), user, row, action)
    customer_id = found.pk if holder.customer == "pk" else getattr(found, f"{holder.customer}_id")
    # unscoped: whoever may add to the row may know its customer by name
    customer = Customer.objects.select_related("owner", "service_owner").defer("search_tokens").get(pk=customer_id)
    return holder, found, customer
