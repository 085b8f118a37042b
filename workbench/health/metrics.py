"""`/metrics` for Prometheus: requests by page and answer, and the same parts that the health page shows.

Open to whoever holds METRICS_TOKEN (`Authorization: Bearer ...`); without that variable there is no such page.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from core import clock, health
from core.jobs import nightly
from core.models import BackupRun, JobRun
from intake.models import ImportJob

LEVELS = {health.OFF: 0, health.OK: 0, health.WARN: 1, health.BAD: 2}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """As text, for one scrape."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse("A token is needed.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(Parts())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        text = generate_latest(registry)
    else:
        text = generate_latest(registry) + generate_latest(REGISTRY)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class Parts(Collector):
    """The lights and their figures, read now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family after the other."""
        now = clock.now()
        lights = {light.code: light for light in health.lights([job.name for job in nightly()])}
        levels = GaugeMetricFamily("keben_part_level", "0 all right, 1 look at it, 2 broken.", labels=["part"])
        for code, light in lights.items():
            levels.add_metric([code], LEVELS[light.level])
        yield levels
        mail, disk = lights["mail"].numbers, lights["disk"].numbers
        database, dispatched = lights["database"].numbers, lights["dispatch"].numbers
        night = JobRun.objects.aggregate(last=Max("published_at"))["last"]
        done = BackupRun.objects.filter(state=BackupRun.State.DONE).aggregate(last=Max("finished_at"))["last"]
        # unscoped: how many wait, whoever sent them
        waiting = ImportJob.objects.filter(state__in=(ImportJob.State.WAITING, ImportJob.State.RUNNING))
        oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
        figures = {
            "keben_mail_waiting": ("Mails that are due.", mail["due"]),
            "keben_mail_lag_seconds": ("Age of the oldest mail that is due.", _lag(mail["lag"])),
            "keben_imports_waiting": ("Imports waiting or at work.", waiting.count()),
            "keben_import_age_seconds": ("Age of the oldest of them.", (now - oldest).total_seconds() if oldest else 0),
            "keben_dispatch_age_seconds": ("Since the last round of the dispatcher.", _age(now, dispatched["seen_at"])),
            "keben_dispatch_lag_seconds": ("Of the oldest that is due.", dispatched["lag"].total_seconds()),
            "keben_night_age_seconds": ("Since a nightly job was last published.", _age(now, night)),
            "keben_backup_age_seconds": ("Since the last backup.", _age(now, done)),
            "keben_disk_free_bytes": ("Of the fullest disk that is written to.", disk["free"]),
            "keben_database_bytes": ("Size of the database.", database["bytes"]),
            "keben_database_connections": ("Connections to the database's server.", database["used"]),
        }  # fmt: skip
        for name, (help_text, value) in figures.items():
            yield GaugeMetricFamily(name, help_text, value=value)


def _lag(lag: timedelta | None) -> float:
    return lag.total_seconds() if lag else 0


def _age(now: datetime, since: datetime | None) -> float:
    """Seconds; NaN where it never happened."""
    return (now - since).total_seconds() if since else float("nan")
