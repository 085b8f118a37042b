"""The catalogues every installation begins with; safe to run at each start, never overwrites what a person changed."""

from typing import Any

from customers.models import Channel, CompanySize, DecisionStyle, IncomeBand, Industry, MarketStanding, RelationKind

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


# Of a household in a year, in the company's currency: few say more, and nobody should be asked for it.
INCOME_BANDS = (
    ("under-100k", "Under 100,000 a year", "年收入 10 万以下"),
    ("100k-200k", "100,000 to 200,000 a year", "年收入 10-20 万"),
    ("200k-500k", "200,000 to 500,000 a year", "年收入 20-50 万"),
    ("over-500k", "Over 500,000 a year", "年收入 50 万以上"),
)
DECISION_STYLES = (
    ("rational", "Rational: figures and comparisons", "理性型：看数据、做比较"),
    ("price", "Price: the best offer", "价格型：看价格"),
    ("relationship", "Relationship: whom they know and trust", "关系型：看关系与信任"),
    ("impulsive", "Spontaneous: what pleases at once", "感性型：凭感觉、决定快"),
    ("cautious", "Cautious: slow, wants to be sure", "谨慎型：反复权衡、求稳妥"),
    ("committee", "Together: several have to agree", "集体决策型：多人商定"),
)

# (code, shape, English, Chinese, the other way round in English, in Chinese)
RELATIONS = (
    ("parent", "tree", "parent company", "母公司", "subsidiary", "子公司"),
    ("partner", "mutual", "partner", "合作伙伴", "", ""),
    ("supplier", "directed", "supplier", "供应商", "buyer", "采购方"),
    ("agent", "directed", "dealer", "经销商", "brand represented", "所代理的品牌方"),
    ("affiliate", "mutual", "sister company", "兄弟公司", "", ""),
    ("competitor", "mutual", "competitor", "竞争对手", "", ""),
)


def catalogues_ensure() -> None:
    """Industries, sizes, standings, incomes, decision styles and relations, each where the company has none at all."""
    industries: list[Any] = [Industry(code=code, name_en=en, name_zh=zh) for code, en, zh in INDUSTRIES]
    sizes: list[Any] = [
        CompanySize(code=code, name_en=en, name_zh=zh, least=least, points=points)
        for code, en, zh, least, points in SIZES
    ]
    relations: list[Any] = [
        RelationKind(code=code, shape=shape, name_en=en, name_zh=zh, back_en=back_en, back_zh=back_zh)
        for code, shape, en, zh, back_en, back_zh in RELATIONS
    ]
    named: list[list[Any]] = [
        [model(code=code, name_en=en, name_zh=zh) for code, en, zh in shipped]
        for model, shipped in (
            (MarketStanding, STANDINGS),
            (IncomeBand, INCOME_BANDS),
            (DecisionStyle, DECISION_STYLES),
        )
    ]
    for rows in (industries, sizes, relations, *named):
        kind = type(rows[0])._default_manager
        if not kind.exists():
            for place, row in enumerate(rows, start=1):
                row.position = place
            kind.bulk_create(rows, ignore_conflicts=True)  # two starts at once make them once
