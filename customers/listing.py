"""Lists of customers that need no upper app: numbers that can't be called, and the recycle bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import reach_of
from customers import selectors
from customers.models import Customer
from ui import cells
from ui.bins import bin_of
from ui.listing import Asked, Column, Empty, Listing


# --- data quality ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class UncallableRow:
    """A customer with its numbers that can't be called; `edit_url` is empty for who may not change the file."""

    customer: Customer
    numbers: list[selectors.BadPhone]
    edit_url: str

    @property
    def pk(self) -> int:
        return self.customer.pk


def _draw(asked: Asked, page: list[Customer]) -> Iterable[UncallableRow]:
    reach, numbers = reach_of(asked.user), selectors.bad_phones_of(asked.user, asked.page.rows)
    for customer in page:
        may_change = reach.holds(customer, "customer.change")
        url = cells.row_url("customer_edit", customer.pk) if may_change else ""
        yield UncallableRow(customer, numbers[customer.pk], url)


def _name(row: UncallableRow) -> SafeString:
    return cells.customer(row.customer.name, cells.row_url("customer", row.pk), row.customer.kind)


def _numbers(row: UncallableRow) -> SafeString:
    """Each in a line; behind a contact's number stands who that is."""
    lines = []
    for number in row.numbers:
        name = SafeString()
        if number.contact:
            name = format_html(' <span class="tiny muted" data-user>{}</span>', number.contact.name)
        lines.append((number.shown, name))
    return format_html_join("", '<span class="block"><span class="digits" data-user>{}</span>{}</span>', lines)


def _edit(row: UncallableRow) -> SafeString:
    if not row.edit_url:
        return SafeString()
    button = '<div class="row end"><a class="button small" href="{}" data-icon="pencil">{}</a></div>'
    return format_html(button, row.edit_url, _("Edit"))


UNCALLABLE = Listing(
    permission="customer.view",
    rows=lambda asked: selectors.uncallable(asked.user),
    draw=_draw,
    caption=gettext_lazy("Customers with numbers that can't be called"),
    orders={"name": ("name_sort", "pk")},
    columns=(
        Column(gettext_lazy("Customer"), _name),
        Column(gettext_lazy("Number that can't be called"), _numbers),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.customer.owner and row.customer.owner.name)),
        Column(gettext_lazy("Act"), _edit, css="acts", spoken=True),
    ),
    empty=lambda asked: Empty(
        _("Every number can be called"),
        _("Phone numbers of your customers that are too short, too long or damaged would stand here."),
        icon="phone",
    ),
)

# --- the recycle bin -------------------------------------------------------------------------------------------------
CUSTOMER_BIN = bin_of(
    permission="customer.delete",
    rows=lambda asked: selectors.binned_for(asked.user),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: cells.customer(row.gone.name, "", row.gone.kind)),
        Column(gettext_lazy("Number"), lambda row: row.gone.number, css="digits"),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.gone.owner and row.gone.owner.name)),
    ),
    caption=gettext_lazy("Deleted customers"),
    restore="customer_restore",
    removable=lambda asked, row: reach_of(asked.user).holds(row, "customer.purge"),
    empty=lambda asked: Empty(
        _("The recycle bin is empty"),
        _("Deleted customers wait here until they are restored or removed for good."),
        reverse("customer_list"),
        _("To the customers"),
    ),
)
