"""A host with new code is put into service only when the database has caught up."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from core import schema

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ask_again():
    schema.forget()
    yield
    schema.forget()


def test_it_is_ready_with_all_migrations(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_not_ready_while_one_is_missing_and_is_when_it_came(client: Client) -> None:
    applied = MigrationRecorder(connection)
    app, name = max(key for key in applied.applied_migrations() if key[0] == "feedback")
    applied.record_unapplied(app, name)
    assert client.get("/healthz").status_code == 503
    applied.record_applied(app, name)
    assert client.get("/healthz").status_code == 200


def test_a_ready_process_doesnt_ask_for_migrations_again(client: Client, django_assert_num_queries) -> None:
    client.get("/healthz")
    with django_assert_num_queries(1):
        client.get("/healthz")
