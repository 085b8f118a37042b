"""accounts/sql/guard_audit_log.sql on a real server: Keben's role can only add to the audit log, and all else works.

`bin/test --heavy audit_guard`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from runtime.layout import ROOT
from runtime.postgres import ROLE, Cluster, find_postgres
from runtime.processes import clean_environment

pytestmark = pytest.mark.heavy
SUPERUSER = "keben_superuser"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """With all tables, and the guard on top."""
    folder = tmp_path_factory.mktemp("guarded")
    one = Cluster(find_postgres(), folder / "pg", folder / "postgres.log", durable=False)
    one.create()
    with (one.directory / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all {SUPERUSER} 127.0.0.1/32 trust\n")
    one.start()
    try:
        _manage(one, "migrate", "-v0")
        _guard(one)
        yield one
    finally:
        one.stop()


def _manage(cluster: Cluster, *arguments: str) -> None:
    given = {
        "DATABASE_URL": cluster.url(),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "KEBEN_DATA": str(cluster.log.parent),
    }
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _guard(cluster: Cluster) -> None:
    address = cluster.url().replace(cluster.url().partition("@")[0], f"postgres://{SUPERUSER}")
    command = [cluster.programs / "psql", "-Xq", address, "-v", f"app={ROLE}", "-f", "accounts/sql/guard_audit_log.sql"]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL",
        "DROP TABLE accounts_auditentry CASCADE",
        "TRUNCATE accounts_auditentry",
        "DELETE FROM accounts_auditentry",
        "ALTER TABLE accounts_auditentry RENAME TO gone",
        "ALTER TABLE accounts_auditentry OWNER TO CURRENT_USER",
        "ALTER DATABASE keben OWNER TO CURRENT_USER",
        "DROP SCHEMA public CASCADE",
        "SET ROLE keben_audit",
        "CREATE TRIGGER quiet BEFORE INSERT ON accounts_auditentry"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DO $$ BEGIN EXECUTE (SELECT format('DROP FUNCTION %s CASCADE', tgfoid::regprocedure) FROM pg_trigger"
        " WHERE tgrelid = 'accounts_auditentry'::regclass AND NOT tgisinternal LIMIT 1); END $$",
    ],
)
def test_the_applications_role_cannot_undo_it(cluster: Cluster, sql: str) -> None:
    answer = cluster.query(sql)
    assert answer.returncode != 0, sql
    assert "must be owner" in answer.stderr or "denied" in answer.stderr, answer.stderr


def test_the_application_goes_on_working(cluster: Cluster) -> None:
    _manage(cluster, "migrate", "-v0")
    _manage(cluster, "ensure_company")
    added = "INSERT INTO accounts_auditentry (at, act, by_name, object_type, details, address, request_id)"
    for sql in (
        f"{added} VALUES (now(), 'x', '', '', '{{}}', '', '') RETURNING id",
        "CREATE UNLOGGED TABLE stage AS SELECT 1 AS n; ANALYZE stage; DROP TABLE stage",
        "CREATE TEMP TABLE night AS SELECT 1 AS n",
        "TRUNCATE customers_customer CASCADE",
    ):
        assert cluster.query(sql).returncode == 0, sql
    assert cluster.query("SELECT count(*) FROM accounts_auditentry").stdout.strip() != "0"
    _guard(cluster)  # twice is no harm
