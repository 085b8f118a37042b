"""The channels every installation begins with; safe to run at each start, never overwrites what a person changed."""

from customers.models import Channel

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
