from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from core import lookups


class CoreConfig(AppConfig):
    name = "core"
    lookups = lookups  # registered on import, before any query is built

    def ready(self) -> None:
        from core import checks  # noqa: F401, PLC0415 - registers the start-up check

        connection_created.connect(answer_at_once, dispatch_uid="answer_at_once")


def answer_at_once(connection: Any, **_: Any) -> None:
    """A page's queries take a few milliseconds; starting parallel workers or compiling them takes longer. The night
    asks for its workers itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
