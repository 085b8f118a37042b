"""What an administrator says of a form for strangers, and what strangers type into it."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.texts import unseen
from customers import selectors
from customers.identity import tidy
from customers.models import ASKABLE, WAYS, Asked, CaptureForm, Channel, ConsentText, Kind, Tag
from customers.wordings.choosing import in_force
from ui.forms import Day, Email, OnceForm, Phone, VersionedForm, offer

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TEXTS = (*("intro", "thanks", "privacy", "consent"),)
SEAL_SALT = "capture"
OPEN_FOR = timedelta(hours=24)  # of a page that was filled in
FASTEST = timedelta(seconds=2)  # no person reads and writes faster

LONGEST = {"name": 160, "contact_name": 80, "wechat": 60, "region": 80, "address": 300, "occupation": 80}
WORDS = {
    "contact_name": gettext_lazy("Your name"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "wechat": gettext_lazy("WeChat"),
    "region": gettext_lazy("City or region"),
    "address": gettext_lazy("Address"),
    "occupation": gettext_lazy("Occupation"),
    "message": gettext_lazy("What can we do for you?"),
}
FILLS = {"phone": "tel", "email": "email", "contact_name": "name", "address": "street-address"}  # autocomplete


class CaptureFormForm(OnceForm, VersionedForm, forms.ModelForm):
    """Its names, address, texts and what it asks for."""

    class Meta:
        model = CaptureForm
        fields: ClassVar[list[str]] = [
            *("name_zh", "name_en", "slug", "kind", "channel", "tag", "owner", "closes_on", "consent_text"),
            *(f"{name}_{language}" for name in TEXTS for language in ("zh", "en")),
            *(f"ask_{name}" for name in ASKABLE),
        ]
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"closes_on": Day}
        widgets: ClassVar[dict[str, Any]] = {
            "closes_on": Day.widget,
            **{f"{name}_{language}": forms.Textarea({"rows": 3}) for name in TEXTS for language in ("zh", "en")},
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "slug": gettext_lazy("Small letters, digits and hyphens. It stands in the link and the printed code."),
            "owner": gettext_lazy("Who gets the new customers; nobody: they go to the pool."),
            "closes_on": gettext_lazy("The last day on which it takes anything; empty: until you close it."),
            "consent_text": gettext_lazy(
                "Of the catalogue in Settings: its newest version, instead of words typed here."
            ),
            "tag": gettext_lazy("Every new customer of this form gets it."),
            "consent_zh": gettext_lazy("Stands beside a box that begins empty. Without these words nobody is asked."),
            "consent_en": gettext_lazy("Stands beside a box that begins empty. Without these words nobody is asked."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            channel=selectors.entries(Channel),
            tag=Tag.objects.filter(is_active=True, merged_into=None),
            owner=selectors.possible_owners(user),
            consent_text=ConsentText.objects.filter(is_active=True),
        )
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in (Kind.COMPANY, Kind.PERSON)]  # type: ignore[attr-defined]

        for name in ASKABLE:  # one of the three is always chosen: a mark beside each says nothing
            self.fields[f"ask_{name}"].required = False

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if not SLUG.fullmatch(slug):
            words = _("Use small letters, digits and hyphens, such as: %(example)s")
            raise forms.ValidationError(words % {"example": "spring-fair-2027"})
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("name_zh", "name_en", "privacy_zh", "privacy_en"):
            if name in data and unseen(data[name]):
                self.add_error(name, _("Write it in words that can be read."))
        for name in ASKABLE:
            data[f"ask_{name}"] = data.get(f"ask_{name}") or Asked.NO
        if all(data[f"ask_{way}"] == Asked.NO for way in WAYS):
            self.add_error("ask_phone", _("Ask for one way to reach them: phone, e-mail or WeChat."))
        if bool(data.get("consent_zh")) != bool(data.get("consent_en")):
            missing = "consent_en" if data.get("consent_zh") else "consent_zh"
            self.add_error(missing, _("Say it in both languages, or in none: who agrees must have read it."))
        return data

    @property
    def asking(self) -> list[forms.BoundField]:
        """The fields that say what is asked for."""
        return [self[f"ask_{name}"] for name in ASKABLE]


class AnswersForm(forms.Form):
    """One form as strangers see it. `website` is a field that nobody sees: what fills it in is no person."""

    seal = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(required=False)
    name = forms.CharField(max_length=LONGEST["name"])

    def __init__(self, *args: Any, of: CaptureForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        self.consent = self._words()
        company = of.kind == Kind.COMPANY
        self.fields["name"].label = _("Company name") if company else _("Your name")
        self.fields["name"].widget.attrs["autocomplete"] = "organization" if company else "name"
        for name in ASKABLE:
            if (asked := of.asks(name)) != Asked.NO:
                self.fields[name] = _control(name, required=asked == Asked.MUST)
        if self.consent:
            self.fields["agreed"] = forms.BooleanField(label=self.consent, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, value in data.items():
            if isinstance(value, str) and name != "message":
                data[name] = tidy(value)
        if "name" in data and unseen(data["name"]):
            self.add_error("name", _("Fill this in: it is required."))
        asked = [way for way in WAYS if way in self.fields]
        if not any(data.get(way) or way in self.errors for way in asked):
            self.add_error(asked[0], _("Enter one way to reach you."))
        self.key = self._unsealed()
        return data

    def _words(self) -> str:
        """What may be agreed to: of a text of the catalogue the version that was in force when the page was drawn."""
        if self.of.consent_text is not None:
            wording = in_force(self.of.consent_text, self._drawn_at())
            if wording is not None:
                return wording.words
        return self.of.in_words("consent")

    def _drawn_at(self) -> datetime:
        try:
            _key, began = signing.loads(self.data.get("seal", ""), salt=SEAL_SALT)
            return datetime.fromisoformat(began)
        except (signing.BadSignature, TypeError, ValueError):
            return clock.now()

    def _unsealed(self) -> uuid.UUID | None:
        """The key of the page that was filled in; a page that is too old, or none, is asked to be sent once more."""
        try:
            key, began = signing.loads(self.cleaned_data.get("seal", ""), salt=SEAL_SALT)
            age = clock.now() - datetime.fromisoformat(began)
            if FASTEST <= age <= OPEN_FOR:
                return uuid.UUID(key)
        except (signing.BadSignature, TypeError, ValueError):
            pass
        self.add_error(None, _("Nothing was sent yet. Please look at it once more and send it."))
        return None

    @property
    def asking(self) -> list[forms.BoundField]:
        """What is shown, in its order."""
        return [self[name] for name in ("name", *ASKABLE) if name in self.fields]

    def answers(self) -> dict[str, str]:
        """What was typed, by name; empty ones left out."""
        return {name: self.cleaned_data[name] for name in ("name", *ASKABLE) if self.cleaned_data.get(name)}


def _control(name: str, *, required: bool) -> forms.Field:
    given: dict[str, Any] = {"label": WORDS[name], "required": required}
    if name == "message":
        return forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 4}), **given)
    made: forms.Field
    if name == "phone":
        made = Phone(max_length=40, widget=forms.TextInput({"type": "tel", "inputmode": "tel"}), **given)
    elif name == "email":
        made = Email(max_length=254, widget=forms.TextInput({"type": "email", "inputmode": "email"}), **given)
    else:
        made = forms.CharField(max_length=LONGEST[name], **given)
    if name in FILLS:
        made.widget.attrs["autocomplete"] = FILLS[name]
    return made


def seal() -> str:
    """What a page carries: its own key, and when it was drawn."""
    return signing.dumps([str(uuid.uuid4()), clock.now().isoformat()], salt=SEAL_SALT)
