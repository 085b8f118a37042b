"""The Celery application. Tasks take no arguments: each looks into its table for what is due."""

import gc
import logging.config
import os
import sys
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_init,
    worker_before_create_process,
    worker_init,
    worker_process_init,
)
from django.conf import settings

from crm import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
broker.use()

# beat knows tasks by their names alone: without the apps it takes less than half of the memory. Taken out of the
# environment, since what beat starts while the broker is away needs them.
WITHOUT_APPS = os.environ.pop("KEBEN_PART", "") == "beat"

app = Celery("crm", fixups=() if WITHOUT_APPS else None)
app.config_from_object("django.conf:settings", namespace="CELERY")
if WITHOUT_APPS:
    logging.config.dictConfig(settings.LOGGING)  # what the apps would have begun with
else:
    app.autodiscover_tasks(["crm"])

IMPORTS = "imports"  # the queue of uploaded files, which has a worker of its own (settings.CELERY_TASK_ROUTES)
IMPORT_MEMORY = 1536 * 1024 * 1024  # what one file may take on top of the program itself
RECYCLED_AT = 400 * 1024  # KiB; a child that has grown beyond makes room after its task


@worker_before_create_process.connect
def keep_what_is_shared(**_: Any) -> None:
    """What is loaded before a child begins stays shared with it: its garbage collector writes into no page."""
    gc.collect()
    gc.freeze()


@celeryd_init.connect
def confine_import_worker(conf: Any = None, options: dict[str, Any] | None = None, **_: Any) -> None:
    """A worker of imports alone: its children get a limit of memory, so that no file takes the machine's."""
    queues = (options or {}).get("queues") or ()
    if set(queues.split(",") if isinstance(queues, str) else queues) == {IMPORTS}:
        conf.worker_max_memory_per_child = RECYCLED_AT
        worker_process_init.connect(limit_memory)


def limit_memory(**_: Any) -> None:
    """In a fresh child on Linux: asking for more than that is an error, which fails the import and not the machine."""
    if sys.platform.startswith("linux"):
        import resource  # noqa: PLC0415 - not on every system

        with open("/proc/self/statm") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + IMPORT_MEMORY, resource.RLIM_INFINITY))


@worker_init.connect
@beat_init.connect
def look_at_database(**_: Any) -> None:
    """The same door as gunicorn's."""
    from crm.doors import refuse_blind_database  # noqa: PLC0415 - Django is ready by now

    refuse_blind_database()
