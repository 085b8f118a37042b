"""One row of a customer file as the fields it fills, or the reason why it is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from core.phones import MOST_IN_A_CELL, checked_phone, checked_phones
from core.refusals import ROW_ERRORS, BadCellError, Refusals
from customers import birthdays
from customers.identity import names_fit, number_key, tidy
from customers.imports.columns import CONTACT_TEXTS, EMAILS, FURTHER, OWN_MARK, PHONES, TEXTS, label_of
from customers.imports.meanings import (
    CALENDARS,
    GENDERS,
    authority,
    consent,
    customer_kind,
    price_sensitivity,
    reasons,
)
from customers.models import Contact, Customer, Gender, Kind, own_fields
from customers.own.values import from_cell
from intake import totals, values
from intake.spelling import word
from intake.tabular import DamagedRow
from ui.formatting import labelled

OLDEST_FIRM = 1000
LONGEST_CELL = 1_000  # of a field without a limit of its own
_SEVERAL = re.compile(r"[\n,，;；、|]+")


def _longest(model: type[Model], name: str) -> int:
    return getattr(model._meta.get_field(name), "max_length", None) or LONGEST_CELL


LIMITS = {name: _longest(Customer, name) for name in TEXTS}
LIMITS |= {name: _longest(Contact, field) for name, field in CONTACT_TEXTS.items()}
LIMITS["contact_authority"] = LONGEST_CELL  # in words, not as it is stored
LIMITS |= dict.fromkeys(PHONES, 100)  # two numbers in a cell


class RowReader:
    """Callable: (row number, place, cells) -> STAGED: reason or None, JSON of the filled fields, whether it is read."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], order: str = "") -> None:
        self.order = order
        self.at = {name: columns.index(column) for name, column in mapping.items()}
        self.refusal = Refusals()

    def __call__(self, row_no: int, place: int, cells: Sequence[str]) -> tuple[int, int, str | None, str | None, bool]:
        try:
            return row_no, place, None, json.dumps(self._data(cells), ensure_ascii=False), True
        except ROW_ERRORS as error:
            return row_no, place, self.refusal(row_no, error), None, False

    def _data(self, cells: Sequence[str]) -> dict[str, Any]:
        if isinstance(cells, DamagedRow):
            raise BadCellError(cells.reason)
        read = {
            name: _named_error(name, partial(self._read, name), cells[index])
            for name, index in self.at.items()
            if not name.startswith(OWN_MARK) and cells[index] and cells[index] not in values.FILLERS
        }
        data = _with_names({name: value for name, value in read.items() if value})
        if own := self._own(cells):
            data["own"] = own
        _refuse_sum(data, cells)
        if not data.get("number") and not data.get("name"):
            raise BadCellError(_("Neither a name nor a number stands in the row."))
        _two_phones(data)
        self._one_birthday(data)
        return data

    def _own(self, cells: Sequence[str]) -> dict[str, Any]:
        """The company's own fields by code, as files keep them; a colleague as the cell names one (`changes.py`)."""
        found = {}
        for field in own_fields():
            text = cells[self.at[field.field_name]] if field.field_name in self.at else ""
            if text and text not in values.FILLERS:
                read = partial(from_cell, field, order=self.order)
                found[field.code] = _named_error(field.field_name, read, text)
        return {code: value for code, value in found.items() if value is not None}

    def _read(self, name: str, text: str) -> Any:
        if text in values.ERRORS:
            raise values.error_refused(text)
        if name in ("notes", "contact_notes"):
            return values.paragraphs(text)
        if name in FURTHER:
            return further_ways(name, text)
        text = values.short(text, LIMITS.get(name, LONGEST_CELL))
        special = getattr(self, f"_{name}", None) or getattr(self, f"_{name.removeprefix('contact_')}", None)
        return special(text) if text and special else text

    def _number(self, text: str) -> str:
        return "" if text in values.ZEROS else number_key(values.undamaged(text))

    def _credit_code(self, text: str) -> str:
        return values.undamaged(text)

    def _name(self, text: str) -> str:
        return tidy(text)

    def _phone(self, text: str) -> list[str]:
        return checked_phones(text)

    _phone2 = _phone

    def _email(self, text: str) -> str:
        return values.email(text)

    _email2 = _email

    def _kind(self, text: str) -> str:
        return customer_kind(text)

    def _gender(self, text: str) -> str:
        return GENDERS.get(word(text), Gender.NONE)

    def _birthday_calendar(self, text: str) -> str:
        if word(text) not in CALENDARS:
            raise BadCellError(_("“%(value)s” is no calendar. Write lunar or solar.") % {"value": text[:40]})
        return word(text)

    def _one_birthday(self, data: dict[str, Any]) -> None:
        """The birthday as it is stored; beside a solar one a lunar one must say the same day."""
        lunar = CALENDARS.get(data.pop("birthday_calendar", ""), False)
        found = [
            _named_error(name, partial(birthdays.read, lunar=is_lunar, order=self.order), data.pop(name))
            for name, is_lunar in (("lunar_birthday", True), ("birthday", lunar))
            if name in data
        ]
        if len(found) > 1 and not birthdays.fit(*found):
            raise BadCellError(_("The birthday and the lunar birthday are different days. Leave one of them empty."))
        if found:
            data |= found[0].fields

    def _founded_on(self, text: str) -> str:
        return values.past_day(text, self.order, oldest=OLDEST_FIRM).isoformat()

    def _contact_phone(self, text: str) -> str:
        return checked_phone(text)

    def _contact_authority(self, text: str) -> str:
        return authority(text)

    def _consent(self, text: str) -> str:
        return consent(text)

    _consent_email = _consent_sms = _consent_wechat = _consent

    def _consent_on(self, text: str) -> str:
        return values.past_day(text, self.order).isoformat()

    def _channel(self, text: str) -> str:
        return tidy(values.short(text, 80))

    _industry = _company_size = _market_standing = _income_band = _decision_style = _channel

    def _price_sensitivity(self, text: str) -> str:
        return price_sensitivity(text)

    def _reasons(self, text: str) -> list[str]:
        return reasons(text)

    def _referred_by(self, text: str) -> str:
        return tidy(values.short(text, 200))

    def _tags(self, text: str) -> list[str]:
        names = [tidy(part) for part in re.split(r"[,，;；、|]", text) if part.strip()]
        return [values.short(name, 40) for name in names]


