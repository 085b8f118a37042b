"""The stage "after the deal" ends when its 90 days are over (customers/stages.py)."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock, sql
from customers.models import Stage
from customers.rules import contact_rules


def stage_parameters() -> dict[str, Any]:
    """Parameters that all statements about stages have in common."""
    return {"days": contact_rules().after_sale_days, **sql.choices(stage=Stage)}


def stages_move_on(today: date) -> int:
    """End the stage "after the deal" where its 90 days are over by the company's date; returns how many. Repeatable."""
    return sql.change("sales", "stages_move_on", {"today": today, **stage_parameters()})


def end_after_sale(business_date: date) -> dict[str, int]:
    """The nightly job: stages as of today, also when the night is made up for later."""
    return {"stages": stages_move_on(clock.business_date())}


def stages_move_back(today: date) -> int:
    """Take back what `stages_move_on` did by a later day: nobody is a long-term customer since a day to come."""
    return sql.change("sales", "stages_move_back", {"today": today, **stage_parameters()})
