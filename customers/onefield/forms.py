"""The form of a customer's file with the one fact that is edited where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.masking import may_read
from accounts.models import User
from customers import birthdays, required, selectors
from customers.forms import CONTACT_WAYS, EditCustomerForm
from customers.models import Customer, own_fields
from customers.own import values
from ui.forms import ENVELOPE, begun

# Facts that take several controls. Any other is a field of the same name.
SEVERAL = {"birthday": birthdays.FIELDS, "tags": ("tags", "new_tag")}
# What a file must hold goes by its kind, so that is chosen on the form of the whole file.
WITH_OTHERS = ("kind",)
MOST_BUTTONS = 40  # of more choices one is chosen in a list


FACTS = frozenset({*EditCustomerForm.Meta.fields, *SEVERAL} - {*WITH_OTHERS, *birthdays.FIELDS[1:]})


def is_fact(name: str) -> bool:
    """Whether a file has such a fact that is edited where it stands."""
    return name in FACTS or any(field.field_name == name for field in own_fields())


def editable(user: User, customer: Customer) -> frozenset[str]:
    """The facts of this file that `user`, who may change it, edits where they stand: those read in full."""
    names = (*FACTS, *(field.field_name for field in own_fields()))
    return frozenset(name for name in names if edits(user, customer, name))


def edits(user: User, customer: Customer, name: str) -> bool:
    """Whether `user`, who may change this file, edits this fact of it where it stands."""
    own = required.own_of(name)
    if own is not None:
        return values.may_read(user, customer, own)
    if name == "service_owner" and not selectors.decides_on(user, customer):
        return False
    return name in FACTS and may_read(user, customer, name)


class OneFieldForm(EditCustomerForm):
    """The file's form with the controls of `fact` alone; it asks and refuses what the whole form does."""

    def __init__(self, *args: Any, fact: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {*SEVERAL.get(fact, (fact,)), *ENVELOPE}
        self.fact = fact
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        self.controls[0].field.widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.fact in CONTACT_WAYS and not data.get(self.fact) and not self.errors:
            others = [getattr(self.customer, way) for way in CONTACT_WAYS if way != self.fact]
            needed = required.REACH in required.asked(self.customer.kind, self.level)
            if needed and not any(others) and not selectors.is_reached(self.customer):
                self.add_error(self.fact, _("Enter one way to reach the customer: phone, e-mail or WeChat."))
        return data

    @property
    def controls(self) -> list[BoundField]:
        """What is filled in."""
        return [self[name] for name in self.fields if name not in ENVELOPE]

    @property
    def label(self) -> Any:
        """What the fact is called."""
        return self.controls[0].label

    @property
    def buttons(self) -> list[tuple[str, Any, bool]]:
        """(value, words, whether it stands there now) of each choice, where one tap on it says everything."""
        (first, *others) = self.controls
        field, held = first.field, first.value()
        if isinstance(field, forms.BooleanField):
            return [("true", capfirst(_("yes")), bool(held)), ("false", capfirst(_("no")), not held)]
        several = getattr(field.widget, "allow_multiple_selected", False)
        if others or several or not isinstance(field, forms.ChoiceField):
            return []
        held = "" if held is None else str(held)
        choices = cast("Iterable[tuple[Any, Any]]", field.choices)
        offered = [(str(value), begun(words), str(value) == held) for value, words in choices if str(value)]
        if held and not field.required:
            offered.append(("", _("Clear"), False))
        return offered if len(offered) <= MOST_BUTTONS else []
