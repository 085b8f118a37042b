"""Lists of customers that need no upper app: the recycle bin."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import reach_of
from customers import selectors
from ui import cells
from ui.bins import bin_of
from ui.listing import Column, Empty

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
