"""Two parts outside of the database: Redis, which is asked, and the disks, which warn before they are full."""

from __future__ import annotations

import os
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import clockguard, health
from core.models import Heartbeat
from runtime.postgres import free_port

pytestmark = pytest.mark.django_db


def level(code: str) -> str:
    return next(light.level for light in health.lights([]) if light.code == code)


def test_redis_that_is_away_is_named_with_its_place_and_since_when(
    settings: Any, defaults: None, cast: Any, sign_in: Any
) -> None:
    assert level("broker") == health.OK
    port = free_port()
    settings.CELERY_BROKER_URL = f"redis://user:secret@127.0.0.1:{port}/0"
    clockguard.note("broker")
    page = sign_in(cast.admin).get("/settings/health/").content.decode()
    assert f"127.0.0.1:{port}" in page
    assert "answer; imports, nights and mail go on without it" in page
    assert "secret" not in page
    out = StringIO()
    with pytest.raises(CommandError, match="broker"):
        call_command("check_health", stdout=out)
    seen = clockguard.dated(Heartbeat.objects.get(name="broker").seen_at)
    assert f"danger  broker since {seen}" in out.getvalue()


@pytest.mark.parametrize(
    ("free", "size", "wanted"),
    [(50e9, 100e9, "ok"), (4e9, 100e9, "warn"), (15e9, 2e12, "ok"), (1.5e9, 10e9, "warn"), (0.2e9, 100e9, "danger")],
)
def test_the_disk_warns_before_it_is_full(
    defaults: None, monkeypatch: pytest.MonkeyPatch, free: float, size: float, wanted: str
) -> None:
    space = SimpleNamespace(f_bavail=int(free), f_frsize=1, f_blocks=int(size))
    monkeypatch.setattr(os, "statvfs", lambda _path: space)
    assert level("disk") == wanted
