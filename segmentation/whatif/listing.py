"""The customers behind the figures of a preview: from which tier to which, and why, in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import company
from core.contributions import ExportColumn
from customers.columns import WHOSE, customer_cell
from customers.models import UNRATED, Customer
from customers.search import searched
from segmentation import tiers
from segmentation.entries import Known, known_entries
from segmentation.models import ScoreInterval, Tier
from segmentation.rules.checks import MEASURES
from segmentation.rules.criteria import condition_in_words, rule_in_words
from segmentation.selectors import latest_run
from segmentation.tiers import CRITERIA, Condition, Definition
from segmentation.whatif.question import Question
from segmentation.whatif.rated import paths_of, rated_rows
from segmentation.whatif.scoring import Measured
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab, choice_filter

HIGH = {"gained": gettext_lazy("become high-value"), "lost": gettext_lazy("high-value no more")}


@dataclass(frozen=True)
class Row:
    """A customer with the tier of now and the one by the rules, and why."""

    pk: int
    customer: Customer
    net: int
    was: Tier | None
    becomes: Tier | None
    scores: str
    by: str


def preview_list(question: Question) -> Listing:
    """The list for these rules."""
    moved = ~Q(was=F("becomes"))
    entries = cache(lambda: known_entries(question.definition.asked))

    @cache
    def by() -> Measured | None:  # counted once for the rows, the figures of the tabs and what is drawn
        run = latest_run() if question.scoring else None
        return question.measured(run) if run else None

    def rows(asked: Asked) -> ScopedQuerySet[Any]:
        found = rated_rows(asked.user, question.scheme, question.definition, None, by())
        return with_what_a_row_shows(found)

    def draw(asked: Asked, page: Sequence[ScoreInterval]) -> Iterable[Row]:
        found = _rated(asked.user, question, by(), [row.pk for row in page])
        for row in page:
            if row.pk in found:  # a night may have gone over it meanwhile
                yield _row(row, found[row.pk])

    def _row(row: ScoreInterval, found: Mapping[str, Any]) -> Row:
        was, becomes = question.before.get(found["was"]), question.after.get(found["becomes"])
        values = {code: found[path] for code, path in paths_of(by()).items() if path in found}
        for of, known in entries().items():  # of entries the file holds ids, and rules name codes
            values[of] = next((code for code, entry in known.items() if entry.pk == values[of]), None)
        scores, given_by = why(question.definition, values, found, entries())
        return Row(row.pk, row.customer, row.monetary or 0, was, becomes, scores, given_by)

    def counts(asked: Asked, found: QuerySet[Any]) -> Mapping[str, int]:
        where = {"moved": moved, "up": _towards(question, up=True), "down": _towards(question, up=False), "all": Q()}
        return found.order_by().aggregate(**{key: Count("pk", filter=one) for key, one in where.items()})

    def narrowed(asked: Asked, found: QuerySet[Any]) -> QuerySet[Any]:
        customers = searched(Customer.objects.for_user(asked.user), asked.user, asked.q)
        return found.filter(customer__in=customers.order_by().values("pk"))

    def empty(asked: Asked) -> Empty:
        text = _("By these rules everybody keeps the tier they have.")
        return Empty(_("Nobody would move"), text, icon="arrow-left-right")

    return Listing(
        permission="tier_rule.change",
        rows=rows,
        draw=draw,
        caption=gettext_lazy("Who would move"),
        orders={
            "net": ("monetary", "pk"),
        },
        first_sort="-net",
        tabs=(
            Tab("moved", gettext_lazy("Would move"), lambda asked: moved),
            Tab("up", gettext_lazy("Up"), lambda asked: _towards(question, up=True)),
            Tab("down", gettext_lazy("Down"), lambda asked: _towards(question, up=False)),
            Tab("all", gettext_lazy("Everybody")),
        ),
        tab_counts=counts,
        filters=(
            _tier_filter("from", pgettext_lazy("of a move", "From"), "was", question.before),
            _tier_filter("to", pgettext_lazy("of a move", "To"), "becomes", question.after),
            choice_filter("high", gettext_lazy("High-value"), lambda: HIGH.items(), lambda code: _high(question, code)),
            team_filter("customer__team__path"),
            named_filter("owner", gettext_lazy("Owner"), User.objects, "customer__owner"),
        ),
        search=narrowed,
        hint=gettext_lazy("Name, initials, phone tail, contact"),
        columns=(
            Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer)),
            Column(pgettext_lazy("of a move", "From"), lambda row: cells.tier(row.was)),
            Column(pgettext_lazy("of a move", "To"), lambda row: cells.tier(row.becomes)),
            Column(gettext_lazy("Scores"), lambda row: row.scores),
            Column(gettext_lazy("Owner"), lambda row: _owner(row.customer) or formatting.DASH, typed=True),
            Column(
                gettext_lazy("Net sales"),
                lambda row: formatting.money_round(row.net, company.currency()),
                css="number lead",
                sort="net",
                phone="",
            ),
            Column(gettext_lazy("Why"), lambda row: row.by, css="full"),
        ),
        named=lambda row: row.customer.name,
        empty=empty,
        export=_export(draw),
        always=("scheme", "version", "window", "manual", *MEASURES),
    )


def with_what_a_row_shows(rows: Any) -> Any:
    """Customer and owner."""
    return rows.select_related("customer__owner", "customer__team").defer("customer__search_tokens")


def _owner(customer: Customer) -> str | None:
    return customer.owner.name if customer.owner else None


def _rated(user: User, question: Question, by: Measured | None, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the rules say of these scores, by id; one query."""
    paths = paths_of(by)
    asked = dict.fromkeys(paths[code] for code in ("r", *sorted(question.definition.asked)))
    rows = rated_rows(user, question.scheme, question.definition, None, by).filter(pk__in=ids)
    found = rows.annotate(scored=F(paths["r"])).values("pk", "was", "becomes", "hand__tier", "scored", *asked)
    return {row["pk"]: row for row in found}


