"""The empty log form: what can be said of a visit without asking the server."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import InteractionKind
from followups.log.entry import EntryForm


class OfflineForm(EntryForm):
    """Whom, how, what came of it, when, in words. The rest stands in the log form and follows the plan."""

    customer_name = forms.CharField(label=_("Customer"), max_length=100, required=False)

    def __init__(self) -> None:
        super().__init__(auto_id="off_%s", initial={"kind": InteractionKind.VISIT})
