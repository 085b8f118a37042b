"""The proof of the warnings over the API: forecasts with their figures, and the model in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from accounts.rest.viewsets import ApiRequest, Catalogue
from segmentation.models import ChurnParams
from segmentation.proof.figures import Figures, Share
from segmentation.proof.listing import MONEY
from segmentation.proof.models import PARAMETERS, Forecast
from segmentation.proof.selectors import VIEW, figures_of, forecasts, in_use


class ShareSerializer(serializers.Serializer):
    """`part` of `n`; below 30 the share is null."""

    part = serializers.IntegerField()
    n = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class BandSerializer(serializers.Serializer):
    """Customers whose chance to buy was from `low` to below `high` per cent."""

    low = serializers.IntegerField()
    high = serializers.IntegerField()
    predicted = serializers.FloatField()
    bought = ShareSerializer()


class LimitSerializer(serializers.Serializer):
    """Who would be called below so many per cent; value at risk, in minor units, of those who bought nothing."""

    below = serializers.IntegerField()
    calls = serializers.IntegerField()
    caught = serializers.IntegerField()
    value_at_risk = serializers.IntegerField(allow_null=True)


class FiguresSerializer(serializers.Serializer):
    """Over the customers in the sender's reach (docs/algorithms/churn.md)."""

    judged = ShareSerializer()
    left_out = serializers.IntegerField()
    could_be_warned = ShareSerializer()
    precision = ShareSerializer()
    precision_red = ShareSerializer()
    precision_yellow = ShareSerializer()
    recall = ShareSerializer()
    lift_red = serializers.FloatField(allow_null=True)
    lift_yellow = serializers.FloatField(allow_null=True)
    lift_tenth = serializers.FloatField(allow_null=True)
    auc = serializers.FloatField(allow_null=True)
    brier = serializers.FloatField(allow_null=True)
    bands = BandSerializer(many=True)
    limits = LimitSerializer(many=True)


class ForecastSerializer(serializers.ModelSerializer):
    """The predictions of a day and what became of them; `figures` is null until they were judged."""

    figures = FiguresSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Forecast
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "kind", "as_of", "horizon_days", "window_days", "ladder", "fitted_on", *PARAMETERS, "fixed_rule"),
            *("yellow_p", "yellow_drop", "red_p", "red_drop", "asked_by", "asked_at", "refused", "written_at"),
            *("judged_at", "rows_kept", "figures"),
        )
        read_only_fields = fields


class ModelSerializer(serializers.ModelSerializer):
    """The fit by which the last night warned; time in weeks."""

    horizon_days = serializers.IntegerField()
    fixed_rule = serializers.BooleanField(help_text="Warnings go by days without a purchase alone.")

    class Meta:
        model = ChurnParams
        fields: ClassVar[tuple[str, ...]] = (
            *("ladder", "model", "method", "fitted_on", *PARAMETERS, "log_likelihood", "customers", "auc"),
            *("horizon_days", "fixed_rule"),
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            name: {"allow_null": True} for name in fields if name not in ("horizon_days", "fixed_rule")
        }


class ForecastFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Forecast.Kind.choices)
    as_of = django_filters.DateFilter()


class ForecastViewSet(Catalogue):
    """Days whose predictions were kept by their night, or replayed."""

    resource = "warning"
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilter
    ordering = ("id", "as_of")
    default_order: ClassVar[tuple[str, ...]] = ("-as_of", "-id")
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet:
        """All of them; the figures are narrowed to the sender's reach."""
        return forecasts().order_by()

    def paginate_queryset(self, queryset: QuerySet) -> Any:
        """A page with its figures; one query for them."""
        page = super().paginate_queryset(queryset)
        told(self.request.user, page or [])
        return page

    def get_object(self) -> Forecast:
        """One with its figures."""
        row: Forecast = super().get_object()
        told(self.request.user, [row])
        return row

    @extend_schema(responses={200: ModelSerializer})
    @action(detail=False, methods=["get"], grant=VIEW, url_path="model", pagination_class=None)
    def model(self, request: ApiRequest) -> Response:
        """The model in use; every field null before the first night and where the fixed rule warns."""
        used = in_use()
        row = used.run.churn_params if used.run else None
        names = ModelSerializer.Meta.fields
        found: dict[str, Any] = {name: getattr(row, name, None) for name in names}
        found["horizon_days"] = used.run.horizon_days if used.run else used.settings.horizon_days
        found["fixed_rule"] = used.settings.fixed_rule or row is None
        return Response(found)


def told(user: User, rows: Sequence[Forecast]) -> None:
    """Give each row its `figures` as the API tells them."""
    found = figures_of(user, rows)
    money = user.can(MONEY)
    for row in rows:
        row.figures = _figures(found[row.pk], money=money) if row.judged_at else None  # type: ignore[attr-defined]


def _figures(of: Figures, *, money: bool) -> dict[str, Any]:
    return {
        "judged": _share(of.judged),
        "left_out": of.left_out,
        "could_be_warned": _share(of.watched),
        "precision": _share(of.precision),
        "precision_red": _share(of.red),
        "precision_yellow": _share(of.yellow),
        "recall": _share(of.recall),
        "lift_red": of.lift(of.red),
        "lift_yellow": of.lift(of.yellow),
        "lift_tenth": of.lift(of.tenth[1]) if of.tenth else None,
        "auc": of.auc,
        "brier": of.brier,
        "bands": [
            {"low": band.low, "high": band.high, "predicted": band.predicted, "bought": _share(band.bought)}
            for band in of.bands
        ],
        "limits": [
            {
                "below": limit.below,
                "calls": limit.calls,
                "caught": limit.caught,
                "value_at_risk": limit.value if money else None,
            }
            for limit in of.limits
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"part": share.part, "n": share.n, "share": None if share.few else share.value}
