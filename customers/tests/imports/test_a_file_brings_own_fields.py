"""A file of customers fills the company's own fields, checked by their kind, as far as its sender could by hand."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import MaskRule, User
from customers import services
from customers.models import Customer
from customers.tests.own_fields.made import forget, own, put
from intake import engine, undo
from intake import services as intake
from intake.guessing import guessed
from intake.kinds import kind_of
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
EVERY = {
    "text": ("A-17", "A-17"),
    "figure": ("1,234.50", "1234.5"),
    "money": ("¥1200.50", 120050),
    "date": ("2027年6月30日", "2027-06-30"),
    "choice": ("蓝", "blue"),
    "several": ("red、绿", ["red", "green"]),
    "yes_no": ("否", False),
}


@pytest.fixture
def fields(cast) -> None:
    for kind in (*EVERY, "person"):
        own(cast.admin, kind)


def looked_at(user: User, text: str) -> ImportJob:
    """A file of a person after the dry run; its columns are guessed."""
    upload = SimpleUploadedFile("c.csv", text.encode())
    job = intake.import_create(by=user, kinds=[kind_of("customers")], upload=upload)
    intake.import_check(job=job, mapping=job.mapping, options={}, by=user)
    engine.run(job)
    job.refresh_from_db()
    return job


def written(user: User, text: str) -> ImportJob:
    """The same when it has been brought in."""
    job = looked_at(user, text)
    intake.import_start(job=job, by=user)
    engine.run(job)
    job.refresh_from_db()
    return job


def file_of(**cells: str) -> str:
    heads = [f"{kind.replace('_', ' ')} 中" for kind in cells]
    quoted = [f'"{cell}"' for cell in cells.values()]
    return f"客户编号,客户名称,{','.join(heads)}\nX1,甲,{','.join(quoted)}\n"


@pytest.mark.parametrize("kind", EVERY)
def test_a_new_customer_gets_a_value_of_each_kind(cast, fields, kind):
    cell, kept = EVERY[kind]
    written(cast.wang, file_of(**{kind: cell}))
    assert Customer.objects.get(number="X1").own == {kind: kept}


def test_columns_are_known_by_their_names_in_both_languages(cast, fields):
    mapping = guessed(kind_of("customers"), ["客户名称", "Yes no", "money 中", "own_text"]).mapping
    assert mapping == {"name": "客户名称", "own_yes_no": "Yes no", "own_money": "money 中", "own_text": "own_text"}


def test_a_colleague_is_named_as_an_owner_is(cast, fields):
    written(cast.wang, file_of(person=cast.li.email))
    assert Customer.objects.get(number="X1").own == {"person": cast.li.pk}
    job = written(cast.wang, file_of(person="nobody@example.com").replace("X1", "X2"))
    assert job.counts["errors"] == 1


BAD = [
    ("figure", "many"),
    ("money", "$5"),
    ("date", "30.2.2026"),
    ("choice", "紫"),
    ("several", "red,紫"),
    ("yes_no", "x"),
]


@pytest.mark.parametrize(("kind", "cell"), BAD)
def test_a_bad_cell_refuses_its_row_and_names_the_field(cast, fields, kind, cell):
    job = looked_at(cast.wang, file_of(**{kind: cell}))
    ((_place, reason),) = list(kind_of("customers").errors(job))
    assert f"{kind.replace('_', ' ')}" in reason


def test_a_known_customer_keeps_what_the_file_does_not_say_and_an_undo_puts_all_back(cast, customer, fields):
    put(customer, cast.wang, text="old", figure="1")
    text = f"客户编号,客户名称,text 中,money 中\n{customer.number},{customer.name},new,5\n"
    job = written(cast.wang, text)
    assert job.counts["updated"] == 1
    now = Customer.objects.get(pk=customer.pk)
    assert now.own == {"text": "new", "figure": "1", "money": 500}
    assert written(cast.wang, text).counts["unchanged"] == 1
    undo.undo_start(job=job, by=cast.admin)
    engine.run(job)
    assert Customer.objects.get(pk=customer.pk).own == {"text": "old", "figure": "1"}


def test_who_may_not_read_a_field_changes_it_by_no_file(cast, customer):
    own(cast.admin, name="Margin", readers="confidential")
    put(customer, cast.admin, margin="canary")
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential").update(mode="hidden")
    written(cast.wang, f"客户编号,客户名称,Margin\n{customer.number},{customer.name},new\n")
    assert Customer.objects.get(pk=customer.pk).own == {"margin": "canary"}


def test_what_is_required_everywhere_is_required_of_files(cast):
    own(cast.admin, name="Badge", asked="always")
    job = written(cast.wang, "客户编号,客户名称\nX1,甲\n")
    assert job.counts["errors"] == 1
    written(cast.wang, "客户编号,客户名称,Badge\nX1,甲,7\n")
    assert Customer.objects.get(number="X1").own == {"badge": "7"}


def test_a_field_that_was_retired_meanwhile_is_left_alone(cast, customer):
    field = own(cast.admin, name="Badge")
    put(customer, cast.wang, badge="7")
    services.own_field_retire(row=field, by=cast.admin)
    forget()
    written(cast.wang, f"客户编号,客户名称,Badge,地区\n{customer.number},{customer.name},8,无锡\n")
    now = Customer.objects.get(pk=customer.pk)
    assert (now.own, now.region) == ({"badge": "7"}, "无锡")
