"""Start-up check of the database: `migrate` refuses one that can't search Chinese text, whoever calls it."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, transaction

CHINESE = "张三丰公司"
BLIND = (
    "This database makes no trigrams of Chinese text, so the search would find no Chinese name: it was created with the"
    " locale C."
)
CURE = "Create it with a UTF-8 locale: CREATE DATABASE keben TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';"


@register(Tags.database)
def chinese_search(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Of each database that is asked about."""
    return [Error(BLIND, hint=CURE, id="core.E001") for alias in databases or () if not cuts_chinese(alias)]


def cuts_chinese(alias: str = "default") -> bool:
    """Whether this database cuts Chinese text into trigrams; before its first migration too, and without a trace."""
    with transaction.atomic(alias), connections[alias].cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT show_trgm(%s)", [CHINESE])
        (trigrams,) = cursor.fetchone()
        transaction.set_rollback(True, using=alias)
    return bool(trigrams)
