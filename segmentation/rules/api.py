"""Settings of the scoring over the API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import ApiRequest, Catalogue, Changes, Creates
from segmentation import rfm, services, tiers
from segmentation.entries import ENTRIES, renamed
from segmentation.models import CutPoints, RuleSet, ScoringSettings, Tier, TierScheme
from segmentation.rules.checks import MEASURES, cut_point_problems
from segmentation.rules.problems import rule_set_problems
from segmentation.rules.services import LONGEST_REASON, rule_set_publish
from segmentation.selectors import definition_of, latest_run, scoring_settings
from segmentation.tiers import CRITERIA, MOST_PLACES
from segmentation.whatif.figures import asked_for, figures_now, is_large, months_now, stored
from segmentation.whatif.preview import Preview
from segmentation.whatif.question import Question, as_of_now, scoring_question
from segmentation.whatif.scoring import Scoring, typed_as_stored
from segmentation.whatif.serializers import PreviewSerializer, WaitingSerializer, told, waiting
from segmentation.wording import NAMES


def previewed(question: Question, user: User) -> Response:
    """The figures, or how far a worker is with them."""
    run = latest_run()
    if run is None:
        raise Conflict(_("No night has rated anybody yet, so there is nothing to rate by."))
    if is_large(run, question):
        asked = asked_for(user, question, run)
        if asked.ready_at is None:
            return Response(waiting(asked), status=status.HTTP_202_ACCEPTED)
        found = stored(asked)
    else:
        found = replace(figures_now(user, question, run), months=months_now(user, question))
    return Response(told(run, Preview(user, question, found.flows, found.loads), found))


class ScoringSettingsSerializer(serializers.ModelSerializer):
    """How many days count, where classes and stages begin, when warnings open, change and end. Chances, drops and
    shares of sales are shares of 1."""

    openers = serializers.ListField(child=serializers.ChoiceField(choices=tuple(NAMES.items())), required=False)

    class Meta:
        model = ScoringSettings
        fields = (
            "id",
            "window_days",
            "horizon_days",
            "calibrate_monthly",
            "manual_cuts",
            "yellow_p",
            "yellow_drop",
            "red_p",
            "red_drop",
            "red_falls_p",
            "eased_p",
            "eased_drop",
            "fixed_rule",
            "fixed_days",
            "cycle_ratio",
            "openers",
            "warnings_shown",
            "frequency_high",
            "frequency_mid",
            "amount_large",
            "amount_mid",
            "loyal_days",
            "loyal_r",
            "dormant_days",
            "updated_at",
            "updated_by",
            "version",
        )
        read_only_fields = ("updated_at", "updated_by", "version")


class ScoringSettingsViewSet(Changes, Catalogue):
    """The one row of settings of the scoring; they count from the coming night on."""

    resource = "tier_rule"
    serializer_class = ScoringSettingsSerializer
    default_order: ClassVar[tuple[str, ...]] = ("id",)
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet:
        """The one row."""
        return ScoringSettings.objects.all()

    def change(self, row: ScoringSettings, values: dict[str, Any]) -> None:
        """Set what the body names."""
        changes = {name: value for name, value in values.items() if getattr(row, name) != value}
        services.scoring_settings_change(row=row, changes=changes, version=row.version, by=self.request.user)


class Limits(serializers.ListField):
    """Four limits, for the scores 2, 3, 4 and 5; null: nobody has that score."""

    def __init__(self, **options: Any) -> None:
        child = serializers.IntegerField(allow_null=True, min_value=0, max_value=10**15)
        super().__init__(child=child, min_length=4, max_length=4, **options)


class CutPointsSerializer(serializers.ModelSerializer):
    """A version of the cut-points: R in days (at most), F in orders and M in minor units (at least)."""

    r, f, m = Limits(), Limits(), Limits()

    class Meta:
        model = CutPoints
        fields = (
            "id",
            "calibrated_on",
            "manual",
            "customers",
            "window_days",
            "r",
            "f",
            "m",
            "reason",
            "created_at",
            "created_by",
        )
        read_only_fields = ("calibrated_on", "manual", "customers", "window_days", "created_at", "created_by")


class AskedScoringSerializer(serializers.Serializer):
    """Cut-points and days to ask about. Without limits those that the night takes for these days; without days those
    that are set; `manual_cuts`: the typed ones that are stored."""

    scheme = serializers.ChoiceField(choices=Tier.Scheme.choices)
    window_days = serializers.IntegerField(min_value=rfm.WINDOW[0], max_value=rfm.WINDOW[1], required=False)
    manual_cuts = serializers.BooleanField(required=False)
    r, f, m = Limits(required=False), Limits(required=False), Limits(required=False)


class CutPointsViewSet(Creates, Catalogue):
    """Versions of the cut-points; POST types one of one's own. None is changed or deleted."""

    resource = "tier_rule"
    serializer_class = CutPointsSerializer
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    http_method_names = ("get", "head", "post")

    def permission(self) -> str:
        """Who may change the rules types cut-points, and asks what others would do."""
        return "tier_rule.view" if self.action in ("list", "retrieve", None) else "tier_rule.change"

    def rows(self) -> QuerySet:
        """All versions."""
        return CutPoints.objects.all()

    def make(self, values: dict[str, Any]) -> CutPoints:
        """A typed version."""
        cuts = rfm.CutPoints(*(tuple(values[name]) for name in MEASURES))
        return services.manual_cut_points_set(cuts=cuts, by=self.request.user, reason=values.get("reason", ""))

    @extend_schema(request=AskedScoringSerializer, responses={200: PreviewSerializer, 202: WaitingSerializer})
    @action(detail=False, methods=["post"], grant="tier_rule.change", url_path="preview", pagination_class=None)
    def preview(self, request: ApiRequest) -> Response:
        """What the coming night would do by these cut-points and days; nothing is saved."""
        body = AskedScoringSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said, row = body.validated_data, scoring_settings()
        window, typed = said.get("window_days", row.window_days), None
        if given := [name for name in MEASURES if name in said]:
            if missing := [name for name in MEASURES if name not in given]:
                raise ModelValidationError(dict.fromkeys(missing, _("Give the limits of all three measures, or none.")))
            typed = rfm.CutPoints(*(tuple(said[name]) for name in MEASURES))
            if wrong := cut_point_problems(typed, window):
                raise ModelValidationError({name: next(iter(of.values())) for name, of in wrong.items()})
            typed = typed_as_stored(typed)
        scoring = Scoring(window, typed, manual=said.get("manual_cuts", row.manual_cuts))
        return previewed(scoring_question(said["scheme"], scoring), request.user)


