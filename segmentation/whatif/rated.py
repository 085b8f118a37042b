"""Other rules over the scores of a published night, as columns of a query: the tier that each customer has, and the
one that the night would give. What the night itself does stands in sql/scores.sql; a property test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, FilteredRelation, Func, Q, SmallIntegerField, Value, When
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock, company
from customers.models import UNRATED
from segmentation import rating_sql, tiers
from segmentation.by_hand.selectors import in_force as stands
from segmentation.entries import ENTRIES, keys
from segmentation.models import ScoreInterval, ScoreRun
from segmentation.rules.checks import MEASURES
from segmentation.selectors import in_force
from segmentation.whatif.scoring import Measured

# Where each criterion stands for an interval. The further scores are kept of the latest night only.
STORED = {"r": "r", "f": "f", "m": "m", "amount": "monetary", "orders": "frequency"}
STORED |= {of: f"customer__{of}_id" for of in ENTRIES}  # as the file says now, in runs about the past too
LATEST = STORED | {
    "interaction": "customer__facts__interaction_score",
    "potential": "customer__facts__potential",
    "health": "customer__facts__health",
    "feedback": "customer__score_basis__csat",
    "satisfaction": "customer__facts__satisfaction",
    "loyalty": "customer__facts__loyalty",
}
_NAMED = re.compile(r"%\((\w+)\)s")


class RatedBy(Func):
    """The tier that a definition gives to who bought in the days that count."""

    output_field = CharField()

    def __init__(self, definition: tiers.Definition, paths: Mapping[str, str] = LATEST) -> None:
        self.definition = definition
        self.asked, self.keys = sorted(definition.asked), keys(definition.asked)
        super().__init__(*(F(paths[code]) for code in self.asked))

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **context: Any,
    ) -> tuple[str, list[Any]]:
        """The expression of the night, with the columns of this query and its parameters in their order."""
        columns = [compiler.compile(source)[0] for source in self.source_expressions]
        where = dict(zip(self.asked, columns, strict=True))
        text, params = rating_sql.expression(self.definition, where, "rate", self.keys)
        return f"({_NAMED.sub('%s', text)})::text", [params[name] for name in _NAMED.findall(text)]


class ScoredBy(Func):
    """The score of a measure by its cut-points, as scores.sql gives it; NULL for who didn't buy in the days that count.

    There is no parameter in it: limits are whole numbers, and rules name it in many places.
    """

    output_field = SmallIntegerField(null=True)

    def __init__(self, name: str, by: Measured) -> None:
        self.name, self.by = name, by
        path = {"r": "last_on", "f": "frequency", "m": "monetary"}[name]
        super().__init__(F(by.bought), F(by.path(path)))

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **context: Any,
    ) -> tuple[str, list[Any]]:
        """1 and one more for each limit that is met."""
        bought, value = (compiler.compile(source)[0] for source in self.source_expressions)
        limits = [limit for limit in getattr(self.by.cuts, MEASURES[self.name]) if limit is not None]
        if self.name == "r":  # so many days ago at most, or longer ago than any order
            day = self.by.as_of.toordinal()
            days = [date.fromordinal(max(1, day - limit)).isoformat() for limit in limits]
            met = "".join(f" + ({value} >= DATE '{day}')::int" for day in days)
        else:
            met = "".join(f" + ({value} >= {int(limit)})::int" for limit in limits)
        nothing = f" WHEN {value} <= 0 THEN 1" if self.name == "m" else ""
        return f"(CASE WHEN {bought} IS NULL THEN NULL{nothing} ELSE 1{met} END)", []


def paths_of(by: Measured | None) -> dict[str, str]:
    """Where each criterion stands for a row of `rated_rows`."""
    if by is None:
        return LATEST
    moved = {"amount": by.path("monetary"), "orders": by.path("frequency")}
    return LATEST | {name: f"then_{name}" for name in MEASURES} | moved


def rated_rows(
    user: User, scheme: str, definition: tiers.Definition, run: ScoreRun | None, by: Measured | None = None
) -> ScopedQuerySet[Any]:
    """The scores of the customers of a scheme that this person may see, as of `run`, each with the tier that the
    customer had by then (`was`) and the one that the definition gives (`becomes`).

    `run` None: as of the latest night, with the tiers by hand that stand today: what the coming night would store.
    Else as of a night of the past, as if the definition had come into force with it; not for one that looks at further
    scores, of which there is no history. `by`: by other cut-points or days, measured as of the same run; the scores are
    then `then_r`, `then_f` and `then_m`.
    """
    if run is not None and definition.further:
        raise ValueError("further scores are kept of the latest night only")
    by_hand = stands(clock.business_date())
    if run is not None:
        known = clock.day_bounds(run.as_of, company.zone())[1]
        by_hand = Q(expires_on__gte=run.as_of, created_at__lt=known, undone=False)
        by_hand &= Q(ended_at=None) | Q(ended_at__gte=known)
    relation = "customer__tier_overrides"
    rows = ScoreInterval.objects.for_user(user).filter(tier_scheme=scheme, customer__deleted_at=None)
    found: ScopedQuerySet[Any] = rows.filter(in_force(run.as_of) if run else Q(valid_to=None))
    if by is not None:
        found = found.annotate(**{f"then_{name}": ScoredBy(name, by) for name in MEASURES})
    bought = Q(**{f"{by.bought if by else 'r'}__isnull": False})
    return found.annotate(
        hand=FilteredRelation(relation, condition=_below(relation, by_hand & Q(tier_scheme=scheme))),
        was=Coalesce(_text("hand__tier"), _text("rated_tier")) if run is None else _text("tier"),
        becomes=Case(
            When(hand__tier__in=definition.tiers, then=_text("hand__tier")),
            When(bought, then=RatedBy(definition, paths_of(by))),
            When(Q(last_on=None) | Q(rated_tier=UNRATED), then=Value(UNRATED)),
            When(rated_tier__in=definition.tiers, then=_text("rated_tier")),
            default=Value(definition.last),
            output_field=CharField(),
        ),
    )


def _text(path: str) -> Cast:
    return Cast(path, CharField())


def _below(relation: str, condition: Q) -> Q:
    """The condition on a row, said of one that `relation` leads to."""
    children: Any = condition.children
    made = [_below(relation, one) if isinstance(one, Q) else (f"{relation}__{one[0]}", one[1]) for one in children]
    return Q(*made, _connector=condition.connector, _negated=condition.negated)
