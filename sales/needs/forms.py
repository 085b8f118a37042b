"""What people type about needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core import clock
from customers.models import Contact
from sales import selectors
from sales.forms import product_text
from sales.models import Product
from sales.needs.models import Need
from sales.needs.services import REASON_MISSING
from ui.forms import Day, OnceForm, VersionedForm, offer


class ProductOffered(forms.CharField):
    """A product of the catalogue by the words that the type-ahead offers, its number or its name."""

    widget = forms.TextInput({"list": "products", "autocomplete": "off"})
    user: User | None = None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Product.objects.filter(pk=value).first()
        return product_text(value) if isinstance(value, Product) else value

    def clean(self, value: Any) -> Product | None:
        if isinstance(value, Product):
            return value
        text = super().clean(value)
        if not text:
            return None
        product = selectors.product_for_text(self.user, text) if self.user else None
        if product is None:
            raise forms.ValidationError(_("No product is called so. Choose one of the list, or leave it empty."))
        return product


class NeedForm(OnceForm, VersionedForm):
    """A need: what it is about, whose it is, and how far it has come."""

    text = forms.CharField(
        label=pgettext_lazy("of a customer", "Need"),
        max_length=300,
        help_text=_("In the customer's words, such as: smaller packages, or: the line stands still twice a week."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Need.Kind, required=False)
    contact = forms.ModelChoiceField(
        label=_("Contact"), queryset=Contact.objects.none(), required=False, empty_label=_("nobody in particular")
    )
    since = Day(label=_("Since"))
    state = forms.ChoiceField(label=_("How far it has come"), choices=Need.State)
    product = ProductOffered(label=_("Product offered"), max_length=270, required=False)
    reason = forms.CharField(
        label=_("Why it is dropped"),
        max_length=200,
        required=False,
        help_text=_("Only of a dropped one: such as bought elsewhere, no budget, no longer needed."),
    )

    def __init__(self, *args: Any, user: User, contacts: QuerySet[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, contact=contacts)
        product = self.fields["product"]
        if user.can("product.view"):
            product.user = user  # type: ignore[attr-defined]
        else:
            del self.fields["product"]

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > clock.business_date():
            raise forms.ValidationError(_("This day is still to come. Enter since when the customer needs it."))
        return since

    def clean(self) -> dict[str, Any]:
        """Nothing is dropped without a word; of what isn't dropped the word says nothing."""
        data = self.cleaned_data
        if data.get("state") == Need.State.DROPPED:
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", REASON_MISSING)
        else:
            data["reason"] = ""
        return data
