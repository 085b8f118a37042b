"""Customers that go back into the pool soon, unless somebody gets in touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import User
from customers.columns import customer_cell
from customers.models import Customer, facts_of
from responsibility.models import ReclaimWarning
from segmentation.catalogue import tier_of
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing


@dataclass(frozen=True)
class LeavingRow:
    """A customer with the day on which it goes."""

    warning: ReclaimWarning
    customer: Customer

    @property
    def pk(self) -> int:
        return self.warning.pk


def _rows(asked: Asked) -> QuerySet[ReclaimWarning]:
    rows = ReclaimWarning.objects.for_user(asked.user).filter(customer__deleted_at=None)
    return rows.select_related("customer__facts", "customer__owner").defer("customer__search_tokens")


def _draw(asked: Asked, page: list[ReclaimWarning]) -> Iterable[LeavingRow]:
    for warning in page:
        yield LeavingRow(warning, warning.customer)


def _last_contact(row: LeavingRow) -> str:
    at = facts_of(row.customer).last_contact_at
    return formatting.day_short(at) if at else formatting.DASH


def _owner(row: LeavingRow) -> SafeString:
    return cells.person(row.customer.owner.name if row.customer.owner else "")


LEAVING = Listing(
    permission="customer.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Customers that go back into the pool"),
    orders={"goes": ("goes_on", "pk")},
    filters=(
        team_filter("customer__team__path"),
        named_filter("owner", gettext_lazy("Owner"), User.objects, "customer__owner"),
    ),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer)),
        Column(gettext_lazy("Tier"), lambda row: cells.tier_cell(tier_of(row.customer)), css="lead", phone=""),
        Column(gettext_lazy("Owner"), _owner),
        Column(gettext_lazy("Last activity"), _last_contact),
        Column(gettext_lazy("Goes on"), lambda row: formatting.day_short(row.warning.goes_on), sort="goes"),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(
        _("No customer goes back"),
        _("Customers without activity for long appear here before they go."),
        icon="shield-check",
    ),
)
