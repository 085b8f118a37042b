"""Lines of the audit log from before jobs had an app of their own still lead to their import."""

from django.urls import reverse

from accounts import audit
from accounts.models import AuditEntry
from intake.models import ImportJob


def test_an_old_line_names_its_import(cast, sign_in):
    job = ImportJob.objects.create(user=cast.wang, kind="orders", file_name="may.csv", path="imports/1.upload")
    new = audit.record("import.start", by=cast.wang, on=job)
    AuditEntry.objects.create(act="import.upload", by=cast.wang, object_type="customers.importjob", object_id=job.pk)
    page = sign_in(cast.admin).get(reverse("audit_list")).content.decode()
    assert new.object_type == "intake.importjob"
    assert page.count("may.csv") == 2
    assert page.count(reverse("import_job", args=[job.pk])) == 2
    assert sign_in(cast.admin).get(reverse("audit_list"), {"object": "customers.importjob"}).status_code == 200
