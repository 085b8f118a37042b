"""Scores and tiers as JSON. Money is in minor units of the company's currency."""

from typing import Any

from rest_framework import serializers

from accounts.rest.fields import ScopedKey
from customers.models import Customer
from segmentation.models import ScoreInterval, Tier, TierOverride
from segmentation.selectors import reading


class TierSerializer(serializers.ModelSerializer):
    """A tier of a scheme; `slot` is its colour, 1 to 5, `in_use` whether the rules in force have it."""

    slot = serializers.IntegerField(min_value=1, max_value=5, required=False)

    class Meta:
        model = Tier
        fields = ("id", "scheme", "code", "rank", "letter", "slot", "high_value", "in_use", "name_en", "name_zh")
        read_only_fields = ("scheme", "code", "rank", "in_use")


class OverrideSerializer(serializers.ModelSerializer):
    """A tier that a person set; it stands while `ended_at` is empty and `expires_on` hasn't passed. `replaces`: the id
    of the one that stands, which it takes the place of.
    """

    customer = ScopedKey(Customer, "tier_override.change")
    rated_tier = serializers.CharField(source="rated", read_only=True, allow_null=True)
    replaces = serializers.IntegerField(write_only=True, required=False, allow_null=True, min_value=1)

    class Meta:
        model = TierOverride
        fields = (
            "id",
            "customer",
            "tier_scheme",
            "tier",
            "rated_tier",
            "reason",
            "expires_on",
            "replaces",
            "by",
            "created_at",
            "ended_at",
            "ended_by",
        )
        read_only_fields = ("tier_scheme", "by", "created_at", "ended_at", "ended_by")


class ScoreSerializer(serializers.ModelSerializer):
    """The scores of a customer as of a published run."""

    as_of = serializers.SerializerMethodField()
    window_days = serializers.SerializerMethodField()
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
            "window_days",
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

    def get_window_days(self, row: ScoreInterval) -> int:
        """The days in which orders and sales were counted."""
        return self.context["run"].window_days

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


class FavouriteSerializer(serializers.Serializer):
    """A product with units and net amount of the last 365 days, in minor units of the company's currency."""

    product = serializers.IntegerField()
    name = serializers.CharField()
    quantity = serializers.FloatField()
    net = serializers.IntegerField()


class OrderSizeSerializer(serializers.Serializer):
    """Net amounts of orders, less their returns: half are at most `middle`; quartiles from four orders on."""

    orders = serializers.IntegerField()
    middle = serializers.IntegerField()
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)


class StatedBudgetSerializer(serializers.Serializer):
    """What a rep noted about money: the letter of BANT (budget) or FAINT (funds), 0 to 3, and a note."""

    code = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class BuyingProfileSerializer(serializers.Serializer):
    """What a customer buys, how often, when next, for how much, and how they pay; null or empty = no data yet."""

    favourites = FavouriteSerializer(many=True)
    cycle_days = serializers.IntegerField(allow_null=True)
    next_on = serializers.DateField(allow_null=True)
    next_from = serializers.DateField(allow_null=True)
    next_until = serializers.DateField(allow_null=True)
    size = OrderSizeSerializer(allow_null=True)
    stated = StatedBudgetSerializer(allow_null=True)
    payment_method = serializers.CharField()
    payment_orders = serializers.IntegerField()
    changed_at = serializers.DateTimeField(allow_null=True)


class ScoreNowSerializer(serializers.Serializer):
    """A score as of now: what tonight would say, reckoned when it is asked for and stored nowhere."""

    customer = serializers.IntegerField()
    as_of = serializers.DateField()
    window_days = serializers.IntegerField()
    recency_days = serializers.IntegerField(allow_null=True)
    frequency = serializers.IntegerField()
    monetary = serializers.IntegerField()
    r = serializers.IntegerField(allow_null=True)
    f = serializers.IntegerField(allow_null=True)
    m = serializers.IntegerField(allow_null=True)
    segment8 = serializers.CharField()
    group5 = serializers.CharField()
    grade4 = serializers.CharField()
    segment11 = serializers.CharField()
    tier_scheme = serializers.CharField()
    rated_tier = serializers.CharField()
    tier = serializers.CharField()
    lifecycle = serializers.CharField()
    warning = serializers.CharField()
    p_buy = serializers.FloatField(allow_null=True)
    p_buy_at_last = serializers.FloatField(allow_null=True)