def _refuse_sum(data: Mapping[str, Any], cells: Sequence[str]) -> None:
    """No customer is called 合计 unless the row also says how to reach it."""
    if totals.is_total_of_number(data.get("number", "")):
        raise totals.refusal(data["number"])
    if any(data.get(name) for name in (*PHONES, *EMAILS)):
        return
    first, name = totals.first_filled(cells), data.get("name", "")
    if totals.is_total(first) or totals.is_remark(cells):
        raise totals.refusal(first)
    if totals.is_total(name) and not data.get("number"):
        raise totals.refusal(name)


def _two_phones(data: dict[str, Any]) -> None:
    """The numbers of both cells into both fields; a cell may hold two."""
    numbers = list(dict.fromkeys(number for name in PHONES for number in data.get(name, ())))
    if len(numbers) > MOST_IN_A_CELL:
        raise BadCellError(_("phone: at most two phone numbers. Write the others into the notes."))
    if numbers and (data.get("phone") or len(numbers) == MOST_IN_A_CELL):
        data.update(zip(PHONES, numbers, strict=False))
        if len(numbers) == 1:
            data.pop("phone2", None)
    elif numbers:
        data["phone2"] = numbers[0]


def _with_names(data: dict[str, Any]) -> dict[str, Any]:
    """First and last names joined: beside a company they are its contact's, without one they are the customer's."""
    for name in ("name", "contact_name"):
        prefix = name.removesuffix("name")
        whole = values.joined_name(data.pop(f"{prefix}first_name", ""), data.pop(f"{prefix}last_name", ""))
        if whole and not data.get(name):
            data[name] = values.short(whole, LIMITS[name])
        elif whole and name == "name" and not names_fit(data[name], whole):
            data.setdefault("contact_name", values.short(whole, LIMITS["contact_name"]))
    if data.get("contact_name") and not data.get("name") and not data.get("number"):
        contact = {field: data.pop(f"contact_{field}", "") for field in ("name", "phone", "email", "position")}
        own = {"name": contact["name"], "email": contact["email"], "phone": [contact["phone"]] * bool(contact["phone"])}
        own |= {"occupation": contact["position"], "kind": Kind.PERSON.value}
        data = {field: value for field, value in own.items() if value} | data
    return data


def _named_error(name: str, read: Any, text: str) -> Any:
    """`read(text)`; a problem gets the field's name in front."""
    try:
        return read(text)
    except BadCellError as error:
        raise BadCellError(labelled(label_of(name), error)) from error


def further_ways(name: str, text: str) -> list[str]:
    """A cell with any number of phones or e-mails, each checked, none twice."""
    read = checked_phone if name == "further_phones" else values.email
    return list(dict.fromkeys(read(part.strip()) for part in _SEVERAL.split(text) if part.strip()))
