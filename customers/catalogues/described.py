"""The catalogues whose entries are chosen in a customer's file, and what their pages say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from customers.models import (
    CatalogueRow,
    Channel,
    CompanySize,
    DecisionStyle,
    IncomeBand,
    Industry,
    MarketStanding,
    RelationKind,
)
from customers.relations.reading import relations_counted


@dataclass(frozen=True)
class Catalogue:
    """One of them: the field of a customer that it fills, its pages, and their words."""

    model: type[CatalogueRow]
    field: str  # also the name of the list's filter where `counted` says nothing else, and of its page: <field>_list
    own_pages: bool  # its other pages are <field>_edit..., else catalogue_edit... with the field in the address
    title: Any
    entry: Any  # heads the column
    sub: Any
    caption: Any
    new: Any
    change: Any
    merge: Any
    merge_hint: Any
    none_retired: Any
    counts: Any = None  # heads the figure, where it counts no customers
    counted: Callable[[User, Sequence[int]], Mapping[int, int]] | None = None  # instead of customers

    @property
    def home(self) -> str:
        """The address of its list."""
        return reverse(f"{self.field}_list")

    def url(self, what: str, *args: int) -> str:
        """The address of another of its pages."""
        if self.own_pages:
            return reverse(f"{self.field}_{what}", args=args)
        return reverse(f"catalogue_{what}", args=(self.field, *args))

    def right(self, what: str) -> str:
        """The permission to view, add, change or delete (merge) entries."""
        return f"{self.model.resource}.{what}"


_MERGED = _(
    "All customers with this entry, of everybody in the company, get the other one. Files that name this one mean the"
    " other from then on. This can't be undone."
)
CHANNELS = Catalogue(
    Channel,
    "channel",
    own_pages=True,
    title=_("Channels"),
    entry=_("Channel"),
    sub=_("Where customers and orders come from. Forms offer those in use, in this order."),
    caption=_("Channels, in the order in which forms offer them"),
    new=_("New channel"),
    change=_("Rename channel"),
    merge=_("Merge channel"),
    merge_hint=_(
        "All customers and orders of this channel, of everybody in the company, get the other one, and so do the"
        " figures of the dashboards. Files that name this channel mean the other from then on. This can't be undone."
    ),
    none_retired=_("No channel is retired"),
)
INDUSTRIES = Catalogue(
    Industry,
    "industry",
    own_pages=False,
    title=_("Industries"),
    entry=_("Industry"),
    sub=_("What customers do. Forms offer those in use, in this order; points count for the potential score."),
    caption=_("Industries, in the order in which forms offer them"),
    new=_("New industry"),
    change=_("Change industry"),
    merge=_("Merge industry"),
    merge_hint=_MERGED,
    none_retired=_("No industry is retired"),
)
SIZES = Catalogue(
    CompanySize,
    "company_size",
    own_pages=False,
    title=_("Company sizes"),
    entry=_("Company size"),
    sub=_("How large companies are. Forms offer those in use, in this order; points count for the potential score."),
    caption=_("Company sizes, in the order in which forms offer them"),
    new=_("New company size"),
    change=_("Change company size"),
    merge=_("Merge company size"),
    merge_hint=_MERGED,
    none_retired=_("No company size is retired"),
)
STANDINGS = Catalogue(
    MarketStanding,
    "market_standing",
    own_pages=False,
    title=_("Market standings"),
    entry=_("Market standing"),
    sub=_("Where customers stand in their market. Forms offer those in use, in this order."),
    caption=_("Market standings, in the order in which forms offer them"),
    new=_("New market standing"),
    change=_("Change market standing"),
    merge=_("Merge market standing"),
    merge_hint=_MERGED,
    none_retired=_("No market standing is retired"),
)
INCOMES = Catalogue(
    IncomeBand,
    "income_band",
    own_pages=False,
    title=_("Income bands"),
    entry=_("Income band"),
    sub=_("What persons earn, in bands. Forms offer those in use, in this order."),
    caption=_("Income bands, in the order in which forms offer them"),
    new=_("New income band"),
    change=_("Change income band"),
    merge=_("Merge income band"),
    merge_hint=_MERGED,
    none_retired=_("No income band is retired"),
)
STYLES = Catalogue(
    DecisionStyle,
    "decision_style",
    own_pages=False,
    title=_("Decision styles"),
    entry=_("Decision style"),
    sub=_("How customers come to a decision. Forms offer those in use, in this order."),
    caption=_("Decision styles, in the order in which forms offer them"),
    new=_("New decision style"),
    change=_("Change decision style"),
    merge=_("Merge decision style"),
    merge_hint=_MERGED,
    none_retired=_("No decision style is retired"),
)
RELATIONS = Catalogue(
    RelationKind,
    "relation_kind",
    own_pages=False,
    title=_("Kinds of relations"),
    entry=_("Kind of relation"),
    sub=_("What companies are to each other. Forms offer those in use, in this order, from either side."),
    caption=_("Kinds of relations, in the order in which forms offer them"),
    new=_("New kind of relation"),
    change=_("Change kind of relation"),
    merge="",
    merge_hint="",
    none_retired=_("No kind of relation is retired"),
    counts=pgettext_lazy("of companies", "Relations"),
    counted=relations_counted,
)
_ALL = (CHANNELS, INDUSTRIES, SIZES, STANDINGS, INCOMES, STYLES, RELATIONS)
DESCRIBED: Mapping[str, Catalogue] = {one.field: one for one in _ALL}


def catalogue_of(field: str) -> Catalogue:
    """The one whose pages carry this field in their address."""
    found = DESCRIBED.get(field)
    if found is None or found.own_pages:
        raise Http404
    return found
