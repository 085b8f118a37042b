"""Complaints over the API."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.rest.filters import IdFilter, MomentFilter, NoFilters, YesNoFilter
from accounts.rest.viewsets import ApiRequest, Changes, Collection, Creates, Deletes
from core import clock
from feedback import selectors, services, states
from feedback.models import Complaint
from feedback.serializers import ComplaintSerializer, StepSerializer

AT_INTAKE = ("customer", "text", "category", "severity", "channel", "owner", "promised_at", "received_at")
WITH_A_MOVE = ("result", "csat", "severity", "promised_at")


class ComplaintFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    owner = IdFilter(field_name="owner")
    state = django_filters.ChoiceFilter(choices=Complaint.State.choices)
    severity = django_filters.ChoiceFilter(choices=Complaint.Severity.choices)
    category = django_filters.ChoiceFilter(choices=Complaint.Category.choices)
    open = YesNoFilter(method="by_open")
    breached = YesNoFilter(method="by_breach")
    received_from = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_to = MomentFilter(field_name="received_at", lookup_expr="lt")

    def by_open(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """Not closed."""
        return rows.filter(selectors.OPEN if value else ~selectors.OPEN)

    def by_breach(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """Open, and its running clock has passed its end."""
        late: Q = selectors.breached_at(clock.now())
        return rows.filter(late) if value else rows.exclude(pk__in=rows.filter(late).values("pk"))


class ComplaintViewSet(Creates, Changes, Deletes, Collection):
    """Complaints. PATCH one thing at a time: the next `state`, the `owner`, `first_response_at`, or the intake."""

    resource = "complaint"
    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilter
    search_fields = ("number", "text")
    ordering = ("id", "received_at", "first_response_due_at")
    default_order: ClassVar[tuple[str, ...]] = ("-received_at", "-id")

    def rows(self) -> QuerySet:
        """Complaints outside the recycle bin."""
        return selectors.rows().defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Complaint:
        """Take it in; states, result and satisfaction come later."""
        chosen = {name: value for name, value in values.items() if name in AT_INTAKE}
        return services.complaint_create(by=self.request.user, **chosen)

    def change(self, row: Complaint, values: dict[str, Any]) -> None:
        """First response, hand-over, corrections, then the step: each with its own line in the record."""
        note = values.get("note", "")
        changed = {name: value for name, value in values.items() if value != getattr(row, name, None)}
        moving = "state" in changed
        _refuse_orphans(row, changed)
        self._respond(row, changed, "" if moving else note)
        self._assign(row, changed, "" if moving else note)
        self._correct(row, {} if moving else changed)
        if moving:
            self._move(row, changed, note)

    def _respond(self, row: Complaint, changed: dict[str, Any], note: str) -> None:
        if changed.get("first_response_at") is not None:
            at = changed["first_response_at"]
            services.complaint_respond(complaint=row, by=self.request.user, version=row.version, at=at, note=note)

    def _assign(self, row: Complaint, changed: dict[str, Any], note: str) -> None:
        if "owner" in changed:
            to = changed["owner"]
            services.complaint_assign(complaint=row, to=to, by=self.request.user, version=row.version, note=note)

    def _correct(self, row: Complaint, changed: dict[str, Any]) -> None:
        edits = {name: value for name, value in changed.items() if name in (*services.EDITABLE, "result")}
        if edits:
            services.complaint_edit(complaint=row, by=self.request.user, version=row.version, **edits)

    def _move(self, row: Complaint, changed: dict[str, Any], note: str) -> None:
        known = {name: changed[name] for name in WITH_A_MOVE if name in changed}
        edits = {name: value for name, value in changed.items() if name in ("channel", "category", "text")}
        self._correct(row, edits)
        services.complaint_move(
            complaint=row, to=changed["state"], by=self.request.user, version=row.version, note=note, **known
        )

    def remove(self, row: Complaint) -> None:
        """Into the recycle bin."""
        services.complaint_delete(complaint=row, by=self.request.user, version=row.version)

    @extend_schema(responses=ComplaintSerializer(many=True))
    @action(detail=False, url_path="bin", grant="complaint.delete", filterset_class=NoFilters, search_fields=())
    def binned(self, request: ApiRequest) -> Response:
        """Complaints in the recycle bin that the sender may bring back."""
        page = self.paginate_queryset(self.filter_queryset(selectors.binned_for(request.user)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=None, responses=ComplaintSerializer)
    @action(detail=True, methods=["post"], grant="complaint.delete")
    def restore(self, request: ApiRequest, pk: str) -> Response:
        """Out of the recycle bin."""
        row = services.complaint_restore(complaint=selectors.binned(request.user, pk), by=request.user)
        return self.shown(row.pk)

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, grant="complaint.view", pagination_class=None, filterset_class=None, filter_backends=())
    def steps(self, request: ApiRequest, pk: str) -> Response:
        """The record of the complaint, newest first."""
        return Response(StepSerializer(selectors.steps_of(self.get_object()), many=True).data)


def _refuse_orphans(row: Complaint, changed: dict[str, Any]) -> None:
    """The satisfaction answer belongs to the closing step; the arrival and a given response don't change."""
    if changed.get("csat") is not None and changed.get("state") != states.CLOSED:
        raise ValidationError({"csat": _("The satisfaction answer comes with the step to “closed”.")})
    if "received_at" in changed:
        raise ValidationError({"received_at": _("The time of arrival can't be changed.")})
    if "first_response_at" in changed and row.first_response_at is not None:
        raise ValidationError({"first_response_at": _("The first response was noted already.")})
