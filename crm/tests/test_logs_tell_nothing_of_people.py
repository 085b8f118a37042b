"""What goes wrong is logged with its place and cause, without the values of rows, e-mails, phones, hashes or tokens."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from structlog.stdlib import ProcessorFormatter

from accounts.models import User
from core import jobs, scrub
from core.models import JobRun
from runtime.postgres import Cluster, find_postgres

SECRETS = ("wang@example.com", "argon2", "13812345678", "138 1234 5678", "恒远", "diqhty", "secret words", "secret%20")


@pytest.fixture
def lines() -> Iterator[Any]:
    """What the product's own logging wrote since the last call."""
    chosen = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter))
    before, stream = chosen.stream, io.StringIO()
    chosen.setStream(stream)

    def read() -> str:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        assert text
        for secret in SECRETS:
            assert secret not in text, text
        return text

    yield read
    chosen.setStream(before)


def _twin(cast: Any) -> None:
    user = User(name="恒远", role=cast.wang.role, team=cast.wang.team, email="wang@example.com")
    user.set_password("a-long-test-password")
    user.save()


def test_a_refused_row_is_named_by_its_rule(cast: Any, lines: Any) -> None:
    for log in (structlog.get_logger("x").exception, logging.getLogger("django.request").exception):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            _twin(cast)
        assert "wang@example.com" in str(caught.value)
        try:
            raise RuntimeError("it broke") from caught.value
        except RuntimeError:
            log("saving failed")
        text = lines()
        assert "23505" in text
        assert "it broke" in text
        assert "test_logs_tell_nothing" in text  # the places are there


def test_values_that_do_not_fit_are_not_told(db: None, lines: Any) -> None:
    for sql in ("SELECT 'secret words 13812345678'::int", "SELECT 'secret words'::date"):
        with pytest.raises(DataError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        structlog.get_logger("x").error("broke", error=str(caught.value), exc_info=caught.value)
        logging.getLogger("celery").error("Task raised unexpected: %r", caught.value, exc_info=caught.value)
        assert "broke" in lines()


@pytest.mark.parametrize(
    "text",
    [
        "no such account wang@example.com",
        "GET /search/?q=13812345678",
        "GET /search/?q=secret%20words",
        "GET /customers/13812345678/",
        "GET /x/%2B8613812345678",
        "call 138 1234 5678",
        "POST /password/reset/MQ/diqhty-1234/",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$abc$def",
        "IntegrityError('duplicate key\\nDETAIL:  Key (name)=(恒远) already exists.')",
    ],
)
def test_texts_are_scrubbed(text: str, lines: Any) -> None:
    structlog.get_logger("x").warning(text, request=text, error=text)
    logging.getLogger("django.request").warning("Not found: %s", text)
    told = lines().splitlines()
    assert len(told) == 2
    assert all("<" in line for line in told)  # a mark stands where something was left out


def test_addresses_that_let_in_are_logged_without_their_token(lines: Any) -> None:
    known = get_resolver().reverse_dict
    parts = {name: known[name][3] for name in known if isinstance(name, str) and "token" in known[name][3]}
    addresses = [reverse(name, kwargs=dict.fromkeys(converters, "diqhty-1234")) for name, converters in parts.items()]
    assert len(addresses) >= 2
    for address in addresses:
        logging.getLogger("django.request").warning("Method Not Allowed (%s): %s", "OPTIONS", address)
    assert lines().count("<token>") == len(addresses)


def test_what_helps_the_operator_stays(lines: Any) -> None:
    told = "Not Found: /customers/1234567/ on 2026-11-28 line 120, code 404"
    structlog.get_logger("x").warning(told, request_id="10010008-0323-4726-9d5e-123456789012")
    found = json.loads(lines())
    assert found["event"] == told
    assert found["request_id"] == "10010008-0323-4726-9d5e-123456789012"


def test_a_refused_page_is_logged_without_its_query(client: Client, db: None, lines: Any) -> None:
    client.get("/nowhere/13812345678/?q=wang@example.com")
    assert "404" in lines()


def test_a_failed_night_shows_no_values_on_the_health_page(cast: Any) -> None:
    run = JobRun.objects.create(job="scoring", business_date="2026-11-01")
    jobs.run_one(run, jobs.NightlyJob("scoring", lambda _day: _twin(cast)))
    run.refresh_from_db()
    assert "23505" in run.error
    assert "wang" not in run.error.lower()


@pytest.mark.django_db
def test_postgresql_quotes_no_row_in_its_log(tmp_path: Path) -> None:
    cluster = Cluster(find_postgres(), tmp_path / "pg-18", tmp_path / "postgres.log", durable=False)
    cluster.start()
    try:
        cluster.query("CREATE TABLE people (email text UNIQUE, hash text)")
        for _ in range(2):
            cluster.query("INSERT INTO people VALUES ('wang@example.com', 'argon2$x')")
        assert "duplicate" in cluster.query("INSERT INTO people VALUES ('wang@example.com', 'argon2$x')").stderr
        cluster.query("SELECT 'wang@example.com'::int")
    finally:
        cluster.stop()
    text = (tmp_path / "postgres.log").read_text()
    assert "ready to accept connections" in text
    assert "wang" not in text
    assert "argon2" not in text
    assert (tmp_path / "postgres.log").stat().st_mode & 0o077 == 0


def test_connection_trouble_is_still_told() -> None:
    assert "could not connect" in scrub.words_of(ConnectionError("could not connect to 127.0.0.1"))
