"""Lists: what one holds, in which order, and how a row is drawn, said once as data.

A `Listing` is the description. An `Asked` is that list as one person asks for it by one address: tab, filters, search,
order and page, all of which stand in the address; what the list doesn't know there is ignored. Rows come in keyset
pages (core/paging.py), reach the page as frozen dataclasses of the app (`Listing.draw`), masked, and are drawn by
Python functions: fifty rows of template tags cost more than the database. docs/pages.md shows how to write one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import Aggregate, Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import clock, paging
from core.http import row_id
from ui import formatting, hooks

if TYPE_CHECKING:
    from ui.exports import Export

Words = str | Promise
COUNT_UP_TO = 1000
# Parameters of the address that say how the table looks.
COLUMNS, DENSITY, TIGHT = "columns", "density", "tight"
TOTALS = "totals"  # asks for the row that adds up the whole list
CHOOSE = "choose"  # asks for the page on which columns are chosen, and says what was pressed there
SAVED = "saved"  # the view that the address was opened by
ONLY = "only"  # the ids of rows that were ticked: the list holds no others
FILTERS = "filters"  # as what is chosen: the page with all filters
LOOK = (COLUMNS, DENSITY, TOTALS, CHOOSE, SAVED)
MOST_TICKED = 200
LONGEST_QUERY = 100
UNSAID = "****"


# --- what a listing is made of ---------------------------------------------------------------------------------------
class Cell(NamedTuple):
    """A cell that says something on its `<td>` itself, which saves an element in every row: classes, attributes."""

    content: str
    css: str = ""
    attributes: SafeString = SafeString()


@dataclass(frozen=True)
class Total:
    """What a column comes to over the whole list: an aggregate of its rows, None where this person may not know it.

    It counts only what the person reads in the cells: whose row shows nothing there adds nothing. `each`: the path by
    which it is added up apart, as sums of money are by their currency; `shown` then gets {value: sum}.
    """

    of: Callable[[Asked], Aggregate | None]
    shown: Callable[[Any], str]
    each: str = ""


@dataclass(frozen=True)
class Column:
    """One column. `cell` makes text, safe HTML or a `Cell` of a row of the listing; the first column names the row.

    `css`: class of head and cells ("number" = figures, which a first click sorts the largest first; on a phone "full" =
    a line of its own, "lead" = at the end of the first line, "acts" = buttons at the side). `sort`: its key in
    `Listing.orders`. `long`: what an abbreviated head means. `spoken`: the head is read out only. `phone`: stands
    before the value where rows become cards (None = the label). `typed`: people typed what the cells hold.

    `key` names a column that people may choose, leave out and put elsewhere (ui/columns.py); the first column always
    stands, and so do those without a key. `allowed`: whether this person may have it here at all; `shown`: whether it
    stands there while nothing is chosen; `on_wish`: only for who chose it. `load`: field paths that only this column
    reads of a row. `total`: what it comes to, in the row below the list that adds up. `edit`: the address of the form
    that changes the value where it stands (customers/onefield), "" where this person may not; in columns that people
    chose, for a link in each cell is an element more.
    """

    label: Words
    cell: Callable[[Any], str | Cell]
    css: str = ""
    sort: str = ""
    long: Words = ""
    spoken: bool = False
    phone: Words | None = None
    typed: bool = False
    shown: Callable[[Asked], bool] | None = None
    key: str = ""
    allowed: Callable[[Asked], bool] | None = None
    on_wish: bool = False
    load: tuple[str, ...] = ()
    total: Total | None = None
    edit: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Tab:
    """One view of the list; the first is where people begin. `order` is its key in `Listing.orders`."""

    key: str
    label: Words
    where: Callable[[Asked], Q] | None = None
    order: str = ""


@dataclass(frozen=True)
class Filter:
    """A parameter of the address that narrows the list.

    `read` makes a value of its text, None when it is none; `where` is its condition. `words` names the value, on the
    chip that takes the filter away and wherever the list is told; `chip=False` where the page shows the value by a
    control of its own. `choices` are offered one tap away. `control` is its field on the page of all filters.
    """

    key: str
    label: Words
    read: Callable[[Asked, str], Any]
    where: Callable[[Asked, Any], Q]
    words: Callable[[Asked, Any], Words] | None = None
    choices: Callable[[Asked], Sequence[tuple[str, Words]]] | None = None
    chip: bool = True
    control: Callable[[Asked], forms.Field | None] | None = None


def choice_filter(
    key: str,
    label: Words,
    choices: Callable[[], Iterable[tuple[str, Words]]],
    where: Callable[[str], Q] | None = None,
    *,
    offered: bool = False,
    chip: bool = True,
) -> Filter:
    """Narrows by one of a few codes, each with its words; as a rule by the column that is called like the filter.

    `offered`: the choices stand one tap away.
    """

    def narrowed(asked: Asked, code: str) -> Q:
        return where(code) if where else Q(**{key: code})

    return Filter(
        key,
        label,
        read=lambda asked, text: text if text in dict(choices()) else None,
        where=narrowed,
        words=lambda asked, code: dict(choices())[code],
        choices=(lambda asked: list(choices())) if offered else None,
        chip=chip,
        control=lambda asked: chosen_of(choices()),
    )


def chosen_of(choices: Iterable[tuple[str, Words]]) -> forms.ChoiceField:
    """The field of a filter that has these choices; the first is none of them."""
    return forms.ChoiceField(choices=[("", formatting.DASH), *choices], required=False)


class Narrowing(Protocol):
    """Filters that are said elsewhere, for instance as a FilterSet, as one address sets them.

    A list has them beside its own; they are made once for a request, and asked only for what the page shows.
    """

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that meet what could be read."""

    def chips(self) -> list[Chip]:
        """What narrows, each with the way to take it away."""

    def offers(self) -> list[tuple[Words, list[Offer]]]:
        """Values one tap away, by heading."""

    def ignored(self) -> list[str]:
        """What is asked for and can't be read, by name; the page says that it was left out."""


