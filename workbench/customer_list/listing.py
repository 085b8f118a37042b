"""The customer list: whom each view holds, by what they are narrowed and sorted, and which columns are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts import policy
from accounts.http import Request
from accounts.masking import pool_shows
from accounts.scope import reach_of
from customers import completeness, masks, selectors
from customers.facts import Read, read_by
from customers.filters import filters_of_the_pool
from customers.models import ACTIVE, CATALOGUES, Customer, OwnerChange, Stage, Warn
from customers.onefield.forms import FACTS
from customers.search import searched
from segmentation import catalogue
from ui.listing import LOOK, Asked, Bulk, Cell, Column, Empty, Listing, Tab, Words
from workbench.customer_list import own, totals
from workbench.customer_list import rows as row
from workbench.customer_list.export import EXPORT
from workbench.customer_list.filters import COMPLETE, SCORES, CustomerFilter
from workbench.customer_list.narrowing import Narrowing

ORDERS: Mapping[str, tuple[str, str]] = {
    "tier": ("facts__tier_rank", "facts__pk"),
    "name": ("name_sort", "pk"),
    "contact": ("facts__last_contact_at", "facts__pk"),
    "next": ("facts__next_follow_up_on", "facts__pk"),
    "bought": ("facts__last_order_on", "facts__pk"),
    "value": ("facts__monetary", "facts__pk"),
    "health": ("facts__health", "facts__pk"),
    "potential": ("facts__potential", "facts__pk"),
    "interaction": ("facts__interaction_score", "facts__pk"),
    "qualification": ("facts__qualification", "facts__pk"),
    "expected": ("facts__next_order_on", "facts__pk"),
    COMPLETE: (completeness.PATH, "pk"),
}
UNSCORED = {name: paths for name, paths in ORDERS.items() if name not in SCORES}
# By these one may look through the unassigned pool too: they go by nothing that it hides.
PUBLIC = frozenset({"view", "q", "sort", "cursor", "list", *LOOK}) | filters_of_the_pool(CustomerFilter)
PUBLIC_ORDERS = {name: paths for name, paths in ORDERS.items() if pool_shows(Customer, paths[0])}
PUBLIC_VIEWS = ("all", "high")
NEW_BY_IMPORT = frozenset({"import", "brought"})
# What a row shows, is sorted by, or what masking looks at; the long texts stay where they are.
LOADED = (
    *(
        "number",
        "name",
        "name_sort",
        "kind",
        "region",
        "industry__name_en",
        "industry__name_zh",
        "stage",
        "do_not_contact",
        "source",
    ),
    *(name for name, field_class in Customer.mask_fields.items() if field_class in policy.WAYS_CLASSES),
    *("owner__name", "owner_id", "service_owner_id", "deleted_at"),
    *(f"facts__{name}" for name in read_by(Read.LIST)),
)
UNPLANNED = (
    Q(facts__next_follow_up_on=None, do_not_contact=False)
    & Q(facts__lifecycle__in=ACTIVE)
    & ~Q(stage=Stage.PAUSED)
    & ~Q(owner=None)
    & Q(facts__left_out=False)
)
VIEWS = (
    Tab("mine", gettext_lazy("My customers")),
    Tab("high", gettext_lazy("High-value")),
    Tab("unplanned", gettext_lazy("No plan")),
    Tab("warned", gettext_lazy("Churn warning")),
    Tab("followed", gettext_lazy("Following")),
    Tab("pool", gettext_lazy("Unassigned pool")),
)
EVERYBODY = Tab("all", gettext_lazy("All"))
# Whom a view holds; said here because a search looks up few hits by id, of the view alone.
HOLDS: Mapping[str, Callable[[], Q]] = {
    "high": catalogue.high_value,
    "unplanned": lambda: UNPLANNED,
    "warned": lambda: ~Q(facts__warning=Warn.NONE) & Q(facts__warning__isnull=False),
    "pool": lambda: Q(owner=None),
}


Allowed = Callable[[Asked], bool] | None


# --- whose customers -------------------------------------------------------------------------------------------------
def _limited(asked: Asked) -> bool:
    """Whether pool customers show number, name, tier and region only, so that nothing else may sort or filter."""
    return not reach_of(asked.user).everywhere("customer.view")


def _in_pool(asked: Asked) -> bool:
    return asked.tab.key == "pool"


def _pool_only(asked: Asked) -> bool:
    return _limited(asked) and _in_pool(asked)


def _beyond_pool(asked: Asked) -> bool:
    """Whether the rows show more than what everybody sees of the pool: columns for it would stand empty."""
    return not _pool_only(asked)


def _with_profiles(asked: Asked) -> bool:
    """Whether the rows show anybody's profile."""
    return _beyond_pool(asked) and not masks.reads_nowhere(asked.user, policy.PROFILE, begins=False)


