"""The follow-up plan of each tier that every installation begins with; never overwrites what a person changed."""

from customers.models import UNRATED
from followups.models import PlanCategory, PlanRule

KEY, REGULAR, ACTIVATION = PlanCategory.KEY, PlanCategory.REGULAR, PlanCategory.ACTIVATION
PLANS = (
    ("b2c", "A", KEY, 14, "call"),
    ("b2c", "B", REGULAR, 30, "wechat"),
    ("b2c", "C", REGULAR, 60, "wechat"),
    ("b2c", "D", ACTIVATION, 90, "sms"),
    ("b2c", UNRATED, REGULAR, 14, "call"),
    ("b2b", "S", KEY, 14, "visit"),
    ("b2b", "A", KEY, 21, "visit"),
    ("b2b", "B", REGULAR, 30, "call"),
    ("b2b", "C", REGULAR, 60, "call"),
    ("b2b", UNRATED, REGULAR, 14, "call"),
)


def plans_ensure() -> None:
    """Make the plans that are missing."""
    for scheme, tier, category, days, method in PLANS:
        plan = {"category": category, "every_days": days, "method": method}
        PlanRule.objects.get_or_create(scheme=scheme, tier=tier, defaults=plan)
