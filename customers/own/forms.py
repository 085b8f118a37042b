"""The controls of own fields in the forms of a customer's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.refusals import BadCellError
from customers import selectors
from customers.models import Customer, OwnField, OwnKind, own_fields
from customers.own import values
from ui import formatting
from ui.forms import Colleague, Day, Figure, OfRow, Part


class OfOwn(OfRow):
    """Begins with what the file holds of its field."""

    own: OwnField

    def of_row(self, row: Customer) -> Any:
        return values.typed(self.own, row.own.get(self.own.code))


class OwnText(OfOwn, forms.CharField):
    """A line of text."""


class OwnFigure(OfOwn, Figure):
    """A number, or an amount in the company's currency."""


class OwnDay(OfOwn, Day):
    """A day of a year that can be meant."""

    def clean(self, value: Any) -> date | None:
        found = super().clean(value)
        try:
            return values.day(found) if found else None
        except BadCellError as error:
            raise forms.ValidationError(str(error)) from error


class OwnChoice(OfOwn, forms.ChoiceField):
    """One of the options, or yes or no."""


class OwnColleague(OfOwn, Colleague):
    """One of the people."""


class SeveralInput(forms.CheckboxSelectMultiple):
    """Boxes whose codes make one text, in the order of the options."""

    def format_value(self, value: Any) -> Any:
        return value or ""

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, str(value).split(","), attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        sent = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        codes = {code for text in sent for code in str(text or "").split(",")}
        return ",".join(code for code, _word in self.choices if code in codes)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class OwnSeveral(OfOwn, Part):
    """Any number of the options; two people's ticks are compared as one thing."""

    widget = SeveralInput

    def in_words(self, text: str) -> SafeString:
        return escape(values.words(self.own, text.split(","), {}) if text else formatting.DASH)


def _control(field: OwnField, user: User, customer: Customer | None) -> forms.Field:
    held = customer.own.get(field.code) if customer is not None else None
    given: dict[str, Any] = {"label": field.name, "help_text": field.help, "required": False}
    if field.kind == OwnKind.NUMBER:
        return OwnFigure(read=values.number, **given)
    if field.kind == OwnKind.MONEY:
        return OwnFigure(read=values.money, **given)
    if field.kind == OwnKind.DATE:
        return OwnDay(**given)
    if field.kind == OwnKind.YES_NO:
        return OwnChoice(choices=[("", formatting.DASH), (values.YES, _("yes")), (values.NO, _("no"))], **given)
    if field.kind == OwnKind.PERSON:
        made = OwnColleague(empty_label=formatting.DASH, **given)
        # unscoped: the one who stands there already
        made.queryset = selectors.colleagues(user) | User.objects.filter(pk=held or 0)
        return made
    if field.kind in (OwnKind.CHOICE, OwnKind.SEVERAL):
        kept = held if isinstance(held, list) else [held]
        choices = [(one.code, one.name) for one in field.choices if one.used or one.code in kept]
        if field.kind == OwnKind.CHOICE:
            return OwnChoice(choices=[("", formatting.DASH), *choices], **given)
        return OwnSeveral(widget=SeveralInput(choices=choices), **given)
    return OwnText(max_length=values.MOST_TEXT, **given)


def controls(user: User, customer: Customer | None = None) -> dict[str, forms.Field]:
    """The fields in use by their names in the form; of a stored file those that the person reads in full."""
    found: dict[str, forms.Field] = {}
    for field in own_fields():
        if customer is None or values.may_read(user, customer, field):
            control = _control(field, user, customer)
            cast(OfOwn, control).own = field
            found[field.field_name] = control
    return found


def taken(form: forms.BaseForm, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What a form of a new file says of own fields, by code, as the file keeps it."""
    fields = [control.own for control in form.fields.values() if isinstance(control, OfOwn)]
    return {
        field.code: values.kept(field, cleaned[field.field_name]) for field in fields if field.field_name in cleaned
    }


def own_changes(user: User, customer: Customer, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What these changes of a form's cleaned values say of own fields; None takes a value away."""
    return {
        field.code: values.kept(field, changes[field.field_name])
        for field in own_fields()
        if field.field_name in changes and values.may_read(user, customer, field)
    }