def _orders(asked: Asked) -> Mapping[str, tuple[str, str]]:
    if _pool_only(asked):
        return PUBLIC_ORDERS
    shipped = dict(ORDERS if asked.user.can("score.view") else UNSCORED)
    if not completeness.asked_of_everybody(asked.user):
        del shipped[COMPLETE]
    return {**shipped, **own.orders(asked.user)}


def _completed(asked: Asked) -> bool:
    """Whether the rows show how complete they are."""
    return _beyond_pool(asked) and completeness.asked_of_everybody(asked.user)


def _scored(asked: Asked) -> bool:
    """Whether the rows show points."""
    return _beyond_pool(asked) and asked.user.can("score.view")


def _asked_for(name: str) -> Callable[[Asked], bool]:
    """Whether the list is narrowed or sorted by this score: then it has a column."""

    def shown(asked: Asked) -> bool:
        return (name in asked.given or asked.sort.lstrip("-") == name) and _scored(asked)

    return shown


def _has_room(asked: Asked, most: int) -> bool:
    """Whether at most so many scores have a column: with more, a small laptop has no room for what isn't asked for."""
    scores = ("health", "potential", "interaction", "satisfaction", "loyalty", "qualification", "expected")
    return sum(_asked_for(name)(asked) for name in scores) <= most


def _after_pool(asked: Asked) -> bool:
    """Whether the customers have an owner, or may have one."""
    return not _in_pool(asked)


def _views(asked: Asked) -> tuple[Tab, ...]:
    """First where they begin: one's own customers, or all for who looks after others."""
    own = _limited(asked) or asked.user.can("customer.add")
    views = VIEWS if own else tuple(view for view in VIEWS if view.key != "mine")
    return (EVERYBODY, *views) if reach_of(asked.user).beyond_own("customer.view") else (*views, EVERYBODY)


def _first_view(asked: Asked) -> str:
    """A search from the top bar looks everywhere."""
    return EVERYBODY.key if asked.q else asked.tabs[0].key


def _rows(asked: Asked) -> QuerySet[Customer]:
    shows_pool = not _limited(asked) or asked.tab.key == "pool" or _asks_public(asked)
    rows = selectors.customers_for(asked.user, own=asked.tab.key == "mine", pool=shows_pool)
    more = [path for column in asked.columns for path in column.load]
    joined = {path.split("__")[0] for path in more if "__" in path}
    rows = rows.select_related("facts", "owner", "industry", *joined).only(*LOADED, *more)
    rows = rows.filter(HOLDS.get(asked.tab.key, Q)())
    if asked.tab.key == "followed":
        rows = rows.filter(followers__user=asked.user)
    if _in_pool(asked):
        gone = OwnerChange.objects.filter(customer=OuterRef("pk"), to_user=None).order_by("-at")
        rows = rows.annotate(
            pooled_at=Subquery(gone.values("at")[:1]), last_owner=Subquery(gone.values("from_user__name")[:1])
        )
    if any(column.key == COMPLETE for column in asked.columns) or asked.sort.lstrip("-") == COMPLETE:
        rows = completeness.with_percentage(rows)
    return searched(own.with_order(asked, rows), asked.user, asked.q)


def _asks_public(asked: Asked) -> bool:
    """Whether a search, or a look at whom an import has made, goes by nothing that the pool hides."""
    new = asked.given.get("brought") == "new"
    private = set(asked.given) - PUBLIC - (NEW_BY_IMPORT if new else set())
    by_public = not private and asked.sort.lstrip("-") in PUBLIC_ORDERS and asked.tab.key in PUBLIC_VIEWS
    return by_public and bool(asked.q or (new and "import" in asked.given))


# --- the page --------------------------------------------------------------------------------------------------------
def _bulk(asked: Asked) -> list[Bulk]:
    acts = []
    if asked.user.can("follow_up.add"):
        acts.append(Bulk(pgettext("verb", "Plan"), reverse("customers_plan"), "calendar-check", whole=True))
    if asked.user.can("customer.change"):
        acts.append(Bulk(_("Set a field"), reverse("customers_set"), "pencil", whole=True))
        acts.append(Bulk(pgettext("verb", "Tag"), reverse("customers_tag"), "tag", whole=True))
    if asked.user.can("customer.assign"):
        acts.append(Bulk(_("Hand over"), reverse("customers_assign"), "arrow-left-right", whole=True))
    if asked.user.can("customer.merge"):
        acts.append(Bulk(_("Merge two"), reverse("customers_merge"), "merge", whole=True))
    return acts


