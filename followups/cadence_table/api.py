"""The cadence table over the API: everybody may read it, who may change it adds, changes and deletes lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as Refused
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.rest.problems import Conflict
from accounts.rest.viewsets import Catalogue, Changes, Creates, Deletes
from customers.models import UNRATED
from followups import services
from followups.cadence import Phase
from followups.cadence_table.defaults import STAGES
from followups.cadence_table.words import AMOUNT, FREQUENCY, KINDS
from followups.forms import METHODS, WHOLE_DAYS
from followups.messages.choosing import sent_by_itself
from followups.models import CadenceRule, Category, PhaseWord, Policy
from followups.services.plans import FOR_WHOM
from segmentation.selectors import tiers_by_code

EVERYBODY = ""
BY_THE_CLOCK = STAGES[Phase.NEW][:2]  # the days of a line for new customers, which nobody changes


class CadenceRuleSerializer(serializers.ModelSerializer):
    """A line of the table. An empty scheme, tier, frequency or amount means all; for whom a line is stays as it is."""

    method = serializers.ChoiceField(choices=METHODS)
    other_method = serializers.ChoiceField(choices=METHODS)
    policy = serializers.ChoiceField(choices=Policy.choices, required=False)
    template = serializers.PrimaryKeyRelatedField(queryset=sent_by_itself(), required=False, allow_null=True)

    class Meta:
        model = CadenceRule
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            *FOR_WHOM,
            "shortest",
            "longest",
            "category",
            "method",
            "other_method",
            "content",
            "policy",
            "template",
            "updated_at",
            "updated_by",
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("updated_at", "updated_by")
        validators: ClassVar[list[Any]] = []  # the service says in words that there is such a line

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What one field can't know of the others."""
        line = self.instance or CadenceRule()
        whom = {name: attrs.get(name, getattr(line, name)) for name in FOR_WHOM}
        wrong: dict[str, str] = {}
        if self.instance is not None and any(getattr(line, name) != value for name, value in whom.items()):
            raise serializers.ValidationError(_("A line stays with the customers it is for. Add another one."))
        known = {"scheme": {EVERYBODY, *KINDS}, "frequency": {EVERYBODY, *FREQUENCY}, "amount": {EVERYBODY, *AMOUNT}}
        wrong |= {name: _("Unknown value.") for name, values in known.items() if whom[name] not in values}
        tiers = {EVERYBODY, UNRATED, *(code for scheme, code in tiers_by_code() if whom["scheme"] in ("", scheme))}
        if whom["tier"] not in tiers:
            wrong["tier"] = _("There is no such tier of these customers.")
        shortest, longest = (attrs.get(name, getattr(line, name)) or 0 for name in ("shortest", "longest"))
        if not 1 <= shortest <= longest <= 366:
            wrong["longest"] = str(WHOLE_DAYS["max_value"])
        if attrs.get("category") and whom["phase"] != Phase.LONG_TERM:
            wrong["category"] = _("Only long-term lines say which day in the range is taken.")
        if "category" in attrs and not attrs["category"] and whom["phase"] == Phase.LONG_TERM:
            wrong["category"] = _("A long-term line says which day in the range is taken: key, regular or activation.")
        if whom["phase"] == Phase.NEW and (shortest, longest) != BY_THE_CLOCK:
            wrong["longest"] = _(
                "New customers are contacted by the clock, as the numbers of the plans say. Send 1 as both days."
            )
        if attrs.get("template") and attrs.get("policy", line.policy) != Policy.AUTOMATIC:
            wrong["template"] = _("Only a line that sends a message by itself (policy auto) names a template.")
        if wrong:
            raise serializers.ValidationError({name: [text] for name, text in wrong.items()})
        return attrs


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The template by its id, as the service takes it."""
    named = {"template_id": getattr(values["template"], "pk", None)} if "template" in values else {}
    return {name: value for name, value in values.items() if name != "template"} | named


class CadenceRuleFilter(django_filters.FilterSet):
    phase = django_filters.ChoiceFilter(choices=PhaseWord.choices)
    scheme = django_filters.CharFilter()
    tier = django_filters.CharFilter()
    category = django_filters.ChoiceFilter(choices=Category.choices)
    policy = django_filters.ChoiceFilter(choices=Policy.choices)


class CadenceRuleViewSet(Creates, Changes, Deletes, Catalogue):
    """The table of default plans: how often customers of each stage are contacted. Open automatic dates follow."""

    resource = "plan_rule"
    serializer_class = CadenceRuleSerializer
    filterset_class = CadenceRuleFilter
    default_order: ClassVar[tuple[str, ...]] = ("id",)

    def permission(self) -> str:
        """Lines are added and deleted by who may change the table."""
        return "plan_rule.view" if self.action in (None, "list", "retrieve") else "plan_rule.change"

    def rows(self) -> QuerySet:
        """All lines."""
        return CadenceRule.objects.all()

    def make(self, values: dict[str, Any]) -> CadenceRule:
        """A line for some customers of a stage."""
        try:
            return services.cadence_rule_add(by=self.request.user, **_columns(values))
        except Refused as error:
            raise Conflict(error.messages[0]) from error

    def change(self, row: CadenceRule, values: dict[str, Any]) -> None:
        """What holds for them."""
        changes = {name: value for name, value in _columns(values).items() if name not in FOR_WHOM}
        services.cadence_rule_change(rule=row, by=self.request.user, **changes)

    def remove(self, row: CadenceRule) -> None:
        """Take out a line that somebody added."""
        try:
            services.cadence_rule_delete(rule=row, by=self.request.user)
        except Refused as error:
            raise Conflict(error.messages[0]) from error
