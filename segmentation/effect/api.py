"""What became of the customers of each tier over the API: the sums that the page adds up."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.rest.filters import IdFilter
from accounts.rest.viewsets import Collection
from segmentation.effect.figures import parts_of
from segmentation.effect.models import EffectSum, Standing
from segmentation.models import Tier


class EffectPartSerializer(serializers.Serializer):
    """What complaints (`complained`, `satisfied`: of answers) and activities (`followed`: those that an order followed)
    say of the customers of the row: `customers` with at least one of `n`, of which `hits` count."""

    figure = serializers.CharField()
    customers = serializers.IntegerField()
    n = serializers.IntegerField()
    hits = serializers.IntegerField()


class TierEffectSerializer(serializers.ModelSerializer):
    """Customers of an owner by their tier at the begin of a month. Money in minor units: `usual` is what
    they brought in as many days on average before, `margin` is of `costed`. `parts`: those of complaints and
    activities that the asking person may know; a figure that isn't there counted nothing."""

    month = serializers.DateField(source="month.first")
    begun_on = serializers.DateField(source="month.begun_on")
    ended_on = serializers.DateField(source="month.run.as_of")
    parts = serializers.SerializerMethodField()

    class Meta:
        model = EffectSum
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "month", "begun_on", "ended_on", "owner", "team", "channel", "tier_scheme", "tier", "standing"),
            *("customers", "rated", "high", "had_bought", "lost", "buyers", "orders"),
            *("revenue", "usual", "costed", "margin", "parts"),
        )
        read_only_fields = fields

    @extend_schema_field(EffectPartSerializer(many=True))
    def get_parts(self, row: EffectSum) -> list[dict[str, Any]]:
        """As the rows were asked for."""
        found: list[dict[str, Any]] = row.found_parts  # type: ignore[attr-defined]
        return found


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
        """Of all months that were counted, each with what complaints and activities say of its customers."""
        if getattr(self, "swagger_fake_view", False):
            return EffectSum.objects.none()
        same = {name: OuterRef(name) for name in ("month", "tier_scheme", "tier", "standing")}
        whose = ("owner_id", "team_id", "channel_id")  # each may be nobody, which equals nothing in SQL
        parts = parts_of(self.request.user).filter(**same).alias(**{f"of_{name}": Coalesce(name, 0) for name in whose})
        parts = parts.filter(**{f"of_{name}": Coalesce(OuterRef(name), 0) for name in whose}).order_by("code")
        told = JSONObject(figure=F("code"), customers=F("customers"), n=F("n"), hits=F("hits"))
        return EffectSum.objects.select_related("month__run").annotate(found_parts=ArraySubquery(parts.values(x=told)))
