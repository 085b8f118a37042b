"""Users, targets and exchange rates come in by the page too: by who may write them by hand, and no further."""

import csv
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry, Role, RoleGrant, Team, User
from crm.tasks import tick_jobs
from intake.kinds import kind_of
from intake.models import ImportJob
from sales.models import ExchangeRate, Target

pytestmark = pytest.mark.django_db
USERS = "姓名,手机,邮箱,团队,角色\n张三,13800138001,zhang@example.com,Shanghai,rep\n李四,12,,,rep\n"


@pytest.fixture(autouse=True)
def _passwords(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def upload(client, text, kind):
    file = SimpleUploadedFile("file.csv", text.encode())
    return client.post(reverse("import_new"), {"kind": kind, "file": file, "idempotency_key": str(uuid.uuid4())})


def checked(client, text, kind):
    """The job after its dry run."""
    assert upload(client, text, kind).status_code == 302
    job = ImportJob.objects.latest("pk")
    page = client.get(reverse("import_columns", args=[job.pk])).context["form"]
    chosen = {name: page[name].value() for name in page.fields if name.startswith("col")}
    assert client.post(reverse("import_columns", args=[job.pk]), chosen).status_code == 302
    tick_jobs()
    job.refresh_from_db()
    return job


def started(client, job):
    client.post(reverse("import_start", args=[job.pk]))
    tick_jobs()
    job.refresh_from_db()
    return job


def handout(client, job):
    return client.get(reverse("import_handout", args=[job.pk]))


def figures(job):
    return {name: job.counts[name] for name in ("rows", "created", "updated", "unchanged", "errors")}


def test_users_come_in_by_the_page_and_their_passwords_go_to_the_sender(sign_in, cast):
    page = sign_in(cast.admin)
    job = checked(page, USERS, "users")
    assert figures(job) == {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "errors": 1}
    assert not User.objects.filter(email="zhang@example.com").exists(), "the dry run writes nothing"
    assert handout(page, job).status_code == 404
    job = started(page, job)
    assert figures(job)["created"] == 1
    assert reverse("import_handout", args=[job.pk]) in page.get(reverse("import_job", args=[job.pk])).content.decode()
    text = b"".join(handout(page, job).streaming_content).decode()
    [row] = csv.DictReader(io.StringIO(text))
    assert User.objects.get(email="zhang@example.com").check_password(row["password"])
    assert AuditEntry.objects.filter(act="import.handout", by=cast.admin, object_id=job.pk).count() == 1
    other = User.objects.create_user(email="two@example.com", password=None, name="Two", role=cast.admin.role)
    assert sign_in(other).get(reverse("import_job", args=[job.pk])).status_code == 200
    assert handout(sign_in(other), job).status_code == 404, "passwords are for whoever brought the users"


def test_who_may_not_make_users_is_not_even_asked(sign_in, cast):
    page = sign_in(cast.wang)
    assert 'value="users"' not in page.get(reverse("import_new")).content.decode()
    assert upload(page, USERS, "users").status_code == 422
    assert page.get(reverse("import_template", args=["users"])).status_code == 404


def test_a_file_of_people_is_never_guessed_to_be_one_of_users(sign_in, cast):
    upload(sign_in(cast.admin), USERS, "")
    assert ImportJob.objects.get().kind == "customers"


def test_a_file_gives_no_role_beyond_the_senders_own(sign_in, cast):
    role = Role.objects.create(code="clerk", name_en="Clerk", name_zh="文员")
    for permission in ("user.add", "user.change", "user.view", "team.view", "import.add", "import.view"):
        RoleGrant.objects.create(role=role, permission=permission, scope="all")
    clerk = User.objects.create_user(email="clerk@example.com", password=None, name="Clerk", role=role, language="en")
    rows = "姓名,邮箱,角色,团队\n甲,jia@example.com,administrator,\n管理员,admin@example.com,,\n"
    rows += "乙,yi@example.com,clerk,Nowhere\n"
    job = started(sign_in(clerk), checked(sign_in(clerk), rows, "users"))
    assert figures(job) == {"rows": 3, "created": 0, "updated": 0, "unchanged": 0, "errors": 3}
    reasons = " ".join(reason for reason, _count, _rows in job.counts["reasons"])
    assert "more than yours" in reasons
    assert "may not add teams" in reasons
    assert not Team.objects.filter(name="Nowhere").exists()


def test_a_file_of_an_administrator_makes_no_owner_and_changes_none(sign_in, cast):
    owner = Role.objects.get(code="owner")
    boss = User.objects.create_user(email="boss@example.com", password=None, name="Boss", role=owner)
    rows = "姓名,邮箱,角色\n甲,jia@example.com,老板\n乙,yi@example.com,企业主\n王,boss@example.com,rep\n"
    job = started(sign_in(cast.admin), checked(sign_in(cast.admin), rows, "users"))
    assert (figures(job)["created"], figures(job)["updated"], figures(job)["errors"]) == (0, 0, 3)
    assert list(User.objects.filter(role=owner).values_list("name", flat=True)) == ["Boss"]
    job = started(sign_in(boss), checked(sign_in(boss), rows.replace("王,", "Boss,").replace(",rep", ","), "users"))
    assert (figures(job)["created"], figures(job)["errors"]) == (2, 0)
    assert User.objects.filter(role=owner).count() == 3


def test_targets_come_in_for_people_in_reach(sign_in, cast):
    rows = f"业务员,月份,指标,目标值\n{cast.wang.email},2026-11,销售额,5万\n{cast.outsider.email},2026-11,拜访,20\n"
    page = sign_in(cast.manager)
    job = checked(page, rows, "targets")
    assert (figures(job)["created"], figures(job)["errors"], Target.objects.count()) == (1, 1, 0)
    started(page, job)
    assert list(Target.objects.values_list("user", "value", "updated_by")) == [
        (cast.wang.pk, 5_000_000, cast.manager.pk)
    ]
    again = checked(page, rows, "targets")
    assert (figures(again)["created"], figures(again)["unchanged"]) == (0, 1)


def test_rates_come_in_for_who_may_change_settings(sign_in, cast):
    rows = "日期,币种,汇率\n2026-11-01,USD,7.1\n2026-11-01,USD,7.2\n2026-11-02,CNY,1\n"
    page = sign_in(cast.admin)
    job = started(page, checked(page, rows, "rates"))
    assert (figures(job)["created"], figures(job)["updated"], figures(job)["errors"]) == (1, 1, 1)
    assert str(ExchangeRate.objects.get().rate) == "7.20000000"
    assert upload(sign_in(cast.manager), rows, "rates").status_code == 422


def test_a_killed_import_of_users_goes_on_with_the_same_passwords(cast, tmp_path, settings, monkeypatch):
    from django.core.management import call_command

    from intake import user_file

    path = tmp_path / "people.csv"
    path.write_text("name,email\n" + "".join(f"P{n},p{n}@example.com\n" for n in range(250)), encoding="utf-8")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    written, plain = [], user_file.issued.write

    def killed(rows, *, path):
        plain(rows, path=path)
        written.append(len(rows))
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(user_file.issued, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("import_users", str(path), stdout=io.StringIO(), stderr=io.StringIO())
    monkeypatch.setattr(user_file.issued, "write", plain)
    call_command("import_users", str(path), stdout=io.StringIO(), stderr=io.StringIO())
    job = ImportJob.objects.get()
    assert (job.state, job.counts["created"]) == ("done", 250)
    with kind_of("users").handout(job).open(encoding="utf-8") as source:
        told = {row["sign_in"]: row["password"] for row in csv.DictReader(source)}
    assert len(told) == 250
    assert User.objects.get(email="p150@example.com").check_password(told["p150@example.com"])
