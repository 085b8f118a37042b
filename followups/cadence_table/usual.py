"""How often customers of a kind are contacted as a rule: what a tier means for the work of a week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from customers.models import Stage
from followups.cadence import Pace, Phase, days_of
from followups.cadence_table.table import read_table
from followups.models import Policy

Kind = tuple[str, str, str, str]  # stage, tier, frequency class, amount class
# The phase in which customers of a stage are most of the time: days that come once are left out.
STEADY = {
    Stage.FIRST_CONTACT.value: Phase.FIRST_CONTACT,
    Stage.NEEDS.value: Phase.NEEDS,
    Stage.PROPOSAL.value: Phase.PROPOSAL,
    Stage.AFTER_SALE.value: Phase.AFTER_SALE,
    Stage.LONG_TERM.value: Phase.LONG_TERM,
}


def usual_days(scheme: str, kinds: Iterable[Kind]) -> Mapping[Kind, int]:
    """Kind -> days between two contacts, by the line of the cadence table that the night takes for it.

    The place in the line's range is that of the tier's plan: key the short end, regular the middle, activation the
    long end. Kinds of which people plan nothing, or only look through a list, are left out.
    """
    table, found = read_table(), {}
    for kind in kinds:
        stage, *whom = kind
        phase = STEADY.get(stage)
        line = table.line(phase, scheme, *whom) if phase else None
        if line is not None and line.policy == Policy.TASK:
            found[kind] = days_of(Pace(line.category), line.between)
    return found
