"""Forms of messages and their templates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Stage, Topic
from followups.cadence_table.words import FREQUENCY
from followups.messages.models import MessageChannel
from followups.models import FollowUp, MessageSetting, MessageTemplate
from segmentation import catalogue
from ui import formatting
from ui.forms import ClockTime, OnceForm, VersionedForm

LONGEST = 5000
EVERY = _("all")


class MessageForm(OnceForm):
    """The words of a message; to whom and how it goes stands in the address of the page."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=LONGEST, widget=forms.Textarea({"rows": 12}))
    topic = forms.ChoiceField(label=pgettext_lazy("of a message", "Topic"), choices=Topic, widget=forms.RadioSelect)
    close = forms.BooleanField(required=False)

    def __init__(self, *args: Any, channel: str, plan: FollowUp | None, **more: Any) -> None:
        super().__init__(*args, **more)
        if channel != MessageChannel.EMAIL:  # it waits for the case that a mail is chosen again
            self.fields["subject"].widget = forms.HiddenInput()
            self.fields["subject"].required = False
        if plan is None:
            del self.fields["close"]
        else:
            close = self.fields["close"]
            close.label = _("The follow-up of %(day)s is done with it") % {"day": formatting.planned(plan.due_on)}
            way = capfirst(plan.get_method_display())
            close.help_text = format_html("{} · <span data-user>{}</span>", way, plan.purpose) if plan.purpose else way


class TemplateForm(OnceForm, VersionedForm):
    """For which customers a template is, and its words in both languages."""

    name_zh = forms.CharField(label=_("name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=_("name (English)"), max_length=80)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=MessageTemplate.Purpose)
    channel = forms.ChoiceField(label=_("Channel"), choices=[("", EVERY), *MessageChannel.choices], required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=[("", EVERY), *Stage.choices], required=False)
    frequency = forms.ChoiceField(label=_("Frequency class"), choices=[("", EVERY), *FREQUENCY.items()], required=False)
    tiers = forms.MultipleChoiceField(
        label=_("Tiers"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all.")
    )
    topic = forms.ChoiceField(label=pgettext_lazy("of a message", "Topic"), choices=Topic, widget=forms.RadioSelect)
    subject_zh = forms.CharField(label=_("subject (Chinese)"), max_length=200, required=False)
    body_zh = forms.CharField(
        label=_("text (Chinese)"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 9})
    )
    subject_en = forms.CharField(label=_("subject (English)"), max_length=200, required=False)
    body_en = forms.CharField(
        label=_("text (English)"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 9})
    )
    automatic = forms.BooleanField(
        label=_("May be sent by itself"),
        required=False,
        help_text=_("By lines of the default plans that send a message by itself, to customers for whom it is meant."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        tiers = self.fields["tiers"]
        assert isinstance(tiers, forms.MultipleChoiceField)
        tiers.choices = catalogue.choices()


class MessageSettingForm(VersionedForm):
    """What the company says of its messages."""

    consent_for_marketing = forms.BooleanField(label=_("Offers and news only with consent"), required=False)
    automatic = forms.ChoiceField(
        label=_("Messages of the plan"), choices=MessageSetting.Automatic, widget=forms.RadioSelect
    )
    send_from = ClockTime(label=_("Not before"))
    send_until = ClockTime(label=_("Not after"))

    def clean(self) -> dict[str, Any]:
        """The hours lie in one day."""
        data = self.cleaned_data
        if data.get("send_from") and data.get("send_until") and data["send_from"] >= data["send_until"]:
            self.add_error("send_until", _("Enter a time after the one it begins at."))
        return data
