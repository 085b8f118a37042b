"""The tiers and scoring settings every installation begins with; never overwrites what a person changed."""

from segmentation.models import ScoringSettings, Tier

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


def tiers_ensure() -> None:
    """Make the tiers that are missing, and the scoring settings."""
    for scheme, code, rank, letter, english, chinese in TIERS:
        names = {"name_en": english, "name_zh": chinese, "rank": rank, "letter": letter}
        Tier.objects.get_or_create(scheme=scheme, code=code, defaults=names)
    ScoringSettings.objects.get_or_create(pk=1)
