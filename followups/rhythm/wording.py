"""A customer's own plan and the default one in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer, InteractionKind, Stage
from followups.models import Rhythm
from followups.reasons import every_words
from followups.reckoning import line_of


def own_words(rhythm: Rhythm) -> str:
    """ "every 10 days · visit · 10:00"; what it leaves to the default plan isn't named."""
    parts = [every_words(rhythm.every_days, rhythm.every_days)] if rhythm.every_days else []
    parts += [str(InteractionKind(rhythm.method).label)] if rhythm.method else []
    parts += [f"{rhythm.at_time:%H:%M}"] if rhythm.at_time else []
    return " · ".join(parts)


def default_words(customer: Customer) -> str:
    """What the cadence table says of the customer: "every 30–45 days · call". Needs facts; empty during a pause."""
    line = None if customer.stage == Stage.PAUSED else line_of(customer)
    if line is None or not line.plans:
        return _("nothing is planned by itself") if line is not None else ""
    if line.reviews:
        return f"{_('looked through once a quarter')} · {InteractionKind(line.method).label}"
    every = every_words(line.between.shortest, line.between.longest)
    return f"{every} · {InteractionKind(line.method).label}"
