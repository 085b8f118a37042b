"""The company's name, time zone and currency: what the database says, read every two seconds per process."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.memo import Memo
from core.models import Company


def _fetch() -> Company:
    row, _ = Company.objects.get_or_create(
        pk=1,
        defaults={
            "time_zone": settings.COMPANY_TIME_ZONE or "Asia/Shanghai",
            "currency": settings.COMPANY_CURRENCY or "CNY",
        },
    )
    return row


# Whoever changes name or logo sees the next page by another process: it must not show the old one.
_kept = Memo(_fetch, seconds=2)


def company() -> Company:
    """The company row; made from the environment (or Asia/Shanghai, CNY) when there is none yet."""
    return _kept()


def company_now() -> Company:
    """The row as it is at this moment: for a page that changes it, and where a minute ago isn't good enough."""
    forget()
    return company()


def forget() -> None:
    """Read it again, after a change of it or between tests."""
    _kept.forget()


def zone() -> ZoneInfo:
    """The company's time zone."""
    return ZoneInfo(company().time_zone)


def currency() -> str:
    """The company's currency, ISO code."""
    return company().currency


def check_environment() -> Company:
    """Fix zone and currency at the first start; refuse a later start whose environment says something else."""
    row = _fetch()
    _refuse_change("TIME_ZONE", settings.COMPANY_TIME_ZONE, row.time_zone)
    _refuse_change("CURRENCY", settings.COMPANY_CURRENCY, row.currency)
    return row


def _refuse_change(variable: str, wanted: str, stored: str) -> None:
    if wanted and wanted != stored:
        raise ImproperlyConfigured(
            f"The variable {variable} says {wanted}, but this installation was begun with {stored}, and stored days"
            f" and amounts depend on it. Set {variable}={stored} or leave it unset."
        )
