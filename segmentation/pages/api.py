"""The figures of the dashboards over the API: those of a published run, of the customers that the sender counts."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.rest.viewsets import ApiRequest, Catalogue
from segmentation.channels import figures as channels
from segmentation.cohorts.amounts import EDGES, Concentration, ends
from segmentation.cohorts.heat import Heat
from segmentation.cohorts.periods import Grain
from segmentation.cohorts.trend import Trend
from segmentation.models import RetentionSum, ScoreRun
from segmentation.pages import figures, spans
from segmentation.pages.figures import Choice
from segmentation.pages.tier_dashboard import MOST_RUNS, Page, chosen
from segmentation.preferences import items
from segmentation.preferences.figures import Preferences, counts
from segmentation.retention.selectors import retention_of

FILTERS = ("scheme", "team", "channel")
SPANS = ("span", "from", "to")
ARRIVED = ("scheme", "team", *SPANS, "at", "within")


class ScoreRunSerializer(serializers.ModelSerializer):
    """A published night: as of which day, over how many days scores count, over how many a chance to buy."""

    class Meta:
        model = ScoreRun
        fields: ClassVar[tuple[str, ...]] = ("id", "as_of", "published_at", "window_days", "horizon_days")
        read_only_fields = fields


class TierFiguresSerializer(serializers.Serializer):
    """One tier as of the run. Money in minor units; `sold` in the days of the span, null where not all were counted."""

    tier = serializers.CharField()
    customers = serializers.IntegerField()
    active = serializers.IntegerField()
    repeat = serializers.IntegerField()
    warned = serializers.IntegerField()
    net_sales = serializers.IntegerField()
    sold = serializers.IntegerField(allow_null=True)


class MoveSerializer(serializers.Serializer):
    """Customers by their tier before the span (empty: none) and as of the run."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """With a field that Python has no name for."""
        names = {"from": serializers.CharField(allow_blank=True), "to": serializers.CharField()}
        return {**names, "customers": serializers.IntegerField()}


class TierDashboardSerializer(serializers.Serializer):
    """The figures of the tier dashboard."""

    as_of = serializers.DateField()
    first = serializers.DateField()
    before = serializers.DateField(allow_null=True)
    sold = serializers.IntegerField(allow_null=True)
    sold_before = serializers.IntegerField(allow_null=True)
    orders = serializers.IntegerField(allow_null=True)
    tiers = TierFiguresSerializer(many=True)
    moves = MoveSerializer(many=True)


class AgainSerializer(serializers.Serializer):
    """Customers of a cohort who bought in the month or quarter that begins on `begin`; `over`: it has ended."""

    begin = serializers.DateField()
    customers = serializers.IntegerField()
    over = serializers.BooleanField()


class CohortSerializer(serializers.Serializer):
    """Customers whose first purchase fell in the month or quarter that begins on `begin`."""

    begin = serializers.DateField()
    customers = serializers.IntegerField()
    again = AgainSerializer(many=True)


class MonthSoldSerializer(serializers.Serializer):
    """Net sales of a month in minor units, its purchases and who made them; null where no night has counted them."""

    as_of = serializers.DateField()
    net_sales = serializers.IntegerField()
    orders = serializers.IntegerField(allow_null=True)
    buyers = serializers.IntegerField(allow_null=True)


class TenthSerializer(serializers.Serializer):
    """The best customers down to sales of `least` (minor units): how many, and what they bring together."""

    least = serializers.IntegerField()
    customers = serializers.IntegerField()
    net_sales = serializers.IntegerField()


class PurchasesSerializer(serializers.Serializer):
    """The figures of the purchase analysis; cohorts until `cohorts_until`."""

    as_of = serializers.DateField()
    grain = serializers.ChoiceField(choices=Grain.choices)
    cohorts_until = serializers.DateField()
    cohorts = CohortSerializer(many=True)
    months = MonthSoldSerializer(many=True)
    spread = TenthSerializer(many=True)


class ItemSerializer(serializers.Serializer):
    """What customers of a tier bought: a product, or `item` any, without, fees or beyond. Money in minor units."""

    item = serializers.ChoiceField(choices=("product", *items.NAMED))
    product = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    customers = serializers.IntegerField()
    net_sales = serializers.IntegerField()


class BoughtSerializer(serializers.Serializer):
    """One tier; empty: all together."""

    tier = serializers.CharField(allow_blank=True)
    items = ItemSerializer(many=True)


class DemandSerializer(serializers.Serializer):
    """Customers who bought a product at the earlier end of a month and at this one."""

    product = serializers.IntegerField()
    name = serializers.CharField()
    before = serializers.IntegerField()
    now = serializers.IntegerField()


class PreferencesSerializer(serializers.Serializer):
    """What each tier bought from `first` to `as_of`; `counted` false: no night has counted this run."""

    as_of = serializers.DateField()
    first = serializers.DateField()
    counted = serializers.BooleanField()
    tiers = BoughtSerializer(many=True)
    before = serializers.DateField(allow_null=True)
    demand = DemandSerializer(many=True)


class RateSerializer(serializers.Serializer):
    """Of `customers` who had bought as of the begin, `lost` are lost. `by` what they are grouped, `key` which group."""

    by = serializers.ChoiceField(choices=("all", "tier", "owner", "channel"))
    key = serializers.CharField(allow_blank=True)
    customers = serializers.IntegerField()
    lost = serializers.IntegerField()


class RetentionSerializer(serializers.Serializer):
    """Who stayed and who left over a span until the last night; empty while the history doesn't reach so far back."""

    begun_on = serializers.DateField(allow_null=True)
    as_of = serializers.DateField(allow_null=True)
    rates = RateSerializer(many=True)


