"""The catalogues every installation begins with; safe to run at each start, never overwrites what a person changed."""

from typing import Any

from customers.models import Channel, CompanySize, Industry, MarketStanding

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


def channels_ensure() -> None:
    """Make the channels that are missing."""
    for code, english, chinese in CHANNELS:
        Channel.objects.get_or_create(code=code, defaults={"name_en": english, "name_zh": chinese})


# Of these a company that has entries of its own gets none. (code, English, Chinese)
INDUSTRIES = (
    ("manufacturing", "Machinery and equipment", "装备制造"),
    ("electronics", "Electronics and IT", "电子信息"),
    ("software", "Software and internet", "软件与互联网"),
    ("materials", "New materials", "新材料"),
    ("chemicals", "Chemicals", "化工"),
    ("textiles", "Textiles and clothing", "纺织服装"),
    ("food", "Food and drink", "食品饮料"),
    ("agriculture", "Agriculture", "农业"),
    ("energy", "Energy and utilities", "能源与公用事业"),
    ("environment", "Environment", "环保"),
    ("construction", "Construction and real estate", "建筑与房地产"),
    ("home", "Building materials and home", "建材家居"),
    ("logistics", "Logistics and storage", "物流仓储"),
    ("wholesale", "Wholesale and trade", "批发贸易"),
    ("retail", "Retail", "零售"),
    ("hospitality", "Restaurants and hotels", "餐饮酒店"),
    ("healthcare", "Health care", "医疗健康"),
    ("finance", "Finance and insurance", "金融保险"),
    ("education", "Education", "教育培训"),
    ("culture", "Culture and media", "文化服务"),
    ("public", "Public sector", "政府与公共事业"),
    ("other", "Other industry", "其他行业"),
)
# (code, English, Chinese, from so many employees, points)
SIZES = (
    ("1-9", "1-9 employees", "1-9 人", 1, 3),
    ("10-49", "10-49 employees", "10-49 人", 10, 6),
    ("50-249", "50-249 employees", "50-249 人", 50, 9),
    ("250-999", "250-999 employees", "250-999 人", 250, 12),
    ("1000-plus", "1,000 employees or more", "1000 人以上", 1000, 15),
)
STANDINGS = (
    ("leader", "Leader", "领先者"),
    ("challenger", "Challenger", "挑战者"),
    ("follower", "Follower", "追随者"),
    ("niche", "Niche", "利基者"),
)


def catalogues_ensure() -> None:
    """Industries, company sizes and market standings, each where the company has none at all."""
    industries: list[Any] = [Industry(code=code, name_en=en, name_zh=zh) for code, en, zh in INDUSTRIES]
    sizes: list[Any] = [
        CompanySize(code=code, name_en=en, name_zh=zh, least=least, points=points)
        for code, en, zh, least, points in SIZES
    ]
    standings: list[Any] = [MarketStanding(code=code, name_en=en, name_zh=zh) for code, en, zh in STANDINGS]
    for rows in (industries, sizes, standings):
        kind = type(rows[0])._default_manager
        if not kind.exists():
            for place, row in enumerate(rows, start=1):
                row.position = place
            kind.bulk_create(rows, ignore_conflicts=True)  # two starts at once make them once
