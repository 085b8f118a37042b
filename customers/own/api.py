"""Own fields over the API: one object in a customer's file, by code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.rest.fields import UNREADABLE
from core import company
from core.refusals import BadCellError
from core.texts import seen
from customers import selectors
from customers.models import Customer, OwnField, OwnKind, own_fields
from customers.own import values
from ui import formatting

SHAPE = {
    "type": "object",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "integer"},
            {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "null"},
        ],
    },
    "description": (
        "The company's own fields by code (Settings, Own fields): a text, a number as digits, an amount in minor units"
        " of the company's currency, a day, the code of an option or a list of them, the id of a colleague, true or"
        " false; null for nothing. A write changes the fields that it names."
    ),
    "example": {"contract_no": "A-17", "contract_end": "2027-06-30", "seats": "25"},
}


@extend_schema_field(SHAPE)
class OwnValues(serializers.Field):
    """What the reader may read of them; a write names what it changes."""

    def to_representation(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Each field in use, null where nothing stands or nothing may be read."""
        return {field.code: value.get(field.code) for field in own_fields()}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """As the file keeps it; what is wrong is said of each code."""
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Send an object with the codes of own fields."))
        row: Customer | None = getattr(self.parent, "instance", None)
        user = self.context["request"].user
        fields, found, errors = {field.code: field for field in own_fields()}, {}, {}
        for code, sent in data.items():
            field = fields.get(code)
            try:
                if field is None:
                    raise BadCellError(_("There is no own field of this code."))
                if row is not None and not values.may_read(user, row, field):
                    raise BadCellError(str(UNREADABLE))
                held = row.own.get(code) if row is not None else None
                # What stands there may be sent back, although it isn't offered any more.
                found[code] = held if sent == held else _checked(field, sent, user)
            except BadCellError as error:
                errors[str(code)] = [str(error)]
        if errors:
            raise serializers.ValidationError(errors)
        return found


def _checked(field: OwnField, sent: Any, user: User) -> Any:
    if sent is None or sent == "" or (sent == [] and field.kind == OwnKind.SEVERAL):
        return None
    return READERS[OwnKind(field.kind)](field, sent, user)


def _text(field: OwnField, sent: Any, user: User) -> str | None:
    if not isinstance(sent, str):
        raise BadCellError(_("Send a text."))
    if len(sent) > values.MOST_TEXT:
        raise BadCellError(_("At most %(most)s characters.") % {"most": values.MOST_TEXT})
    return seen(sent.replace("\x00", "")) or None


def _number(field: OwnField, sent: Any, user: User) -> str:
    if isinstance(sent, bool) or not isinstance(sent, int | float | str):
        raise BadCellError(_("Send a number."))
    return str(values.kept(field, values.number(str(sent))))


def _money(field: OwnField, sent: Any, user: User) -> int:
    if isinstance(sent, bool) or not isinstance(sent, int):
        raise BadCellError(_("Send a whole number of minor units."))
    values.money(str(formatting.major(sent, company.currency())))  # what a form refuses it couldn't save again
    return sent


def _day(field: OwnField, sent: Any, user: User) -> str:
    try:
        found = parse_date(sent) if isinstance(sent, str) else None
    except ValueError:
        found = None
    if found is None:
        raise BadCellError(_("Send a day such as 2026-11-30."))
    return values.day(found).isoformat()


def _option(field: OwnField, sent: Any, user: User) -> str:
    if not isinstance(sent, str):
        raise BadCellError(_("Send the code of an option."))
    return values.option(field, sent)


def _options(field: OwnField, sent: Any, user: User) -> list[str]:
    if not isinstance(sent, list):
        raise BadCellError(_("Send a list with the codes of options."))
    chosen = {_option(field, one, user) for one in sent}
    return [one.code for one in field.choices if one.code in chosen]


def _colleague(field: OwnField, sent: Any, user: User) -> int:
    if isinstance(sent, bool) or not isinstance(sent, int) or not 0 < sent < 2**63:
        raise BadCellError(_("Send the id of a colleague."))
    if not selectors.colleagues(user).filter(pk=sent).exists():
        raise BadCellError(_("There is no colleague of this id whom you may choose."))
    return sent


def _yes_no(field: OwnField, sent: Any, user: User) -> bool:
    if not isinstance(sent, bool):
        raise BadCellError(_("Send true or false, or nothing."))
    return sent


READERS: Mapping[OwnKind, Callable[[OwnField, Any, User], Any]] = {
    OwnKind.TEXT: _text,
    OwnKind.NUMBER: _number,
    OwnKind.MONEY: _money,
    OwnKind.DATE: _day,
    OwnKind.CHOICE: _option,
    OwnKind.SEVERAL: _options,
    OwnKind.PERSON: _colleague,
    OwnKind.YES_NO: _yes_no,
}
