"""The cadence table that every installation begins with; never overwrites what a person changed.

The ranges are the company's rules of thumb for each stage; of long-term customers the tier says which part of the one
to three months applies.
"""

from typing import Any

from customers.models import Kind
from followups.cadence import Phase
from followups.models import CadenceRule, Category, Occasion

# phase: shortest, longest, method, without an answer
STAGES = {
    Phase.NEW: (1, 1, "call", "wechat"),
    Phase.FIRST_CONTACT: (3, 7, "call", "wechat"),
    Phase.NEEDS: (5, 10, "call", "wechat"),
    Phase.PROPOSAL_SENT: (1, 2, "call", "wechat"),
    Phase.PROPOSAL: (3, 5, "call", "wechat"),
    Phase.FIRST_MONTH: (7, 7, "call", "wechat"),
    Phase.AFTER_SALE: (30, 30, "call", "wechat"),
    Phase.LONG_TERM: (30, 90, "call", "wechat"),
}
KEY, REGULAR, ACTIVATION = Category.KEY, Category.REGULAR, Category.ACTIVATION
# scheme, tier: category, shortest, longest, method, without an answer
TIERS = {
    ("b2c", "A"): (KEY, 30, 45, "call", "wechat"),
    ("b2c", "B"): (REGULAR, 30, 60, "wechat", "call"),
    ("b2c", "C"): (REGULAR, 60, 90, "wechat", "call"),
    ("b2c", "D"): (ACTIVATION, 60, 90, "sms", "wechat"),
    ("b2b", "S"): (KEY, 30, 30, "visit", "call"),
    ("b2b", "A"): (KEY, 30, 45, "visit", "call"),
    ("b2b", "B"): (REGULAR, 30, 60, "call", "email"),
    ("b2b", "C"): (REGULAR, 60, 90, "call", "email"),
}
GREETED_OVER = 10  # days before a holiday over which its greetings are dealt out
OCCASIONS: dict[str, dict[str, Any]] = {
    Occasion.What.BIRTHDAY: {"kind": Kind.PERSON, "tiers": ["A"], "method": "call"},
    Occasion.What.FOUNDED: {"kind": Kind.COMPANY, "tiers": ["S", "A"], "method": "call", "is_active": False},
    Occasion.What.FIRST_ORDER: {"tiers": ["S", "A"], "method": "call", "is_active": False},
}
COLUMNS = ("shortest", "longest", "method", "other_method")


def cadence_ensure() -> None:
    """Make the lines that are missing."""
    for phase, values in STAGES.items():
        line = dict(zip(COLUMNS, values, strict=True)) | {"category": REGULAR if phase == Phase.LONG_TERM else ""}
        CadenceRule.objects.get_or_create(phase=phase.value, scheme="", tier="", frequency="", amount="", defaults=line)
    for (scheme, tier), (category, *of_tier) in TIERS.items():
        line = dict(zip(COLUMNS, of_tier, strict=True)) | {"category": category}
        CadenceRule.objects.get_or_create(
            phase=Phase.LONG_TERM.value, scheme=scheme, tier=tier, frequency="", amount="", defaults=line
        )


def occasions_ensure() -> None:
    """Make the occasions that are missing: birthdays of the best persons are in use, the others wait."""
    for what in Occasion.What.values:
        if what != Occasion.What.OWN and not Occasion.objects.filter(what=what).exists():
            values = OCCASIONS.get(what, {"days_before": GREETED_OVER, "method": "wechat", "is_active": False})
            Occasion.objects.create(what=what, **values)


def is_shipped(rule: CadenceRule) -> bool:
    """Whether a line comes with every installation: it can be changed and switched off, never deleted."""
    if rule.amount or rule.frequency:
        return False
    if not rule.tier:
        return not rule.scheme
    return rule.phase == Phase.LONG_TERM and (rule.scheme, rule.tier) in TIERS
