"""What two customers differ in, as a form: which file stays, and of each field whose value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.masking import masked_copy, may_read
from accounts.models import User
from core import clock
from core.digits import whole_number
from customers import profile
from customers.models import Customer, own_fields
from customers.own import values as own_values
from customers.services import EDITABLE
from customers.services.files import MOVING

FIRST, SECOND = "first", "second"
BIRTHDAY = ("birthday", "birthday_is_lunar", "birthday_leap_month")
# Stage and service owner are those of the file that stays, and the stricter wish not to be contacted holds.
CHOSEN = frozenset(EDITABLE) - {*MOVING, "service_owner", "do_not_contact"}


@dataclass(frozen=True)
class Difference:
    """A field in which two files differ, with both values in words."""

    name: str  # of the field of the form
    label: str
    first: Any
    second: Any


def differences(user: User, first: Customer, second: Customer) -> list[Difference]:
    """What the person may read of both and what isn't the same in both."""
    today = clock.user_today(user)
    shown = masked_copy(user, first), masked_copy(user, second)
    lines = zip(*(profile.every_line(row, today) for row in shown), strict=True)
    found = [
        Difference(one.name, one.label, one.value, other.value)
        for one, other in lines
        if one.name in CHOSEN
        and may_read(user, first, one.name)
        and may_read(user, second, one.name)
        and _stored(first, one.name) != _stored(second, one.name)
    ]
    people = own_values.people_of(shown)
    for field in own_fields():
        hidden = any(field.code in row.own_masked for row in shown)
        held = [row.own.get(field.code) for row in shown]
        if not hidden and held[0] != held[1]:
            words = ["" if value is None else own_values.words(field, value, people) for value in held]
            found.append(Difference(f"own_{field.code}", field.name, *words))
    return found


def _stored(customer: Customer, name: str) -> list[Any]:
    return [getattr(customer, one) for one in _fields(name)]


def _fields(name: str) -> tuple[str, ...]:
    """Those that are chosen by one choice."""
    return BIRTHDAY if name == "birthday" else (name,)


class MergeForm(forms.Form):
    """`keep` says which file stays, each difference whose value; the versions are those that were compared."""

    versions = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, first: Customer, second: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.second = first, second
        self.differences = differences(user, first, second)
        sides = [(FIRST, first.number), (SECOND, second.number)]
        self.fields["keep"] = forms.ChoiceField(label=_("This file stays"), choices=sides)
        self.initial.setdefault("keep", FIRST)
        self.initial["versions"] = self.compared
        for one in self.differences:
            self.fields[one.name] = forms.ChoiceField(choices=[(FIRST, ""), (SECOND, "")], label=one.label)
            self.initial.setdefault(one.name, FIRST if one.first else SECOND)

    @property
    def compared(self) -> str:
        """The versions of both files."""
        return f"{self.first.version}-{self.second.version}"

    @property
    def picks(self) -> list[tuple[Difference, str]]:
        """Each difference with the side that is chosen now."""
        return [(one, str(self[one.name].value() or FIRST)) for one in self.differences]

    @property
    def kept(self) -> str:
        """The side whose file stays as chosen now."""
        return str(self["keep"].value() or FIRST)

    @property
    def survivor(self) -> Customer:
        """The file that stays."""
        return self.first if self.cleaned_data["keep"] == FIRST else self.second

    @property
    def gone(self) -> Customer:
        """The other one."""
        return self.second if self.cleaned_data["keep"] == FIRST else self.first

    def read_versions(self) -> dict[int, int]:
        """Those that the page showed."""
        first, _dash, second = self.cleaned_data["versions"].partition("-")
        given = [whole_number(part) or 0 for part in (first, second)]
        return {self.first.pk: given[0], self.second.pk: given[1]}

    def changes(self) -> dict[str, Any]:
        """What the file that stays takes from the other one."""
        side = {FIRST: self.first, SECOND: self.second}
        survivor, changes, own = self.survivor, {}, {}
        for one in self.differences:
            source = side[self.cleaned_data[one.name]]
            if source is survivor:
                continue
            if one.name.startswith("own_"):
                code = one.name.removeprefix("own_")
                own[code] = source.own.get(code)
                continue
            for name in _fields(one.name):
                changes[name] = getattr(source, name)
        return changes | ({"own": own} if own else {})
