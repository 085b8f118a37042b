"""The list of needs: what one's customers wait for, by state, age and owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE, customer_cell, owner_cell
from customers.models import Customer
from customers.selectors import customers_found, known_colleagues
from sales.models import Product
from sales.needs.models import UNSETTLED, Need
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab, Words, choice_filter

AGES = {"30": 30, "90": 90, "180": 180}
TABS = {
    Need.State.OPEN: pgettext_lazy("state of a need", "Open"),
    Need.State.OFFERED: pgettext_lazy("state of a need", "Offered"),
    Need.State.MET: pgettext_lazy("state of a need", "Met"),
    Need.State.DROPPED: pgettext_lazy("state of a need", "Dropped"),
}
TONES: dict[str, str] = {Need.State.OPEN: "line", Need.State.OFFERED: "accent", Need.State.MET: "ok"}
MOST_OFFERED = 12  # of people, among the filters one tap away


@dataclass(frozen=True)
class NeedRow:
    """A need; with the way to its page for who may change it."""

    need: Need
    may_change: bool

    @property
    def pk(self) -> int:
        return self.need.pk

    @property
    def customer(self) -> Customer:
        return self.need.customer


def _rows(asked: Asked) -> QuerySet[Need]:
    rows = Need.objects.for_user(asked.user).select_related("customer__owner", "contact", "product")
    return rows.defer("customer__search_tokens")


def _draw(asked: Asked, page: list[Need]) -> Iterable[NeedRow]:
    ids = [need.pk for need in page]
    mine = set(Need.objects.for_user(asked.user, "change").filter(pk__in=ids).values_list("pk", flat=True))
    for need in page:
        yield NeedRow(need, need.pk in mine)


def _need(row: NeedRow) -> SafeString:
    need = row.need
    about = [need.contact.name] if need.contact else []
    about += [need.product.name] if need.product else []
    note = format_html('<span class="block tiny muted" data-user>{}</span>', " · ".join(about)) if about else ""
    if not row.may_change:
        return format_html("<span data-user>{}</span>{}", need.text, note)
    return format_html(
        '<a class="headline" href="{}" data-user>{}</a>{}', cells.row_url("need", need.pk), need.text, note
    )


def _state(row: NeedRow) -> SafeString:
    state = cells.tag(str(capfirst(row.need.get_state_display())), TONES.get(row.need.state, ""))
    if row.need.kind != Need.Kind.PAIN:
        return state
    return format_html("{} {}", state, cells.tag(str(row.need.get_kind_display()), "warn"))


def _since(row: NeedRow) -> str:
    return formatting.days_ago(clock.days_since(row.need.since))


def _acts(row: NeedRow) -> SafeString:
    """One tap each; the list stays where it is."""
    if not row.may_change or row.need.state not in UNSETTLED:
        return SafeString()
    url = cells.row_url("need", row.pk)
    button = format_html(
        '<button class="button small" form="act" formaction="{}move/" name="to" value="met">{}</button>',
        url,
        pgettext("state of a need", "Met"),
    )
    if row.need.state == Need.State.OFFERED:
        return button
    return format_html(
        '<button class="button small" form="act" formaction="{}move/" name="to" value="offered">{}</button> {}',
        url,
        pgettext("state of a need", "Offered"),
        button,
    )


def _search(asked: Asked, rows: QuerySet[Need]) -> QuerySet[Need]:
    """By its words, its product, or by what finds the customer."""
    customers = customers_found(asked.user, asked.q).order_by().values("pk")
    said = Q(text__icontains=asked.q) | Q(product__name__icontains=asked.q)
    return rows.filter(said | Q(customer__in=customers))


def _counts(asked: Asked, rows: QuerySet[Need]) -> Mapping[str, int]:
    counted = {state.value: Count("pk", filter=Q(state=state)) for state in Need.State}
    return rows.order_by().aggregate(**counted, all=Count("pk"))


def _owners(asked: Asked) -> Sequence[tuple[str, Words]]:
    if not reach_of(asked.user).beyond_own("need.view"):
        return []
    people = known_colleagues(asked.user).filter(is_active=True)
    return [(str(one.pk), one.name) for one in people[:MOST_OFFERED]]


def _older(code: str) -> str:
    days = AGES[code]
    return ngettext("older than %(n)s day", "older than %(n)s days", days) % {"n": days}


def _empty(asked: Asked) -> Empty:
    text = _("What the log notes as a new need stands here until it is met; you can enter one by hand, too.")
    if not asked.user.can("need.add"):
        return Empty(_("No needs here"), text)
    return Empty(_("No needs here"), text, reverse("need_new"), _("Enter a need"), "plus")


def _tab(state: Need.State) -> Tab:
    return Tab(state.value, TABS[state], where=lambda asked: Q(state=state))


EXPORT = Export(
    permission="need.export",
    audit_act="need.export",
    home="need_list",
    page="need_export",
    title=pgettext_lazy("of a customer", "Needs"),
    counted=lambda n: ngettext("%(n)s need", "%(n)s needs", n) % {"n": f"{n:,}"},
    ticked=True,
    load=lambda rows: rows.select_related("customer__owner", "contact", "product", "updated_by"),
    sheets=(
        Sheet(
            pgettext_lazy("of a customer", "Needs"),
            Need,
            (
                *WHOSE,
                ExportColumn(pgettext_lazy("of a customer", "need"), lambda row: row.text),
                ExportColumn(gettext_lazy("kind"), lambda row: row.get_kind_display() if row.kind else ""),
                ExportColumn(gettext_lazy("state"), lambda row: row.get_state_display()),
                ExportColumn(gettext_lazy("since"), lambda row: row.since),
                ExportColumn(gettext_lazy("contact"), lambda row: row.contact.name if row.contact else ""),
                ExportColumn(gettext_lazy("product offered"), lambda row: row.product.name if row.product else ""),
                ExportColumn(gettext_lazy("in this state since"), lambda row: row.moved_at),
                ExportColumn(gettext_lazy("changed by"), lambda row: row.updated_by.name if row.updated_by else ""),
                ExportColumn(gettext_lazy("why it was dropped"), lambda row: row.reason),
            ),
        ),
    ),
)
NEEDS = Listing(
    permission="need.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Needs, the latest first"),
    orders={"since": ("-since", "-id"), "moved": ("-moved_at", "-id")},
    tabs=(
        *(_tab(state) for state in Need.State),
        Tab("all", gettext_lazy("All")),
    ),
    tab_parameter="state",
    tab_counts=_counts,
    search=_search,
    hint=gettext_lazy("Need, product or customer"),
    filters=(
        choice_filter("kind", gettext_lazy("Kind"), lambda: Need.Kind.choices[1:], offered=True),
        Filter(
            "age",
            gettext_lazy("Age"),
            read=lambda asked, text: text if text in AGES else None,
            where=lambda asked, code: Q(since__lt=clock.business_date() - timedelta(days=AGES[code])),
            words=lambda asked, code: _older(code),
            choices=lambda asked: [(code, _older(code)) for code in AGES],
        ),
        team_filter("customer__team__path"),
        named_filter("owner", gettext_lazy("Owner"), User.objects, "customer__owner", choices=_owners),
        named_filter("customer", gettext_lazy("Customer"), Customer.objects, "customer"),
        Filter(
            "product",
            gettext_lazy("Product offered"),
            read=lambda asked, text: Product.objects.filter(pk=pk).first() if (pk := row_id(text)) else None,
            where=lambda asked, product: Q(product=product),
            words=lambda asked, product: product.name,
        ),
    ),
    columns=(
        Column(pgettext_lazy("of a customer", "Need"), _need),
        Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer), phone=""),
        Column(gettext_lazy("State"), _state, phone=""),
        Column(gettext_lazy("Since"), _since, css="digits", sort="since"),
        Column(
            gettext_lazy("Owner"),
            owner_cell,
            phone="",
            shown=lambda asked: reach_of(asked.user).beyond_own("need.view"),
        ),
        Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
    ),
    named=lambda row: row.need.text,
    empty=_empty,
    export=EXPORT,
    css="lines",
)
