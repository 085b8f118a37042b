"""Cost entries over the API, and what customers brought and cost as of the last count."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.rest.fields import ScopedKey
from accounts.rest.filters import IdFilter
from accounts.rest.viewsets import Catalogue, Changes, Collection, Creates, Deletes
from customers.models import Channel, Customer
from segmentation.costs import selectors, services
from segmentation.costs.models import MINUTES, MOST_ENTERED, CostEntry, CostKind, CostSettings, Economics, Verdict


class CostSerializer(serializers.ModelSerializer):
    """What was paid for a customer or a channel (one of both); `amount` in minor units of the company's currency,
    `reference` the number of a voucher or in another program, used once."""

    customer = ScopedKey(Customer, "cost.change", required=False, allow_null=True)
    channel = serializers.PrimaryKeyRelatedField(queryset=Channel.objects.all(), required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=CostKind.choices)
    amount = serializers.IntegerField(min_value=1, max_value=MOST_ENTERED)

    class Meta:
        model = CostEntry
        fields = (
            "id",
            "customer",
            "channel",
            "kind",
            "amount",
            "spent_on",
            "note",
            "reference",
            "created_at",
            "created_by",
        )
        read_only_fields = ("created_at", "created_by")


class CostFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    channel = IdFilter(field_name="channel")
    kind = django_filters.ChoiceFilter(choices=CostKind.choices)


class CostViewSet(Creates, Deletes, Collection):
    """Cost entries. POST notes one; DELETE removes one that was noted by mistake."""

    resource = "cost"
    serializer_class = CostSerializer
    filterset_class = CostFilter
    ordering = ("id", "spent_on", "amount")
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    http_method_names = ("get", "head", "post", "delete")

    def permission(self) -> str:
        """One right for noting and removing."""
        return "cost.change" if self.action in ("create", "destroy") else "cost.view"

    def rows(self) -> QuerySet[Any]:
        """Those that count."""
        return selectors.entry_rows()

    def make(self, values: dict[str, Any]) -> CostEntry:
        """Note it."""
        try:
            return services.cost_add(by=self.request.user, **values)
        except ModelValidationError as error:
            raise ValidationError(error.message_dict) from error

    def remove(self, row: CostEntry) -> None:
        """It counts no more."""
        services.cost_remove(entry=row, by=self.request.user)


class EconomicsSerializer(serializers.ModelSerializer):
    """What a customer brought and cost in 365 days; null = no data yet. Money in minor units."""

    class Meta:
        model = Economics
        fields: ClassVar[tuple[str, ...]] = (
            *("customer", "on", "revenue", "costed", "margin", "discount", "sold", "discounted", "products"),
            *("minutes", "entered", "acquisition", "upkeep", "contribution", "verdict"),
        )
        read_only_fields = fields


class EconomicsFilter(django_filters.FilterSet):
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices)
    owner = IdFilter(field_name="customer__owner")


@extend_schema_view(
    retrieve=extend_schema(
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="The customer's id.")]
    )
)
class EconomicsViewSet(Collection):
    """What customers brought and cost, as of the last count; by the customer's id."""

    resource = "cost"
    serializer_class = EconomicsSerializer
    filterset_class = EconomicsFilter
    ordering = ("customer", "contribution")
    default_order: ClassVar[tuple[str, ...]] = ("customer", "pk")
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet[Any]:
        """Of customers outside the recycle bin."""
        return Economics.objects.filter(customer__deleted_at=None)


class CostSettingsSerializer(serializers.ModelSerializer):
    """What an hour of work costs, in the company's currency (null: nobody has said), and the minutes of an activity of
    each method where nobody noted them."""

    class Meta:
        model = CostSettings
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "hourly_cost", *(f"minutes_{kind}" for kind in MINUTES)),
            *("updated_at", "updated_by", "version"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("updated_at", "updated_by", "version")


class CostSettingsViewSet(Changes, Catalogue):
    """The one row of what time costs; a change counts from the coming night on."""

    resource = "tier_rule"
    serializer_class = CostSettingsSerializer
    default_order: ClassVar[tuple[str, ...]] = ("id",)
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet[Any]:
        """The one row."""
        return CostSettings.objects.all()

    def change(self, row: CostSettings, values: dict[str, Any]) -> None:
        """Set what the body names."""
        changes = {name: value for name, value in values.items() if getattr(row, name) != value}
        try:
            services.cost_settings_change(row=row, changes=changes, version=row.version, by=self.request.user)
        except ModelValidationError as error:
            raise ValidationError(error.message_dict) from error
