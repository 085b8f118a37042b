"""A company of one's own begins anew: everything about customers goes, people and settings stay."""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Role, User
from core import clock, company
from core.models import Company
from customers.models import Channel, Customer, CustomerFacts
from customers.services import customer_create, interaction_log
from followups.models import FollowUp
from intake.models import ImportJob
from sales.models import Order
from workbench.start_over.services import GONE, STAYS

pytestmark = pytest.mark.django_db
NAME = "恒远茶业 Co."


@pytest.fixture
def stored(cast):
    Company.objects.update(name=NAME)
    company.forget()
    customer = customer_create(by=cast.wang, name="甲", kind="company", owner=cast.wang, contact_name="王")
    values = {"kind": "call", "direction": "out", "result": "reached", "summary": "x"}
    interaction_log(customer=customer, by=cast.wang, occurred_at=clock.now(), **values)
    FollowUp.objects.create(customer=customer, assignee=cast.wang, due_on=clock.business_date())
    ImportJob.objects.create(kind="customers", file_name="a.csv", path="a.csv", state="waiting", user=cast.admin)
    moment = clock.now()
    Order.objects.create(
        number="1", customer=customer, ordered_at=moment, ordered_on=moment.date(), currency="CNY", total=1, amount=1
    )


def test_every_table_either_goes_or_stays():
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    going = set(GONE)
    staying = {label for label in known if label in STAYS or label.split(".")[0] in STAYS}
    assert going | staying == known
    assert not going & staying


def test_all_of_it_goes_and_the_firm_stays(stored, cast, sign_in):
    page = sign_in(cast.admin)
    text = page.get("/settings/start-over/").content.decode()
    for words in ("1 customer", "1 order", "1 log entry", "1 import", NAME, "/settings/backup/"):
        assert words in text
    people = (User.objects.count(), Role.objects.count(), Channel.objects.count())
    wrong = page.post("/settings/start-over/", {"name": "Another"})
    assert wrong.status_code == 422
    assert Customer.objects.count() == 1
    assert page.post("/settings/start-over/", {"name": f" {NAME} "}).status_code == 302
    for label in GONE:
        assert not apps.get_model(label)._base_manager.exists(), label
    assert not CustomerFacts.objects.exists()
    assert (User.objects.count(), Role.objects.count(), Channel.objects.count()) == people
    line = AuditEntry.objects.get(act="company.start_over")
    assert (line.by, line.details["customers"], line.details["orders"]) == (cast.admin, 1, 1)
    assert page.get("/").status_code == 200


@pytest.mark.parametrize("who", ["wang", "lead", "manager", "auditor"])
def test_only_for_administrators_and_owners(who, stored, cast, sign_in):
    assert sign_in(getattr(cast, who)).post("/settings/start-over/", {"name": NAME}).status_code == 403
    assert Customer.objects.exists()


def test_the_demo_company_has_its_own_command(stored, cast, sign_in):
    Company.objects.update(is_demo=True)
    assert "clear_demo" in sign_in(cast.admin).get("/settings/start-over/").content.decode()
    assert sign_in(cast.admin).post("/settings/start-over/", {"name": NAME}).status_code == 422
    with pytest.raises(CommandError, match="clear_demo"):
        call_command("start_over", company=NAME)
    assert Customer.objects.exists()


def test_the_command_asks_for_the_name(stored, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _asked: "Another")
    with pytest.raises(CommandError, match="isn't the company's name"):
        call_command("start_over", stdout=io.StringIO())
    assert Customer.objects.exists()
    out = io.StringIO()
    monkeypatch.setattr("builtins.input", lambda _asked: NAME)
    call_command("start_over", stdout=out)
    assert "1 customer, 1 order" in out.getvalue()
    assert not Customer.all_objects.exists()
