"""Segments over the API; their customers are those of `customers/?segment=`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.rest.fields import MaskedSerializer
from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.viewsets import Changes, Collection, Creates, Deletes
from segmentation.segments import services
from segmentation.segments.models import Segment
from segmentation.segments.selectors import Reading, count_parts, readings
from segmentation.segments.timing import TooLongError
from segmentation.segments.words import code_words, why_unusable

REACH = ("customers", "problem")  # what changes with the day and the reader: sent along it says nothing


class SegmentSerializer(MaskedSerializer):
    """A segment. `tree`: `{"match": "all" or "any", "not": false, "parts": [...]}`, where a part is such a group or
    `{"field": ..., "how": ..., "not": false}` with what `how` takes (docs/algorithms/segments.md).

    `customers`: how many of one's own reach it means, in the answer of one segment; null in lists, and where `problem`
    says why it isn't counted. `tree` is null where it asks for something that one may not see.
    """

    tree = serializers.JSONField()
    customers = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()

    class Meta:
        model = Segment
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "name", "note", "shared", "tree", "owner", "retired_at", "customers", "problem"),
            *("created_at", "updated_at", "version"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("owner", "retired_at", "created_at", "updated_at", "version")

    def _found(self, row: Segment) -> Reading:
        return self.context["view"].reading(row)

    def set_by_server(self) -> dict[str, Any]:
        """Of the read-only fields those of the row itself."""
        return {name: value for name, value in super().set_by_server().items() if name not in REACH}

    def get_customers(self, row: Segment) -> int | None:
        return self.context["view"].counted.get(row.pk)

    def get_problem(self, row: Segment) -> str:
        reading = self._found(row)
        return "" if reading.usable else why_unusable(reading, code_words(self.context["request"].user, [reading.tree]))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Without the conditions where the reader may not see what they ask for."""
        return super().to_representation(instance) | ({"tree": None} if self._found(instance).hidden else {})


class SegmentFilter(django_filters.FilterSet):
    owner = IdFilter(field_name="owner")
    shared = YesNoFilter()
    retired = YesNoFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)


class SegmentViewSet(Creates, Changes, Deletes, Collection):
    """One's own segments and the shared ones. DELETE retires."""

    resource = "segment"
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilter
    search_fields = ("name", "note")
    ordering = ("id", "name", "updated_at")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.found: dict[int, Reading] = {}
        self.counted: dict[int, int] = {}

    def reading(self, row: Segment) -> Reading:
        """What the segment asks, as the sender may; read with the others of its page."""
        if row.pk not in self.found:
            self._read([row])
        return self.found[row.pk]

    def permission(self) -> str:
        """Who changes one may retire it."""
        return "segment.change" if self.action == "destroy" else super().permission()

    def rows(self) -> QuerySet:
        """All of them, retired ones too."""
        return Segment.objects.all()

    def paginate_queryset(self, queryset: QuerySet) -> Any:
        """A page with what its segments ask for, read together."""
        page = super().paginate_queryset(queryset)
        self._read(page or [])
        return page

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """One with its number of customers."""
        self._read([row])
        if self.found[row.pk].usable:
            with suppress(TooLongError):  # null: it takes too long to count
                self.counted[row.pk] = count_parts(self.request.user, self.found[row.pk])[()]
        return super().answer(row, code)

    def _read(self, page: list[Segment]) -> None:
        read = readings(self.request.user, [row.tree for row in page])
        self.found |= dict(zip((row.pk for row in page), read, strict=True))

    def make(self, values: dict[str, Any]) -> Segment:
        """A new one of the sender's."""
        return services.segment_create(by=self.request.user, **values)

    def change(self, row: Segment, values: dict[str, Any]) -> None:
        """Write over it; not over what the sender doesn't see."""
        if self.reading(row).hidden:
            raise PermissionDenied
        services.segment_change(segment=row, changes=values, version=row.version, by=self.request.user)

    def remove(self, row: Segment) -> None:
        """Retire it."""
        services.segment_retire(segment=row, retired=True, by=self.request.user)