# --- rule sets -------------------------------------------------------------------------------------------------------
COUNT: dict[str, Any] = {"min_value": 0, "max_value": 10**15}


class ConditionSerializer(serializers.Serializer):
    """A criterion from `min` to `max`, both included, or one of `codes`."""

    of = serializers.ChoiceField(choices=tuple(tiers.CRITERIA))
    min = serializers.IntegerField(required=False, allow_null=True, **COUNT)
    max = serializers.IntegerField(required=False, allow_null=True, **COUNT)
    codes = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=50)


class RuleSerializer(serializers.Serializer):
    """All conditions met give the tier."""

    tier = serializers.CharField(max_length=20)
    all: serializers.ListSerializer = serializers.ListSerializer(child=ConditionSerializer(), max_length=MOST_PLACES)


class WeightSerializer(serializers.Serializer):
    """What a criterion counts of 100; `points` of its codes, where it has codes."""

    of = serializers.ChoiceField(choices=tuple(tiers.CRITERIA))
    weight = serializers.IntegerField(min_value=0, max_value=100)
    points = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100), required=False)


class ThresholdSerializer(serializers.Serializer):
    """From how many points on; the last one has no `from`."""

    tier = serializers.CharField(max_length=20)

    def get_fields(self) -> dict[str, serializers.Field]:
        """With the field that Python has no name for."""
        points = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100)
        return {**super().get_fields(), "from": points}


class DefinitionSerializer(serializers.Serializer):
    """`rules`, or else `weights` and `tiers`."""

    rules: serializers.ListSerializer = serializers.ListSerializer(
        child=RuleSerializer(), required=False, max_length=MOST_PLACES + 1
    )
    weights: serializers.ListSerializer = serializers.ListSerializer(
        child=WeightSerializer(), required=False, max_length=len(CRITERIA)
    )
    tiers: serializers.ListSerializer = serializers.ListSerializer(
        child=ThresholdSerializer(), required=False, max_length=20
    )

    def to_representation(self, instance: Any) -> Any:
        """As it is stored, but entries that were merged by the code of the one they became."""
        stored, known = tiers.read((), instance), self.context.setdefault("renamed", {})
        known |= renamed((stored.asked & ENTRIES.keys()) - known.keys())
        return tiers.as_stored(tiers.followed(stored, known))


