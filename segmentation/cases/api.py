"""Churn warnings over the API: cases with plan and outcome, what was done for them, and the list of causes."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from accounts.rest.fields import ScopedKey
from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import Catalogue, Changes, Collection, Creates, Deletes
from core import clock
from customers.models import InteractionKind, Warn
from segmentation import selectors
from segmentation.cases import services
from segmentation.cases.models import MOST_COST, ActionKind, CaseAction, ChurnCause
from segmentation.cases.selectors import action_rows
from segmentation.models import ChurnCase, ChurnReason
from segmentation.services import RefusedError
from segmentation.wording import counted

State = ChurnCase.State
PLANNED = ("plan", "due_on", "cause", "cause_note")


class ReasonSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChurnReason
        fields = ("code", "numbers")
        read_only_fields = fields

    def to_representation(self, instance: ChurnReason) -> dict[str, Any]:
        """With the days of a silence until today, of a closed case until that day."""
        found = super().to_representation(instance)
        numbers = counted(instance.numbers, instance.case.closed_on or clock.business_date())
        return {**found, "numbers": numbers}


class WarningSerializer(serializers.ModelSerializer):
    """A churn warning. `state` may be set to working, also to open a closed one again, or with `close_reason` to lost
    or false_alarm. `in_charge` with `follow_up_on` gives it to somebody, who is asked to contact the customer that day.
    """

    reasons = ReasonSerializer(many=True, read_only=True)
    in_charge = ScopedKey(User, required=False, allow_null=True)
    follow_up_on = serializers.DateField(write_only=True, required=False)
    method = serializers.ChoiceField(
        choices=InteractionKind.choices, write_only=True, required=False, help_text="Of the first follow-up."
    )
    cause = serializers.PrimaryKeyRelatedField(queryset=ChurnCause.objects.all(), required=False, allow_null=True)

    class Meta:
        model = ChurnCase
        fields = (
            *("id", "customer", "level", "state", "opened_on", "level_since", "p_now", "p_last", "value_at_risk"),
            *("reasons", "in_charge", "follow_up_on", "method", "cause", "cause_note", "plan", "due_on"),
            *("closed_at", "closed_by", "close_reason", "version"),
        )
        read_only_fields = (
            *("customer", "level", "opened_on", "level_since", "p_now", "p_last", "value_at_risk"),
            *("closed_at", "closed_by", "version"),
        )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Somebody new is given a day."""
        stands = getattr(self.instance, "in_charge", None)
        if stands is not None and values.get("in_charge", stands) is None:
            raise ValidationError({"in_charge": [_("Name somebody: a warning that is worked on has a person.")]})
        if values.get("in_charge", stands) != stands and "follow_up_on" not in values:
            text = _("Say with it on which day the customer is contacted: %(field)s.") % {"field": "follow_up_on"}
            raise ValidationError({"follow_up_on": [text]})
        return values


class WarningFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    level = django_filters.ChoiceFilter(choices=Warn.choices)
    state = django_filters.ChoiceFilter(choices=State.choices)
    open = YesNoFilter(field_name="closed_at", lookup_expr="isnull")
    owner = IdFilter(field_name="customer__owner")
    in_charge = IdFilter(field_name="in_charge")
    cause = IdFilter(field_name="cause")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")


