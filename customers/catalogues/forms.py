"""What people type about channels and tags in Settings."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import selectors
from customers.models import Channel
from ui.forms import OnceForm, VersionedForm


class ChannelForm(OnceForm, VersionedForm, forms.ModelForm):
    """Its name in both languages; what is called alike is refused by the service, which looks with all locked."""

    class Meta:
        model = Channel
        fields: ClassVar[list[str]] = ["name_en", "name_zh"]


class MergeChannelForm(forms.Form):
    """Into which channel."""

    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Channel.objects.none())

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = cast("forms.ModelChoiceField[Channel]", self.fields["into"])
        into.queryset = selectors.channels().exclude(pk=channel.pk)
