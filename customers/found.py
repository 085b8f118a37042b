"""What the search finds of customers' contacts."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import HIDDEN_TEXT
from accounts.models import User
from core.contributions import Hit, SearchSource
from core.phones import spaced
from customers.models import Contact, Customer
from customers.search import contact_filter, is_met_by
from ui.templatetags import ui

LOOKED_AT = 120  # contacts of customers whose tokens fit; a customer has a handful


def _contacts(user: User, text: str, most: int) -> Sequence[Contact]:
    """By name, pinyin, initials and phone, as far as the person may search by it."""
    condition, terms = contact_filter(user, text)
    if not terms or not user.can("customer.view"):
        return []
    # The customers that fit come from the index of tokens; who may see the contacts of which is said by for_user.
    fitting = Customer.objects.filter(condition).values("pk")
    rows = Contact.objects.for_user(user).filter(customer__in=fitting).select_related("customer")
    rows = rows.defer("customer__search_tokens", "notes", "customer__notes")
    found = [row for row in rows[:LOOKED_AT] if all(is_met_by(term, row) for term in terms)]
    return sorted(found, key=lambda row: (row.name != text, len(row.name), row.pk))[:most]


def _contact(user: User, row: Contact, text: str) -> Hit:
    small = [part for part in (row.customer.name, row.position, spaced(row.phone)) if part not in ("", HIDDEN_TEXT)]
    return Hit(
        reverse("customer", args=[row.customer_id]),
        row.name,
        small,
        mark=ui.avatar(row.name),
        exact=row.name == text,
    )


CONTACTS = SearchSource(
    "contacts",
    _("Contacts"),
    _("name, initials, phone"),
    "contact.view",
    find=_contacts,
    draw=_contact,
    page="customer_list",
    page_right="customer.view",
    order=20,
)
