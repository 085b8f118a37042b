"""Whose protection is over, or soon will be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import clock, company, sql
from customers.models import PoolRules, Stage
from customers.pool import pool_rules
from sales.models import Order


@dataclass(frozen=True)
class Unprotected:
    """A customer that may go back into the pool from `ends_on` on."""

    customer: int
    owner: int
    ends_on: date


def unprotected(rules: PoolRules, until: date, among: Sequence[int] | None = None) -> list[Unprotected]:
    """Those whose protection ends by `until`: all of the company's, or of `among`."""
    params = {
        "zone": company.zone().key,
        "tier_days": json.dumps(rules.tier_days),
        "lifecycle_days": json.dumps(rules.lifecycle_days),
        "deal_days": rules.deal_days,
        "protected_days": rules.protected_days,
        "until": until,
        "among": None if among is None else list(among),
        **sql.choices(order=Order.State, stage=Stage),
    }
    return [Unprotected(*row) for row in sql.fetch("responsibility", "unprotected", params)]


@dataclass(frozen=True)
class Standing:
    """What the rules would do today if customers were taken back."""

    over: int
    soon: int
    days: int


def standing() -> Standing:
    """How many customers have no protection any more, and of how many it ends while their owners would be warned."""
    rules, today = pool_rules(), clock.business_date()
    found = unprotected(rules, today + timedelta(days=rules.warned_days))
    over = sum(row.ends_on <= today for row in found)
    return Standing(over, len(found) - over, rules.warned_days)