def _empty(asked: Asked) -> Empty:
    view = asked.tab.key
    if view in ("mine", "all"):
        if not asked.user.can("customer.add"):
            return Empty(_("No customers here yet"))
        text = _("Begin with one customer, or bring in your list from a file.")
        return Empty(_("No customers here yet"), text, reverse("customer_new"), _("New customer"), "plus")
    title, text = {
        "high": (_("No high-value customers here"), _("They appear after the next nightly scoring.")),
        "unplanned": (_("Everybody has a next step"), _("Customers without a planned follow-up appear here.")),
        "warned": (_("No churn warnings"), _("Customers who buy less than they used to appear here.")),
        "followed": (_("You follow nobody"), _("A tap on Follow on a customer's page puts the customer here.")),
        "pool": (_("The pool is empty"), _("All customers have an owner.")),
    }[view]
    return Empty(title, text, reverse("customer_list"), _("To my customers"))


def _not_found(asked: Asked) -> Empty:
    text = _("Take one of the filters away, or clear them all.")
    return Empty(_("No customer fits"), text, asked.clear, _("Clear filters"), "x")


# --- the columns -----------------------------------------------------------------------------------------------------
def _on_wish(
    key: str,
    label: Words,
    cell: Callable[[row.CustomerRow], str | Cell],
    *load: str,
    allowed: Allowed = _beyond_pool,
    **how: Any,
) -> Column:
    """A column of the file that the list has for who wants it."""
    css = f"cell-score {how.pop('css', '')}".strip()
    edit = row.form_of(key) if key in FACTS else None
    return Column(label, cell, css=css, key=key, on_wish=True, allowed=allowed, load=load, edit=edit, **how)


def _label(name: str) -> Words:
    """A field of the file as its form calls it."""
    field: Any = Customer._meta.get_field(name)
    return capfirst(field.verbose_name)


def _score(
    key: str, label: Words, cell: Callable[[row.CustomerRow], str | Cell], long: Words = "", *, fact: str = ""
) -> Column:
    """A further score: it has a column while the list is narrowed or sorted by it, and for who wants it.

    `fact`: where its points stand; without it the score is a word, by which nothing is sorted.
    """
    css, sort = ("number cell-score", key) if fact else ("cell-score", "")
    total = totals.average_of(fact) if fact else None
    shown = _asked_for(key)
    return Column(label, cell, css=css, sort=sort, long=long, key=key, allowed=_scored, shown=shown, total=total)


