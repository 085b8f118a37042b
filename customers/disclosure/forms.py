"""Of whom, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer


class DisclosureForm(forms.Form):
    """The customer with all that belongs to it, or one contact person alone."""

    contact = forms.ModelChoiceField(label=_("Of whom"), queryset=Contact.objects.none(), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as the request of the person and its day. It is kept in the audit log."),
        error_messages={"required": _("Say why; the reason is kept in the audit log.")},
    )

    def __init__(self, *args: Any, customer: Customer, contacts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = contacts
        field.empty_label = customer.name
