"""Scores and tiers over the API; churn warnings: cases/api.py."""

from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import row_for
from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import ApiRequest, Catalogue, Changes, Collection, Creates, Deletes
from core import clock
from core.versions import StaleVersionError
from customers.models import Customer, Lifecycle, Warn
from customers.services.stages import facts_locked
from segmentation import selectors, services
from segmentation.buying.profile import profile_of
from segmentation.buying.profile import read as read_profile
from segmentation.by_hand.selectors import in_force, over, override_rows, said_of, standing_of
from segmentation.models import ScoreInterval, ScoreRun, Tier, TierOverride
from segmentation.now.reckoning import score_now
from segmentation.serializers import (
    BuyingProfileSerializer,
    OverrideSerializer,
    ScoreNowSerializer,
    ScoreSerializer,
    TierSerializer,
)
from ui import formatting

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="Date of a published run; default: the latest.")


class TierFilter(django_filters.FilterSet):
    scheme = django_filters.ChoiceFilter(choices=Tier.Scheme.choices)


class TierViewSet(Changes, Catalogue):
    """The tiers of both schemes; PATCH changes names, letter, colour (`slot`) and whether it is high-value."""

    resource = "tier_rule"
    serializer_class = TierSerializer
    filterset_class = TierFilter
    default_order: ClassVar[tuple[str, ...]] = ("scheme", "rank", "id")
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet:
        """All tiers."""
        return Tier.objects.all()

    def change(self, row: Tier, values: dict[str, Any]) -> None:
        """Its names, letter, colour and value."""
        services.tier_change(row=row, changes=values, by=self.request.user)


class OverrideFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    tier = django_filters.CharFilter()
    owner = IdFilter(field_name="customer__owner")
    in_force = YesNoFilter(method="only_in_force")

    def only_in_force(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """Those that stand today, or those that are over."""
        today = clock.business_date()
        return rows.filter(in_force(today) if value else over(today))


class OverrideViewSet(Creates, Deletes, Collection):
    """Tiers set by hand. POST sets one, in place of the one that `replaces` names: 409
    where another stands, or none; DELETE shows the rated tier again."""

    resource = "tier_override"
    serializer_class = OverrideSerializer
    filterset_class = OverrideFilter
    ordering = ("id", "expires_on")
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    http_method_names = ("get", "head", "post", "delete")

    def permission(self) -> str:
        """One right for setting and ending."""
        return "tier_override.change" if self.action in ("create", "destroy") else "tier_override.view"

    def rows(self) -> QuerySet:
        """Of customers outside the recycle bin; without what was undone at once."""
        return override_rows()

    def make(self, values: dict[str, Any]) -> TierOverride:
        """Set it."""
        until, found, user = values.pop("expires_on"), values.pop("replaces", None) or 0, self.request.user
        try:
            return services.tier_override(until=until, by=user, over=found, **values)
        except StaleVersionError as error:
            standing = standing_of(user, values["customer"])
            text = said_of(standing)
            if standing is not None:
                words = {"field": "replaces", "number": standing.pk}
                text = formatting.sentences(text, _("To set yours in its place, send %(field)s: %(number)s.") % words)
            raise Conflict(text) from error
        except ModelValidationError as error:
            named = {"until": "expires_on"}
            fields = {named.get(name, name): texts for name, texts in error.message_dict.items()}
            raise ValidationError(fields) from error

    def hold(self, row: TierOverride) -> None:
        """The file and its facts first, as everybody does."""
        facts_locked([row.customer_id])
        super().hold(row)

    def remove(self, row: TierOverride) -> None:
        """End it; Conflict where it is over."""
        if row.ended_at is not None:
            raise Conflict(_("This tier doesn't stand any more."))
        try:
            services.tier_override_end(customer=row.customer, by=self.request.user)
        except services.RefusedError as error:
            raise Conflict(str(error)) from error


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

    further_errors: ClassVar[dict[str, tuple[str, ...]]] = {"now": ("404", "409"), "buying": ("404",)}
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

    @extend_schema(
        parameters=[OpenApiParameter("customer", OpenApiTypes.INT, required=True)], responses=ScoreNowSerializer
    )
    @action(detail=False, methods=["get"], grant="score.view", pagination_class=None, filter_backends=[])
    def now(self, request: ApiRequest) -> Response:
        """One customer's score as of now: what tonight would say of the orders that are there; nothing is stored."""
        wanted = request.query_params.get("customer", "")
        customer = row_for(Customer.objects.select_related("facts"), request.user, wanted, "score.view")
        score = score_now(customer)
        if score is None:
            raise Conflict(_("No night has rated anybody yet, so there is nothing to rate by."))
        return Response(ScoreNowSerializer({"customer": customer.pk, **asdict(score)}).data)

    @extend_schema(
        parameters=[OpenApiParameter("customer", OpenApiTypes.INT, required=True)], responses=BuyingProfileSerializer
    )
    @action(detail=False, methods=["get"], grant="order.view", pagination_class=None, filter_backends=[])
    def buying(self, request: ApiRequest) -> Response:
        """One customer's buying profile: favourites, cycle, next purchase, usual order, stated budget, payment.

        Null or empty where there is no data yet."""
        wanted = request.query_params.get("customer", "")
        rows = Customer.objects.select_related("facts", "qualification").annotate(found=read_profile(request.user))
        customer: Any = row_for(rows, request.user, wanted, "order.view")
        return Response(BuyingProfileSerializer(profile_of(request.user, customer, customer.found)).data)

    def get_serializer_context(self) -> dict[str, Any]:
        """With the run."""
        fake = getattr(self, "swagger_fake_view", False)
        return super().get_serializer_context() | {"run": None if fake else self.run}
