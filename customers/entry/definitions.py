"""What an administrator says of a template: its names, what it asks for and in which order, what it begins with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers import selectors
from customers.entry.fields import askable, label_of
from customers.models import Asked, Channel, EntryTemplate, FirstOwner, Industry, Tag
from ui import formatting
from ui.forms import Colleague, OnceForm, Part, VersionedForm, offer

Line = dict[str, Any]  # {"name", "must"}
HIGHEST = 999


class AskedInput(forms.Widget):
    """Reads, for each field, `asks-NAME-level` and `asks-NAME-place`; the template draws them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Line]:
        if data.get(name):
            return self.lines_of(data[name])
        found: list[tuple[int, int, Line]] = []
        for key, level in data.items():
            field = re.fullmatch(rf"{re.escape(name)}-(\w{{1,60}})-level", key)
            if field is None or level not in (Asked.MAY, Asked.MUST):
                continue
            place = str(data.get(f"{name}-{field[1]}-place", ""))
            at = int(place) if re.fullmatch(r"[0-9]{1,3}", place) else HIGHEST
            found.append((at, len(found), {"name": field[1], "must": level == Asked.MUST}))
        return [line for _at, _turn, line in sorted(found, key=lambda one: one[:2])]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key == name or key.startswith(f"{name}-") for key in data)

    def format_value(self, value: Any) -> str:
        """All as one text, equal for equal fields in the same order."""
        return json.dumps([{"name": str(one["name"]), "must": bool(one["must"])} for one in value or []])

    def lines_of(self, whole: Any) -> list[Line]:
        """What `format_value` has written; nothing of anything else."""
        try:
            lines = json.loads(whole)
        except (TypeError, ValueError, RecursionError):
            return []
        kept = [one for one in lines if isinstance(one, dict)] if isinstance(lines, list) else []
        return [{"name": str(one.get("name", "")), "must": bool(one.get("must"))} for one in kept]


class Asks(Part):
    """The fields of a template in their order. Two people's orders are compared as one thing."""

    widget = AskedInput
    known: frozenset[str] = frozenset()

    def of_row(self, row: EntryTemplate) -> list[Line]:
        return list(row.asks)

    def in_words(self, text: str) -> SafeString:
        return escape(in_words(AskedInput().lines_of(text)))

    def clean(self, value: list[Line]) -> list[Line]:
        lines = {one["name"]: one for one in value or []}
        if not set(lines) <= self.known:
            raise forms.ValidationError(_("The form was changed on its way. Nothing was saved; open the page again."))
        if not lines:
            raise forms.ValidationError(_("Choose at least one field that the form asks for."))
        return list(lines.values())


def in_words(lines: list[Line]) -> str:
    """The fields by their names, the required ones with a star."""
    return formatting.listed([f"{label_of(one['name'])}{'*' if one['must'] else ''}" for one in lines])


@dataclass(frozen=True)
class Offered:
    """A field as the page offers it."""

    name: str
    label: str
    level: str
    place: str


class EntryTemplateForm(OnceForm, VersionedForm, forms.ModelForm):
    """A template for one kind of customer."""

    asks = Asks(label=gettext_lazy("Fields"))
    tags = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags"), queryset=Tag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    owner = Colleague(label=gettext_lazy("Colleague"), required=False)

    class Meta:
        model = EntryTemplate
        fields: ClassVar[list[str]] = ["name_zh", "name_en", "channel", "industry", "tags", "first_owner", "owner"]
        help_texts: ClassVar[dict[str, Any]] = {
            "first_owner": gettext_lazy("Proposed to who may choose the owner; others keep whom they enter."),
        }

    def __init__(self, *args: Any, user: User, kind: str, row: EntryTemplate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        # What a field is of that was retired meanwhile stays until somebody takes it away.
        self.names = dict.fromkeys([*askable(kind), *(row.fields if row else ())])
        cast(Asks, self.fields["asks"]).known = frozenset(self.names)
        held = Tag.objects.filter(pk__in=row.tags.values("pk")) if row else Tag.objects.none()
        # unscoped: the one who stands there already
        present = User.objects.filter(pk=row.owner_id or 0) if row else User.objects.none()
        offer(
            self,
            channel=selectors.entries(Channel) | Channel.rows().filter(pk=(row and row.channel_id) or 0),
            industry=selectors.entries(Industry) | Industry.rows().filter(pk=(row and row.industry_id) or 0),
            tags=selectors.tags() | held,
            owner=selectors.possible_owners(user) | present,
        )
        cast(forms.ChoiceField, self.fields["first_owner"]).choices = FirstOwner.choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first_owner") == FirstOwner.NAMED and not data.get("owner"):
            self.add_error("owner", _("Choose the colleague to whom they go."))
        return data

    @cached_property
    def offered(self) -> list[Offered]:
        """Every field, those that are asked for first, in their order."""
        lines = {one["name"]: one for one in self["asks"].value() or []}
        order = [*(name for name in lines if name in self.names), *(name for name in self.names if name not in lines)]
        return [
            Offered(
                name,
                label_of(name),
                (Asked.MUST if lines[name]["must"] else Asked.MAY) if name in lines else Asked.NO,
                str(place) if name in lines else "",
            )
            for place, name in enumerate(order, start=1)
        ]

    @property
    def levels(self) -> list[tuple[str, Any]]:
        """How much a field may be asked for."""
        return list(Asked.choices)
