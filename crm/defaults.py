"""The rows every installation begins with; safe to run at each start, never overwrites what a person changed."""

from accounts.services import roles_ensure
from core.company import check_environment
from customers.models import Channel
from followups.models import PlanCategory, PlanRule
from segmentation.models import ScoringSettings, Tier

CHANNELS = (
    ("shop", "Shop", "门店"),
    ("website", "Website", "官网"),
    ("social", "Social media", "社交媒体"),
    ("exhibition", "Exhibition", "展会"),
    ("referral", "Referral", "转介绍"),
    ("phone", "Phone", "电话"),
    ("platform", "Online platform", "电商平台"),
    ("import", "Import", "导入"),
    ("other", "Other", "其他"),
)
TIERS = (
    ("b2c", "A", 2, "A", "High-value", "高价值"),
    ("b2c", "B", 3, "B", "Potential", "潜力"),
    ("b2c", "C", 4, "C", "Standard", "普通"),
    ("b2c", "D", 5, "D", "Low-value", "低价值"),
    ("b2b", "S", 1, "S", "Strategic", "战略"),
    ("b2b", "A", 2, "A", "Key", "重要"),
    ("b2b", "B", 3, "B", "Potential", "潜力"),
    ("b2b", "C", 4, "C", "Standard", "普通"),
)
KEY, REGULAR, ACTIVATION = PlanCategory.KEY, PlanCategory.REGULAR, PlanCategory.ACTIVATION
PLANS = (
    ("b2c", "A", KEY, 14, "call"),
    ("b2c", "B", REGULAR, 30, "wechat"),
    ("b2c", "C", REGULAR, 60, "wechat"),
    ("b2c", "D", ACTIVATION, 90, "sms"),
    ("b2c", "unrated", REGULAR, 14, "call"),
    ("b2b", "S", KEY, 14, "visit"),
    ("b2b", "A", KEY, 21, "visit"),
    ("b2b", "B", REGULAR, 30, "call"),
    ("b2b", "C", REGULAR, 60, "call"),
    ("b2b", "unrated", REGULAR, 14, "call"),
)


def ensure_defaults() -> None:
    """Company, roles, channels, tiers, scoring settings and default plans."""
    check_environment()
    roles_ensure()
    for code, english, chinese in CHANNELS:
        Channel.objects.get_or_create(code=code, defaults={"name_en": english, "name_zh": chinese})
    for scheme, code, rank, letter, english, chinese in TIERS:
        names = {"name_en": english, "name_zh": chinese, "rank": rank, "letter": letter}
        Tier.objects.get_or_create(scheme=scheme, code=code, defaults=names)
    ScoringSettings.objects.get_or_create(pk=1)
    for scheme, tier, category, days, method in PLANS:
        plan = {"category": category, "every_days": days, "method": method}
        PlanRule.objects.get_or_create(scheme=scheme, tier=tier, defaults=plan)