class RuleSetSerializer(serializers.ModelSerializer):
    """A version of the rules of a scheme: its tiers, best first, and who gets which, see docs/algorithms/tiers.md."""

    tiers = serializers.ListField(child=serializers.CharField(max_length=20), max_length=20)
    definition = DefinitionSerializer()
    reason = serializers.CharField(max_length=LONGEST_REASON)

    class Meta:
        model = RuleSet
        fields = (
            "id",
            "scheme",
            "number",
            "tiers",
            "definition",
            "reason",
            "effective_on",
            "copied_from",
            "created_at",
            "created_by",
            "withdrawn_at",
            "withdrawn_by",
        )
        read_only_fields = ("number", "copied_from", "created_at", "created_by", "withdrawn_at", "withdrawn_by")


class AskedRulesSerializer(serializers.Serializer):
    """Rules to ask about."""

    scheme = serializers.ChoiceField(choices=Tier.Scheme.choices)
    tiers = serializers.ListField(child=serializers.CharField(max_length=20), max_length=20)
    definition = DefinitionSerializer()


class RuleSetFilter(django_filters.FilterSet):
    scheme = django_filters.ChoiceFilter(choices=Tier.Scheme.choices)


class RuleSetViewSet(Creates, Catalogue):
    """Versions of the rules of tiers. POST publishes the next one of a scheme; none is changed or deleted."""

    resource = "tier_rule"
    serializer_class = RuleSetSerializer
    filterset_class = RuleSetFilter
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    http_method_names = ("get", "head", "post")

    def permission(self) -> str:
        """Who may change the rules publishes, and asks what others would do."""
        return "tier_rule.view" if self.action in ("list", "retrieve", None) else "tier_rule.change"

    def rows(self) -> QuerySet:
        """All versions."""
        return RuleSet.objects.all()

    def make(self, values: dict[str, Any]) -> RuleSet:
        """The next version."""
        definition = tiers.read(values.pop("tiers"), values.pop("definition"))
        return rule_set_publish(definition=definition, by=self.request.user, **values)

    @extend_schema(request=AskedRulesSerializer, responses={200: PreviewSerializer, 202: WaitingSerializer})
    @action(detail=False, methods=["post"], grant="tier_rule.change", url_path="preview", pagination_class=None)
    def preview(self, request: ApiRequest) -> Response:
        """What the coming night would do by these rules; nothing is published."""
        body = AskedRulesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        definition = tiers.read(body.validated_data["tiers"], body.validated_data["definition"])
        if wrong := rule_set_problems(definition):
            raise ModelValidationError(dict(wrong))
        return previewed(Question(body.validated_data["scheme"], as_of_now(definition)), request.user)

    @extend_schema(request=None, responses={200: PreviewSerializer, 202: WaitingSerializer})
    @action(detail=True, methods=["get"], grant="tier_rule.change", url_path="preview", url_name="preview-version")
    def preview_version(self, request: ApiRequest, pk: str) -> Response:
        """What the coming night would do if this version counted again."""
        row = self.get_object()
        return previewed(Question(row.scheme, definition_of(row), version=row), request.user)


class TierSchemeSerializer(serializers.ModelSerializer):
    """How one kind of customers is tiered: b2c persons, b2b companies."""

    class Meta:
        model = TierScheme
        fields = ("id", "code", "name_en", "name_zh")
        read_only_fields = ("code",)


class TierSchemeViewSet(Changes, Catalogue):
    """Both schemes; PATCH calls one otherwise."""

    resource = "tier_rule"
    serializer_class = TierSchemeSerializer
    default_order: ClassVar[tuple[str, ...]] = ("id",)
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet:
        """Both."""
        return TierScheme.objects.all()

    def change(self, row: TierScheme, values: dict[str, Any]) -> None:
        """Its names."""
        services.scheme_rename(row=row, changes=values, by=self.request.user)
