"""Reading relations: what a company's page and history show of them, and whom a list narrowed by them holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import JSONObject
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.access import row_for
from accounts.models import User
from accounts.scope import reach_of
from core.contributions import CustomerPanel, ExportColumn, ExportPart, Folded, TimelineEntry, TimelinePart
from customers.models import Customer, Kind, Relation, RelationKind
from customers.selectors import entries, known_entries
from ui import formatting

SHOWN = 8
BACK = "-back"  # of a choice: the company at the second end


def relation_for(user: User, pk: int, action: str = "change") -> Relation:
    """One that this person may change or end, with both companies."""
    rows = Relation.objects.select_related("first", "second", "kind", "created_by")
    return row_for(rows.defer("first__search_tokens", "second__search_tokens"), user, pk, action)


# --- choices: what the other one is --------------------------------------------------------------------------------
def words_of(kind: RelationKind) -> list[tuple[str, str]]:
    """What a company may be by this kind: [("3", "supplier"), ("3-back", "buyer")]."""
    back = [] if kind.shape == RelationKind.Shape.MUTUAL else [(f"{kind.pk}{BACK}", kind.back)]
    return [(str(kind.pk), kind.name), *back]


def offered() -> list[tuple[str, str]]:
    """Of the kinds in use."""
    return [choice for kind in entries(RelationKind) for choice in words_of(kind)]


def known() -> list[tuple[str, str]]:
    """Of retired ones too: what lists are narrowed by."""
    return [choice for kind in known_entries(RelationKind) for choice in words_of(kind)]


def relations_counted(user: User, kinds: Sequence[int]) -> dict[int, int]:
    """How many of each kind the reader may know of."""
    rows = Relation.objects.for_user(user).filter(kind__in=kinds).order_by()
    return dict(rows.values_list("kind").annotate(Count("pk"))) if user.can("relation.view") else {}


def companies_that_are(user: User, choice: str) -> Q:
    """The companies that are a partner, a supplier ... of another one, as far as this person knows of it."""
    back = choice.endswith(BACK)
    kind = RelationKind.objects.filter(pk=int(choice.removesuffix(BACK))).first()
    if kind is None or not user.can("relation.view"):
        return Q(pk__in=[])
    rows = Relation.objects.for_user(user).filter(kind=kind).order_by()
    if kind.shape == RelationKind.Shape.MUTUAL:
        return Q(pk__in=rows.values("first")) | Q(pk__in=rows.values("second"))
    return Q(pk__in=rows.values("second" if back else "first"))


def related_to(user: User, company: Customer) -> Q:
    """The companies at the other ends of this one's relations, as far as this person knows of them."""
    rows = Relation.objects.for_user(user).order_by()
    first, second = rows.filter(second=company).values("first"), rows.filter(first=company).values("second")
    return Q(pk__in=first) | Q(pk__in=second) if user.can("relation.view") else Q(pk__in=[])


# --- a company's page ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Related:
    """A company at the other end, and what it is to the one whose page it is."""

    pk: int  # of the relation
    other: int
    name: str
    word: str
    since: date | None
    note: str


@dataclass(frozen=True)
class RelationsShown:
    """Those that the reader may know; `beyond`: of so many others only that they are there."""

    relations: Sequence[Related]
    more: bool
    beyond: int
    may_add: bool


def _of(customer: Any) -> Q:
    return Q(first=customer) | Q(second=customer)


def _read(user: User) -> JSONObject:
    page = OuterRef("pk")
    data = JSONObject(
        pk="pk",
        other=Case(When(first=OuterRef("pk"), then="second"), default="first"),
        name=Case(When(first=OuterRef("pk"), then="second__name"), default="first__name"),
        en=Case(When(first=OuterRef("pk"), kind__shape__in=_WITH_WORDS, then="kind__back_en"), default="kind__name_en"),
        zh=Case(When(first=OuterRef("pk"), kind__shape__in=_WITH_WORDS, then="kind__back_zh"), default="kind__name_zh"),
        since="since",
        note="note",
    )
    mine = Relation.objects.for_user(user).filter(_of(page)).order_by("kind__position", "kind", "pk")
    # unscoped: only how many there are
    every = Relation.objects.filter(_of(page)).order_by("pk").values("pk")
    return JSONObject(seen=ArraySubquery(mine.values(data=data)), every=ArraySubquery(every))


