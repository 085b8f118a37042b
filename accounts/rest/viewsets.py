"""The base of all collections: rows by scope, versions by ETag, creation by Idempotency-Key."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.access import row_for
from accounts.models import User
from accounts.rest.filters import NoFilters, OrderingBackend, SearchBackend, StrictFilterBackend, words_in
from accounts.rest.paging import KeysetPagination
from accounts.rest.problems import Conflict, MatchMissing, Stale, TooLarge
from core import clock
from core.digits import whole_number
from core.http import row_id
from core.idempotency import already_made, create_once
from core.sizes import FORM_BYTES
from core.versions import StaleVersionError

KEY_CHARS = 80
GRANTS = {"list": "view", "retrieve": "view", "create": "add", "update": "change", "partial_update": "change"}


class ApiRequest(Request):
    """A request whose user is signed in: HoldsGrant stands before every action. Only a type, never made."""

    user: User


class HoldsGrant(BasePermission):
    """Signed in, and holds the permission of this action on some rows."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the door opens; which rows lie behind it is asked later."""
        return bool(request.user and request.user.is_authenticated and request.user.can(view.permission()))


class Collection(GenericViewSet, ABC):
    """A list and its rows. Subclasses say `resource`, `rows()` and a serializer, and how to write, if at all."""

    request: ApiRequest
    resource: ClassVar[str]
    grant: ClassVar[str] = ""  # the permission of an extra action, e.g. "customer.claim"
    ordering: ClassVar[tuple[str, ...]] = ()  # allowed orders without the minus; the first of `default_order` counts
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    search_fields: ClassVar[tuple[str, ...]] = ()
    extra_parameters: ClassVar[tuple[str, ...]] = ()
    filterset_class: ClassVar[type] = NoFilters
    metadata_class = None
    permission_classes = (HoldsGrant,)
    pagination_class = KeysetPagination
    filter_backends: Sequence[type] = (StrictFilterBackend, SearchBackend, OrderingBackend)

    # --- who and what ------------------------------------------------------------------------------------------------
    def permission(self) -> str:
        """The permission that the present action asks for."""
        return self.grant or f"{self.resource}.{GRANTS.get(self.action or 'list', 'delete')}"

    def perform_authentication(self, request: Request) -> None:
        """Answer in the person's language and zone; for sessions the middleware has seen to it already."""
        super().perform_authentication(request)
        user = request.user
        if request.auth is not None and user.is_authenticated:
            translation.activate(user.language or translation.get_language())
            timezone.activate(clock.user_zone(user))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before it is read."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_file = request.content_type.startswith("multipart/form-data")  # a boundary follows
        if not is_file and whole_number(length, FORM_BYTES) is None:
            raise TooLarge

    @abstractmethod
    def rows(self) -> QuerySet:
        """All rows with what a representation needs; the scope comes on top."""

    def hold(self, row: Any) -> None:
        """Lock the row that was read, before it is written; an app that locks something else first says so here."""
        hold(row)

    def get_queryset(self) -> QuerySet:
        """The rows in reach."""
        return self.rows().for_user(self.request.user)

    def get_object(self) -> Any:
        """The row of the address: 404 if foreign, 403 if seen but not for this action."""
        return row_for(self.rows(), self.request.user, self.kwargs["pk"], self.permission())

    def further_parameters(self) -> tuple[str, ...]:
        """What the address may say besides filters, search and order."""
        return self.extra_parameters

    # --- order and search --------------------------------------------------------------------------------------------
    def orders(self) -> list[str]:
        """What `?ordering=` may say."""
        return [sign + name for name in self.ordering for sign in ("", "-")]

    def order(self) -> tuple[str, ...]:
        """The order of the page; the key of the row makes it total."""
        wanted = self.request.query_params.get("ordering")
        chosen = (wanted,) if wanted else self.default_order
        if chosen[-1].lstrip("-") in ("id", "pk"):
            return chosen
        return (*chosen, "-pk" if chosen[-1].startswith("-") else "pk")

    def searchable(self) -> bool:
        """Whether the list has `?search=`."""
        return bool(self.search_fields) or type(self).search is not Collection.search

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        """The rows that meet `text`."""
        return rows.filter(words_in(self.search_fields, text))

    # --- reading -----------------------------------------------------------------------------------------------------
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row with its ETag."""
        return self.answer(self.get_object())

    def answer(self, row: Model, code: int = status.HTTP_200_OK) -> Response:
        """The row as an answer."""
        tag = etag_of(row)
        return Response(self.get_serializer(row).data, status=code, headers={"ETag": tag})

    def shown(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        """The stored row after a write; 204 when the write took it out of the sender's reach."""
        found = self.rows().for_user(self.request.user).filter(pk=pk).first()
        return Response(status=status.HTTP_204_NO_CONTENT) if found is None else self.answer(found, code)


