"""The form of a new customer by one of the company's templates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from accounts.models import User
from customers import required
from customers.entry.fields import asked_of, controls_of, label_of
from customers.forms import CONTACT_WAYS, KnownForm, NewCustomerForm
from customers.models import EntryTemplate, Kind
from ui import formatting

ENTRIES = ("channel", "industry")  # what a template may put into files without asking


class EntryForm(NewCustomerForm):
    """The fields of the template in its order, and what the company requires besides."""

    def __init__(self, *args: Any, user: User, template: EntryTemplate, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.template = template
        begins = template.begins_with(user)
        asked = asked_of(template.fields, template.kind)
        self.given = {name: begins[name] for name in ENTRIES if name in begins and name not in template.fields}
        self.reach_needed = required.REACH in required.asked(template.kind, self.level)
        if self.reach_needed and not set(CONTACT_WAYS) & set(asked):
            asked = {"phone": False, **asked}
        self.names = [
            control
            for name in asked
            if name not in self.given
            for control in controls_of(name)
            if control in self.fields
        ]
        kept = {"kind", "name", "owner", "anyway", "idempotency_key", *self.names}
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        kind = cast(forms.ChoiceField, self.fields["kind"])
        kind.choices = [(template.kind, Kind(template.kind).label)]
        kind.widget = forms.HiddenInput()
        self.fields["name"].label = _("Company name") if template.kind == Kind.COMPANY else _("Name")
        for name in self.names:
            field = self.fields[name]
            field.required = asked.get(name, False)
            if hasattr(field, "needed_for"):  # of this kind it is either required or not
                del field.needed_for

    def hides_ways(self, ways: Collection[str]) -> bool:
        """The file is new: nothing stands in it but what is typed."""
        return not ways

    @property
    def asked(self) -> list[forms.BoundField]:
        """What is asked for, in the order of the template."""
        return [self[name] for name in self.names]

    @property
    def looked_up(self) -> list[str]:
        """The fields of which, when they are left, is asked whether somebody is known; the name says it above."""
        return [name for name in self.names if name in KnownForm.base_fields]

    @property
    def set(self) -> list[tuple[str, str]]:
        """What every new file of this form gets without being asked for."""
        found = [(label_of(name), entry.name) for name, entry in self.given.items()]
        tags = [tag.name for tag in self.template.tags.all() if tag.is_active]
        return [*found, (_("Tags"), formatting.listed(tags))] if tags else found

    def file(self) -> dict[str, Any]:
        """The fields of the new file, with what the template sets."""
        return super().file() | self.given
