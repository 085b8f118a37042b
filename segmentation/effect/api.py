"""What became of the customers of each tier over the API: the sums that the page adds up."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.rest.filters import IdFilter
from accounts.rest.viewsets import Collection
from segmentation.effect.models import EffectSum, Standing
from segmentation.models import Tier


class TierEffectSerializer(serializers.ModelSerializer):
    """Customers of an owner by their tier at the begin of a month. Money in minor units: `usual` is what
    they brought in as many days on average before, `margin` is of `costed`."""

    month = serializers.DateField(source="month.first")
    begun_on = serializers.DateField(source="month.begun_on")
    ended_on = serializers.DateField(source="month.run.as_of")

    class Meta:
        model = EffectSum
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "month", "begun_on", "ended_on", "owner", "team", "channel", "tier_scheme", "tier", "standing"),
            *("customers", "rated", "high", "had_bought", "lost", "buyers", "orders"),
            *("revenue", "usual", "costed", "margin"),
        )
        read_only_fields = fields


class TierEffectFilter(django_filters.FilterSet):
    month = django_filters.DateFilter(field_name="month__first")
    tier_scheme = django_filters.ChoiceFilter(choices=Tier.Scheme.choices)
    tier = django_filters.CharFilter()
    standing = django_filters.ChoiceFilter(choices=Standing.choices)
    owner = IdFilter(field_name="owner")


class TierEffectViewSet(Collection):
    """What became of the customers of each tier, a month each, by owner, team, channel and whether they were new."""

    resource = "dashboard"
    serializer_class = TierEffectSerializer
    filterset_class = TierEffectFilter
    ordering = ("id", "customers", "revenue")
    default_order: ClassVar[tuple[str, ...]] = ("id",)
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet[Any]:
        """Of all months that were counted."""
        return EffectSum.objects.select_related("month__run")