_WITH_WORDS = (RelationKind.Shape.DIRECTED, RelationKind.Shape.TREE)


def _draw(user: User, customer: Customer, found: dict[str, list[Any]]) -> RelationsShown | None:
    may_add = customer.kind != Kind.PERSON and reach_of(user).holds(customer, "relation.add")
    seen = found["seen"]
    if not seen and not may_add:
        return None
    language = "en" if (get_language() or "").startswith("en") else "zh"
    relations = [
        Related(
            row["pk"],
            row["other"],
            row["name"],
            capfirst(row[language]),
            date.fromisoformat(row["since"]) if row["since"] else None,
            row["note"],
        )
        for row in seen[:SHOWN]
    ]
    return RelationsShown(relations, len(seen) > SHOWN, len(found["every"]) - len(seen), may_add)


PANEL = CustomerPanel(
    "relations",
    "right",
    "customers/relations/panel.html",
    45,
    permission="relation.view",
    read=_read,
    draw=_draw,
    folded=lambda customer, panel: Folded(
        pgettext("of companies", "Relations"),
        f"{len(panel.relations)}+" if panel.more else formatting.number(len(panel.relations)),
    ),
)


# --- its history -----------------------------------------------------------------------------------------------------
def _begun(user: User, customer_id: int) -> QuerySet[Relation]:
    return Relation.all_objects.for_user(user).filter(_of(customer_id), *_LIVING)


def _ended(user: User, customer_id: int) -> QuerySet[Relation]:
    return Relation.all_objects.for_user(user).filter(_of(customer_id), *_LIVING, ended_at__isnull=False)


_LIVING = (Q(first__deleted_at=None), Q(second__deleted_at=None))


def _describe(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    first = data["first"] == customer.pk
    entry.icon = "unlink" if entry.kind == "relation_end" else "link"
    data["other"], data["name"] = (
        (data["second"], data["second_name"]) if first else (data["first"], data["first_name"])
    )
    english = (get_language() or "").startswith("en")
    name, back = (data["en"], data["back_en"]) if english else (data["zh"], data["back_zh"])
    data["word"] = capfirst((back or name) if first else name)


_ENDS = {"first": "first_id", "first_name": "first__name", "second": "second_id", "second_name": "second__name"}
_WORDS = {"en": "kind__name_en", "zh": "kind__name_zh", "back_en": "kind__back_en", "back_zh": "kind__back_zh"}
BEGUN = TimelinePart(
    "relation",
    tab="changes",
    permission="relation.view",
    rows=_begun,
    at=F("created_at"),
    fields={**_ENDS, **_WORDS, "note": "note", "by": "created_by__name"},
    template="customers/relations/timeline.html",
    describe=_describe,
)
ENDED = TimelinePart(
    "relation_end",
    tab="changes",
    permission="relation.view",
    rows=_ended,
    at=F("ended_at"),
    fields={**_ENDS, **_WORDS, "note": "note", "by": "ended_by__name"},
    template="customers/relations/timeline.html",
    describe=_describe,
)


# --- the list as a file ----------------------------------------------------------------------------------------------
def _lines(user: User, customers: Sequence[Customer]) -> dict[int, str]:
    """Partner: 恒远机械; supplier: ..., of companies whose other end the reader may see."""
    ids = [customer.pk for customer in customers]
    rows = Relation.objects.for_user(user).filter(Q(first__in=ids) | Q(second__in=ids))
    rows = rows.select_related("first", "second", "kind").order_by("kind__position", "kind", "pk")
    asked, found = set(ids), dict[int, list[str]]()
    for row in rows.defer("first__search_tokens", "second__search_tokens"):
        for pk in asked.intersection((row.first_id, row.second_id)):
            found.setdefault(pk, []).append(formatting.labelled(row.word(pk), row.other(pk).name))
    return {pk: "; ".join(lines) for pk, lines in found.items()}


COLUMNS = ExportPart(
    "customers",
    (ExportColumn(_("relations"), lambda row: row),),
    _lines,
    permission="relation.view",
    order=45,
)
