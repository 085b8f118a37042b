"""The further scores in words: on the customer's page with every part and its numbers, and in the list's file.

Both say what the last night said (docs/algorithms/scores.md); a part without its input is "no data yet".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from accounts.models import User
from accounts.scope import reach_of
from core import company
from core.contributions import ExportColumn, ExportPart
from customers.models import Customer, CustomerFacts, Loyalty, Satisfaction, facts_of
from segmentation import standing
from segmentation.models import ScoreBasis
from segmentation.selectors import days_that_count, published_runs
from ui.formatting import DASH, money_round, number

KEPT = tuple(field.name for field in ScoreBasis._meta.concrete_fields if not field.primary_key)
BANDS = {
    "high": pgettext_lazy("band of a score", "high"),
    "mid": pgettext_lazy("band of a score", "medium"),
    "low": pgettext_lazy("band of a score", "low"),
}


SATISFACTION_WORDS, LOYALTY_WORDS = dict(Satisfaction.choices), dict(Loyalty.choices)


@dataclass(frozen=True)
class Line:
    """One part of a score: what was seen, and its points of so many; None = no data yet."""

    text: str
    points: float | None
    most: int

    @property
    def rank(self) -> str:
        """22.5 / 30."""
        if self.points is None:
            return DASH
        return f"{number(self.points, 0 if self.points.is_integer() else 1)} / {self.most}"


@dataclass(frozen=True)
class Score:
    """One score of 100 with its parts."""

    name: str
    points: int | None
    lines: list[Line]

    @property
    def share(self) -> str:
        """What the score is made of where not all of it is known."""
        known = sum(line.most for line in self.lines if line.points is not None)
        if self.points is None or known == sum(line.most for line in self.lines):
            return ""
        text = _("Of 100 points %(known)s are known; the score is the share of these.")
        return text % {"known": known}


@dataclass(frozen=True)
class Further:
    """What the card shows. `pairs`: (what, word, the answers behind it)."""

    scores: list[Score]
    pairs: list[tuple[str, str, str]]
    stale: bool

    @property
    def brief(self) -> str:
        """What is left of the card while it is folded."""
        health = self.scores[0].points
        return "" if health is None else _("%(points)s of 100") % {"points": health}


def basis_read(user: User) -> ArraySubquery:
    """The figures kept of the customer whose row asks, with the date of the last night."""
    as_of = Subquery(published_runs().select_related(None).values("as_of")[:1])
    rows = ScoreBasis.objects.for_user(user).filter(customer=OuterRef("pk"))
    return ArraySubquery(rows.values(data=JSONObject(**{name: name for name in KEPT}, as_of=as_of))[:1])


def further_of(user: User, customer: Customer, found: Sequence[Mapping[str, Any]] | None) -> Further | None:
    """The card of one customer; None where nothing is known."""
    if not found:
        return None
    facts, row = facts_of(customer), dict(found[0])
    as_of = date.fromisoformat(row["as_of"]) if row["as_of"] else None
    seen = _seen(facts, row, as_of)
    scores = [
        _score(_("Health"), facts.health, standing.health_parts(seen), _health_texts(seen)),
        _score(_("Potential"), facts.potential, standing.potential_parts(seen), _potential_texts(facts, seen)),
        _score(
            _("Interaction"),
            facts.interaction_score,
            standing.interaction_parts(seen.talks),
            _interaction_texts(seen.talks),
        ),
    ]
    late = as_of is not None and facts.last_order_on is not None and facts.last_order_on > as_of
    return Further(scores, _pairs(facts, seen), late)


def _seen(facts: CustomerFacts, row: Mapping[str, Any], as_of: date | None) -> standing.Seen:
    contact = date.fromisoformat(row["contact_on"]) if row["contact_on"] else None
    return standing.Seen(
        standing.Talks(row["tries"], row["answered"], row["reached"], row["inbound"]),
        r=facts.r,
        lifecycle=facts.lifecycle,
        spend_now=row["spend_now"],
        spend_before=row["spend_before"],
        products=row["products"],
        size=row["size"],
        qualification=row["qualification"],
        chance=row["chance"],
        silent=max(0, (as_of - contact).days) if as_of and contact else None,
        every=row["contact_every"],
        csat=row["csat"],
        nps=row["nps"],
        open_complaints=row["complaints"],
    )


def _score(name: str, points: int | None, parts: Sequence[standing.Part], texts: Mapping[str, str]) -> Score:
    return Score(name, points, [Line(texts[part.code], part.points, part.most) for part in parts])


# --- sentences -------------------------------------------------------------------------------------------------------
def _interaction_texts(talks: standing.Talks) -> dict[str, str]:
    if not talks.tries and not talks.inbound:
        return {"reached": _("Reached"), "answers": _("Answers to us"), "inbound": _("Came by themselves")}
    reached = ngettext("reached %(n)s time in 90 days", "reached %(n)s times in 90 days", talks.reached)
    answered = ngettext("%(n)s of %(all)s try answered", "%(n)s of %(all)s tries answered", talks.tries)
    inbound = ngettext("came to us %(n)s time", "came to us %(n)s times", talks.inbound)
    return {
        "reached": reached % {"n": talks.reached},
        "answers": answered % {"n": talks.answered, "all": talks.tries} if talks.tries else _("Answers to us"),
        "inbound": inbound % {"n": talks.inbound},
    }


def _potential_texts(facts: CustomerFacts, seen: standing.Seen) -> dict[str, str]:
    code = company.currency()
    spend = _("Spend of 90 days against the 90 before")
    if seen.spend_now is not None and seen.spend_before is not None:
        words = {"now": money_round(seen.spend_now, code), "before": money_round(seen.spend_before, code)}
        spend = _("%(now)s in 90 days, %(before)s in the 90 before") % words
    count, talked, asked = seen.products or 0, facts.interaction_score, seen.qualification
    products = ngettext(
        "%(n)s product bought in %(days)s days", "%(n)s different products bought in %(days)s days", count
    )
    return {
        "recency": _("Recency %(r)s of 5") % {"r": seen.r} if seen.r else _("Recency"),
        "spend": spend,
        "interaction": _("Interaction %(n)s of 100") % {"n": talked} if talked is not None else _("Interaction"),
        "range": products % {"n": count, "days": number(days_that_count())} if count else _("Range of products"),
        "size": _("Size and industry"),
        "qualification": _("Qualification %(n)s of 100") % {"n": asked} if asked is not None else _("Qualification"),
    }


def _health_texts(seen: standing.Seen) -> dict[str, str]:
    chance, contact = _("Chance of buying"), _("Activity on plan")
    if seen.chance is not None:
        chance = _("chance of buying is %(n)s%% of that on the last order day") % {"n": seen.chance}
    if seen.silent is not None and seen.every:
        planned = ngettext("planned every day", "planned every %(n)s days", seen.every) % {"n": seen.every}
        silent = ngettext("no activity for %(n)s day", "no activity for %(n)s days", seen.silent) % {"n": seen.silent}
        contact = _("%(silent)s, %(planned)s") % {"silent": silent, "planned": planned}
    complaints = ngettext("%(n)s complaint open", "%(n)s complaints open", seen.open_complaints)
    return {
        "chance": chance,
        "contact": contact,
        "satisfaction": _answers(seen) or _("Satisfaction"),
        "complaints": complaints % {"n": seen.open_complaints} if seen.open_complaints else _("no complaint open"),
    }


def _answers(seen: standing.Seen) -> str:
    found = []
    if seen.csat is not None:
        found.append(_("last answer after a complaint: %(n)s of 5") % {"n": seen.csat})
    if seen.nps is not None:
        found.append(_("would recommend us: %(n)s of 10") % {"n": seen.nps})
    return pgettext("between reasons", "; ").join(found)


def _pairs(facts: CustomerFacts, seen: standing.Seen) -> list[tuple[str, str, str]]:
    loyal = loyalty_word(facts)
    return [
        (_("Satisfaction"), capfirst(satisfaction_word(facts)), _answers(seen)),
        (_("Loyalty"), capfirst(loyal), facts.lifecycle_word if loyal else ""),
    ]


def satisfaction_word(facts: CustomerFacts) -> str:
    """The class by the last answers; empty without any."""
    return str(SATISFACTION_WORDS.get(facts.satisfaction, ""))


def loyalty_word(facts: CustomerFacts) -> str:
    """What they do and say; empty while neither is known."""
    return str(LOYALTY_WORDS.get(facts.loyalty, ""))


# --- the list's file -------------------------------------------------------------------------------------------------
def _load(user: User, customers: Sequence[Customer]) -> dict[int, CustomerFacts]:
    reach = reach_of(user)
    return {row.pk: facts_of(row) for row in customers if reach.holds(row, "score.view")}


IN_THE_CUSTOMERS_FILE = ExportPart(
    "customers",
    (
        ExportColumn(pgettext_lazy("column", "Health"), lambda row: row.health),
        ExportColumn(pgettext_lazy("column", "Potential"), lambda row: row.potential),
        ExportColumn(pgettext_lazy("column", "Interaction"), lambda row: row.interaction_score),
        ExportColumn(pgettext_lazy("column", "Satisfaction"), satisfaction_word),
        ExportColumn(pgettext_lazy("column", "Loyalty"), loyalty_word),
    ),
    _load,
    permission="score.view",
    order=55,
)
