"""S16: the database refuses to change, remove or empty the audit log, also for the owner of the table."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import audit
from accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(cast: Any) -> AuditEntry:
    return audit.record("sign_in", by=cast.wang, on=cast.wang)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET act = 'x'",
        "UPDATE accounts_auditentry SET by_name = 'x' WHERE id = (SELECT max(id) FROM accounts_auditentry)",
        "DELETE FROM accounts_auditentry",
    ],
)
def test_no_change_and_no_removal(line: AuditEntry, sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuditEntry.objects.filter(pk=line.pk, act="sign_in").exists()


def test_many_lines_at_once_read_like_single_ones(cast: Any) -> None:
    people = [cast.li, cast.wang]
    audit.record_each("user.change", by=cast.admin, of=User, rows=[(one.pk, {"fields": ["name"]}) for one in people])
    single = audit.record("user.change", by=cast.admin, on=cast.li, fields=["name"])
    first, second, _single = AuditEntry.objects.filter(act="user.change").order_by("pk")
    same = ("act", "by", "by_name", "object_type", "details", "address", "request_id")
    assert [getattr(first, name) for name in same] == [getattr(single, name) for name in same]
    assert [first.object_id, second.object_id] == [cast.li.pk, cast.wang.pk]
    audit.record_each("user.change", by=None, of=User, rows=[])
    assert AuditEntry.objects.filter(act="user.change").count() == 3


def test_no_truncate_once_the_trigger_is_on(line: AuditEntry) -> None:
    """Test databases switch this one off (transaction tests empty all tables); here it is put back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_no_truncate_%'")
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE accounts_auditentry ENABLE TRIGGER "{name}"')
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE accounts_auditentry")
        cursor.execute(f'ALTER TABLE accounts_auditentry DISABLE TRIGGER "{name}"')


def test_a_line_outlives_its_person(cast: Any) -> None:
    audit.record("sign_in", by=cast.li, on=cast.li)
    cast.li.delete()
    assert AuditEntry.objects.get(act="sign_in").by_name == "小李"


def test_line_breaks_stay_inside_one_line(sign_in: Any, cast: Any) -> None:
    Client().post("/login/", {"username": "x\nsign_in admin", "password": "y"})
    assert AuditEntry.objects.filter(act="sign_in_failed").count() == 1
    assert "x" not in str(AuditEntry.objects.get(act="sign_in_failed").details)


def test_it_rolls_back_with_its_act(cast: Any) -> None:
    with transaction.atomic():
        audit.record("user.create", by=cast.admin)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(act="user.create").exists()


def test_a_refusal_is_one_line(sign_in: Any, cast: Any, customer: Any) -> None:
    sign_in(cast.outsider).get(f"/customers/{customer.pk}/")
    sign_in(cast.wang).get("/settings/users/")
    lines = AuditEntry.objects.filter(act="denied").order_by("id")
    assert [(e.by_name, e.details["status"], e.details["page"]) for e in lines] == [
        ("外组", 404, "customer"),
        ("小王", 403, "user_list"),
    ]


def test_a_refusal_keeps_no_token_of_an_address(cast: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.wang, backend="accounts.backends.EmailOrMobileBackend")
    for address in ("/invitation/diqhty-1234/", "/password/reset/MQ/diqhty-1234/"):
        assert client.post(address, headers={"origin": "https://elsewhere.example"}).status_code == 403
    lines = AuditEntry.objects.filter(act="denied")
    assert lines.count() == 2
    assert "diqhty" not in str([line.details for line in lines])


def test_addresses_that_do_not_exist_are_no_refusals(sign_in: Any, cast: Any) -> None:
    sign_in(cast.wang).get("/nothing/here/")
    assert not AuditEntry.objects.filter(act="denied").exists()
