"""What an entry of the log notes as a new need becomes a record, and follows the entry until somebody moves it."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from core import clock
from core.contributions import registry
from customers import services
from customers.models import Contact, Customer, Interaction
from sales.needs.models import Need, NeedStep
from sales.needs.services import need_change, need_move, need_of_entry

pytestmark = pytest.mark.django_db


def logged(customer: Customer, by: Any, text: str, **more: Any) -> Interaction:
    return services.interaction_log(customer=customer, by=by, kind="call", result="reached", needs_found=text, **more)


def corrected(entry: Interaction, by: Any, **changes: Any) -> None:
    entry.refresh_from_db()
    services.interaction_correct(interaction=entry, changes=changes, version=entry.version, by=by)


def test_it_is_open_since_the_contact_and_knows_the_entry(cast: Any, customer: Customer) -> None:
    contact = Contact.objects.create(customer=customer, name="张工")
    at = clock.now() - timedelta(days=3)
    entry = logged(customer, cast.wang, " 第二条产线 ", contact=contact, occurred_at=at)
    need = Need.objects.get()
    assert (need.text, need.state, need.interaction, need.contact) == ("第二条产线", "open", entry, contact)
    assert need.since == clock.business_date(at)
    step = need.steps.get()
    assert (step.state, step.by, step.interaction) == ("open", cast.wang, entry)


def test_an_entry_without_a_need_makes_none(cast: Any, customer: Customer) -> None:
    logged(customer, cast.wang, "   ")
    assert not Need.objects.exists()


def test_the_same_words_once_more_make_no_second_one_while_it_waits(cast: Any, customer: Customer) -> None:
    logged(customer, cast.wang, "Small packages")
    logged(customer, cast.wang, "small PACKAGES")
    need = Need.objects.get()
    need_move(need=need, to="met", by=cast.wang)
    logged(customer, cast.wang, "small packages")
    assert Need.objects.count() == 2


def test_when_the_log_fails_there_is_no_need(monkeypatch: pytest.MonkeyPatch, cast: Any, customer: Customer) -> None:
    def fails_at_last(**_event: Any) -> None:
        raise RuntimeError

    monkeypatch.setitem(registry().handlers, "interaction_logged", [need_of_entry, fails_at_last])
    with pytest.raises(RuntimeError), transaction.atomic():
        logged(customer, cast.wang, "第二条产线")
    assert not Need.objects.exists()
    assert not Interaction.objects.exists()


def test_a_corrected_entry_corrects_it(cast: Any, customer: Customer) -> None:
    entry = logged(customer, cast.wang, "第二条产线")
    corrected(entry, cast.wang, needs_found="第三条产线")
    assert Need.objects.get().text == "第三条产线"
    corrected(entry, cast.wang, needs_found="")
    assert not Need.objects.exists()
    corrected(entry, cast.wang, needs_found="小包装")
    assert Need.objects.get().text == "小包装"


def test_one_that_somebody_touched_is_left_alone_by_a_correction(cast: Any, customer: Customer) -> None:
    moved, reworded = logged(customer, cast.wang, "第二条产线"), logged(customer, cast.wang, "小包装")
    need_move(need=Need.objects.get(interaction=moved), to="offered", by=cast.wang)
    own = Need.objects.get(interaction=reworded)
    need_change(need=own, changes={"text": "每袋 5 公斤"}, version=own.version, by=cast.wang)
    for entry in (moved, reworded):
        corrected(entry, cast.wang, needs_found="别的")
    assert set(Need.objects.values_list("text", flat=True)) == {"第二条产线", "每袋 5 公斤"}


def test_an_entry_that_is_taken_back_takes_it_along(cast: Any, customer: Customer) -> None:
    entry, kept = logged(customer, cast.wang, "第二条产线"), logged(customer, cast.wang, "小包装")
    need_move(need=Need.objects.get(interaction=kept), to="met", by=cast.wang)
    services.interaction_undo(interaction=entry, by=cast.wang)
    services.interaction_undo(interaction=kept, by=cast.wang)
    assert [need.text for need in Need.objects.all()] == ["小包装"]


def test_what_an_entry_has_moved_moves_back_with_it(cast: Any, customer: Customer) -> None:
    logged(customer, cast.wang, "第二条产线")
    need, entry = Need.objects.get(), logged(customer, cast.wang, "")
    need_move(need=need, to="met", by=cast.wang, interaction=entry)
    services.interaction_undo(interaction=entry, by=cast.wang)
    need.refresh_from_db()
    assert (need.state, need.steps.count()) == ("open", 1)


def test_the_log_of_before_brings_its_needs_once(cast: Any, customer: Customer) -> None:
    now = clock.now()
    entries = [("第二条产线", 20), ("第二条产线", 10), ("小包装", 5), ("旧的", 300), ("", 1)]
    for text, days in entries:
        at = now - timedelta(days=days)
        Interaction.objects.create(
            customer=customer, user=cast.wang, kind="call", result="reached", occurred_at=at, needs_found=text
        )
    with connection.schema_editor() as editor:
        import_module("sales.migrations.0010_needs_of_the_log").take_over(apps, editor)
    found = dict(Need.objects.values_list("text", "since"))
    assert found == {
        "第二条产线": clock.business_date(now - timedelta(days=20)),
        "小包装": clock.business_date(now - timedelta(days=5)),
    }
    assert NeedStep.objects.filter(by=cast.wang, state="open").count() == 2
