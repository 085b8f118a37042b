"""Comparisons with a control over the API: of whom the asking person's dashboards count."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.rest.viewsets import Catalogue
from segmentation.control.figures import Of, Result, Side, results
from segmentation.control.models import Comparison


class SideSerializer(serializers.Serializer):
    """`hits` of `n` customers; of sales the mean as it is compared, and all of them, in minor units."""

    n = serializers.IntegerField()
    hits = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    revenue = serializers.IntegerField(allow_null=True)


class OutcomeSerializer(serializers.Serializer):
    """The first side less the control: parts of 1, or minor units; null where too few, or nothing, can be said."""

    tier_scheme = serializers.CharField()
    tier = serializers.CharField()
    outcome = serializers.CharField()
    treated = SideSerializer()
    control = SideSerializer()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField()


class ComparisonsSerializer(serializers.ListSerializer):
    """A page of them, whose outcomes are counted together."""

    def to_representation(self, data: Any) -> list[Any]:
        """As the parent does it."""
        rows = list(data)
        self.context["found"] = results(self.context["request"].user, rows)
        found: list[Any] = super().to_representation(rows)
        return found


class ComparisonSerializer(serializers.ModelSerializer):
    """A hold-out, or the pairs of the month that begins on `first`; counted from `since` to `until`."""

    outcomes = serializers.SerializerMethodField()

    class Meta:
        model = Comparison
        list_serializer_class = ComparisonsSerializer
        fields: ClassVar[tuple[str, ...]] = ("id", "hold_out", "first", "since", "until", "counted_at", "outcomes")
        read_only_fields = fields

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, row: Comparison) -> list[dict[str, Any]]:
        """Of each tier in it."""
        user: User = self.context["request"].user
        found = self.context.get("found")
        found = results(user, [row]) if found is None else found
        return [_outcome(of, one) for of in found[row.pk] for one in of.results]


def _outcome(of: Of, one: Result) -> dict[str, Any]:
    found = one.difference
    return {
        "tier_scheme": of.scheme,
        "tier": of.code,
        "outcome": one.outcome.code,
        "treated": _side(one.treated),
        "control": _side(one.control),
        "difference": found.estimate if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "verdict": one.verdict,
    }


def _side(side: Side) -> dict[str, Any]:
    mean = side.amounts.mean if side.amounts and side.n else None
    return {"n": side.n, "hits": side.hits, "mean": mean, "revenue": side.revenue if side.amounts else None}


class ComparisonViewSet(Catalogue):
    """Hold-outs and pairs of months, and what became of both sides, tier by tier."""

    resource = "dashboard"
    serializer_class = ComparisonSerializer
    ordering = ("id", "until")
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet[Any]:
        """All of them; whose customers count is asked for each."""
        return Comparison.objects.select_related("hold_out")