class WarningViewSet(Changes, Collection):
    """Churn warnings with their reasons, who is in charge, plan, deadline, cause and outcome."""

    resource = "warning"
    serializer_class = WarningSerializer
    filterset_class = WarningFilter
    ordering = ("id", "value_at_risk", "opened_on", "due_on")
    default_order: ClassVar[tuple[str, ...]] = ("-opened_on", "-id")
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet:
        """Cases of customers outside the recycle bin."""
        rows = ChurnCase.objects.filter(customer__deleted_at=None).select_related("customer__owner", "in_charge")
        return rows.prefetch_related("reasons")

    def change(self, row: ChurnCase, values: dict[str, Any]) -> None:
        """Plan, give, take on, close or open again, in this order."""
        try:
            self._plan(row, {name: values[name] for name in PLANNED if name in values})
            self._give(row, values)
            self._move(row, values)
        except RefusedError as error:
            raise ValidationError({"state": [str(error)]}) from error
        except ModelValidationError as error:
            raise ValidationError(error.message_dict) from error

    def _plan(self, row: ChurnCase, changes: dict[str, Any]) -> None:
        if changes:
            services.warning_plan(case=row, version=row.version, changes=changes, by=self.request.user)

    def _give(self, row: ChurnCase, values: dict[str, Any]) -> None:
        to, user = values.get("in_charge"), self.request.user
        if to is None or to == row.in_charge:
            return
        if not selectors.gives(user):
            raise PermissionDenied
        if row.closed_at is not None:
            raise Conflict(_("This warning is closed already."))
        if not selectors.colleagues(user).filter(pk=to.pk).exists():
            raise ValidationError({"in_charge": [_("%(name)s can't work on warnings.") % {"name": to.name}]})
        if text := services.day_problem(values["follow_up_on"]):
            raise ValidationError({"follow_up_on": [text]})
        services.warning_give(
            case=row,
            version=row.version,
            to=to,
            due_on=values["follow_up_on"],
            method=values.get("method") or InteractionKind.CALL.value,
            by=user,
        )

    def _move(self, row: ChurnCase, values: dict[str, Any]) -> None:
        user, state = self.request.user, values.get("state", row.state)
        if state == row.state:
            return
        if state == State.WORKING:
            again = services.warning_start if row.closed_at is None else services.warning_reopen
            again(case=row, version=row.version, by=user)
            return
        if row.closed_at is not None:
            raise Conflict(_("This warning is closed already."))
        reason = values.get("close_reason", "")
        services.warning_close(case=row, version=row.version, state=state, reason=reason, by=user)


class ActionSerializer(serializers.ModelSerializer):
    """Something that was done for a warning; `cost` in minor units of the company's currency, null = not noted."""

    warning = ScopedKey(ChurnCase, "warning.change", source="case")
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    cost = serializers.IntegerField(min_value=0, max_value=MOST_COST, required=False, allow_null=True)

    class Meta:
        model = CaseAction
        fields = ("id", "warning", "kind", "done_on", "done_by", "cost", "note", "created_at", "created_by")
        read_only_fields = ("done_by", "created_at", "created_by")


class ActionFilter(django_filters.FilterSet):
    warning = IdFilter(field_name="case")
    customer = IdFilter(field_name="case__customer")
    kind = django_filters.ChoiceFilter(choices=ActionKind.choices)


class ActionViewSet(Creates, Deletes, Collection):
    """What was done for churn warnings. POST notes an action of one's own; DELETE takes it off, if noted by mistake."""

    resource = "warning"
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    ordering = ("id", "done_on")
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    http_method_names = ("get", "head", "post", "delete")

    def permission(self) -> str:
        """One right for noting and taking off."""
        return "warning.change" if self.action in ("create", "destroy") else "warning.view"

    def rows(self) -> QuerySet:
        """Of customers outside the recycle bin; without what was removed."""
        return action_rows().filter(removed_at=None)

    def make(self, values: dict[str, Any]) -> CaseAction:
        """Note it."""
        try:
            return services.action_add(by=self.request.user, **values)
        except ModelValidationError as error:
            raise ValidationError(error.message_dict) from error

    def remove(self, row: CaseAction) -> None:
        """Take it off."""
        services.action_remove(action=row, by=self.request.user)


class CauseSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChurnCause
        fields = ("id", "code", "name_en", "name_zh", "is_active", "position")
        read_only_fields = fields


class CauseViewSet(Catalogue):
    """The company's causes of churn; retired ones stay with their warnings."""

    resource = "tier_rule"
    serializer_class = CauseSerializer
    default_order: ClassVar[tuple[str, ...]] = ("position", "id")
    ordering = ("id", "position")
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet:
        """All of them."""
        return ChurnCause.objects.all()
