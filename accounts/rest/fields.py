"""Fields that name other rows: only rows that the sender may use; others don't exist for them."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.masking import masked, may_read

FAR = _("Enter a year from {first} to {last}.")
NEAR = (1970, 2200)
OLDEST = 1000
NOT_HERE = _("There is no row {pk_value} that you may use here.")


class ScopedKey(serializers.PrimaryKeyRelatedField):
    """The id of a row of `model` on which the sender may do `action` (a permission may be named in full)."""

    def __init__(self, model: type[Model], action: str = "view", **options: Any) -> None:
        self.model, self.action = model, action
        options.setdefault("error_messages", {"does_not_exist": NOT_HERE})
        if not options.get("read_only"):
            # unscoped: get_queryset narrows it for each request
            options["queryset"] = model._default_manager.all()
        super().__init__(**options)

    def get_queryset(self) -> QuerySet | None:
        """The rows in reach of the sender."""
        user = self.context["request"].user if "request" in self.context else None
        return self.model._default_manager.for_user(user, self.action)

    def to_internal_value(self, data: Any) -> Model:
        """The row; booleans, texts and numbers that no id can be are refused as wrong types."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data < 2**63:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A moment in the days of living people: clocks and zones go astray far outside of them."""

    default_error_messages: ClassVar[dict[str, Any]] = {"far": FAR}

    def to_internal_value(self, value: Any) -> datetime:
        """The moment; refuses the far past and future."""
        try:
            moment = super().to_internal_value(value)
        except OverflowError:  # the first and last day of the calendar leave it in some zones
            self.fail("far", first=NEAR[0], last=NEAR[1])
        if not NEAR[0] <= moment.year <= NEAR[1]:
            self.fail("far", first=NEAR[0], last=NEAR[1])
        return moment


class MomentWithOffset(Moment):
    """A moment that says its offset: without one nobody knows whose clock it is read on."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "no_offset": _("Add the offset of the time zone, for example 2026-11-24T14:30:00+08:00.")
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """The moment as it was said."""
        if value.tzinfo is None:
            self.fail("no_offset")
        return super().enforce_timezone(value)


class Day(serializers.DateField):
    """A calendar date; companies are older than people."""

    default_error_messages: ClassVar[dict[str, Any]] = {"far": FAR}

    def to_internal_value(self, value: Any) -> date:
        """The date; refuses the far past and future."""
        day = super().to_internal_value(value)
        if not OLDEST <= day.year <= NEAR[1]:
            self.fail("far", first=OLDEST, last=NEAR[1])
        return day


@extend_schema_field({"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"})
class ClockTime(serializers.TimeField):
    """A time of day without a zone, such as 14:30."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M", "%H:%M:%S"], **options)


class MaskedSerializer(serializers.ModelSerializer):
    """Shows a row as the reader may read it, and refuses to overwrite what they can't read."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Moment,
        models.DateField: Day,
        models.TimeField: ClockTime,
    }

    def to_representation(self, instance: Model) -> dict[str, Any]:
        """The row after masking."""
        return super().to_representation(masked(self.context["request"].user, instance))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values sent; a field that the server sets may be sent along, but not with another value."""
        values = super().to_internal_value(data)
        shown = self.set_by_server()
        wrong = [name for name in shown if name in data and not same_value(data[name], shown[name])]
        if wrong:
            raise serializers.ValidationError({name: [NOT_YOURS] for name in wrong})
        return values

    def set_by_server(self) -> dict[str, Any]:
        """Read-only fields as the sender was shown them; of a new row only what is known before it is made."""
        if self.instance is None:
            return {}
        shown = self.to_representation(self.instance)
        return {name: shown[name] for name, field in self.fields.items() if field.read_only}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse values for fields that are masked to the sender."""
        if self.instance is None:
            return attrs
        user = self.context["request"].user
        hidden = [name for name in attrs if not may_read(user, self.instance, name)]
        if hidden:
            raise serializers.ValidationError({name: [UNREADABLE] for name in hidden})
        return attrs


def same_value(sent: Any, shown: Any) -> bool:
    """Whether a client sent what it was shown: nothing, the same, or the same moment in another zone. Lists and
    objects are never asked: figures of the night stand in them, which move without a new version."""
    if sent in (None, "") or isinstance(sent, dict | list) or str(sent) == str(shown):
        return True
    moments = [parse_datetime(value) if isinstance(value, str) else None for value in (sent, shown)]
    return None not in moments and moments[0] == moments[1]


NOT_YOURS = _("The server sets this field; leave it out.")
UNREADABLE = _("You can't change this field because you may not read it in full.")
