"""Which hold-outs there are, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from accounts.models import User
from segmentation.control.models import Comparison, HoldOut, HoldOutMember
from segmentation.models import RunSum, ScoreRun
from segmentation.together import EVERYBODYS


@dataclass(frozen=True)
class Members:
    """Customers of a hold-out: those who are planned for, those who are left out, and who of these was taken in."""

    planned: int = 0
    held: int = 0
    taken_in: int = 0


def hold_outs() -> list[HoldOut]:
    """All that weren't withdrawn, the newest first."""
    rows = HoldOut.objects.filter(withdrawn_at=None).select_related("comparison__hold_out")
    return list(rows)


def paired_months() -> list[Comparison]:
    """The months whose customers were paired, the newest first."""
    return list(Comparison.objects.filter(first__isnull=False).order_by("-first"))


def members_of(user: User, rows: Sequence[HoldOut]) -> dict[int, Members]:
    """By hold-out, those in this person's reach; one query."""
    mine = HoldOutMember.objects.for_user(user).filter(hold_out__in=rows, customer__deleted_at=None)
    counted = (
        mine.order_by()
        .values_list("hold_out")
        .annotate(
            planned=Count("pk", filter=Q(held=False)),
            held=Count("pk", filter=Q(held=True)),
            taken_in=Count("pk", filter=Q(taken_in_at__isnull=False)),
        )
    )
    return {pk: Members(planned, held, taken_in) for pk, planned, held, taken_in in counted}


def customers_by_tier() -> dict[tuple[str, str], int]:
    """(scheme, tier) -> customers of the whole company, as the last night published them."""
    run = ScoreRun.objects.filter(published_at__isnull=False).order_by("-as_of").first()
    # unscoped: how many a tier has, for who sets rules for all of them
    rows = RunSum.at_all_levels.filter(EVERYBODYS, run=run).order_by().values_list("tier_scheme", "tier")
    return {(scheme, tier): n for scheme, tier, n in rows.annotate(n=Sum("customers"))}
