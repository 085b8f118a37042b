"""What an import has understood of a file: figures, and what a person should look at before it is written.

Kept with the job as plain data (`counts["understood"]`, `counts["questions"]`) and put into words for whoever reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.imports import stage, values
from customers.models import ImportJob
from ui import formatting

SHOWN_ROWS, SHOWN_NAMES = 20, 8
CHANGES = ("orders", "returns", "updated", "customers_created")

# Each code with its sentence; `names` are the words of the file that it is about.
QUESTIONS = {
    "people_dropped": ngettext_lazy(
        "%(count)s row names a person, but neither customer number nor phone nor e-mail: the order is stored, the"
        " person isn't.",
        "%(count)s rows name a person, but neither customer number nor phone nor e-mail: the orders are stored, the"
        " people aren't.",
        "count",
    ),
    "no_customer": ngettext_lazy(
        "%(count)s row is stored without customer; whoever sees the whole company sees it.",
        "%(count)s rows are stored without customer; whoever sees the whole company sees them.",
        "count",
    ),
    "no_order_number": ngettext_lazy(
        "%(count)s row has no order number and becomes an order of its own. If the cells are merged, fill them first.",
        "%(count)s rows have no order number and become orders of their own. If the cells are merged, fill them first.",
        "count",
    ),
    "nameless": ngettext_lazy(
        "%(count)s new customer has no name: the number stands for it.",
        "%(count)s new customers have no name: the number stands for it.",
        "count",
    ),
    "new_channels": ngettext_lazy(
        "%(count)s row names a channel that is new: %(names)s.",
        "%(count)s rows name channels that are new: %(names)s.",
        "count",
    ),
    "new_products": ngettext_lazy(
        "%(count)s row names a product that is new: %(names)s.",
        "%(count)s rows name products that are new: %(names)s.",
        "count",
    ),
    "same_amounts": ngettext_lazy(
        "%(count)s order has the same amount on each of its lines: is it the total of the order? Then choose quantity"
        " and unit price instead.",
        "%(count)s orders have the same amount on each of their lines: is it the total of the order? Then choose"
        " quantity and unit price instead.",
        "count",
    ),
    "possible_duplicates": ngettext_lazy(
        "%(count)s row makes a new customer whose phone or e-mail another one has: %(names)s.",
        "%(count)s rows make new customers whose phone or e-mail others have: %(names)s.",
        "count",
    ),
    "other_names": ngettext_lazy(
        "%(count)s row gives another name to a phone or e-mail that a customer has: %(names)s. Nobody is renamed.",
        "%(count)s rows give other names to phones or e-mails that customers have: %(names)s. Nobody is renamed.",
        "count",
    ),
    "twins": ngettext_lazy(
        "%(count)s row brings a new number for a name and phone that are there already: %(names)s.",
        "%(count)s rows bring new numbers for names and phones that are there already: %(names)s.",
        "count",
    ),
    "masked_twins": ngettext_lazy(
        "%(count)s row has the name of a customer whose phone or e-mail you see masked: %(names)s.",
        "%(count)s rows have names of customers whose phone or e-mail you see masked: %(names)s.",
        "count",
    ),
    "several": ngettext_lazy(
        "%(count)s row may mean several customers: %(names)s.",
        "%(count)s rows may each mean several customers: %(names)s.",
        "count",
    ),
    "elsewhere": ngettext_lazy(
        "%(count)s row means a customer of a colleague or of the pool: %(names)s.",
        "%(count)s rows mean customers of colleagues or of the pool: %(names)s.",
        "count",
    ),
    "no_owners": ngettext_lazy(
        "%(count)s row names an owner who isn't found: %(names)s.",
        "%(count)s rows name owners who aren't found: %(names)s.",
        "count",
    ),
    "masked_kept": ngettext_lazy(
        "%(count)s row fills fields that you see masked: they stay as they are.",
        "%(count)s rows fill fields that you see masked: they stay as they are.",
        "count",
    ),
}
SERIOUS = (
    "people_dropped", "no_order_number", "same_amounts", "possible_duplicates", "other_names", "twins", "masked_twins",
    "several",
    "no_owners",
)  # fmt: skip

FIGURES = {
    "sales": gettext_lazy("sales"),
    "returned": gettext_lazy("came back"),
    "uncounted": gettext_lazy("not counted (open or cancelled)"),
    "states": gettext_lazy("orders by state"),
    "currency": gettext_lazy("currency"),
    "first": gettext_lazy("first day"),
    "last": gettext_lazy("last day"),
    "customers": gettext_lazy("customers in the file"),
    "dates": gettext_lazy("dates read as"),
    "encoding": gettext_lazy("encoding"),
}
STATES = {
    "completed": gettext_lazy("completed"),
    "open": gettext_lazy("open"),
    "cancelled": gettext_lazy("cancelled"),
}
MONEY, DAYS = ("sales", "returned", "uncounted"), ("first", "last")


@dataclass(frozen=True)
class Asked:
    """One thing to look at: the sentence, how serious, and the rows as a spreadsheet counts them."""

    text: str
    serious: bool
    rows: Sequence[int]
    more: int  # further rows


def question(code: str, rows_sql: str, params: Any = None) -> list[dict[str, Any]]:
    """[what to look at] from a query of (place, name) of the rows concerned, [] when there are none; names that come
    often stand first."""
    found = stage.rows(
        f"WITH hit AS MATERIALIZED ({rows_sql}) SELECT (SELECT count(*) FROM hit),"  # noqa: S608
        f" ARRAY(SELECT place FROM hit ORDER BY place LIMIT {SHOWN_ROWS}),"
        f" ARRAY(SELECT name FROM hit WHERE name IS NOT NULL GROUP BY name ORDER BY count(*) DESC, name"
        f" LIMIT {SHOWN_NAMES + 1})",
        params,
    )
    count, rows, names = found[0]
    return [{"code": code, "count": count, "rows": rows, "names": names}] if count else []


def asked_by(job: ImportJob) -> list[Asked]:
    """What there is to look at, the serious things first."""
    found = []
    for row in job.counts.get("questions", []):
        if row["code"] in QUESTIONS:
            text = QUESTIONS[row["code"]] % {"count": row["count"], "names": _listed(row.get("names") or [])}
            rows = row.get("rows") or []
            found.append(Asked(text, row["code"] in SERIOUS, rows, max(row["count"] - len(rows), 0)))
    return sorted(found, key=lambda one: not one.serious)


def _listed(names: Sequence[str]) -> str:
    shown = formatting.listed([f"“{name}”" for name in names[:SHOWN_NAMES]])
    return f"{shown} …" if len(names) > SHOWN_NAMES else shown


def figures_of(job: ImportJob) -> list[tuple[Any, str]]:
    """(label, figure) of what was understood, in the reader's language."""
    told = job.counts.get("understood", {})
    return [(label, _spoken(name, told)) for name, label in FIGURES.items() if told.get(name) not in (None, "", {})]


