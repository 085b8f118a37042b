"""Follow-ups, reminders and notices over the API."""

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.rest.filters import IdFilter, MomentFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import ApiRequest, Changes, Collection, Creates, Deletes, check_match
from core.outbox import TooLateError
from core.versions import StaleVersionError
from followups import locks, selectors, services
from followups.models import FollowUp, Notice, Reminder, Rhythm
from followups.selectors import notice_choices, still_in_reach
from followups.serializers import FollowUpSerializer, NoticeSerializer, ReminderSerializer, RhythmSerializer


class FollowUpFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    assignee = IdFilter(field_name="assignee")
    state = django_filters.ChoiceFilter(choices=FollowUp.State.choices)
    source = django_filters.ChoiceFilter(choices=FollowUp.Source.choices)
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")


class FollowUpViewSet(Creates, Changes, Deletes, Collection):
    """What is to be done with customers. DELETE cancels; `complete` and `skip` close."""

    resource = "follow_up"
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilter
    matched_actions = ("complete", "skip")
    search_fields = ("purpose",)
    ordering = ("id", "due_on", "updated_at")
    default_order: ClassVar[tuple[str, ...]] = ("due_on", "id")

    def rows(self) -> QuerySet:
        """Follow-ups of customers outside the recycle bin."""
        rows = FollowUp.objects.filter(customer__deleted_at=None)
        return rows.select_related("customer", "assignee").defer("customer__search_tokens")

    def hold(self, row: FollowUp) -> None:
        """The customer's plan before the row, as everybody who writes follow-ups."""
        locks.hold([row.customer_id])
        super().hold(row)

    def make(self, values: dict[str, Any]) -> FollowUp:
        """Plan by hand; without an assignee for oneself."""
        user = self.request.user
        return services.follow_up_create(by=user, assignee=values.pop("assignee", user), **values)

    def change(self, row: FollowUp, values: dict[str, Any]) -> None:
        """Move or reword an open follow-up, or hand it to somebody."""
        if row.state != FollowUp.State.OPEN:
            raise Conflict(_("This follow-up is closed already."))
        changes = {name: value for name, value in values.items() if name != "customer"}
        if changes:
            services.follow_up_change(follow_up=row, changes=changes, version=row.version, by=self.request.user)

    def remove(self, row: FollowUp) -> None:
        """Cancel a follow-up."""
        self._close(row, services.follow_up_cancel)

    @extend_schema(request=None, responses=FollowUpSerializer)
    @action(detail=True, methods=["post"], grant="follow_up.change")
    def complete(self, request: ApiRequest, pk: str) -> Response:
        """Done, without an entry in the log; an interaction closes what it answers by itself."""
        return self._act(request, services.follow_up_complete)

    @extend_schema(request=None, responses=FollowUpSerializer)
    @action(detail=True, methods=["post"], grant="follow_up.change")
    def skip(self, request: ApiRequest, pk: str) -> Response:
        """Skip a follow-up."""
        return self._act(request, services.follow_up_skip)

    def _act(self, request: ApiRequest, act: Any) -> Response:
        row = self.get_object()
        check_match(request, row)
        with transaction.atomic():
            self.hold(row)
            self._close(row, act)
        return self.shown(row.pk)

    def _close(self, row: FollowUp, act: Any) -> None:
        try:
            act(follow_up=row, by=self.request.user)
        except services.AlreadyClosedError as error:
            raise Conflict(_("This follow-up is closed already.")) from error


class RhythmFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gt")


