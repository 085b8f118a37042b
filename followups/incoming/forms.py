"""Forms of ways in, and of who says whom a message is from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Channel, Contact, Kind, Network
from customers.selectors import possible_owners
from followups.models import Inlet
from ui.forms import Colleague, OnceForm, VersionedForm, offer

KINDS = [(one.value, one.label) for one in (Inlet.Kind.WEBHOOK, Inlet.Kind.WECOM)]


def _sources() -> QuerySet[Channel]:
    return Channel.objects.filter(is_active=True).order_by("position", "pk")


class InletForm(OnceForm):
    """A new way in."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What you call it: “Weibo of the shop”, “text message gateway”.")
    )
    network = forms.ChoiceField(
        label=_("Network"),
        choices=Network.choices,
        help_text=_("Where people write. By it senders are recognised and shown. A WeCom application is always WeCom."),
    )
    company_id = forms.CharField(
        label=_("WeCom company ID"),
        max_length=64,
        required=False,
        help_text=_("For a WeCom application: stands in WeCom's console under “My company”. Nobody else's is taken."),
    )
    source = forms.ModelChoiceField(
        label=_("Source of new customers"),
        queryset=Channel.objects.none(),
        required=False,
        help_text=_("Who writes here for the first time and becomes a customer comes from there."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, source=_sources())

    def clean(self) -> dict[str, Any]:
        """WeCom's company is who may write."""
        data = self.cleaned_data
        if data.get("kind") == Inlet.Kind.WECOM:
            data["network"] = Network.WECOM
            if not data.get("company_id", "").strip():
                self.add_error("company_id", ValidationError(_("Enter the company ID.")))
        else:
            data["company_id"] = ""
        return data


class InletEditForm(VersionedForm):
    """What may change of one: its kind and network stay, as what came by it names its senders there."""

    name = forms.CharField(label=_("Name"), max_length=80)
    company_id = forms.CharField(label=_("WeCom company ID"), max_length=64)
    source = forms.ModelChoiceField(label=_("Source of new customers"), queryset=Channel.objects.none(), required=False)

    def __init__(self, *args: Any, inlet: Inlet, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, source=_sources())
        if inlet.kind != Inlet.Kind.WECOM:
            del self.fields["company_id"]


class AssignForm(forms.Form):
    """Whose it is."""

    contact = forms.ModelChoiceField(
        label=_("Contact person"), queryset=Contact.objects.none(), required=False, empty_label=_("the customer itself")
    )
    remember = forms.BooleanField(
        label=_("Remember this sender"),
        required=False,
        help_text=_("What comes from there from now on, and what waits already, goes to this customer by itself."),
    )

    def __init__(self, *args: Any, contacts: QuerySet[Contact], may_remember: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, contact=contacts)
        if not contacts.exists():
            del self.fields["contact"]
        if not may_remember:
            del self.fields["remember"]


class SenderForm(OnceForm):
    """A new customer of whoever wrote."""

    name = forms.CharField(label=_("Name"), max_length=160)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(Kind.PERSON.value, Kind.PERSON.label), (Kind.COMPANY.value, Kind.COMPANY.label)],
        widget=forms.RadioSelect,
    )
    owner = Colleague(label=_("Owner"), required=False, empty_label=_("Unassigned pool"))

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, owner=possible_owners(user))