# --- versions --------------------------------------------------------------------------------------------------------
def etag_of(row: Model) -> str:
    """The version in quotes; for rows without one a digest of their columns."""
    version = getattr(row, "version", None)
    return f'"{version}"' if version is not None else f'"{_digest(row)}"'


def _digest(row: Model) -> str:
    values = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:20]


def check_match(request: Request, row: Model, also: str = "") -> None:
    """428 without If-Match, 412 when it names another version, neither by its ETag nor by `also`.

    Compression on the way marks a tag as weak (`W/"..."`); ours names a version, not bytes, so both forms are the same.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise MatchMissing
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    if header != "*" and not named & ({etag_of(row), also} - {""}):
        raise Stale


def hold(row: Model) -> None:
    """Lock the stored row until the end of the transaction; StaleVersionError if it isn't the one that was read."""
    # Without its key: every new row that names it holds that (followups/locks.py).
    stored = type(row)._base_manager.select_for_update(of=("self",), no_key=True).filter(pk=row.pk).first()
    if stored is None or etag_of(stored) != etag_of(row):
        raise StaleVersionError(stored or row)


# --- writing ---------------------------------------------------------------------------------------------------------
class Creates(Collection):
    """POST on the list: `make(values)` creates by a service; the same Idempotency-Key makes one row."""

    @abstractmethod
    def make(self, values: dict[str, Any]) -> Model:
        """Create the row from checked values."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Create once per key."""
        model, key, body = self.rows().model, _key(request), self.body(request)
        made = already_made(user=self.request.user, key=key, data=body, model=model) if key else None
        if made is None:
            serializer = self.incoming(request.data)
            serializer.is_valid(raise_exception=True)
            try:
                self.ask(serializer.validated_data)
            except Conflict:  # perhaps about what the same key has made in this moment
                made = already_made(user=self.request.user, key=key, data=body, model=model) if key else None
                if made is None:
                    raise
        if made is None:
            made, _now = create_once(
                user=self.request.user,
                key=key,
                data=body,
                model=model,
                create=lambda: self.make(serializer.validated_data),
            )
        return self.shown(made.pk, status.HTTP_201_CREATED)

    def ask(self, values: dict[str, Any]) -> None:
        """May stop a valid request with a question, a Conflict, before anything is made."""

    def incoming(self, data: Any) -> BaseSerializer:
        """What checks the body."""
        return self.get_serializer(data=data)

    def body(self, request: Request) -> Any:
        """What counts as the same body."""
        return request.data


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_CHARS or not key.isprintable():
        text = _("An Idempotency-Key has at most %(most)s printable characters.") % {"most": KEY_CHARS}
        raise ValidationError({"Idempotency-Key": [text]})
    return key


class Changes(Collection):
    """PUT and PATCH: `change(row, values)` writes by a service over the version that If-Match names."""

    @abstractmethod
    def change(self, row: Any, values: dict[str, Any]) -> None:
        """Write the checked values over `row`, as it was read."""

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Replace all writable fields."""
        return self._write(request, partial=False)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write the given fields."""
        return self._write(request, partial=True)

    def _write(self, request: Request, *, partial: bool) -> Response:
        row = self.get_object()
        check_match(request, row)
        serializer: BaseSerializer = self.get_serializer(row, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            self.hold(row)
            self.change(row, serializer.validated_data)
        return self.shown(row.pk)


class Deletes(Collection):
    """DELETE: `remove(row)` deletes by a service, over the version that If-Match names."""

    @abstractmethod
    def remove(self, row: Any) -> None:
        """Delete `row`, as it was read."""

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete; usually into the recycle bin."""
        row = self.get_object()
        check_match(request, row)
        with transaction.atomic():
            self.hold(row)
            self.remove(row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Catalogue(Collection):
    """Rows without owner that everybody with the grant sees."""

    def get_queryset(self) -> QuerySet:
        """All rows: the grant is asked at the door."""
        return self.rows()

    def get_object(self) -> Any:
        """The row of the address, else 404."""
        pk = row_id(str(self.kwargs["pk"]))
        found = None if pk is None else self.rows().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def shown(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        """The stored row after a write."""
        return self.answer(self.rows().get(pk=pk), code)
