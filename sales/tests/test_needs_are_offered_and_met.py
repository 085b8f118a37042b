"""A need goes from open over offered to met, or is dropped for a reason; one tap each, and it is known who did it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from core import clock
from core.versions import StaleVersionError
from customers.models import Customer
from customers.services.stages import UndoTooLateError
from sales.models import Product
from sales.needs import services
from sales.needs.models import Need

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(cast: Any, customer: Customer) -> Need:
    return services.need_add(customer=customer, text="第二条产线", by=cast.wang)


def text(answer: Any) -> str:
    return answer.content.decode()


def state(need: Need) -> str:
    need.refresh_from_db()
    return need.state


def test_it_is_entered_by_the_page_and_waits_at_the_customer(sign_in: Any, cast: Any, customer: Customer) -> None:
    page, product = sign_in(cast.wang), Product.objects.create(sku="L-2", name="产线二型")
    url = f"/needs/new/?customer={customer.pk}"
    said = {"text": "停机太久", "kind": "pain", "state": "open", "since": "2026-11-02", "product": "L-2 · 产线二型"}
    assert page.post(url, said | {"since": "2199-01-01"}).status_code == 422
    assert page.post(url, said | {"product": "nothing"}).status_code == 422
    assert page.post(url, said).status_code == 302
    made = Need.objects.get()
    assert (made.text, made.kind, made.product, made.interaction) == ("停机太久", "pain", product, None)
    assert "停机太久" in text(page.get(f"/customers/{customer.pk}/"))


def test_one_tap_says_that_it_was_offered_and_one_takes_that_back(sign_in: Any, cast: Any, need: Need) -> None:
    page, back = sign_in(cast.wang), f"/customers/{need.customer_id}/"
    said = page.post(f"/needs/{need.pk}/move/", {"to": "offered"}, follow=True)
    assert said.redirect_chain[0][0] == back
    assert f"/needs/{need.pk}/back/" in text(said)
    assert state(need) == "offered"
    steps = [(step.state, step.by) for step in need.steps.order_by("pk")]
    assert steps == [("open", cast.wang), ("offered", cast.wang)]
    page.post(f"/needs/{need.pk}/back/")
    assert state(need) == "open"
    assert need.steps.count() == 1


@pytest.mark.parametrize("words", ["", " ", "\u200b", "\u2060\u202e"])
def test_a_need_has_words_that_people_see(cast: Any, customer: Customer, need: Need, words: str) -> None:
    with pytest.raises(ValidationError, match="what the customer needs"):
        services.need_add(customer=customer, text=words, by=cast.wang)
    with pytest.raises(ValidationError, match="what the customer needs"):
        services.need_change(need=need, changes={"text": words}, version=1, by=cast.wang)
    with pytest.raises(ValidationError, match="why it is dropped"):
        services.need_change(need=need, changes={"state": "dropped", "reason": words}, version=1, by=cast.wang)


def test_a_second_tap_is_no_second_step(cast: Any, need: Need) -> None:
    assert services.need_move(need=need, to="met", by=cast.wang)
    assert not services.need_move(need=need, to="met", by=cast.li)
    assert need.steps.count() == 2


def test_only_ones_own_last_step_of_ten_minutes_is_taken_back(cast: Any, need: Need) -> None:
    services.need_move(need=need, to="met", by=cast.wang)
    with pytest.raises(UndoTooLateError):
        services.need_move_back(need=need, by=cast.li)
    need.steps.update(at=clock.now() - timedelta(minutes=11))
    with pytest.raises(UndoTooLateError):
        services.need_move_back(need=need, by=cast.wang)
    assert state(need) == "met"


def test_it_is_dropped_with_a_reason_only(sign_in: Any, cast: Any, need: Need) -> None:
    page, url = sign_in(cast.wang), f"/needs/{need.pk}/"
    said = {"text": need.text, "state": "dropped", "since": need.since.isoformat(), "version": need.version}
    assert page.post(url, said).status_code == 422
    assert page.post(url, said | {"reason": "没有预算"}).status_code == 302
    assert state(need) == "dropped"
    line = AuditEntry.objects.get(act="need.move")
    assert line.details["need_state"] == ["open", "dropped"]
    shown = text(page.get(url))
    assert "没有预算" in shown
    with pytest.raises(ValidationError):
        services.need_move(need=need, to="dropped", by=cast.wang)
    services.need_change(need=need, changes={"state": "open"}, version=need.version, by=cast.wang)
    assert need.reason == ""


def test_what_came_in_between_is_not_written_over(cast: Any, need: Need) -> None:
    services.need_change(need=need, changes={"text": "三条"}, version=need.version, by=cast.wang)
    with pytest.raises(StaleVersionError):
        services.need_change(need=need, changes={"text": "四条"}, version=1, by=cast.li)


def test_the_history_tells_where_it_went(sign_in: Any, cast: Any, need: Need) -> None:
    services.need_move(need=need, to="met", by=cast.wang)
    shown = text(sign_in(cast.wang).get(f"/customers/{need.customer_id}/timeline/?show=log"))
    assert "Need · open" in shown
    assert "Need · met" in shown


def test_others_needs_stay_out_of_reach(sign_in: Any, cast: Any, need: Need) -> None:
    page = sign_in(cast.outsider)
    assert page.get(f"/needs/{need.pk}/").status_code == 404
    assert page.post(f"/needs/{need.pk}/move/", {"to": "met"}).status_code == 404
    assert need.text not in text(page.get("/needs/"))
    assert page.post(f"/needs/new/?customer={need.customer_id}", {"text": "x"}).status_code == 404


def test_the_search_knows_those_that_wait(sign_in: Any, cast: Any, need: Need) -> None:
    assert need.text in text(sign_in(cast.wang).get("/search/?q=产线"))
    services.need_move(need=need, to="met", by=cast.wang)
    assert need.text not in text(sign_in(cast.wang).get("/search/?q=条产线"))


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), ("q=产线", True), ("q=包装", False), ("state=met", False), ("kind=pain", False), ("age=30", False)],
)
def test_the_list_is_narrowed(sign_in: Any, cast: Any, need: Need, query: str, found: bool) -> None:
    page = sign_in(cast.lead)
    assert (need.text in text(page.get(f"/needs/?{query}"))) is found
    assert need.text in text(page.get(f"/needs/?owner={cast.wang.pk}"))
    assert need.text not in text(page.get(f"/needs/?owner={cast.li.pk}"))
    Need.objects.update(since=clock.business_date() - timedelta(days=31))
    assert need.text in text(page.get("/needs/?age=30"))


def test_the_api_notes_moves_and_refuses(sign_in: Any, cast: Any, customer: Customer) -> None:
    page = sign_in(cast.wang)
    made = page.post("/api/v1/needs/", {"customer": customer.pk, "text": "小包装"}, content_type="application/json")
    assert made.status_code == 201, made.content
    url = f"/api/v1/needs/{made.json()['id']}/"
    headers = {"content_type": "application/json", "HTTP_IF_MATCH": made["ETag"]}
    assert page.patch(url, {"state": "dropped"}, **headers).status_code == 400
    moved = page.patch(url, {"state": "offered"}, **headers)
    assert (moved.status_code, moved.json()["state"]) == (200, "offered")
    assert [row["id"] for row in page.get("/api/v1/needs/?state=offered").json()["results"]] == [made.json()["id"]]
    assert page.get("/api/v1/needs/?state=open").json()["results"] == []
    assert sign_in(cast.outsider).get(url).status_code == 404
