"""The table of jobs has moved from the app `customers`: rows, numbers and what points at them come along."""

import pytest
from django.db import connection

from core.models import IdempotencyKey
from customers.models import Customer, ImportedCustomer
from intake.models import ImportJob
from tests.heavy import long_way

pytestmark = pytest.mark.heavy

BEFORE = [("intake", None), ("customers", "0013_shares_of_customers")]


@pytest.fixture
def old_job(cast):
    """The number of a job in an installation of before the move."""
    customer = Customer.objects.create(number="C1", name="王芳", owner=cast.wang)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with rows to be checked can't be altered
    long_way.executor(connection).migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO customers_importjob (user_id, kind, source, file_name, path, sha256, mapping, options, look,
                   state, next_row, phase, cursor, counts, error_file, message, attempts, created_at)
               VALUES (%s, 'orders', 'shop', 'may.csv', 'imports/1.upload', '', '{}', '{"owner": ""}', '{}',
                   'waiting', 7, 'stage', 0, '{}', '', '', 0, now()) RETURNING id""",
            [cast.wang.pk],
        )
        [job] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO customers_importedcustomer (job_id, customer_id, made) VALUES (%s, %s, true)",
            [job, customer.pk],
        )
        IdempotencyKey.objects.create(
            user=cast.wang, key="k", body_hash="h", model="customers.ImportJob", object_id=job
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with rows to be checked can't be altered
    return job


def test_jobs_and_what_points_at_them_come_along(old_job, cast):
    long_way.to_the_end(connection)
    job = ImportJob.objects.get()
    assert (job.pk, job.kind, job.source, job.file_name, job.next_row) == (old_job, "orders", "shop", "may.csv", 7)
    assert job.options == {"owner": ""}
    assert ImportedCustomer.objects.get().job == job
    assert IdempotencyKey.objects.get(key="k").model == ImportJob._meta.label
    later = ImportJob.objects.create(user=cast.wang, kind="orders", file_name="june.csv", path="imports/2.upload")
    assert later.pk > old_job, "the numbers go on where they were"
    job.delete()
    assert not ImportedCustomer.objects.exists(), "the key still leads to the job"


def test_names_in_the_database_tell_the_new_place(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('intake_importjob', 'id'), to_regclass('customers_importjob')")
        assert cursor.fetchone() == ("public.intake_importjob_id_seq", None)
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'intake_importjob' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
    assert {"import_open", "intake_importjob_pkey"} <= set(names)
