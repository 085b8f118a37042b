"""Follow-ups, reminders and notices as JSON."""

from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import reaching
from accounts.models import User
from accounts.rest.fields import MaskedSerializer, MomentWithOffset, ScopedKey
from core import clock
from core.outbox import mail_is_on
from customers.models import Customer
from followups.forms import METHODS, NO_MAIL, WHOLE_DAYS, day_ahead
from followups.models import FollowUp, Notice, Reminder, Rhythm
from followups.selectors import may_name, notice_choices, notice_row


class FollowUpSerializer(MaskedSerializer):
    customer = ScopedKey(Customer, "follow_up.add")
    assignee = ScopedKey(User, required=False)
    method = serializers.ChoiceField(choices=METHODS, required=False)

    class Meta:
        model = FollowUp
        fields = (
            "id",
            "customer",
            "assignee",
            "due_on",
            "due_time",
            "due_at",
            "minutes",
            "method",
            "purpose",
            "reason_code",
            "reason",
            "source",
            "state",
            "closed_at",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = (
            "due_at",
            "reason_code",
            "reason",
            "source",
            "state",
            "closed_at",
            "created_at",
            "updated_at",
            "version",
        )

    def validate_customer(self, value: Customer) -> Customer:
        """A follow-up stays with its customer."""
        if self.instance is not None and value.pk != self.instance.customer_id:
            raise serializers.ValidationError(_("A follow-up can't move to another customer."))
        return value

    def validate_due_on(self, value: date) -> date:
        """A day that one can plan for; the day that it has already may stand."""
        if self.instance is not None and value == self.instance.due_on:
            return value
        return day_ahead(value, clock.user_today(self.context["request"].user))

    def validate_assignee(self, value: User) -> User:
        """Only people who are here."""
        if not value.is_active:
            raise serializers.ValidationError(_("%(name)s is no longer active.") % {"name": value.name})
        return value


class RhythmSerializer(MaskedSerializer):
    """What stays empty follows the default plan."""

    customer = ScopedKey(Customer, "follow_up.change")
    method = serializers.ChoiceField(choices=METHODS, required=False, allow_blank=True)
    id = serializers.IntegerField(source="pk", read_only=True)  # that of the customer

    class Meta:
        model = Rhythm
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "customer",
            "every_days",
            "method",
            "at_time",
            "purpose",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "version")

    def validate_customer(self, value: Customer) -> Customer:
        """A plan stays with its customer."""
        if self.instance is not None and value.pk != self.instance.customer_id:
            raise serializers.ValidationError(_("An own plan can't move to another customer."))
        return value

    def validate_every_days(self, value: int | None) -> int | None:
        """Within a year."""
        if value is not None and not 1 <= value <= 366:
            raise serializers.ValidationError(WHOLE_DAYS["max_value"])
        return value


class ReminderSerializer(MaskedSerializer):
    customer = ScopedKey(Customer, allow_null=True, required=False)
    user = ScopedKey(User, "reminder.add", required=False)
    due_at = MomentWithOffset()

    class Meta:
        model = Reminder
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "customer",
            "user",
            "due_at",
            "channel",
            "text",
            "state",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("state", "created_at", "updated_at", "version")

    def validate_user(self, value: User) -> User:
        """Somebody who is active; the person whom a reminder has already may stay."""
        if not value.is_active:
            raise serializers.ValidationError(_("%(name)s is no longer active.") % {"name": value.name})
        return value

    def validate_channel(self, value: str) -> str:
        """Only by channels that are set up; the one that a reminder has already may stand."""
        was = self.instance.channel if self.instance else None
        if value == was:
            return value
        if value == Reminder.Channel.EMAIL and not mail_is_on():
            raise serializers.ValidationError(NO_MAIL)
        if value not in (Reminder.Channel.IN_APP, Reminder.Channel.EMAIL) and not reaching.is_on(value):
            raise serializers.ValidationError(_("This installation doesn't send that way. Choose another one."))
        return value

    def validate_due_at(self, value: Any) -> Any:
        """Not in the past."""
        if value <= clock.now():
            raise serializers.ValidationError(_("The time of a reminder must lie in the future."))
        return value


class NoticeSerializer(serializers.ModelSerializer):
    """A notice with its sentence in the reader's language; `read` may be set to true."""

    kind = serializers.ChoiceField(choices=notice_choices(), read_only=True)
    customer = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    read = serializers.BooleanField(required=False)

    class Meta:
        model = Notice
        fields = ("id", "kind", "customer", "due_at", "title", "text", "numbers", "url", "read", "read_at")
        read_only_fields = ("due_at", "text", "numbers", "read_at")

    def get_title(self, notice: Notice) -> str:
        """The sentence."""
        return str(notice_row(notice).title)

    def get_url(self, notice: Notice) -> str:
        """What it opens; empty once that is out of reach."""
        return notice_row(notice).url

    def get_customer(self, notice: Notice) -> int | None:
        """Whom it is about, while one may see that customer."""
        return notice.customer_id if may_name(notice) else None

    def to_representation(self, instance: Notice) -> dict[str, Any]:
        """`read` follows from `read_at`."""
        instance.read = instance.read_at is not None
        return super().to_representation(instance)
