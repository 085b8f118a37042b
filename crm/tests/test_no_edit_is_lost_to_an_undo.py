"""While an import is taken back people go on working: what they were told is saved stays, the rest is refused."""

from threading import Thread

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.http import Http404

from core import clock
from core.versions import StaleVersionError
from customers.imports.undo import CustomerPart
from customers.models import Customer, CustomerShare, Interaction
from customers.services import customer_update, interaction_log
from intake import engine, undo
from intake.models import ImportJob
from intake.tests.files import own_storage, run_import, table
from sales.models import Order
from sales.services import order_create
from sales.services.lines import Line
from tests.races import at_once
from workbench.defaults import ensure_defaults

__all__ = ["own_storage", "run_import", "table"]
pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (IntegrityError, StaleVersionError, Http404, ObjectDoesNotExist)


def log(customer: Customer, by) -> None:
    values = {"kind": "call", "direction": "out", "result": "reached", "summary": "x"}
    interaction_log(customer=customer, by=by, occurred_at=clock.now(), **values)


def edit(customer: Customer, by) -> None:
    customer_update(customer=customer, changes={"region": "North"}, version=1, by=by)


def order(customer: Customer, by) -> None:
    line = Line(description="x", quantity=1, unit_price=5)
    order_create(customer=customer, by=by, ordered_at=clock.now(), lines=[line])


ACTS = (log, edit, order)


@pytest.fixture
def job(cast, run_import, table):
    rows = [f"{n},客户{n},wang@example.com" for n in range(12)]
    run_import(table("number,name,owner_email", *rows), command="import_customers")
    found = ImportJob.objects.get()
    undo.undo_start(job=found, by=None)
    return found


def held(act, customer: Customer) -> bool:
    """Whether what was saved is there."""
    rows = {log: Interaction, order: Order}
    if act is edit:
        return Customer.objects.filter(pk=customer.pk, region="North").exists()
    return rows[act].objects.filter(customer=customer).exists()


def test_what_was_saved_stays_and_the_rest_was_refused(job, cast, monkeypatch):
    monkeypatch.setattr(undo, "SLICE", 1)
    customers = list(Customer.objects.order_by("pk"))

    def turn(n: int) -> bool | None:
        if n == 0:
            return engine.run(job)
        # From the end: the undo comes from the beginning.
        try:
            ACTS[n % 3](customers[-n], cast.wang)
        except REFUSALS:
            return False
        return True

    _undone, *saved = at_once(turn, 10)
    for n, was_saved in enumerate(saved, 1):
        assert held(ACTS[n % 3], customers[-n]) == was_saved
        assert Customer.objects.filter(pk=customers[-n].pk).exists() == was_saved
    assert Customer.objects.count() == sum(saved)
    job.refresh_from_db()
    assert (job.state, job.message) == ("undone", "")


def between(monkeypatch, act, customer: Customer, by) -> list[object]:
    """Let somebody do `act` right after the customer was judged; returns what became of it, when all is over."""
    plain, told, threads = CustomerPart.judge, [], []

    def somebody() -> None:
        try:
            act(customer, by)
            told.append("saved")
        except REFUSALS as error:
            told.append(type(error))
        finally:
            connection.close()

    def judge(self, look):
        found = plain(self, look)
        threads.append(Thread(target=somebody))
        threads[-1].start()
        threads[-1].join(0.7)  # it waits for the lock; without one, this is where its work is lost
        return found

    monkeypatch.setattr(CustomerPart, "judge", judge)
    call_command("undo_import", ImportJob.objects.get().pk)
    for thread in threads:
        thread.join(10)
    return told


@pytest.mark.parametrize("act", ACTS)
def test_who_comes_after_the_judgement_is_refused(act, job, cast, monkeypatch):
    customer = Customer.objects.first()
    assert between(monkeypatch, act, customer, cast.wang) != ["saved"]
    assert not held(act, customer)
    assert not Customer.all_objects.exists()


def test_without_the_lock_it_would_be_lost(job, cast, monkeypatch):
    """The twin: the same without the lock tells somebody that the entry is saved, and removes it."""
    monkeypatch.setattr(CustomerPart, "lock", lambda self, ids: None)
    customer = Customer.objects.first()
    assert between(monkeypatch, log, customer, cast.wang) == ["saved"]
    assert not held(log, customer)


def test_the_form_says_so_and_keeps_the_text(job, cast, sign_in, monkeypatch):
    from customers.services import interactions

    ensure_defaults()
    customer, page = Customer.objects.first(), sign_in(cast.wang)
    address = f"/interactions/new/?customer={customer.pk}"
    form = page.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value()} | {
        "kind": "call", "direction": "out", "result": "reached", "summary": "三月份再联系，要样品",
        "occurred_at": clock.now().strftime("%Y-%m-%dT%H:%M"), "next_step": "none",
    }  # fmt: skip
    plain = interactions.events.publish

    def publish(name, **payload):
        plain(name, **payload)
        # As at the end of an undo that was faster: what this entry names isn't there when it is committed.
        CustomerShare.objects.create(customer_id=customer.pk + 1_000_000, user=cast.li)

    monkeypatch.setattr(interactions.events, "publish", publish)
    answer = page.post(address, data)
    text = answer.content.decode()
    assert answer.status_code == 422, text[:500]
    assert "was removed meanwhile" in text
    assert "三月份再联系，要样品" in text
    assert not Interaction.objects.exists()