class ChannelFiguresSerializer(serializers.Serializer):
    """One channel (null: none). Money in minor units; `paid` and `cost_each` null: nobody entered any, or it isn't for
    this person to know, as `margin`. Of `judged` customers `converted` bought in time; `young` are too new to judge."""

    channel = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    customers = serializers.IntegerField()
    judged = serializers.IntegerField()
    converted = serializers.IntegerField()
    young = serializers.IntegerField()
    paid = serializers.IntegerField(allow_null=True)
    cost_each = serializers.IntegerField(allow_null=True)
    net_sales = serializers.IntegerField()
    margin = serializers.IntegerField(allow_null=True)
    upper = serializers.IntegerField()


class ChannelQualitySerializer(serializers.Serializer):
    """Customers who came from `first` to `last` by channel, as of a count; empty before the first one."""

    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    as_of = serializers.DateField(allow_null=True)
    within = serializers.IntegerField(allow_null=True)
    channels = ChannelFiguresSerializer(many=True)


def _parameters(*names: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, OpenApiTypes.STR, description=_MEANS[name]) for name in names]


_MEANS = {
    "scheme": "b2c or b2b",
    "team": "id of a team, with those below it",
    "channel": "id of a channel",
    "span": "month, quarter, year or own",
    "from": "first day of an own span",
    "to": "last day of an own span",
    "grain": "month or quarter",
    "at": "a day of the month, quarter or year",
    "within": "days until the first purchase",
}


