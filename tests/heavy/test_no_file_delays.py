"""Real workers on the real queue: while an import hangs, nights and mail go on; nonsense in the queue ends nobody.

`bin/test --heavy no_file_delays`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection

from core.models import Heartbeat
from crm.celery import app
from runtime.layout import DataFolder
from runtime.processes import end_group, wait_until
from runtime.start import Installation, _services, listen
from runtime.supervisor import Service

# One after the other: they share a queue, and a worker takes whatever lies in it.
pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("queue")]
START_SECONDS, SECONDS = 60, 20


@dataclass
class Place:
    """Both workers as bin/start runs them, on the test database and a queue of their own."""

    services: list[Service]
    send: Callable[[str], object]
    queue: redis.Redis

    def does(self, task: str, beat: str, seconds: float = SECONDS) -> bool:
        """Whether the task is done in time, told by its heartbeat."""
        Heartbeat.objects.filter(name=beat).delete()
        self.send(task)
        done = wait_until(lambda: Heartbeat.objects.filter(name=beat).exists(), seconds)
        if not done:
            logs = "\n".join(service.log.read_text() for service in self.services)
            print(logs, self.queue.client_list())  # noqa: T201 - pytest shows it beside the failure
        return done


@pytest.fixture
def place(defaults: None, tmp_path: Path) -> Iterator[Place]:
    folder = DataFolder(tmp_path).make()
    broker = settings.CELERY_BROKER_URL.rsplit("/", 1)[0] + "/7"
    given = {"DATABASE_URL": _database(), "REDIS_URL": broker, "KEBEN_DATA": str(tmp_path)}
    environment = {**os.environ, **given, "DJANGO_SETTINGS_MODULE": "crm.settings"}
    with listen(None) as listener:
        services = _services(Installation(folder, "", environment, ""), [listener])
    workers = [service for service in services if service.name.endswith("worker")]
    with redis.Redis.from_url(broker) as queue, app.connection_for_write(broker) as way:
        queue.flushdb()
        for service in workers:
            service.launch()
        try:
            yield Place(workers, lambda task: app.send_task(task, connection=way), queue)
        finally:
            for service in workers:
                end_group(service.child, 5)
            queue.flushdb()


def _database() -> str:
    at = settings.DATABASES["default"]
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def test_imports_that_hang_and_nonsense_in_the_queue_delay_no_night_and_no_mail(place: Place) -> None:
    assert place.does("tick_jobs", "jobs", START_SECONDS)
    assert place.does("tick_dispatch", "dispatch", START_SECONDS)
    for name in ("celery", "imports"):
        place.queue.lpush(name, "no message", "{}", '{"body": 1}', "[]", b"\xff\xfe")
    stop = psycopg2.connect(_database())  # like a file that can't be finished
    try:
        with stop.cursor() as cursor:
            cursor.execute("LOCK TABLE intake_importjob")
        for _ in range(4):
            place.send("tick_jobs")
        assert place.does("tick_dispatch", "dispatch")
        assert place.does("tick_night", "night")
    finally:
        stop.close()
    assert place.does("tick_jobs", "jobs")
    for service in place.services:
        assert service.child.poll() is None
    assert "no message" not in "".join(service.log.read_text() for service in place.services).replace("was no", "")


def test_only_the_children_of_the_import_worker_have_a_limit_of_memory(place: Place) -> None:
    assert place.does("tick_jobs", "jobs", START_SECONDS)
    assert place.does("tick_dispatch", "dispatch", START_SECONDS)
    limited = [_is_limited(service) for service in place.services]
    assert limited == [False, True]


def _is_limited(service: Service) -> bool:
    pid = service.child.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    limits = [Path(f"/proc/{child}/limits").read_text() for child in children]
    lines = [line for text in limits for line in text.splitlines() if line.startswith("Max address space")]
    assert lines
    return not any("unlimited     " in line[26:47] for line in lines)


def test_a_failing_task_is_logged_without_the_row(place: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_heartbeat ADD CONSTRAINT refuses_all CHECK (name = '') NOT VALID")
    try:
        place.send("tick_dispatch")
        worker = place.services[0]
        assert wait_until(lambda: "23514" in worker.log.read_text(), START_SECONDS)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_heartbeat DROP CONSTRAINT refuses_all")
    text = worker.log.read_text()
    assert "refuses_all" in text
    assert "Failing row" not in text
    assert "DETAIL" not in text
