"""Complaints as JSON. A change of `state` walks one step of the way; closing needs result and csat."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from accounts.rest.fields import MaskedSerializer, Moment, ScopedKey
from core import clock
from customers.models import Customer
from feedback.models import Complaint, ComplaintStep


class ComplaintSerializer(MaskedSerializer):
    customer = ScopedKey(Customer, "complaint.add")
    owner = ScopedKey(User, required=False)
    received_at = Moment(required=False)
    note = serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=4000)

    class Meta:
        model = Complaint
        fields = (
            "id",
            "number",
            "customer",
            "channel",
            "category",
            "severity",
            "text",
            "owner",
            "state",
            "received_at",
            "first_response_due_at",
            "first_response_at",
            "promised_at",
            "result",
            "csat",
            "closed_at",
            "note",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = ("number", "first_response_due_at", "closed_at", "created_at", "updated_at", "version")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "text": {"max_length": 10_000},
            "result": {"max_length": 4_000},
            "csat": {"min_value": 1, "max_value": 5},
        }

    def validate_received_at(self, value: Any) -> Any:
        """Not in the future."""
        if value > clock.now():
            raise serializers.ValidationError(_("A complaint can't have come in later than now."))
        return value

    def validate_customer(self, value: Customer) -> Customer:
        """A complaint stays with its customer."""
        if self.instance is not None and value.pk != self.instance.customer_id:
            raise serializers.ValidationError(_("A complaint can't move to another customer."))
        return value

    def validate_owner(self, value: User) -> User:
        """Only people who work on complaints."""
        if not value.is_active or not value.can("complaint.change"):
            raise serializers.ValidationError(_("%(name)s can't work on complaints.") % {"name": value.name})
        return value


class StepSerializer(serializers.ModelSerializer):
    """One entry of a complaint's record."""

    class Meta:
        model = ComplaintStep
        fields = ("id", "at", "by", "kind", "from_state", "to_state", "note", "owner", "csat")
        read_only_fields = fields
