"""A full disk and a database that goes away, by a real PostgreSQL: what people see, and what isn't done twice."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from accounts.models import Team
from conftest import PASSWORD
from core import serving
from core.faults import Fault, fault_of
from customers.models import Customer

FULL = """
CREATE FUNCTION pg_temp.full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$
"""


@pytest.fixture
def full_disk(db: None) -> Any:
    """Makes writing into a table fail as on a full disk."""

    def fill(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(FULL.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
            cursor.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pg_temp.full()"
            )

    return fill


@pytest.fixture
def browser(cast: Any, sign_in: Any) -> Client:
    made = sign_in(cast.wang)
    made.raise_request_exception = False
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "The server's disk is full"), ("zh-hans", "磁盘已满")])
def test_nobody_can_sign_in_and_is_told_why(cast: Any, full_disk: Any, language: str, words: str) -> None:
    full_disk("django_session")
    client = Client(raise_request_exception=False, headers={"Accept-Language": language})
    answer = client.post("/login/", {"username": "wang@example.com", "password": PASSWORD})
    assert answer.status_code == 507
    page = answer.content.decode()
    assert words in page
    assert answer.headers["X-Request-ID"] in page


@pytest.mark.django_db
def test_people_read_on(browser: Client, customer: Customer, full_disk: Any) -> None:
    session = browser.session
    session["begun"] = session["seen"] = int(time.time()) - 120  # to be noted anew
    session.save()
    full_disk("django_session")
    answer = browser.get(f"/customers/{customer.pk}/")
    assert answer.status_code == 200
    assert "恒远机械" in answer.content.decode()


@pytest.mark.django_db
def test_the_api_says_it_in_its_own_form(cast: Any, browser: Client, full_disk: Any, monkeypatch: Any) -> None:
    def write(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("intake.api.ImportViewSet.create", write, raising=True)
    answer = browser.post("/api/v1/imports/", {})
    assert (answer.status_code, answer.headers["Content-Type"]) == (507, "application/problem+json")
    told = answer.json()
    assert told["detail"].startswith("The server's disk is full")
    assert told["request_id"] == answer.headers["X-Request-ID"]


@contextlib.contextmanager
def cut_off(at: int) -> Iterator[list[int]]:
    """The server ends our connection right before this statement of the next request, once."""
    sent = [0]

    def maybe(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent[0] += 1
        if sent[0] == at:
            other = connections.create_connection("default")
            other.settings_dict["NAME"] = connection.settings_dict["NAME"]
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [connection.connection.info.backend_pid])
            other.close()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(maybe):
        yield sent


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", [1, 3])
def test_a_page_that_is_read_is_asked_for_again(browser: Client, customer: Customer, statement: int) -> None:
    with cut_off(statement) as sent:
        answer = browser.get(f"/customers/{customer.pk}/")
    assert answer.status_code == 200
    assert "恒远机械" in answer.content.decode()
    assert sent[0] > statement


@pytest.mark.django_db(transaction=True)
def test_what_may_have_been_written_is_not_sent_twice(cast: Any, sign_in: Any) -> None:
    admin = sign_in(cast.admin)
    admin.raise_request_exception = False
    before = Team.objects.count()
    with cut_off(4):
        answer = admin.post("/settings/teams/new/", {"name": "West", "parent": ""})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The database is starting again" in answer.content.decode()
    assert Team.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_is_said_after_a_while(browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(serving, "WAIT_SECONDS", 0.3)
    with cut_off(1), monkeypatch.context() as away:

        def refuse() -> None:
            raise OperationalError("connection refused") from psycopg2.OperationalError("connection refused")

        away.setattr(connection, "ensure_connection", refuse)
        answer = browser.get("/customers/")
    assert answer.status_code == 503


def test_our_own_mistakes_stay_ours() -> None:
    assert fault_of(None) is None
    assert fault_of(ValueError("x")) is None
    assert fault_of(OSError(errno.EACCES, "no")) is None
    wrapped = RuntimeError("x")
    wrapped.__cause__ = OSError(errno.EDQUOT, "quota")
    assert fault_of(wrapped) is Fault.DISK_FULL


@pytest.mark.django_db
def test_each_request_has_a_number_and_a_line_without_what_was_looked_for(
    browser: Client, customer: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="keben.access"):
        answer = browser.get(f"/customers/{customer.pk}/?q=恒远", headers={"X-Request-ID": "from outside; and bad"})
        browser.get("/no/such/13812345678")
    number = answer.headers["X-Request-ID"]
    assert len(number) >= 32
    first, second = (record.msg for record in caplog.records if record.name == "keben.access")
    assert (first["route"], first["status"], first["method"]) == ("/customers/<int:pk>/", 200, "GET")
    assert first["queries"] > 1
    assert first["user_id"]
    assert (second["route"], second["status"]) == ("-", 404)
    text = json.dumps([first, second], default=str, ensure_ascii=False)
    assert "恒远" not in text
    assert "13812345678" not in text