@dataclass(frozen=True)
class Bulk:
    """What may be done with the selected rows: they are posted as `ids` to `url`.

    `whole`: also with every row of the list, beyond the page too. Where that is ticked `all` is posted beside `view`,
    the parameters of the list's address; a list says it of all its acts or of none.
    """

    label: Words
    url: str
    icon: str
    whole: bool = False


@dataclass(frozen=True)
class Empty:
    """What stands where the list has no rows, and a way on."""

    title: Words
    text: Words = ""
    href: str = ""
    action: Words = ""
    icon: str = ""


@dataclass(frozen=True)
class Listing:
    """A list, described once for its page and whatever else shows, counts or exports its rows.

    `rows` gives what is in reach of `asked.user`, with what `draw` needs. `draw` turns a page of masked rows into the
    app's frozen dataclasses, in their order; each has `pk`. `orders`: field paths by key, the first is the default;
    the last path is unique. `caption` names the table for screen readers. `search` narrows by what was typed, `hint`
    says by what. `first_tab`: the key of the tab where people begin, else it is the first; `tabs_begin_anew`: search
    and filters stay behind. `tab_counts` gets the rows before the tab's condition. `narrowing`: filters that are said
    elsewhere. `named`: what a row is called, for the selection. `not_found`: instead of `empty` where a search or
    filter leaves nothing. `export`: the list as a file, for who holds its permission. `first_sort`: the order
    where people begin, else the first of `orders`. `more_sorts`: orders that no column stands for, by key, in the words
    of the sort menu. `always`: parameters that say what the list is of; they stay when filters are cleared. `home`: the
    url name of its page, of a list whose views can be saved, `called` its name in the list of them. `further_columns`:
    those at the end that aren't known before somebody asks. `filters_page`: there is a page with all filters that have
    a `control`. `further_filters`: those that apps above give.
    """

    permission: str
    rows: Callable[[Asked], QuerySet[Any]]
    draw: Callable[[Asked, list[Any]], Iterable[Any]]
    columns: tuple[Column, ...]
    orders: Mapping[str, Sequence[str]] | Callable[[Asked], Mapping[str, Sequence[str]]]
    caption: Words | Callable[[Asked], Words]
    empty: Callable[[Asked], Empty]
    tabs: tuple[Tab, ...] | Callable[[Asked], tuple[Tab, ...]] = ()
    tab_parameter: str = "tab"
    first_tab: Callable[[Asked], str] | None = None
    tabs_begin_anew: bool = False
    tab_counts: Callable[[Asked, QuerySet[Any]], Mapping[str, int]] | None = None
    filters: tuple[Filter, ...] = ()
    narrowing: Callable[[Asked], Narrowing] | None = None
    search: Callable[[Asked, QuerySet[Any]], QuerySet[Any]] | None = None
    hint: Words = ""
    bulk: Callable[[Asked], Sequence[Bulk]] | None = None
    named: Callable[[Any], str] = str
    not_found: Callable[[Asked], Empty | None] | None = None
    export: Export | None = None
    first_sort: str = ""
    more_sorts: Mapping[str, Words] = field(default_factory=dict)
    css: str = "lines"
    always: tuple[str, ...] = ()
    home: str = ""
    called: Words = ""
    further_columns: Callable[[Asked], tuple[Column, ...]] | None = None
    filters_page: bool = False
    further_filters: Callable[[], tuple[Filter, ...]] | None = None

    def __post_init__(self) -> None:
        if self.home:
            WITH_VIEWS[self.home] = self


