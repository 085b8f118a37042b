"""The customer's page: one query for the file with what other apps know of it, each part behind its own permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from accounts.masking import is_pool_only, masked, masked_all
from accounts.models import User
from core.composed import composed
from core.contributions import PANEL_PLACES, CustomerPanel, Folded, registry
from core.http import row_id
from customers.models import CATALOGUES, Customer, facts_of

JOINED = ("facts", "rhythm", "owner", "service_owner", *CATALOGUES, "team", "updated_by", "qualification")
FIGURES = 6  # the line below the name is six columns wide


@dataclass(frozen=True)
class Drawn:
    """A panel with something to show."""

    panel: CustomerPanel
    shows: Any
    folded: Folded | None = None  # on a phone

    @property
    def template(self) -> str:
        return self.panel.template


@dataclass(frozen=True)
class CustomerPage:
    """The customer, masked; `places` are the panels by place, none where the person sees it in the pool only."""

    customer: Customer
    places: Mapping[str, list[Drawn]] | None


def customer_page(user: User, pk: int) -> CustomerPage:
    """What `user` may see of the customer; 404 or 403."""
    panels = [one for one in registry().customer_panels.values() if not one.permission or user.can(one.permission)]
    # Panels may share a read, as a card and a figure of one thing do: it stands in the query once.
    reads = {panel.read: f"panel_{n}" for n, panel in enumerate(panels) if panel.read is not None}
    wanted = row_id(str(pk))
    rows = _file(user, tuple(reads.items()), pk=wanted) if wanted is not None else []
    if not rows:
        raise Http404
    (customer,) = rows
    limited = is_pool_only(user, customer)
    masked(user, customer)
    if limited:
        return CustomerPage(customer, None)
    customer.facts = facts_of(customer)

    loaded: dict[object, Any] = {}
    places: dict[str, list[Drawn]] = {place: [] for place in PANEL_PLACES}
    for panel in panels:
        found: Any = True  # of a panel that asks for nothing more than the customer
        if panel.load is not None:
            if panel.load not in loaded:
                rows = panel.load(user, customer)
                loaded[panel.load] = masked_all(user, rows) if isinstance(rows, list) else rows
            found = loaded[panel.load]
        if panel.read is not None:
            read = getattr(customer, reads[panel.read])
            found = read if panel.load is None else (found, read)
        shows = panel.draw(user, customer, found) if panel.draw is not None else found or None
        if shows is not None:
            folded = panel.folded(customer, shows) if panel.folded is not None else None
            places[panel.place].append(Drawn(panel, shows, folded))
    places["figures"] = _six_of(places["figures"])
    return CustomerPage(customer, places)


@composed
def _file(user: User, reads: Sequence[tuple[Callable[[User], Any], str]], *, pk: int) -> QuerySet[Customer]:
    """The customer, with what panels read by subqueries."""
    rows = Customer.objects.for_user(user).select_related(*JOINED).defer("search_tokens")
    return rows.annotate(**{name: read(user) for read, name in reads}).filter(pk=pk)


def _six_of(figures: list[Drawn]) -> list[Drawn]:
    """What the line has room for: of too many those leave that give way, the last ones first."""
    leave = [one for one in figures if one.panel.gives_way][::-1][: max(len(figures) - FIGURES, 0)]
    return [one for one in figures if one not in leave][:FIGURES]
