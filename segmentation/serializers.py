"""Scores, tiers and churn warnings as JSON. Money is in minor units of the company's currency."""

from typing import Any, ClassVar

from rest_framework import serializers

from segmentation.models import ChurnCase, ChurnReason, ScoreInterval, Tier
from segmentation.selectors import reading


class TierSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tier
        fields = ("id", "scheme", "code", "rank", "letter", "name_en", "name_zh")
        read_only_fields = fields


class ScoreSerializer(serializers.ModelSerializer):
    """The scores of a customer as of a published run."""

    as_of = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    recency_days = serializers.SerializerMethodField()
    p_buy = serializers.SerializerMethodField()
    p_buy_at_last = serializers.SerializerMethodField()
    drop = serializers.SerializerMethodField()

    class Meta:
        model = ScoreInterval
        fields = (
            "id",
            "customer",
            "as_of",
            "valid_from",
            "recency_days",
            "frequency",
            "monetary",
            "r",
            "f",
            "m",
            "total",
            "segment8",
            "group5",
            "grade4",
            "segment11",
            "tier_scheme",
            "tier",
            "lifecycle",
            "warning",
            "p_buy",
            "p_buy_at_last",
            "drop",
        )
        read_only_fields = fields

    def to_representation(self, instance: ScoreInterval) -> dict[str, Any]:
        """Put the interval into the numbers of the run's night."""
        self.read = reading(instance, self.context["run"])
        return super().to_representation(instance)

    def get_as_of(self, row: ScoreInterval) -> str:
        """The business date."""
        return self.context["run"].as_of.isoformat()

    def get_total(self, row: ScoreInterval) -> int | None:
        """r + f + m."""
        return row.r + row.f + row.m if row.r and row.f and row.m else None

    def get_recency_days(self, row: ScoreInterval) -> int | None:
        """Days since the last purchase."""
        return self.read.recency_days

    def get_p_buy(self, row: ScoreInterval) -> float | None:
        """Chance to buy within the horizon, now."""
        return self.read.outlook.p_now if self.read.outlook else None

    def get_p_buy_at_last(self, row: ScoreInterval) -> float | None:
        """The same right after the last purchase."""
        return self.read.outlook.p_last if self.read.outlook else None

    def get_drop(self, row: ScoreInterval) -> float | None:
        """How far it fell."""
        return self.read.outlook.drop if self.read.outlook else None


class ReasonSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChurnReason
        fields = ("code", "numbers")
        read_only_fields = fields


class WarningSerializer(serializers.ModelSerializer):
    """A churn warning. `state` may be set to working, lost or false_alarm; the last two need `close_reason`."""

    BY_HAND: ClassVar[tuple[str, ...]] = (
        ChurnCase.State.WORKING,
        ChurnCase.State.LOST,
        ChurnCase.State.FALSE_ALARM,
    )
    reasons = ReasonSerializer(many=True, read_only=True)

    class Meta:
        model = ChurnCase
        fields = (
            "id",
            "customer",
            "level",
            "state",
            "opened_on",
            "level_since",
            "p_now",
            "p_last",
            "value_at_risk",
            "reasons",
            "closed_at",
            "closed_by",
            "close_reason",
            "version",
        )
        read_only_fields = (
            "customer",
            "level",
            "opened_on",
            "level_since",
            "p_now",
            "p_last",
            "value_at_risk",
            "closed_at",
            "closed_by",
            "version",
        )
