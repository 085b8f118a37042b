"""The tiers, rules, scoring settings and causes of churn every installation begins with.

Nothing here overwrites what a person changed.
"""

from datetime import date

from segmentation import tiers
from segmentation.models import ChurnCause, CostSettings, RuleSet, ScoringSettings, Tier, TierScheme

SCHEMES = ((tiers.B2C, "Persons", "个人客户"), (tiers.B2B, "Companies", "企业客户"))
# scheme, code, rank, colour, whether high-value, names; the letter is the code. Persons have no tier S: equal letters
# of both kinds stand beside each other where a list sorts them together.
TIERS = (
    ("b2c", "A", 2, 2, True, "High-value", "高价值"),
    ("b2c", "B", 3, 3, False, "Potential", "潜力"),
    ("b2c", "C", 4, 4, False, "Standard", "普通"),
    ("b2c", "D", 5, 5, False, "Low-value", "低价值"),
    ("b2b", "S", 1, 1, True, "Strategic", "战略"),
    ("b2b", "A", 2, 2, True, "Key", "重要"),
    ("b2b", "B", 3, 3, False, "Potential", "潜力"),
    ("b2b", "C", 4, 4, False, "Standard", "普通"),
)
EVER = date(2000, 1, 1)


def tiers_ensure() -> None:
    """Make the schemes with their tiers and rules that are missing, and the settings of scoring and costs."""
    for code, english, chinese in SCHEMES:
        TierScheme.objects.get_or_create(code=code, defaults={"name_en": english, "name_zh": chinese})
        if not RuleSet.objects.filter(scheme=code).exists():
            _first_set(code)
    ScoringSettings.objects.get_or_create(pk=1)
    CostSettings.objects.get_or_create(pk=1)


def _first_set(scheme: str) -> None:
    for of, code, rank, slot, high, english, chinese in TIERS:
        if of == scheme:
            looks = {"name_en": english, "name_zh": chinese, "rank": rank, "letter": code, "slot": slot}
            Tier.objects.get_or_create(scheme=of, code=code, defaults=looks | {"high_value": high})
    shipped = tiers.DEFAULTS[scheme]
    values = {"tiers": list(shipped.tiers), "definition": tiers.as_stored(shipped), "effective_on": EVER}
    RuleSet.objects.create(scheme=scheme, number=1, **values)


CAUSES = (
    ("price", "Price", "价格"),
    ("competitor", "Bought from a competitor", "转向竞争对手"),
    ("quality", "Quality of the product", "产品质量"),
    ("service", "Service or delivery", "服务或交付"),
    ("no-need", "No need at present", "暂无需求"),
    ("contact-left", "Our contact has left", "联系人已离职"),
    ("closed-down", "Closed down or moved away", "停业或搬迁"),
    ("neglected", "Not looked after", "疏于联系"),
)


def causes_ensure() -> None:
    """The list of causes of churn that a company begins with, as long as it has none of its own."""
    if ChurnCause.objects.exists():
        return
    ChurnCause.objects.bulk_create(
        ChurnCause(code=code, name_en=english, name_zh=chinese, position=place)
        for place, (code, english, chinese) in enumerate(CAUSES, 1)
    )
