"""Scores, tiers and churn warnings over the API."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError

from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import Catalogue, Changes, Collection
from customers.models import Lifecycle, Warn
from segmentation import selectors, services
from segmentation.models import ChurnCase, ScoreInterval, ScoreRun, Tier
from segmentation.serializers import ScoreSerializer, TierSerializer, WarningSerializer

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="Date of a published run; default: the latest.")


class TierFilter(django_filters.FilterSet):
    scheme = django_filters.ChoiceFilter(choices=Tier.Scheme.choices)


class TierViewSet(Catalogue):
    """The tiers of both schemes."""

    resource = "tier_rule"
    serializer_class = TierSerializer
    filterset_class = TierFilter
    default_order: ClassVar[tuple[str, ...]] = ("scheme", "rank", "id")
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet:
        """All tiers."""
        return Tier.objects.all()


class ScoreFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    tier = django_filters.CharFilter()
    tier_scheme = django_filters.ChoiceFilter(choices=Tier.Scheme.choices)
    lifecycle = django_filters.ChoiceFilter(choices=Lifecycle.choices)
    warning = django_filters.ChoiceFilter(choices=Warn.choices)
    segment8 = django_filters.CharFilter()
    group5 = django_filters.CharFilter()


@extend_schema_view(list=extend_schema(parameters=[AS_OF]), retrieve=extend_schema(parameters=[AS_OF]))
class ScoreViewSet(Collection):
    """RFM, tier, lifecycle and chance to buy of customers in reach, as of the latest published run or of `as_of`."""

    resource = "score"
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter
    ordering = ("id", "customer", "monetary", "frequency")
    default_order: ClassVar[tuple[str, ...]] = ("customer", "id")
    extra_parameters = ("as_of",)
    http_method_names = ("get", "head")

    @cached_property
    def run(self) -> ScoreRun | None:
        """The run that is read."""
        text = self.request.query_params.get("as_of")
        if text is None:
            return selectors.latest_run()
        try:
            found = selectors.run_as_of(date.fromisoformat(text))
        except ValueError as error:
            raise ValidationError({"as_of": [_("Enter a date such as 2026-11-23.")]}) from error
        if found is None:
            raise ValidationError({"as_of": [_("There is no published run of this date.")]})
        return found

    def rows(self) -> QuerySet:
        """The intervals that hold on the run's date."""
        if getattr(self, "swagger_fake_view", False):
            return ScoreInterval.objects.none()
        rows = ScoreInterval.objects.filter(customer__deleted_at=None)
        return rows.filter(selectors.in_force(self.run.as_of)) if self.run else rows.none()

    def get_serializer_context(self) -> dict[str, Any]:
        """With the run."""
        fake = getattr(self, "swagger_fake_view", False)
        return super().get_serializer_context() | {"run": None if fake else self.run}


class WarningFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    level = django_filters.ChoiceFilter(choices=Warn.choices)
    state = django_filters.ChoiceFilter(choices=ChurnCase.State.choices)
    open = YesNoFilter(field_name="closed_at", lookup_expr="isnull")
    owner = IdFilter(field_name="customer__owner")


class WarningViewSet(Changes, Collection):
    """Churn warnings with their reasons. PATCH `state`: working, or with `close_reason` lost or false_alarm."""

    resource = "warning"
    serializer_class = WarningSerializer
    filterset_class = WarningFilter
    ordering = ("id", "value_at_risk", "opened_on")
    default_order: ClassVar[tuple[str, ...]] = ("-opened_on", "-id")
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet:
        """Cases of customers outside the recycle bin."""
        return ChurnCase.objects.filter(customer__deleted_at=None).prefetch_related("reasons")

    def change(self, row: ChurnCase, values: dict[str, Any]) -> None:
        """Take it into work, or close it with a reason."""
        if "state" not in values or values["state"] == row.state:
            return
        if row.closed_at is not None:
            raise Conflict(_("This warning is closed already."))
        try:
            self._move(row, values)
        except services.RefusedError as error:
            raise ValidationError({"state": [str(error)]}) from error

    def _move(self, row: ChurnCase, values: dict[str, Any]) -> None:
        user, state = self.request.user, values["state"]
        if state == ChurnCase.State.WORKING:
            services.warning_start(case=row, version=row.version, by=user)
            return
        reason = values.get("close_reason", "")
        services.warning_close(case=row, version=row.version, state=state, reason=reason, by=user)