class ScoreRunViewSet(Catalogue):
    """Published nights, and the figures of the dashboards as of one of them."""

    resource = "dashboard"
    serializer_class = ScoreRunSerializer
    ordering: ClassVar[tuple[str, ...]] = ("id", "as_of")
    default_order: ClassVar[tuple[str, ...]] = ("-as_of",)
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet[ScoreRun]:
        """All that are published."""
        return figures.published_runs().defer("counts").order_by()

    def _choice(self, request: ApiRequest, *names: str) -> tuple[Choice, list[ScoreRun]]:
        """What the address asks for, as the page would read it, and the runs; an unknown parameter is a 400."""
        unknown = sorted(set(request.query_params) - {*FILTERS, *names, "format"})
        if unknown:
            raise ValidationError({name[:40]: [f"{', '.join((*FILTERS, *names))}"] for name in unknown[:5]})
        run, runs = self.get_object(), list(figures.published_runs().defer("counts")[:MOST_RUNS])
        asked = spans.read({**request.query_params.dict(), "run": run.as_of.isoformat()}, runs)
        if asked.problem:
            raise ValidationError({"from": [asked.problem]})
        return chosen(request.user, request.query_params.dict(), asked), runs

    @extend_schema(responses=TierDashboardSerializer, parameters=_parameters(*FILTERS, *SPANS))
    @action(detail=True, methods=["get"], grant="dashboard.view", url_path="tiers", pagination_class=None)
    def tiers(self, request: ApiRequest, pk: str) -> Response:
        """Customers, sales and moves by tier."""
        page = Page(request.user, *self._choice(request, *SPANS))
        codes = {**dict.fromkeys(page.codes), **dict.fromkeys(page.rows)}
        rows = [page.rows.get(code, figures.TierRow(code)) for code in codes]
        found = page.matrix.found if page.matrix.before else {}
        return Response(
            {
                "as_of": page.choice.run.as_of,
                "first": page.span.first,
                "before": page.matrix.before,
                "sold": page.sales,
                "sold_before": None if page.sold_before is None else sum(page.sold_before.values()),
                "orders": page.orders,
                "tiers": [
                    {
                        "tier": row.code,
                        "customers": row.customers,
                        "active": row.active,
                        "repeat": row.repeat,
                        "warned": row.warned,
                        "net_sales": row.revenue,
                        "sold": page.sold_of(row.code),
                    }
                    for row in rows
                ],
                "moves": [{"from": old, "to": new, "customers": n} for (old, new), n in sorted(found.items())],
            }
        )

    @extend_schema(responses=PurchasesSerializer, parameters=_parameters(*FILTERS, "grain"))
    @action(detail=True, methods=["get"], grant="dashboard.view", url_path="purchases", pagination_class=None)
    def purchases(self, request: ApiRequest, pk: str) -> Response:
        """Who bought again, sales by month, and how sales are spread."""
        choice, runs = self._choice(request, "grain")
        wanted = request.query_params.get("grain", Grain.QUARTER.value)
        if wanted not in Grain.values:
            raise ValidationError({"grain": [", ".join(Grain.values)]})
        heat, trend = Heat(request.user, choice, Grain(wanted)), Trend(request.user, choice, runs)
        return Response(
            {
                "as_of": choice.run.as_of,
                "grain": wanted,
                "cohorts_until": heat.on,
                "cohorts": [{"begin": begin, "customers": n, "again": again} for begin, n, again in heat.told],
                "months": [
                    {"as_of": run.as_of, "net_sales": month.sold, "orders": month.orders, "buyers": month.buyers}
                    for run, month in zip(trend.months_end, trend.months, strict=True)
                ],
                "spread": [
                    {"least": EDGES[end.step - 1], "customers": end.customers, "net_sales": end.revenue}
                    for end in ends(Concentration(request.user, choice).points)
                ],
            }
        )

    @extend_schema(responses=PreferencesSerializer, parameters=_parameters(*FILTERS))
    @action(detail=True, methods=["get"], grant="dashboard.view", url_path="preferences", pagination_class=None)
    def preferences(self, request: ApiRequest, pk: str) -> Response:
        """Which products the customers of each tier bought, and which more or fewer bought than before."""
        choice, _runs = self._choice(request)
        told = {"as_of": choice.run.as_of, "first": items.start_of(choice.run), "before": None}
        found = counts()
        if choice.run.pk not in {count.run_id for count in found}:
            return Response({**told, "counted": False, "tiers": [], "demand": []})
        page = Preferences(request.user, choice, found)
        return Response(
            {
                **told,
                "counted": True,
                "tiers": [{"tier": tier, "items": page.told(tier)} for tier in page.codes if tier in page.sums],
                "before": page.earlier.run.as_of if page.earlier else None,
                "demand": [
                    {"product": moved.item, "name": moved.name, "before": moved.before, "now": moved.now}
                    for moved in page.moved
                ],
            }
        )

    @extend_schema(responses=RetentionSerializer, parameters=[OpenApiParameter("span", OpenApiTypes.STR)])
    @action(detail=False, methods=["get"], grant="score.view", url_path="retention", pagination_class=None)
    def retention(self, request: ApiRequest) -> Response:
        """Who stayed and who left over 30, 91 or 365 days (`span`: 30d, 91d, 365d), as of the last night."""
        span = request.query_params.get("span", RetentionSum.Span.YEAR.value)
        if span not in RetentionSum.Span.values or set(request.query_params) - {"span", "format"}:
            raise ValidationError({"span": [", ".join(RetentionSum.Span.values)]})
        found = retention_of(request.user, span)
        if found is None:
            return Response({"begun_on": None, "as_of": None, "rates": []})
        groups = (("all", [found.total]), ("tier", found.tiers), ("owner", found.owners), ("channel", found.channels))
        rates = [
            {"by": by, "key": rate.key, "customers": rate.base, "lost": rate.churned}
            for by, rows in groups
            for rate in rows
        ]
        return Response({"begun_on": found.begun_on, "as_of": found.on, "rates": rates})

    @extend_schema(responses=ChannelQualitySerializer, parameters=_parameters(*ARRIVED))
    @action(detail=False, methods=["get"], grant="dashboard.view", url_path="channels", pagination_class=None)
    def channels(self, request: ApiRequest) -> Response:
        """Which channel brings good customers: those who came in a span, as of the last count."""
        unknown = sorted(set(request.query_params) - {*ARRIVED, "format"})
        if unknown:
            raise ValidationError({name[:40]: [", ".join(ARRIVED)] for name in unknown[:5]})
        count = channels.last_count()
        if count is None:
            return Response({"first": None, "last": None, "as_of": None, "within": None, "channels": []})
        wanted = channels.read(request.user, request.query_params.dict(), count.on)
        if wanted.problem:
            raise ValidationError({"from": [wanted.problem]})
        page = channels.Channels(request.user, wanted, count)
        rows = [
            {
                "channel": row.pk,
                "name": row.name,
                **{name: getattr(row, name) for name in ("customers", "judged", "converted", "young", "upper")},
                "paid": row.paid,
                "cost_each": row.each,
                "net_sales": row.revenue,
                "margin": row.margin if page.margins and row.with_cost else None,
            }
            for row in page.rows
        ]
        days = {"first": wanted.span.first, "last": wanted.span.last, "as_of": count.on}
        return Response({**days, "within": wanted.within, "channels": rows})