@extend_schema_view(
    **dict.fromkeys(
        ("retrieve", "update", "partial_update", "destroy"),
        extend_schema(
            parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="The customer's id.")]
        ),
    )
)
class RhythmViewSet(Creates, Changes, Deletes, Collection):
    """Customers' own plans, by the id of the customer; each write reckons the customer's next date anew."""

    resource = "follow_up"
    serializer_class = RhythmSerializer
    filterset_class = RhythmFilter
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)

    def permission(self) -> str:
        """Making and removing one changes the plan of a customer, too."""
        return "follow_up.view" if self.action in (None, "list", "retrieve") else "follow_up.change"

    def rows(self) -> QuerySet:
        """Own plans of customers outside the recycle bin."""
        rows = Rhythm.objects.filter(customer__deleted_at=None)
        return rows.select_related("customer").defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Rhythm:
        """Give a customer an own plan."""
        customer = values.pop("customer")
        try:
            return services.rhythm_set(customer=customer, changes=values, version=0, by=self.request.user)
        except StaleVersionError as error:
            raise Conflict(_("This customer has an own plan already. Change that one.")) from error

    def hold(self, row: Rhythm) -> None:
        """The customer's plan before the row, as everybody who writes own plans."""
        locks.hold([row.pk])
        super().hold(row)

    def change(self, row: Rhythm, values: dict[str, Any]) -> None:
        """Change some fields of an own plan."""
        changes = {name: value for name, value in values.items() if name != "customer"}
        if changes:
            services.rhythm_set(customer=row.customer, changes=changes, version=row.version, by=self.request.user)

    def remove(self, row: Rhythm) -> None:
        """Back to the default plan."""
        services.rhythm_remove(customer=row.customer, by=self.request.user)


class ReminderFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    user = IdFilter(field_name="user")
    state = django_filters.ChoiceFilter(choices=Reminder.State.choices)
    channel = django_filters.ChoiceFilter(choices=Reminder.Channel.choices)
    due_from = MomentFilter(field_name="due_at", lookup_expr="gte")
    due_to = MomentFilter(field_name="due_at", lookup_expr="lt")


class ReminderViewSet(Creates, Changes, Deletes, Collection):
    """One notice of its own at its minute. For oneself, or for people whose rows one may change. DELETE calls back."""

    resource = "reminder"
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter
    search_fields = ("text",)
    ordering = ("id", "due_at")
    default_order: ClassVar[tuple[str, ...]] = ("due_at", "id")

    def rows(self) -> QuerySet:
        """All reminders but those of customers out of reach or in the recycle bin."""
        return Reminder.objects.filter(still_in_reach(self.request.user)).select_related("user", "customer")

    def make(self, values: dict[str, Any]) -> Reminder:
        """Remind oneself or a person in reach."""
        user = values.pop("user", self.request.user)
        return services.reminder_create(user=user, by=self.request.user, **values)

    def change(self, row: Reminder, values: dict[str, Any]) -> None:
        """Another time, text or channel, as long as it hasn't been given."""
        changes = {name: value for name, value in values.items() if name in ("due_at", "text", "channel")}
        try:
            if changes:
                services.reminder_change(reminder=row, changes=changes, version=row.version, by=self.request.user)
        except TooLateError as error:
            raise Conflict(_("This reminder was given already. Make a new one.")) from error

    def remove(self, row: Reminder) -> None:
        """Cancel a reminder."""
        try:
            services.reminder_cancel(reminder=row, by=self.request.user)
        except TooLateError as error:
            raise Conflict(_("This reminder was given already.")) from error


class NoticeFilter(django_filters.FilterSet):
    unread = YesNoFilter(field_name="read_at", lookup_expr="isnull")
    kind = django_filters.ChoiceFilter(choices=notice_choices)
    customer = IdFilter(field_name="customer")


class NoticeViewSet(Changes, Collection):
    """What one was told so far, newest first. PATCH {"read": true} marks a notice as done."""

    resource = "notification"
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    ordering = ("id", "due_at")
    default_order: ClassVar[tuple[str, ...]] = ("-due_at", "-id")
    http_method_names = ("get", "head", "patch")

    def rows(self) -> QuerySet:
        """Notices whose time has come, of customers that the person may still see."""
        if getattr(self, "swagger_fake_view", False):  # described for nobody, who holds no post
            return Notice.objects.none()
        return selectors.notices_with_names(self.request.user)

    def change(self, row: Notice, values: dict[str, Any]) -> None:
        """Mark as read; a read notice stays read."""
        if values.get("read"):
            services.notice_read(notice=row)