def _spoken(name: str, told: dict[str, Any]) -> str:
    if name in MONEY:
        return formatting.money(told[name], told["currency"])
    if name == "dates":
        return str(values.ORDER_WORDS.get(told[name], told[name]))
    if name in DAYS:
        return formatting.day(date.fromisoformat(told[name]))
    if name == "states":
        counts = [f"{STATES.get(state, state)} {formatting.number(n)}" for state, n in told[name].items()]
        return formatting.listed(counts)
    return formatting.number(told[name]) if isinstance(told[name], int) else str(told[name])


def reading(job: ImportJob, table: Any) -> dict[str, Any]:
    """How the file itself was read: its encoding, and the order of day and month that was chosen."""
    kind = "Excel" if table.kind == "xlsx" else str(table.encoding).removesuffix("-sig").upper()
    return {"encoding": kind, "dates": job.options.get("date_format", "")}


def changes_anything(job: ImportJob) -> bool:
    """Whether writing would change a single row."""
    return any(job.counts.get(name) for name in CHANGES)


@dataclass(frozen=True)
class Refusal:
    """One reason with the rows it is given for."""

    text: str
    rows: Sequence[int]
    count: int

    @property
    def more(self) -> int:
        """Rows that aren't named."""
        return self.count - len(self.rows)


def refusals_of(job: ImportJob) -> list[Refusal]:
    """Why rows are refused, each reason once; the commonest stand first."""
    return [Refusal(text, rows, count) for text, count, rows in job.counts.get("reasons", [])]


__all__ = ["Asked", "Refusal", "asked_by", "changes_anything", "figures_of", "question", "reading", "refusals_of"]