def _towards(question: Question, *, up: bool) -> Q:
    """Those who move up, or down."""
    codes = [*question.before, *question.after, UNRATED]
    found = Q(pk__in=[])
    for was in dict.fromkeys(codes):
        to = [code for code in (*question.after, UNRATED) if code != was and question.up(was, code) == up]
        found |= Q(was=was, becomes__in=to)
    return found


def _high(question: Question, code: str) -> Q:
    before = [tier for tier in (*question.before, UNRATED) if question.high_before(tier)]
    after = [tier for tier in (*question.after, UNRATED) if question.high_after(tier)]
    if code == "gained":
        return Q(becomes__in=after) & ~Q(was__in=before)
    return Q(was__in=before) & ~Q(becomes__in=after)


def _tier_filter(key: str, label: Any, path: str, known: Mapping[str, Tier]) -> Filter:
    names = {code: tier.name for code, tier in known.items()} | {UNRATED: _("unrated")}
    return choice_filter(key, label, lambda: names.items(), lambda code: Q(**{path: code}))


# --- why -------------------------------------------------------------------------------------------------------------
def why(definition: Definition, values: tiers.Values, found: Mapping[str, Any], entries: Known) -> tuple[str, str]:
    """(the scores that were asked for, what gives the tier)."""
    if found["hand__tier"] in definition.tiers:
        return "", _("set by hand")
    if found["scored"] is None:
        kept = found["was"] == found["becomes"]
        return "", _("no purchase in the days that count: the tier stays") if kept else _(
            "no purchase in the days that count, and the tier goes: the lowest one"
        )
    known = [
        condition_in_words(_exactly(of, values[of]), entries)
        for of in _in_order(definition)
        if values.get(of) not in (None, "")
    ]
    return ", ".join(known), _given_by(definition, values, entries)


def _in_order(definition: Definition) -> list[str]:
    return [code for code in CRITERIA if code in definition.asked]


def _exactly(of: str, value: Any) -> Condition:
    return Condition(of, codes=(value,)) if CRITERIA[of].coded else Condition(of, value, value)


def _given_by(definition: Definition, values: tiers.Values, entries: Known) -> str:
    if definition.by == tiers.POINTS:
        total = tiers.points_of(definition.weights, values)
        return _("no points known") if total is None else _("%(n)s points of 100") % {"n": total}
    rule = next(rule for rule in definition.rules if rule.matches(values))
    return rule_in_words(rule, entries)


# --- as a file -------------------------------------------------------------------------------------------------------
def _export(draw: Any) -> Export:
    return Export(
        permission="customer.export",
        audit_act="rule_preview.export",
        home="rule_preview_list",
        page="rule_preview_export",
        title=gettext_lazy("Who would move"),
        counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
        load=with_what_a_row_shows,
        sheets=(
            Sheet(
                gettext_lazy("Who would move"),
                ScoreInterval,
                (
                    *WHOSE,
                    ExportColumn(gettext_lazy("tier now"), lambda row: getattr(row.was, "name", "")),
                    ExportColumn(gettext_lazy("tier by these rules"), lambda row: getattr(row.becomes, "name", "")),
                    ExportColumn(gettext_lazy("scores"), lambda row: row.scores),
                    ExportColumn(gettext_lazy("why"), lambda row: capfirst(row.by)),
                    ExportColumn(gettext_lazy("net sales"), lambda row: row.net, money=True),
                ),
                draw,
            ),
        ),
    )
