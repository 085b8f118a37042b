"""Recording a consent or a refusal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Basis, Consent, ConsentChannel, ConsentWording, Contact, Topic
from customers.wordings.choosing import wordings
from ui import formatting
from ui.forms import Moment, OnceForm, offer

BY_ITSELF = (Consent.Source.LINK, Consent.Source.REPLY, Consent.Source.IMPORT)  # what nobody types
ALL = "all"  # chosen by a person; stored as nothing


def _stored(value: str) -> str:
    return "" if value == ALL else value


class Wording(forms.ModelChoiceField):
    """A version of a text of the catalogue."""

    def label_from_instance(self, obj: ConsentWording) -> str:
        words = _("%(text)s, since %(day)s")
        return str(words) % {"text": obj.label, "day": formatting.day(obj.valid_from)}


class ConsentForm(OnceForm):
    """Who said what about which messages, and how we know. Nothing is chosen beforehand: it is what somebody said."""

    allowed = forms.TypedChoiceField(
        label=_("What they said"),
        choices=[("no", _("they don't want it")), ("yes", _("they agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    contact = forms.ModelChoiceField(
        label=pgettext_lazy("of a consent", "Who"), queryset=Contact.objects.none(), required=False
    )
    channel = forms.TypedChoiceField(
        label=_("Channel"), choices=[("", ""), (ALL, _("all")), *ConsentChannel.choices], coerce=_stored
    )
    topic = forms.TypedChoiceField(
        label=pgettext_lazy("of a message", "Topic"),
        choices=[("", ""), (ALL, _("everything")), *Topic.choices],
        coerce=_stored,
    )
    source = forms.ChoiceField(
        label=_("How we know"),
        choices=[("", ""), *(one for one in Consent.Source.choices if one[0] not in BY_ITSELF)],
    )
    proof = forms.CharField(
        label=_("Proof"),
        max_length=300,
        required=False,
        help_text=_("Where it can be found: a document, a form, a page."),
    )
    basis = forms.ChoiceField(
        label=_("Legal basis"),
        choices=[("", _("not for a refusal")), *Basis.choices],
        required=False,
        help_text=_("Of a consent: why the data may be used. Their consent, unless you say something else."),
    )
    wording = Wording(
        label=_("Words of the catalogue"),
        queryset=ConsentWording.objects.none(),
        required=False,
        help_text=_("Which version they agreed to; Settings keeps all of them."),
    )
    text_version = forms.CharField(
        label=_("Other text and version"),
        max_length=80,
        required=False,
        help_text=_("Which words they agreed to, such as “Privacy notice 2026-03”."),
    )
    at = Moment(label=_("When"))

    def __init__(self, *args: Any, contacts: QuerySet[Contact], name: str, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, contact=contacts, wording=wordings())
        who = self.fields["contact"]
        assert isinstance(who, forms.ModelChoiceField)
        who.empty_label = name