WITH_VIEWS: dict[str, Listing] = {}  # the lists whose views can be saved, by the url names of their pages


# --- what the page shows of it ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TabLink:
    """A tab as the page draws it."""

    label: Words
    url: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class SavedTab:
    """A saved view of the list. `pinned`: it stands among the tabs; `changed`: the address asks for something else by
    now than what was saved."""

    pk: int
    name: str
    url: str
    pinned: bool
    current: bool
    changed: bool
    own: bool
    version: int


@dataclass(frozen=True)
class Chip:
    """A filter in force; `remove` is the address without it. `confidential`: not everybody who reads of this list later
    may read such values, so that the audit log only says by what it was narrowed."""

    label: Words
    value: Words
    remove: str
    confidential: bool = False


@dataclass(frozen=True)
class Offer:
    """A value of a filter, one tap away."""

    label: Words
    url: str
    on: bool


@dataclass(frozen=True)
class Head:
    """A column's head; without `url` it doesn't sort."""

    label: Words
    css: str = ""
    url: str = ""
    state: str = ""
    long: Words = ""
    spoken: bool = False

    @property
    def falls(self) -> bool:
        """Whether its address sorts the largest first."""
        return "sort=-" in self.url


class Asked:
    """One person's list for one address."""

    def __init__(self, listing: Listing, request: HttpRequest, given: QueryDict | None = None) -> None:
        self.listing = listing
        self.request = request
        self.user: Any = request.user
        self.given = request.GET if given is None else given
        self.q = self.given.get("q", "").strip()[:LONGEST_QUERY] if listing.search else ""

    @cached_property
    def today(self) -> date:
        """The person's own day."""
        return clock.user_today(self.user)

    # --- which rows
    @cached_property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs of this person."""
        return self.listing.tabs(self) if callable(self.listing.tabs) else self.listing.tabs

    @cached_property
    def tab(self) -> Tab:
        """The tab in force."""
        known = {tab.key: tab for tab in self.tabs}
        wanted = self.given.get(self.listing.tab_parameter, "")
        if wanted not in known and self.listing.first_tab is not None:
            wanted = self.listing.first_tab(self)
        return known.get(wanted, self.tabs[0])

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """All filters of the list."""
        further = self.listing.further_filters
        return (*self.listing.filters, *further()) if further else self.listing.filters

    @cached_property
    def values(self) -> dict[str, Any]:
        """The filters in force and their values."""
        read = {one.key: one.read(self, self.given.get(one.key, "")) for one in self.filters}
        return {key: value for key, value in read.items() if value is not None}

    @cached_property
    def only(self) -> list[int] | None:
        """The ids of the rows that the list is narrowed to, as somebody has ticked them; None: all."""
        if self.listing.export is None or not self.given.get(ONLY):
            return None
        found = [pk for text in str(self.given[ONLY]).split(".") if (pk := row_id(text)) is not None]
        return found[:MOST_TICKED]

    @cached_property
    def narrowing(self) -> Narrowing | None:
        """The filters that are said elsewhere, as this address sets them."""
        return self.listing.narrowing(self) if self.listing.narrowing else None

    @cached_property
    def before_tab(self) -> QuerySet[Any]:
        """Everything but the tab's condition."""
        rows = self.listing.rows(self)
        for one in self.filters:
            if one.key in self.values:
                rows = rows.filter(one.where(self, self.values[one.key]))
        rows = self.narrowing.narrow(rows) if self.narrowing else rows
        rows = rows if self.only is None else rows.filter(pk__in=self.only)
        return self.listing.search(self, rows) if self.listing.search and self.q else rows

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows of the list, unordered."""
        if not self.tabs or self.tab.where is None:
            return self.before_tab
        return self.before_tab.filter(self.tab.where(self))

    @cached_property
    def orders(self) -> Mapping[str, Sequence[str]]:
        """The orders that this person may ask for here."""
        return self.listing.orders(self) if callable(self.listing.orders) else self.listing.orders

    @cached_property
    def sort(self) -> str:
        """The order in force as the address says it, `-` for the other way round."""
        wanted = self.given.get("sort", "")
        if wanted.lstrip("-") in self.orders:
            return wanted
        return (self.tab.order if self.tabs else "") or self.listing.first_sort or next(iter(self.orders))

    @property
    def order(self) -> tuple[str, ...]:
        """Field paths for keyset pages."""
        paths = self.orders[self.sort.lstrip("-")]
        return tuple(_turned(path) for path in paths) if self.sort.startswith("-") else tuple(paths)

    @cached_property
    def page(self) -> paging.Page:
        """One page of rows as they are stored."""
        return paging.keyset_page(self.rows, order=self.order, cursor=self.given.get("cursor"))

    @cached_property
    def drawn(self) -> list[Any]:
        """The page's rows as the app's dataclasses, made of masked copies."""
        return list(self.listing.draw(self, hooks.masked_copy(self.user, self.page.rows)))

    @cached_property
    def total(self) -> str:
        """How many, exactly up to 1,000 and "1,000+" beyond: nobody waits for a count of everything."""
        whole = not self.page.next_cursor and not self.page.previous_cursor
        count = len(self.page.rows) if whole else self.rows.order_by()[: COUNT_UP_TO + 1].count()
        return _counted(count)

    def place(self, row: Model) -> tuple[str, str] | None:
        """(2, 128): where the row stands in the list, of how many; None beyond the first 1,000 or outside of it."""
        at, count = paging.place(self.rows, row, order=self.order, up_to=COUNT_UP_TO)
        return (f"{at:,}", _counted(count)) if at else None

    def neighbour(self, row: Model, *, backwards: bool) -> Any:
        """The row after (or before) this one in the list."""
        return paging.neighbour(self.rows, row, order=self.order, backwards=backwards)

    # --- the address
    def query(self, **changes: Any) -> str:
        """The parameters of the address with some changed (None = removed), without the cursor."""
        left = [(name, text) for name, text in self._parameters if name not in changes]
        return f"?{urlencode(left + [(name, value) for name, value in changes.items() if value is not None])}"

    @cached_property
    def _parameters(self) -> list[tuple[str, str]]:
        passing = ("cursor", CHOOSE)
        return [(name, str(text)) for name, texts in self.given.lists() for text in texts if name not in passing]

    @property
    def look(self) -> list[tuple[str, str]]:
        """The parameters that say how the table looks, for forms that narrow the list anew."""
        return [(name, text) for name, text in self._parameters if name in LOOK]

    @property
    def choose_columns(self) -> str:
        """The address of the page on which columns are chosen."""
        return self.query(**{CHOOSE: COLUMNS})

    @cached_property
    def controls(self) -> dict[str, forms.Field]:
        """The fields of the page of all filters, by the parameters that they set."""
        made = ((one, one.control(self)) for one in self.filters if one.control is not None)
        return {one.key: _labelled(control, one.label) for one, control in made if control is not None}

    @property
    def all_filters(self) -> str:
        """The address of the page with all filters; empty where there is none."""
        has = any(one.control is not None for one in self.filters) and self.listing.filters_page
        return self.query(**{CHOOSE: FILTERS}) if has else ""

    @property
    def clear(self) -> str:
        """The address with the tab, with what says what the list is of, and with the look of its table."""
        tab = {self.listing.tab_parameter: self.tab.key} if self.tabs else {}
        return self._looking_like_this(*self.listing.always, **tab)

    def _looking_like_this(self, *always: str, **asked: str) -> str:
        """An address that begins anew but for the look of the table, and `always`."""
        kept = [(name, text) for name, text in self._parameters if name in (*always, COLUMNS, DENSITY, TOTALS)]
        return f"?{urlencode([*kept, *asked.items()])}"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the search form carries along."""
        return [(name, text) for name, text in self._parameters if name != "q"]

    # --- the page
    @property
    def searches(self) -> bool:
        """Whether one can type what to look for."""
        return self.listing.search is not None

    @property
    def caption(self) -> Words:
        """What the table is called."""
        caption = self.listing.caption
        return caption(self) if callable(caption) else caption

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The figures of the tabs, one query for all; `tab_counts` may give others besides."""
        return self.listing.tab_counts(self, self.before_tab) if self.listing.tab_counts else {}

    @cached_property
    def tab_links(self) -> list[TabLink]:
        """The tabs with their figures."""
        parameter, anew = self.listing.tab_parameter, self.listing.tabs_begin_anew
        return [
            TabLink(
                tab.label,
                self._looking_like_this(**{parameter: tab.key})
                if anew
                else self.query(**{parameter: tab.key, "sort": None}),
                tab is self.tab and self.saved is None,
                self.counts.get(tab.key),
            )
            for tab in self.tabs
        ]

    # --- views that people saved
    @cached_property
    def saved_views(self) -> list[SavedTab]:
        """One's own views of this list and the shared ones, by name; none of a list that has no views."""
        return hooks.saved_views(self) if self.listing.home else []

    @property
    def saved(self) -> SavedTab | None:
        """The view that the address was opened by."""
        return next((view for view in self.saved_views if view.current), None)

    @property
    def pinned(self) -> list[SavedTab]:
        """The views that stand among the tabs: those that are pinned, and the one that is open."""
        return [view for view in self.saved_views if view.pinned or view.current]

    @property
    def save_view(self) -> str:
        """The address of the form that saves this list as a new view."""
        asked = urlencode({"listing": self.listing.home, "query": self.as_query})
        return f"{reverse('saved_view_new')}?{asked}"

    @property
    def as_query(self) -> str:
        """What the address asks for, to be saved."""
        return self.query(**{SAVED: None}).removeprefix("?")

    @cached_property
    def chips(self) -> list[Chip]:
        """The search and the filters in force, each with the way to take it away."""
        found = [Chip(_("Search"), self.q, self.query(q=None))] if self.q else []
        if self.only is not None:
            found.append(Chip(_("Chosen rows"), formatting.number(len(self.only)), self.query(**{ONLY: None})))
        found += [
            Chip(one.label, one.words(self, self.values[one.key]), self.query(**{one.key: None}))
            for one in self.filters
            if one.words is not None and one.chip and one.key in self.values
        ]
        return found + self.narrowing.chips() if self.narrowing else found

    @property
    def told(self) -> list[tuple[Words, Words]]:
        """What the address asks for, in words: the view, the search and every filter in force."""
        return self._told(lambda chip: chip.value)

    @property
    def on_record(self) -> list[tuple[Words, Words]]:
        """The same for the audit log, without values that its readers may not read."""
        return self._told(lambda chip: UNSAID if chip.confidential else chip.value)

    def _told(self, said: Callable[[Chip], Words]) -> list[tuple[Words, Words]]:
        found: list[tuple[Words, Words]] = [(_("View"), self.tab.label)] if self.tabs else []
        found += [(chip.label, said(chip)) for chip in self.chips]
        found += [
            (one.label, one.words(self, self.values[one.key]))
            for one in self.filters
            if one.words is not None and not one.chip and one.key in self.values
        ]
        export = self.listing.export
        return [*found, *export.also(self)] if export and export.also else found

    @property
    def export_url(self) -> str:
        """Where the list goes out as a file; empty for who may not export it."""
        export = self.listing.export
        if export is None or not self.user.can(export.permission):
            return ""
        return f"{reverse(export.page, args=export.args)}{self.query()}".removesuffix("?")

    @cached_property
    def offers(self) -> list[tuple[Words, list[Offer]]]:
        """Filters that one tap sets, by heading; those that have nothing to choose here are left out."""
        chosen = [(one, one.choices(self)) for one in self.filters if one.choices is not None]
        own = [
            (one.label, [self._offer(one, value, label) for value, label in choices])
            for one, choices in chosen
            if choices
        ]
        return own + self.narrowing.offers() if self.narrowing else own

    def _offer(self, one: Filter, value: str, label: Words) -> Offer:
        on = self.given.get(one.key) == value
        return Offer(label, self.query(**{one.key: None if on else value}), on)

    @cached_property
    def ignored(self) -> str:
        """What the address asks for and the list can't do, where it is worth a word."""
        unread = [one.label for one in self.filters if self.given.get(one.key) and one.key not in self.values]
        elsewhere = self.narrowing.ignored() if self.narrowing else []
        return formatting.listed(list(dict.fromkeys(str(label) for label in (*unread, *elsewhere))))

    @cached_property
    def described(self) -> tuple[Column, ...]:
        """All columns of the list."""
        further = self.listing.further_columns(self) if self.listing.further_columns else ()
        return (*self.listing.columns, *further)

    @cached_property
    def choosable(self) -> dict[str, Column]:
        """The columns that this person may choose here, by key."""
        named = [column for column in self.described[1:] if column.key]
        return {column.key: column for column in named if column.allowed is None or column.allowed(self)}

    @cached_property
    def chosen(self) -> list[str]:
        """The keys that the address chooses, in its order; none: the columns stand as the list has them."""
        return list(dict.fromkeys(key for key in self.given.getlist(COLUMNS) if key in self.choosable))

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of this person and address."""
        if self.chosen:
            first, *others = self.described
            # Whoever chose a column sees it on a narrow screen too, where the list itself would leave it out.
            wanted = [replace(self.choosable[key], css=_on_any_screen(self.choosable[key].css)) for key in self.chosen]
            return [first, *wanted, *(column for column in others if not column.key and self._stands(column))]
        return [column for column in self.described if self._stands(column)]

    def _stands(self, column: Column) -> bool:
        """Whether the column stands there while nothing is chosen."""
        return not column.on_wish and all(may is None or may(self) for may in (column.allowed, column.shown))

    @cached_property
    def edited(self) -> list[Column]:
        """The columns whose values are changed where they stand."""
        return [column for column in self.columns if column.edit] if self.chosen else []

    @property
    def tight(self) -> bool:
        """Whether rows stand close together."""
        return self.given.get(DENSITY) == TIGHT

    @property
    def other_density(self) -> str:
        """The address with rows the other way, close together or apart."""
        return self.query(**{DENSITY: None if self.tight else TIGHT})

    @cached_property
    def adds_up(self) -> bool:
        """Whether the row that adds up stands below the list. It reads all rows, so it comes on wish."""
        return bool(self.given.get(TOTALS)) and self.may_add_up

    @property
    def may_add_up(self) -> bool:
        """Whether any column has something to add up."""
        return any(column.total for column in self.described)

    @property
    def other_totals(self) -> str:
        """The address with the row that adds up, or without it."""
        return self.query(**{TOTALS: None if self.adds_up else "1"})

    @cached_property
    def heads(self) -> list[Head]:
        """Their heads; a second click turns the order round."""
        return [self._head(column) for column in self.columns]

    @cached_property
    def sorts(self) -> list[Head]:
        """By what one may sort, also by columns that a narrow screen leaves out; nothing where there is one order."""
        named = [column for column in self.described if column.sort in self.orders]
        more = [Column(label, str, sort=key) for key, label in self.listing.more_sorts.items() if key in self.orders]
        return [self._head(column) for column in (*named, *more)] if len(self.orders) > 1 else []

    @property
    def sorted_by(self) -> Head | None:
        """The order in force, where it has a name."""
        return next((head for head in self.sorts if head.state), None)

    def _head(self, column: Column) -> Head:
        if column.sort not in self.orders:
            return Head(column.label, column.css, long=column.long, spoken=column.spoken)
        state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(self.sort, "")
        falls = state == "ascending" or (not state and "number" in column.css.split())
        url = self.query(sort=f"-{column.sort}" if falls else column.sort)
        return Head(column.label, column.css, url, state, column.long)

    @cached_property
    def bulk(self) -> Sequence[Bulk]:
        """What may be done with selected rows; taken out as a file where the list says so."""
        found = list(self.listing.bulk(self)) if self.listing.bulk else []
        export = self.listing.export
        if export is not None and export.ticked and self.user.can(export.permission):
            found.append(Bulk(_("Export"), reverse(export.page, args=export.args), "download", whole=True))
        return found

    @property
    def bulk_of_all(self) -> bool:
        """Whether something may be done with more rows than this page shows."""
        goes_on = bool(self.page.next_cursor or self.page.previous_cursor)
        return goes_on and any(act.whole for act in self.bulk)

    @cached_property
    def body(self) -> SafeString:
        """The table's rows. What a column's cells begin and end with is put together once."""
        first, *others = self.columns
        shells = [(first, '<th scope="row"', "", "</th>")]
        shells += [(column, "<td", _marks(column), "</td>") for column in others]
        plain = [f"{tag}{_css(column.css)}{marks}>" for column, tag, marks, _end in shells]
        select, edited = _("Select"), self.edited
        back = urlencode({"next": f"{self.request.path}{self.query()}"}) if edited else ""
        parts: list[str] = []
        for row in self.drawn:
            parts.append("<tr data-row>")
            if self.bulk:
                parts.append(_tick_box(row.pk, f"{select} {self.listing.named(row)}"))
            for begin, (column, tag, marks, end) in zip(plain, shells, strict=True):
                made = column.cell(row)
                if isinstance(made, Cell):
                    begin = f"{tag}{_css(f'{column.css} {made.css}'.strip())}{marks}{made.attributes}>"
                    made = made.content
                if column in edited and column.edit and (address := column.edit(row)):
                    made = _in_place(made, address, back, column.label)
                # nearly all is safe already: asking that first spares some thousand calls for fifty rows
                parts += (begin, made if isinstance(made, SafeString) else conditional_escape(made), end)
            parts.append("</tr>\n")
        return mark_safe("".join(parts))  # noqa: S308

    @property
    def foot(self) -> SafeString:
        """The row that adds up: how many rows the whole list has and what its columns come to, by one statement."""
        _first, *others = self.columns
        asked = {f"total_{at}": column.total.of(self) for at, column in enumerate(others) if column.total}
        made = {name: aggregate for name, aggregate in asked.items() if aggregate is not None}
        apart = {f"total_{at}": column.total.each for at, column in enumerate(others) if column.total}
        whole = {name: aggregate for name, aggregate in made.items() if not apart[name]}
        sums = self.rows.order_by().aggregate(total=Count("pk"), **whole)
        for name in made.keys() - whole.keys():
            each = self.rows.order_by().values_list(apart[name]).annotate(sum=made[name]).order_by(apart[name])
            sums[name] = dict(each) or None
        head = format_html('<th scope="row">{}</th>', _("Total: %(n)s") % {"n": formatting.number(sums["total"])})
        parts = ["<tr>", "<td></td>" if self.bulk else "", head]
        for at, column in enumerate(others):
            found = sums.get(f"total_{at}")
            words = column.total.shown(found) if column.total and found is not None else ""
            label = format_html(' data-label="{}"', column.label) if words else ""
            parts.append(f"<td{_css(column.css)}{label}>{conditional_escape(words)}</td>")
        return mark_safe("".join([*parts, "</tr>"]))  # noqa: S308

    @cached_property
    def items(self) -> SafeString:
        """The rows as items of a `<ul>`, for a list that is no table: what its cells give, one after the other."""
        parts: list[str] = []
        for row in self.drawn:
            made = [column.cell(row) for column in self.columns]
            inner = [conditional_escape(one.content if isinstance(one, Cell) else one) for one in made]
            parts += ("<li data-row>", *inner, "</li>\n")
        return mark_safe("".join(parts))  # noqa: S308

    @cached_property
    def empty(self) -> Empty:
        """What to say when there is no row."""
        if not (self.chips or self.ignored):
            return self.listing.empty(self)
        if self.listing.not_found is not None and (said := self.listing.not_found(self)) is not None:
            return said
        cure = _("Take one of the filters away, or clear them all.")
        return Empty(_("Nothing fits"), cure, self.clear, _("Clear filters"), "x")


@dataclass(frozen=True)
class ColumnOffer:
    """A column on the page on which columns are chosen. `up` and `down`: what its buttons send, empty at the ends."""

    key: str
    label: Words
    on: bool
    up: str = ""
    down: str = ""


class ColumnChoice:
    """Which columns stand in a list, and in which order, while a person chooses.

    The page is a form that asks for the list's own address by GET: what is ticked stands there as `columns`, in the
    order of the page; a button that moves a column sends "up.KEY" or "down.KEY" as `choose`, and so stays on the page.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.kept = [(name, text) for name, text in asked.kept if name != COLUMNS] + (
            [("q", asked.q)] if asked.q else []
        )

    @property
    def default(self) -> str:
        """The list with its own columns again."""
        return self.asked.query(**{COLUMNS: None})

    @property
    def always(self) -> Words:
        """The column that can't be left out."""
        return self.asked.listing.columns[0].label

    @cached_property
    def offers(self) -> list[ColumnOffer]:
        """The columns in their order, then those that are left out."""
        asked, chosen = self.asked, self._chosen()
        last = len(chosen) - 1
        return [
            *(
                ColumnOffer(
                    key,
                    asked.choosable[key].label,
                    on=True,
                    up=f"up.{key}" if at else "",
                    down=f"down.{key}" if at < last else "",
                )
                for at, key in enumerate(chosen)
            ),
            *(ColumnOffer(key, column.label, on=False) for key, column in asked.choosable.items() if key not in chosen),
        ]

    def _chosen(self) -> list[str]:
        keys = self.asked.chosen or [column.key for column in self.asked.columns if column.key in self.asked.choosable]
        way, _dot, key = self.asked.given.get(CHOOSE, "").partition(".")
        if key in keys:
            at = keys.index(key)
            to = max(0, min(len(keys) - 1, at + {"up": -1, "down": 1}.get(way, 0)))
            keys = [one for one in keys if one != key]
            keys.insert(to, key)
        return keys