COLUMNS = (
    Column(gettext_lazy("Customer"), row.name, css="cell-name", sort="name"),
    Column(gettext_lazy("Tier"), row.tier, css="cell-tier", sort="tier", phone="", key="tier"),
    Column(
        "RFM",
        row.scores,
        css="cell-scores",
        long=gettext_lazy("recency, frequency, monetary value; 1 to 5 points"),
        phone="",
        key="rfm",
        allowed=_scored,
    ),
    _score(
        "health",
        gettext_lazy("Health"),
        row.health,
        gettext_lazy("chance of buying, activity on plan, satisfaction, no complaint; of 100"),
        fact="health",
    ),
    _score(
        "potential",
        gettext_lazy("Potential"),
        row.potential,
        gettext_lazy("what may still come; of 100"),
        fact="potential",
    ),
    _score(
        "interaction",
        gettext_lazy("Interaction"),
        row.interaction,
        gettext_lazy("how much there was to and fro in 90 days; of 100"),
        fact="interaction_score",
    ),
    _score("satisfaction", gettext_lazy("Satisfaction"), row.satisfaction),
    _score("loyalty", gettext_lazy("Loyalty"), row.loyalty),
    _score(
        "qualification",
        "BANT / FAINT",
        row.qualification,
        gettext_lazy("how promising a prospect is, 0 to 100"),
        fact="qualification",
    ),
    Column(
        gettext_lazy("Next purchase"),
        row.expected,
        css="cell-score",
        sort="expected",
        long=gettext_lazy("when it is expected; ~ = by the rhythm of the tier"),
        key="expected",
        allowed=_scored,
        shown=_asked_for("expected"),
    ),
    Column(
        gettext_lazy("Lifecycle"),
        row.lifecycle,
        css="cell-score cell-lifecycle wider",
        phone="",
        key="lifecycle",
        allowed=_beyond_pool,
        shown=lambda asked: _has_room(asked, 0),
    ),
    Column(
        gettext_lazy("Phone"),
        row.phone,
        css="cell-score widest digits",
        phone="",
        typed=True,
        key="phone",
        allowed=_beyond_pool,
        edit=row.form_of("phone"),
    ),
    _on_wish("phone2", gettext_lazy("Second phone"), row.phone2, css="digits", typed=True),
    _on_wish("email", gettext_lazy("E-mail"), row.email, typed=True),
    _on_wish("wechat", gettext_lazy("WeChat"), row.wechat, typed=True),
    _on_wish("address", gettext_lazy("Address"), row.address, typed=True),
    Column(
        gettext_lazy("Region"),
        row.region,
        css="cell-score",
        typed=True,
        key="region",
        shown=_pool_only,
        edit=row.form_of("region"),
    ),
    Column(
        gettext_lazy("Stage"),
        row.stage,
        css="cell-score wider",
        phone="",
        key="stage",
        shown=_pool_only,
        edit=row.form_of("stage"),
    ),
    _on_wish("number", gettext_lazy("Number"), row.number, css="digits", typed=True, allowed=None),
    *(
        _on_wish(
            name,
            _label(name),
            row.entry_of(name),
            f"{name}__name_en",
            f"{name}__name_zh",
            typed=True,
            allowed=_with_profiles if name in masks.PROFILE else _beyond_pool,
        )
        for name in CATALOGUES
    ),
    Column(
        gettext_lazy("Completeness"),
        row.complete,
        css="number cell-score",
        sort=COMPLETE,
        long=gettext_lazy("of what the company asks for in the file"),
        key=COMPLETE,
        allowed=_completed,
        shown=lambda asked: COMPLETE in asked.given or asked.sort.lstrip("-") == COMPLETE,
        total=totals.COMPLETENESS,
    ),
    _on_wish("service_owner", gettext_lazy("Service owner"), row.service_owner, "service_owner__name", typed=True),
    Column(gettext_lazy("In the pool since"), row.pooled, css="wider", shown=_in_pool),
    Column(
        gettext_lazy("Last owner"),
        row.last_owner,
        css="wider",
        shown=lambda asked: _in_pool(asked) and _beyond_pool(asked),
    ),
    Column(
        gettext_lazy("Owner"),
        row.owner,
        css="cell-score wider",
        phone="",
        key="owner",
        allowed=_after_pool,
        shown=lambda asked: asked.tab.key != "mine" and _has_room(asked, 1),  # there the owner is no news
    ),
    _on_wish("warning", gettext_lazy("Churn warning"), row.warning, "facts__warning", allowed=_scored),
    _on_wish(
        "complaints",
        gettext_lazy("Open complaints"),
        row.complaints,
        css="number",
        total=totals.count_of("open_complaints"),
    ),
    Column(
        gettext_lazy("Last activity"),
        row.contact,
        css="cell-contact",
        sort="contact",
        phone=pgettext_lazy("the last one", "Activity"),
        key="contact",
        allowed=_beyond_pool,
    ),
    Column(
        gettext_lazy("Next follow-up"),
        row.next_step,
        css="cell-next",
        sort="next",
        phone="",
        key="next",
        allowed=_after_pool,
    ),
    Column(gettext_lazy("Claim"), row.next_step, css="cell-next", spoken=True, phone="", shown=_pool_only),
    Column(
        lazy(row.sales_head, str)(),
        row.sales,
        css="cell-sales number",
        sort="value",
        phone="",
        key="sales",
        allowed=_beyond_pool,
        shown=lambda asked: not row.adds_up(asked),
        total=totals.SALES,
    ),
    _on_wish("touches", gettext_lazy("Activities so far"), row.touches, css="digits"),
    _on_wish(
        "orders",
        gettext_lazy("Orders so far"),
        row.orders,
        "facts__orders_total",
        css="number",
        total=totals.count_of("orders_total"),
    ),
    _on_wish("first_order", gettext_lazy("First order"), row.first_order, "facts__first_order_on"),
    _on_wish("last_order", gettext_lazy("Last order"), row.last_order, sort="bought"),
    _on_wish("created", gettext_lazy("Made on"), row.created, "created_at"),
    Column(
        gettext_lazy("Net sales then"),
        row.counted,
        css="cell-sales number",
        long=gettext_lazy("what the figure counted, in its days"),
        phone="",
        shown=row.adds_up,
    ),
)


CUSTOMERS = Listing(
    permission="customer.view",
    rows=_rows,
    draw=row.draw,
    caption=lambda asked: _("Customers, %(n)s in this view") % {"n": asked.total},
    orders=_orders,
    tabs=_views,
    tab_parameter="view",
    first_tab=_first_view,
    tabs_begin_anew=True,
    narrowing=lambda asked: Narrowing(asked, PUBLIC if _pool_only(asked) else None),
    search=lambda asked, rows: rows,  # `_rows` has looked for it
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=COLUMNS,
    further_columns=lambda asked: own.columns(asked, _beyond_pool),
    bulk=_bulk,
    named=row.named,
    empty=_empty,
    not_found=_not_found,
    export=EXPORT,
    css="cards",
    home="customer_list",
    called=gettext_lazy("Customers"),
)


def place_of(request: Request, customer: Customer, query: str) -> tuple[str, str] | None:
    """Where the customer stands in the list that `query` describes."""
    return Asked(CUSTOMERS, request, QueryDict(query)).place(customer)
