"""Relations over the API: read, added, changed, ended."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from accounts.rest.fields import NOT_HERE, MaskedSerializer, ScopedKey
from accounts.rest.filters import IdFilter
from accounts.rest.viewsets import Changes, Collection, Creates, Deletes
from accounts.scope import reach_of
from customers.models import Customer, Relation, RelationKind
from customers.relations import services


class RelationSerializer(MaskedSerializer):
    """`first` is the `kind` of `second`: first the supplier, second who buys there."""

    first = ScopedKey(Customer, "view")
    second = ScopedKey(Customer, "view")
    kind = serializers.SlugRelatedField(slug_field="code", queryset=RelationKind.objects.filter(merged_into=None))

    class Meta:
        model = Relation
        fields = ("id", "first", "second", "kind", "since", "note", "version")
        read_only_fields = ("version",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Who adds one works on one of both companies; who changes one leaves both, and what they are."""
        attrs = super().validate(attrs)
        reach = reach_of(self.context["request"].user)
        if self.instance is None and not any(reach.holds(attrs[end], "relation.add") for end in ("first", "second")):
            raise serializers.ValidationError({"first": [NOT_HERE.format(pk_value=attrs["first"].pk)]})
        return attrs


class RelationFilter(django_filters.FilterSet):
    first = IdFilter(field_name="first")
    second = IdFilter(field_name="second")
    customer = IdFilter(method="by_customer")
    kind = django_filters.CharFilter(field_name="kind__code")

    def by_customer(self, rows: QuerySet, _name: str, value: int) -> QuerySet:
        """At either end."""
        return rows.filter(Q(first=value) | Q(second=value))


class RelationViewSet(Creates, Changes, Deletes, Collection):
    """What companies are to each other, as far as the reader sees both. Which two they are and of which kind the
    relation is stays: end it (DELETE), and add another one."""

    resource = "relation"
    serializer_class = RelationSerializer
    filterset_class = RelationFilter
    ordering = ("id",)

    def rows(self) -> QuerySet:
        """Those that hold."""
        rows = Relation.objects.select_related("first", "second", "kind")
        return rows.defer("first__search_tokens", "second__search_tokens")

    def make(self, values: dict[str, Any]) -> Relation:
        """Add one."""
        return services.relation_add(by=self.request.user, **values)

    def change(self, row: Relation, values: dict[str, Any]) -> None:
        """Since when, and the note."""
        changes = {name: value for name, value in values.items() if name in ("since", "note")}
        changes = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if changes:
            services.relation_change(relation=row, changes=changes, version=row.version, by=self.request.user)

    def remove(self, row: Relation) -> None:
        """End it."""
        services.relation_end(relation=row, by=self.request.user)
