"""/metrics: nothing without METRICS_TOKEN, figures with it, and never an address of a customer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client

from customers.models import Customer
from runtime.postgres import free_port
from runtime.processes import end_group, wait_until

TOKEN = "a-token-of-the-tests-only"


@pytest.mark.django_db
def test_it_is_not_there_without_a_token_and_closed_without_the_right_one(settings: Any, defaults: None) -> None:
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert Client().get("/metrics").status_code == 401
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.django_db
def test_it_counts_pages_by_their_pattern_and_tells_the_parts(
    settings: Any, cast: Any, customer: Customer, sign_in: Any
) -> None:
    settings.METRICS_TOKEN = TOKEN
    sign_in(cast.wang).get(f"/customers/{customer.pk}/")
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'keben_requests_total{method="GET",route="/customers/<int:pk>/",status="200"}' in text
    assert 'keben_part_level{part="worker"} 2.0' in text
    for name in (
        "disk_free_bytes",
        "mail_waiting",
        "imports_waiting",
        "night_age_seconds",
        "dispatch_age_seconds",
        "dispatch_lag_seconds",
    ):
        assert f"\nkeben_{name} " in text
    assert f"/customers/{customer.pk}/" not in text


@pytest.mark.django_db(transaction=True)
def test_the_processes_of_gunicorn_count_together(defaults: None, tmp_path: Path) -> None:
    own, port = connection.settings_dict, free_port()
    address = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    given = {**os.environ, "DATABASE_URL": address, "METRICS_TOKEN": TOKEN, "KEBEN_DATA": str(tmp_path)}
    given |= {"WEB_CONCURRENCY": "2", "WEB_BIND": f"127.0.0.1:{port}", "DJANGO_SETTINGS_MODULE": "crm.settings"}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=project.BASE_DIR, env=given, stdout=log, stderr=log, process_group=0)

    def get(path: str) -> str:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.read().decode()

    def answers() -> bool:
        try:
            return bool(get("/healthz"))
        except OSError:
            return False

    try:
        assert wait_until(answers, 60), (tmp_path / "log").read_text()
        for _ in range(9):
            get("/healthz")
            time.sleep(0.01)
        line = next(one for one in get("/metrics").splitlines() if 'route="/healthz",status="200"' in one)
        assert float(line.split()[-1]) == 10
    finally:
        end_group(server, 20)
    assert "Traceback" not in (tmp_path / "log").read_text()
