"""Needs over the API: read, noted, moved."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.rest.fields import MaskedSerializer, ScopedKey
from accounts.rest.filters import IdFilter
from accounts.rest.viewsets import Changes, Collection, Creates
from core import clock
from customers.models import Contact, Customer
from sales.models import Product
from sales.needs import services
from sales.needs.models import Need
from sales.needs.services import REASON_MISSING


class NeedSerializer(MaskedSerializer):
    """A need; `interaction` is the entry of the log in which it was noted, `moved_at` since when it is in its state."""

    customer = ScopedKey(Customer, "need.add")
    contact = ScopedKey(Contact, "contact.view", required=False, allow_null=True)
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all(), required=False, allow_null=True)
    state = serializers.ChoiceField(Need.State.choices, required=False)
    since = serializers.DateField(required=False)

    class Meta:
        model = Need
        fields = (
            *("id", "customer", "contact", "interaction", "text", "kind", "state", "product", "since", "reason"),
            *("moved_at", "version"),
        )
        read_only_fields = ("interaction", "moved_at", "version")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A dropped one says why; the contact is one of the customer; it can't have begun in the future."""
        attrs = super().validate(attrs)
        need = self.instance
        customer = need.customer if need is not None else attrs["customer"]
        contact = attrs.get("contact")
        if contact is not None and contact.customer_id != customer.pk:
            raise serializers.ValidationError({"contact": [_("This contact belongs to another customer.")]})
        state = attrs.get("state", need.state if need is not None else Need.State.OPEN)
        if state == Need.State.DROPPED and not attrs.get("reason", need.reason if need is not None else "").strip():
            raise serializers.ValidationError({"reason": [REASON_MISSING]})
        if "since" in attrs and attrs["since"] > clock.business_date():
            raise serializers.ValidationError(
                {"since": [_("This day is still to come. Enter since when the customer needs it.")]}
            )
        return attrs


class NeedFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    contact = IdFilter(field_name="contact")
    owner = IdFilter(field_name="customer__owner")
    product = IdFilter(field_name="product")
    interaction = IdFilter(field_name="interaction")
    state = django_filters.MultipleChoiceFilter(choices=Need.State.choices)
    kind = django_filters.ChoiceFilter(choices=Need.Kind.choices)
    since_from = django_filters.DateFilter(field_name="since", lookup_expr="gte")
    since_to = django_filters.DateFilter(field_name="since", lookup_expr="lte")


class NeedViewSet(Creates, Changes, Collection):
    """What customers need, from the day on which it was heard until it is met or dropped. The log makes them by
    itself of `needs_found`; those made here are noted by hand."""

    resource = "need"
    serializer_class = NeedSerializer
    filterset_class = NeedFilter
    search_fields = ("text",)
    ordering = ("id", "since", "moved_at")
    default_order: ClassVar[tuple[str, ...]] = ("-since", "-id")

    def rows(self) -> QuerySet:
        """All needs."""
        return Need.objects.select_related("customer").defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Need:
        """Note one."""
        return services.need_add(by=self.request.user, **values)

    def change(self, row: Need, values: dict[str, Any]) -> None:
        """Write what is said otherwise than it stands; a need stays with its customer."""
        changes = {name: value for name, value in values.items() if name != "customer" and value != getattr(row, name)}
        if changes:
            services.need_change(need=row, changes=changes, version=row.version, by=self.request.user)
