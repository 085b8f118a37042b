"""Fetch and authorise in one line: 404 for what a person may not know of, 403 for what may be seen but not done."""

from typing import Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from accounts.scope import Viewer
from core.http import row_id

M = TypeVar("M", bound=Model, covariant=True)


class Rows(Protocol[M]):
    """A manager or queryset that asks who is looking."""

    def for_user(self, user: Viewer, action: str = ...) -> QuerySet[M]: ...


def row_for(rows: Rows[M], user: Viewer, pk: int | str, action: str = "view") -> M:
    """The row `pk` of `rows` if `user` may do `action` on it.

    `action` may name another resource: row_for(Customer.objects, user, pk, "interaction.add"). A pk that is no number
    (from a query or a form) is not found.
    """
    wanted = row_id(str(pk))
    if wanted is None:
        raise Http404
    found = rows.for_user(user, action).filter(pk=wanted).first()
    if found is not None:
        return found
    if action != "view" and rows.for_user(user, "view").filter(pk=wanted).exists():
        raise PermissionDenied
    raise Http404
