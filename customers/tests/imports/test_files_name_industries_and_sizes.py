"""A file names industry, size and market standing by code or in either language; unknown words are asked about."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from customers import services
from customers.models import CompanySize, Customer, Industry, MarketStanding
from intake import engine, undo
from intake import services as intake
from intake.kinds import kind_of
from intake.models import ImportedRow, ImportJob

pytestmark = pytest.mark.django_db
HEADER = "客户编号,客户名称,行业,公司规模,市场地位"
FIELDS = ("industry", "company_size", "market_standing")


def bring(run_import, table, *rows, **options):
    return run_import(table(HEADER, *rows), command="import_customers", **options)


def written(user: User, text: str) -> ImportJob:
    """A file of a person after dry run and start."""
    upload = SimpleUploadedFile("c.csv", text.encode())
    job = intake.import_create(by=user, kinds=[kind_of("customers")], upload=upload)
    mapping = {name: name for name in text.splitlines()[0].split(",")}
    intake.import_check(job=job, mapping=mapping, options={}, by=user)
    engine.run(job)
    job.refresh_from_db()
    intake.import_start(job=job, by=user)
    engine.run(job)
    job.refresh_from_db()
    return job


def chosen(number: str) -> tuple[str | None, ...]:
    row = Customer.objects.get(number=number)
    return tuple(getattr(getattr(row, name), "code", None) for name in FIELDS)


def test_names_in_both_languages_and_codes_find_the_entry(run_import, table):
    bring(
        run_import,
        table,
        "001,甲,纺织服装,10-49 人,领先者",
        "002,乙,textiles AND clothing,10-49 employees,LEADER",
        "003,丙,textiles,10-49,leader",
        "004,丁,,,",
    )
    assert {chosen(number) for number in ("001", "002", "003")} == {("textiles", "10-49", "leader")}
    assert chosen("004") == (None, None, None)
    assert not Industry.objects.filter(position=Industry.LAST).exists(), "nothing new was made"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "1-9"),
        ("49", "10-49"),
        ("250", "250-999"),
        ('"1,200"', "1000-plus"),
        ("12000 人", "1000-plus"),
        ("120.0", "50-249"),
    ],
)
def test_a_number_of_employees_means_the_size_it_belongs_to(run_import, table, text, code):
    bring(run_import, table, f"001,甲,,{text},")
    assert chosen("001")[1] == code


def test_unknown_words_become_entries_and_the_dry_run_asks(run_import, table):
    rows = ("001,甲,航天,巨型,独角兽", "002,乙,航天 ,巨型,独角兽")
    bring(run_import, table, *rows, dry_run=True)
    asked = {one["code"]: one["count"] for one in ImportJob.objects.latest("pk").counts["questions"]}
    assert {code: count for code, count in asked.items() if code.startswith("new_")} == {
        "new_industries": 2,
        "new_sizes": 2,
        "new_standings": 2,
    }
    assert not Industry.objects.filter(name_zh="航天").exists()
    bring(run_import, table, *rows)
    assert chosen("001") == chosen("002")
    assert [model.objects.filter(position=1000).count() for model in (Industry, CompanySize, MarketStanding)] == [
        1,
        1,
        1,
    ]


def test_a_merged_one_means_the_other(run_import, table, cast):
    textiles, food = (Industry.objects.get(code=code) for code in ("textiles", "food"))
    services.entry_merge(row=textiles, into=food, by=cast.admin)
    bring(run_import, table, "001,甲,纺织服装,,")
    assert chosen("001")[0] == "food"


def test_who_cannot_add_one_is_refused_with_the_word(cast):
    job = written(cast.wang, "number,name,industry\n001,甲,航天\n002,乙,农业\n")
    assert (job.counts["customers_created"], job.counts["errors"]) == (1, 1)
    assert chosen("002")[0] == "agriculture"
    assert not Industry.objects.filter(name_zh="航天").exists()


def test_a_second_file_changes_what_it_names_and_nothing_else(run_import, table):
    bring(run_import, table, "001,甲,农业,10-49,leader")
    result = bring(run_import, table, "001,甲,化工,,")
    assert (result["updated"], chosen("001")) == (1, ("chemicals", "10-49", "leader"))
    assert bring(run_import, table, "001,甲,化工,10-49,leader")["unchanged"] == 1


def test_an_import_that_is_taken_back_takes_its_entries_along(run_import, table, cast):
    bring(run_import, table, "001,甲,农业,,")
    bring(run_import, table, "001,甲,航天,巨型,独角兽")
    job = ImportJob.objects.latest("pk")
    assert {row.what for row in ImportedRow.objects.filter(job=job)} >= {"industry", "size", "standing"}
    undo.undo_start(job=job, by=cast.admin)
    assert engine.run(job)
    assert chosen("001") == ("agriculture", None, None)
    assert not Industry.objects.filter(name_zh="航天").exists()
    assert not CompanySize.objects.filter(name_zh="巨型").exists()