def _counted(count: int) -> str:
    return f"{COUNT_UP_TO:,}+" if count > COUNT_UP_TO else f"{count:,}"


def _turned(path: str) -> str:
    return path.removeprefix("-") if path.startswith("-") else f"-{path}"


def _on_any_screen(css: str) -> str:
    return " ".join(word for word in css.split() if word not in ("wider", "widest"))


def _css(css: str) -> str:
    return f' class="{css}"' if css else ""


def _marks(column: Column) -> str:
    label = "" if column.spoken else column.label if column.phone is None else column.phone
    return (format_html(' data-label="{}"', label) if label else "") + (" data-user" if column.typed else "")


def _in_place(value: str, address: str, back: str, label: Words) -> SafeString:
    """A value as the link that its form takes the place of; without a script it leads to a page and back again."""
    named = "" if value else format_html(' aria-label="{}"', label)
    link = '<a class="fact-value" href="{0}?{1}" hx-get="{0}"{2}>{3}</a>'
    return format_html(link, address, back, named, value or formatting.DASH)


def _tick_box(pk: int, label: str) -> str:
    return (
        '<td class="select"><label class="hit">'
        f'<input type="checkbox" name="ids" value="{pk}" form="bulk" aria-label="{escape(label)}"></label></td>'
    )


class FilterChoice:
    """All filters of a list as a form that asks for the list's own address by GET."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        form = forms.Form(initial={key: asked.given[key] for key in asked.controls if key in asked.given})
        form.fields.update(asked.controls)
        self.form = form

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else the address says."""
        return [(name, text) for name, text in self.asked._parameters if name not in self.asked.controls]


def _labelled(control: forms.Field, label: Words) -> forms.Field:
    control.label, control.required = cast(Any, label), False
    return control


def list_page(asked: Asked, *, title: Words, template: str = "ui/list.html", **context: Any) -> HttpResponse:
    """The page of a list. A template of its own extends ui/list.html and fills its blocks."""
    if asked.given.get(CHOOSE) == FILTERS and asked.all_filters:
        return render(asked.request, "ui/filters.html", {"list": asked, "choice": FilterChoice(asked), "title": title})
    if CHOOSE in asked.given and asked.choosable:
        return render(asked.request, "ui/columns.html", {"list": asked, "choice": ColumnChoice(asked), "title": title})
    return render(asked.request, template, {"list": asked, "page": asked.page, "title": title, **context})
