"""Filters, search and order of lists: only what a collection names; anything else is a 400 and never a silent miss."""

from datetime import UTC
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.rest.paging import PARAMETERS

MAX_SEARCH = 80


class IdFilter(django_filters.NumberFilter):
    """Rows that point to the row with this id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)


class YesNoField(forms.Field):
    """`true` or `false`, as JSON writes them."""

    widget = forms.TextInput
    WORDS: ClassVar[dict[str, bool]] = {"true": True, "false": False}
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": gettext_lazy("Write true or false.")}

    def to_python(self, value: Any) -> bool | None:
        """The answer; None for an empty one, which filters nothing."""
        if value in self.empty_values:
            return None
        if value not in self.WORDS:
            raise forms.ValidationError(self.error_messages["invalid"])
        return self.WORDS[value]


class YesNoFilter(django_filters.Filter):
    """A filter by yes or no that refuses every other word. In the schema its type comes from the hint of `value`, the
    last parameter of its method."""

    field_class = YesNoField


class UtcField(IsoDateTimeField):
    """A moment with any offset that a person can write, as UTC: the database knows fewer offsets."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": gettext_lazy("Enter a date and time such as 2026-11-24T14:30:00+08:00.")
    }

    def to_python(self, value: Any) -> Any:
        """The moment in UTC."""
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    """Before or after a moment."""

    field_class = UtcField


class NoFilters(django_filters.FilterSet):
    """A collection without filters."""


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter that refuses unknown parameters, so that nobody filters by a field they may not read."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """The rows that meet the filters of the address."""
        known = {*PARAMETERS, *self._names(view, queryset), *_own_parameters(view)}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name[:40]: [_unknown(known)] for name in unknown[:5]})
        return super().filter_queryset(request, queryset, view)

    def _names(self, view: Any, queryset: QuerySet) -> set[str]:
        filters = self.get_filterset_class(view, queryset)
        return set(filters.base_filters) if filters else set()


def _own_parameters(view: Any) -> set[str]:
    named = {"ordering"} if view.ordering else set()
    return named | ({"search"} if view.searchable() else set()) | set(view.further_parameters())


def _unknown(known: set[str]) -> str:
    return _("There is no such filter here. There are: %(names)s.") % {"names": ", ".join(sorted(known))}


class SearchBackend:
    """`?search=`: every word must be met by one of the view's `search_fields`, or by its own `search()`."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """The rows that meet the typed words."""
        text = request.query_params.get("search", "")
        if not text:
            return queryset
        if "\x00" in text:
            raise ValidationError({"search": [_("A search can't contain the NUL character.")]})
        if len(text) > MAX_SEARCH:
            raise ValidationError({"search": [_("Search for at most %(most)s characters.") % {"most": MAX_SEARCH}]})
        return view.search(queryset, text)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """`search` in OpenAPI, where the view has it."""
        if not view.searchable():
            return []
        schema = {"type": "string", "maxLength": MAX_SEARCH}
        return [{"name": "search", "in": "query", "required": False, "schema": schema, "description": "Words to meet."}]


class OrderingBackend:
    """`?ordering=`: one of the view's allowed orders; the order itself is applied by the pages."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """The same rows; refuses an order that isn't allowed."""
        wanted = request.query_params.get("ordering")
        if wanted is not None and wanted not in view.orders():
            allowed = ", ".join(view.orders())
            raise ValidationError({"ordering": [_("Order by one of: %(names)s.") % {"names": allowed}]})
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """`ordering` in OpenAPI, where the view has it."""
        if not view.ordering:
            return []
        schema = {"type": "string", "enum": view.orders()}
        text = "- in front turns the order round."
        return [{"name": "ordering", "in": "query", "required": False, "schema": schema, "description": text}]


def words_in(fields: tuple[str, ...], text: str) -> Q:
    """Each word of `text` inside one of `fields`."""
    condition = Q()
    for word in text.split():
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        condition &= one
    return condition
