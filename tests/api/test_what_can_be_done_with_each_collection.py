"""The ordinary life of rows over the API, through the services and with the rights of the policy table."""

import datetime as dt

import pytest

from accounts.models import AuditEntry
from core import clock
from core.models import OutboxMail
from customers.models import Customer, CustomerFacts, Interaction
from customers.services import customer_transfer
from followups.models import FollowUp, MessageTemplate, Notice, Rhythm
from sales.models import Order, OrderLine, Target
from segmentation.models import ChurnCase, ScoreInterval, ScoreRun

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)


def ahead(days: int) -> str:
    """The company's day so many days from now."""
    return (clock.business_date() + dt.timedelta(days=days)).isoformat()


def made(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()


def change(client, path, body, method="patch"):
    etag = client.get(path).headers["ETag"]
    return getattr(client, method)(path, body, If_Match=etag)


def test_a_customer_from_creation_to_the_bin(api, cast):
    client = api(cast.wang)
    row = made(client.post("customers/", {"name": "德润化工", "kind": "company", "phone": "138 1234 5678"}))
    assert (row["owner"], row["number"][0]) == (cast.wang.pk, "K")
    path = f"customers/{row['id']}/"
    assert change(client, path, {"region": "无锡", "channel": "exhibition"}).json()["channel"] == "exhibition"
    assert change(client, path, None, "delete").status_code == 204
    assert client.get(path).status_code == 404
    assert Customer.all_objects.get(pk=row["id"]).deleted_at is not None


WRONG = [("phone", "abc"), ("email", "no"), ("kind", "x"), ("channel", "x"), ("birthday", "31.31."), ("name", " ")]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_bad_value_is_a_400_that_names_the_field(api, cast, field, value):
    answer = api(cast.wang).post("customers/", {"name": "德润化工", field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_customer_is_assigned_and_claimed_by_who_may(api, cast, customer):
    path = f"customers/{customer.pk}/"
    assert api(cast.wang).post(f"{path}assign/", {"owner": cast.li.pk}, If_Match="*").status_code == 403
    lead = api(cast.lead)
    assert lead.post(f"{path}assign/", {"owner": cast.outsider.pk}, If_Match="*").status_code == 400
    given = lead.post(f"{path}assign/", {"owner": cast.li.pk, "reason": "产假"}, If_Match="*")
    assert given.json()["owner"] == cast.li.pk
    assert lead.post(f"{path}assign/", {"owner": None}, If_Match="*").json()["owner"] is None
    assert api(cast.outsider).post(f"{path}claim/").status_code == 204
    assert api(cast.wang).post(f"{path}claim/").status_code == 404
    assert AuditEntry.objects.filter(act="customer.assign").count() == 3


def test_whoever_sees_a_customer_follows_it_until_they_stop(api, cast, customer):
    path, lead = f"customers/{customer.pk}/", api(cast.lead)
    for act, follows in (("follow", True), ("follow", True), ("unfollow", False), ("unfollow", False)):
        assert lead.post(f"{path}{act}/").status_code == 204
        assert customer.followers.filter(user=cast.lead).exists() is follows
        found = lead.get("customers/?followed=true").json()["results"]
        assert [row["id"] for row in found] == [customer.pk] * follows
        assert len(lead.get("customers/?followed=false").json()["results"]) == 1 - follows
    assert api(cast.outsider).post(f"{path}follow/").status_code == 404
    acts = AuditEntry.objects.filter(act__in=["customer.follow", "customer.unfollow"])
    assert acts.count() == 2


def test_a_customer_of_the_pool_is_claimed_before_it_is_followed(api, cast, customer):
    customer_transfer(customer=customer, to=None, by=cast.lead)
    refused = api(cast.wang).post(f"customers/{customer.pk}/follow/")
    assert refused.status_code == 409
    assert "Claim it first" in refused.json()["detail"]
    assert api(cast.wang).post(f"customers/{customer.pk}/claim/").status_code == 204
    assert api(cast.wang).post(f"customers/{customer.pk}/follow/").status_code == 204


def test_foreign_ids_are_404_to_every_method_and_in_bodies_no_row(api, cast, customer):
    client, path = api(cast.outsider), f"customers/{customer.pk}/"
    for method in ("get", "put", "patch", "delete"):
        answer = getattr(client, method)(path, {"name": "x"}, If_Match="*")
        assert answer.status_code == 404, method
    for name in ("contacts", "interactions", "orders", "follow-ups", "complaints"):
        answer = client.post(f"{name}/", {"customer": customer.pk})
        assert "customer" in answer.json()["errors"]
    assert AuditEntry.objects.filter(act="denied").count() == 4


def test_contacts_belong_to_customers_in_reach(api, cast, customer):
    client = api(cast.wang)
    row = made(client.post("contacts/", {"customer": customer.pk, "name": "顾海明", "phone": "13987654321"}))
    assert row["is_primary"] is True
    path = f"contacts/{row['id']}/"
    assert change(client, path, {"position": "设备科长"}).json()["position"] == "设备科长"
    assert change(client, path, None, "delete").status_code == 204


def test_logging_a_contact_moves_the_facts_and_sets_the_next_step(api, cast, customer):
    CustomerFacts.objects.create(customer=customer)
    body = {"customer": customer.pk, "kind": "call", "result": "interested", "summary": "要报价", "next_step": "7"}
    row = made(api(cast.wang).post("interactions/", body))
    assert (row["user"], row["direction"], row["late"]) == (cast.wang.pk, "out", False)
    assert CustomerFacts.objects.get(pk=customer.pk).touches == 1
    assert FollowUp.objects.filter(customer=customer, state="open").count() == 1
    assert api(cast.wang).post("interactions/", {**body, "next_step": "someday"}).status_code == 400
    assert api(cast.wang).post("interactions/", {**body, "next_step": "2001-01-01"}).status_code in (201, 400)
    assert api(cast.wang).post("interactions/", {**body, "occurred_at": "2099-01-01T00:00:00Z"}).status_code == 400


def test_what_came_up_in_a_contact_is_written_read_and_found(api, cast, customer):
    client = api(cast.wang)
    body = {"customer": customer.pk, "kind": "call", "result": "reached"}
    assert (
        made(client.post("interactions/", {**body, "objection": "交期太长", "change_found": "搬家"}))["change_found"]
        == "搬家"
    )
    for text, found in (("交期", 1), ("搬家", 1), ("预算", 0)):
        assert len(client.get(f"interactions/?search={text}").json()["results"]) == found


def test_only_a_note_among_colleagues_has_no_result(api, cast, customer):
    client = api(cast.wang)
    body = {"customer": customer.pk, "kind": "call"}
    assert list(client.post("interactions/", body).json()["errors"]) == ["result"]
    assert made(client.post("interactions/", {**body, "kind": "note", "summary": "先问财务"}))["result"] == ""
    said = client.post("interactions/", {**body, "kind": "note", "result": "proposal_sent"})
    assert (said.status_code, list(said.json()["errors"])) == (400, ["result"])
    before = Customer.objects.get(pk=customer.pk).stage
    row = made(client.post("interactions/", {**body, "kind": "note", "direction": "out", "summary": "x"}))
    assert row["direction"] == "internal"
    row = made(client.post("interactions/", {**body, "direction": "internal", "result": "reached"}))
    assert row["direction"] == "out"
    assert Customer.objects.get(pk=customer.pk).stage == before


def test_the_next_step_says_when_what_and_who(api, cast, customer):
    body = {"customer": customer.pk, "kind": "call", "result": "reached", "next_step": "7"}
    more = {"next_time": "15:00", "next_purpose": "带样品", "next_assignee": cast.li.pk}
    made(api(cast.lead).post("interactions/", {**body, **more}))
    planned = FollowUp.objects.get(customer=customer, state="open")
    assert (planned.due_time, planned.purpose, planned.assignee) == (dt.time(15), "带样品", cast.li)
    answer = api(cast.wang).post("interactions/", {**body, "next_assignee": cast.outsider.pk})
    assert list(answer.json()["errors"]) == ["next_assignee"]


def test_an_entry_is_taken_back_by_its_author_only(api, cast, customer):
    body = {"customer": customer.pk, "kind": "call", "result": "reached"}
    row = made(api(cast.wang).post("interactions/", body))
    path = f"interactions/{row['id']}/"
    assert change(api(cast.lead), path, None, "delete").status_code == 409
    assert change(api(cast.wang), path, None, "delete").status_code == 204


def test_an_entry_is_corrected_as_on_the_page(api, cast, customer):
    CustomerFacts.objects.create(customer=customer)
    body = {"customer": customer.pk, "kind": "call", "result": "reached", "summary": "问价"}
    client = api(cast.wang)
    row = made(client.post("interactions/", body))
    path = f"interactions/{row['id']}/"
    assert client.patch(path, {"summary": "问二期报价"}).status_code == 428
    right = change(client, path, {"result": "no_answer", "summary": "没人接"}).json()
    assert (right["result"], right["summary"], right["version"]) == ("no_answer", "没人接", row["version"] + 1)
    assert right["corrected_at"]
    facts = CustomerFacts.objects.get(pk=customer.pk)
    assert (facts.touches, facts.unanswered, facts.last_contact_at) == (1, 1, None)
    assert AuditEntry.objects.get(act="interaction.correct").details["fields"] == ["result", "summary"]
    assert client.patch(path, {"summary": "旧的"}, If_Match=f'"{row["version"]}"').status_code == 412
    whole = change(client, path, {**body, "kind": "note", "result": ""}, "put").json()
    assert (whole["kind"], whole["direction"], whole["result"]) == ("note", "internal", "")
    assert CustomerFacts.objects.get(pk=customer.pk).touches == 0


def test_the_same_once_more_is_no_correction(api, cast, customer):
    client = api(cast.wang)
    row = made(client.post("interactions/", {"customer": customer.pk, "kind": "call", "result": "reached"}))
    shown = change(client, f"interactions/{row['id']}/", row).json()
    assert (shown["version"], shown["corrected_at"]) == (row["version"], None)
    assert not AuditEntry.objects.filter(act="interaction.correct").exists()


@pytest.mark.parametrize("field", ["next_time", "next_assignee"])
def test_a_correction_without_a_next_step_is_taken(api, cast, customer, field):
    """A client that sends all fields says "none" by null: that isn't a change, and no failure."""
    client = api(cast.wang)
    row = made(client.post("interactions/", {"customer": customer.pk, "kind": "call", "result": "reached"}))
    answer = change(client, f"interactions/{row['id']}/", {field: None, "summary": "带样品"})
    assert (answer.status_code, answer.json()["summary"]) == (200, "带样品")


def test_a_correction_leaves_the_customer_and_the_next_step_as_they_are(api, cast, customer):
    client = api(cast.wang)
    row = made(client.post("interactions/", {"customer": customer.pk, "kind": "call", "result": "reached"}))
    other = made(client.post("customers/", {"name": "德润化工", "kind": "company"}))
    contact = made(client.post("contacts/", {"customer": other["id"], "name": "顾海明"}))
    for field, value in {
        "customer": other["id"],
        "captured_at": NOON.isoformat(),
        "next_step": "7",
        "next_purpose": "带样品",
        "contact": contact["id"],
        "result": "",
        "late": True,
    }.items():
        answer = change(client, f"interactions/{row['id']}/", {field: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    Interaction.objects.filter(pk=row["id"]).update(automatic=True)
    assert change(client, f"interactions/{row['id']}/", {"summary": "x"}).status_code == 403


def test_leads_correct_entries_of_others_and_colleagues_dont(api, cast, customer):
    body = {"customer": customer.pk, "kind": "call", "result": "reached"}
    of_wang, of_lead = (made(api(user).post("interactions/", body))["id"] for user in (cast.wang, cast.lead))
    assert change(api(cast.lead), f"interactions/{of_wang}/", {"summary": "组长改"}).status_code == 200
    assert change(api(cast.wang), f"interactions/{of_lead}/", {"summary": "x"}).status_code == 403
    assert api(cast.outsider).patch(f"interactions/{of_wang}/", {"summary": "x"}, If_Match="*").status_code == 404


def test_an_order_and_its_return(api, cast, customer):
    client = api(cast.wang)
    line = {"description": "轴承", "quantity": "2", "unit_price": "12.50"}
    row = made(client.post("orders/", {"customer": customer.pk, "ordered_at": NOON.isoformat(), "lines": [line]}))
    assert (row["total"], row["currency"], row["lines"][0]["amount"]) == (2500, "CNY", "25.0000")
    path = f"orders/{row['id']}/"
    more = change(client, path, {"lines": [line, {**line, "quantity": "1"}]}).json()
    assert (more["total"], len(more["lines"])) == (3750, 2)
    assert change(client, path, {"notes": "加急"}).json()["total"] == 3750
    back = {"customer": customer.pk, "kind": "return", "return_of": row["id"], "ordered_at": NOON.isoformat()}
    assert made(client.post("orders/", {**back, "lines": [{**line, "quantity": "3"}]}))["total"] == -3750
    assert client.post("orders/", {**back, "lines": [{**line, "quantity": "1"}]}).status_code == 400
    order = {"customer": customer.pk, "ordered_at": NOON.isoformat()}
    for wrong in ([line | {"quantity": "0"}], [line | {"unit_price": "-1"}], [line | {"description": ""}], []):
        assert "lines" in client.post("orders/", order | {"lines": wrong}).json()["errors"]
    assert Order.objects.count() == 2


def test_notes_of_an_imported_order_change_no_money(api, cast, customer):
    """Its lines aren't always quantity x price."""
    order = Order.objects.create(
        source="import", number="1", customer=customer, ordered_at=NOON, ordered_on=NOON.date(), currency="CNY",
        total=10_000, amount=10_000,
    )  # fmt: skip
    OrderLine.objects.create(order=order, quantity=3000, unit_price="0.0333", amount=100, description="螺钉")
    answer = api(cast.wang).patch(f"orders/{order.pk}/", {"notes": "x"}, If_Match='"1"')
    order.refresh_from_db()
    assert (answer.status_code, order.notes, order.total) == (200, "x", 10_000)
    assert order.lines.get().amount == 100


@pytest.mark.parametrize(
    ("line", "field"),
    [({"quantity": "1", "unit_price": "10", "discount": "100"}, "discount"), ({"unit_price": "10"}, "quantity")],
)
def test_a_line_that_makes_no_sense_is_named(api, cast, customer, line, field):
    client, order = api(cast.wang), {"customer": customer.pk, "ordered_at": NOON.isoformat()}
    row = made(client.post("orders/", order | {"lines": [{"description": "x", "quantity": "1", "unit_price": "1"}]}))
    wrong = {"lines": [{"description": "x", **line}]}
    for answer in (client.post("orders/", order | wrong), change(client, f"orders/{row['id']}/", wrong)):
        assert (answer.status_code, field in str(answer.json()["errors"]["lines"])) == (400, True)


def test_follow_ups_are_planned_moved_and_closed(api, cast, customer):
    client = api(cast.wang)
    row = made(client.post("follow-ups/", {"customer": customer.pk, "due_on": ahead(7), "purpose": "报价"}))
    assert row["assignee"] == cast.wang.pk
    path = f"follow-ups/{row['id']}/"
    assert change(client, path, {"due_on": ahead(10), "due_time": "10:30:00"}).json()["due_at"] is not None
    etag = client.get(path).headers["ETag"]
    assert client.post(f"{path}complete/", If_Match=etag).json()["state"] == "done"
    assert client.post(f"{path}skip/", If_Match="*").status_code == 409


def test_a_reminder_is_one_notice_and_one_mail(api, cast, customer, tomorrow):
    body = {"customer": customer.pk, "user": cast.wang.pk, "due_at": tomorrow, "channel": "email", "text": "回电"}
    client = api(cast.wang)
    row = made(client.post("reminders/", body, Idempotency_Key="r1"))
    made(client.post("reminders/", body, Idempotency_Key="r1"))
    assert Notice.objects.filter(key=f"reminder:{row['id']}").count() == 1
    assert OutboxMail.objects.filter(source_id=row["id"]).count() == 1
    path = f"reminders/{row['id']}/"
    assert change(client, path, {"text": "下午回电"}).json()["text"] == "下午回电"
    assert change(client, path, None, "delete").status_code == 204
    assert client.post("reminders/", body | {"user": cast.li.pk}).status_code == 400
    assert client.post("reminders/", body | {"due_at": "2001-01-01T00:00:00Z"}).status_code == 400
    made(api(cast.lead).post("reminders/", body))
    assert api(cast.lead).post("reminders/", body | {"user": cast.outsider.pk}).status_code == 400


def test_notices_are_read_and_marked(api, cast):
    notice = Notice.objects.create(user=cast.wang, key="n1", kind="day", due_at=NOON, numbers={"due": 3, "overdue": 1})
    client = api(cast.wang)
    assert client.get("notifications/?unread=true").json()["results"][0]["title"] == "3 follow-ups today · 1 overdue"
    assert change(client, f"notifications/{notice.pk}/", {"read": True}).json()["read"] is True
    assert client.get("notifications/?unread=true").json()["results"] == []
    assert api(cast.lead).get(f"notifications/{notice.pk}/").status_code == 404


def test_a_complaint_walks_its_way_by_patches(api, cast, customer):
    client = api(cast.agent)
    row = made(client.post("complaints/", {"customer": customer.pk, "text": "外壳裂了", "category": "product"}))
    assert (row["owner"], row["state"]) == (cast.wang.pk, "received")
    path = f"complaints/{row['id']}/"
    assert change(client, path, {"first_response_at": row["received_at"], "note": "已致电"}).status_code == 200
    for state in ("graded", "investigating", "resolving", "answered", "satisfaction_asked"):
        assert change(client, path, {"state": state}).json()["state"] == state
    refused = change(client, path, {"state": "closed"})
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"result", "csat"})
    assert change(client, path, {"state": "closed", "result": "换货", "csat": 5}).json()["closed_at"]
    assert change(client, path, {"state": "graded"}).status_code == 400
    assert CustomerFacts.objects.get(pk=customer.pk).last_csat == 5
    assert len(client.get(f"{path}steps/").json()) == 8


def test_a_complaint_is_handed_over_and_corrected(api, cast, customer):
    client = api(cast.lead)
    row = made(client.post("complaints/", {"customer": customer.pk, "text": "外壳裂了", "category": "product"}))
    path = f"complaints/{row['id']}/"
    assert change(client, path, {"owner": cast.li.pk, "severity": "high"}).json()["owner"] == cast.li.pk
    assert change(client, path, {"owner": cast.outsider.pk}).status_code == 400
    assert change(client, path, {"csat": 5}).status_code == 400
    assert len(client.get("complaints/?severity=high&open=true&breached=false").json()["results"]) == 1


def test_targets_are_set_by_who_may(api, cast):
    client, body = api(cast.manager), {"user": cast.wang.pk, "month": "2026-12-01", "value": 100_000}
    row = made(client.post("targets/", body))
    assert client.post("targets/", body).status_code == 409
    assert change(client, f"targets/{row['id']}/", {"value": 200_000}).json()["value"] == 200_000
    assert client.post("targets/", body | {"month": "2026-12-02"}).status_code == 400
    assert client.post("targets/", body | {"user": cast.outsider.pk}).status_code == 400
    assert api(cast.lead).post("targets/", body).status_code == 403
    assert change(client, f"targets/{row['id']}/", None, "delete").status_code == 204
    assert not Target.objects.exists()


def test_scores_are_read_as_of_a_published_run(api, cast, customer):
    ScoreInterval.objects.create(
        customer=customer, valid_from=NOON.date(), tier_scheme="b2b", tier="A", lifecycle="loyal", r=5, f=4, m=4
    )
    client = api(cast.wang)
    assert client.get("scores/").json()["results"] == []
    ScoreRun.objects.create(as_of=NOON.date(), started_at=NOON, published_at=NOON)
    row = client.get("scores/").json()["results"][0]
    assert (row["customer"], row["total"], row["as_of"]) == (customer.pk, 13, "2026-11-20")
    assert client.get("scores/?as_of=2026-11-19").status_code == 400
    assert client.get("scores/?as_of=nonsense").status_code == 400
    assert api(cast.outsider).get("scores/").json()["results"] == []


def test_a_warning_is_taken_into_work_and_closed_with_a_reason(api, cast, customer):
    CustomerFacts.objects.create(customer=customer, warning="red")
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=NOON.date(), level_since=NOON.date())
    client, path = api(cast.wang), f"churn-warnings/{case.pk}/"
    assert change(client, path, {"state": "working"}).json()["state"] == "working"
    assert change(client, path, {"state": "won_back"}).status_code == 400
    assert change(client, path, {"state": "false_alarm"}).status_code == 400
    closed = change(client, path, {"state": "false_alarm", "close_reason": "停产检修"})
    assert closed.json()["closed_by"] == cast.wang.pk
    assert change(client, path, {"state": "lost", "close_reason": "x"}).status_code == 409


def test_a_warning_is_planned_given_and_opened_again(api, cast, customer):
    CustomerFacts.objects.create(customer=customer, warning="red")
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=NOON.date(), level_since=NOON.date())
    client, path = api(cast.lead), f"churn-warnings/{case.pk}/"
    cause = client.get("churn-causes/").json()["results"][0]["id"]
    soon = (clock.business_date() + dt.timedelta(days=3)).isoformat()
    assert change(client, path, {"in_charge": cast.li.pk}).status_code == 400  # without a day
    for day in ("9999-12-31", "2020-01-01"):
        refused = change(client, path, {"in_charge": cast.li.pk, "follow_up_on": day})
        assert list(refused.json()["errors"]) == ["follow_up_on"]
    given = change(
        client, path, {"in_charge": cast.li.pk, "follow_up_on": soon, "plan": "送样品", "cause": cause, "due_on": soon}
    ).json()
    assert (given["state"], given["in_charge"], given["due_on"]) == ("working", cast.li.pk, soon)
    assert (given["plan"], given["cause"]) == ("送样品", cause)
    assert FollowUp.objects.get(customer=customer, state="open").assignee == cast.li
    assert change(client, path, {"in_charge": None}).json()["errors"].keys() == {"in_charge"}
    assert change(client, path, {"due_on": "2020-01-01"}).json()["errors"].keys() == {"due_on"}
    change(client, path, {"state": "lost", "close_reason": "停产"})
    assert change(client, path, {"state": "working"}).json()["closed_at"] is None
    rep = api(cast.wang)
    assert change(rep, path, {"in_charge": cast.wang.pk, "follow_up_on": soon}).status_code == 403


def test_what_was_done_for_a_warning_is_noted_once_and_taken_off(api, cast, customer):
    today = clock.business_date()
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=today, level_since=today)
    client, body = api(cast.wang), {"warning": case.pk, "kind": "gift", "done_on": today.isoformat(), "cost": 12_000}
    made = [client.post("warning-actions/", body, Idempotency_Key="g1") for _turn in range(2)]
    assert [(answer.status_code, answer.json()["id"]) for answer in made] == [(201, made[0].json()["id"])] * 2
    assert made[0].json()["created_by"] == cast.wang.pk
    for wrong in ({"kind": "bribe"}, {"cost": -1}, {"done_on": "2099-01-01"}):
        refused = client.post("warning-actions/", {**body, **wrong})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, list(wrong))
    assert api(cast.outsider).post("warning-actions/", body).status_code == 400
    assert api(cast.outsider).get("warning-actions/").json()["results"] == []
    path = f"warning-actions/{made[0].json()['id']}/"
    tag = client.get(path).headers["ETag"]
    assert client.delete(path, If_Match=tag).status_code == 204
    assert client.get("warning-actions/").json()["results"] == []


def test_a_prospect_is_qualified_once_and_changed_from_then_on(api, cast, customer):
    client = api(cast.wang)
    made = client.post("qualifications/", {"customer": customer.pk, "need": 3, "need_note": "产线停了"})
    assert (made.status_code, made.json()["frame"]) == (201, "faint")
    shown = made.json()
    assert (shown["score"], shown["known"], shown["letters"], shown["time"]) == (100, 1, 5, None)
    assert client.post("qualifications/", {"customer": customer.pk, "need": 1}).status_code == 409
    path = f"qualifications/{customer.pk}/"
    for wrong in ({"need": 4}, {"need": -1}, {"need": "x"}, {"frame": "spin"}, {"need_note": "x" * 501}):
        refused = client.patch(path, wrong, If_Match='"1"')
        assert (refused.status_code, list(refused.json()["errors"])) == (400, list(wrong))
    assert client.patch(path, {"time": 0}).status_code == 428
    assert client.patch(path, {"time": 0}, If_Match='"9"').status_code == 412
    assert client.patch(path, {"time": 0}, If_Match='"1"').json()["score"] == 50
    assert client.get(f"customers/{customer.pk}/").json()["facts"]["qualification"] == 50
    assert [row["customer"] for row in client.get("qualifications/?prospect=true").json()["results"]] == [customer.pk]
    assert api(cast.outsider).get(path).status_code == 404
    assert api(cast.auditor).patch(path, {"time": 1}, If_Match='"2"').status_code == 403
    CustomerFacts.objects.filter(pk=customer.pk).update(last_order_on=NOON.date())
    assert client.patch(path, {"time": 1}, If_Match='"2"').status_code == 400
    assert client.get("qualifications/?prospect=true").json()["results"] == []


def test_a_customer_has_one_own_plan_that_is_changed_and_removed(api, cast, customer):
    client = api(cast.wang)
    body = {"customer": customer.pk, "every_days": 10, "method": "visit", "at_time": "10:00"}
    made = client.post("own-plans/", body)
    assert (made.status_code, made.json()["every_days"]) == (201, 10)
    assert client.post("own-plans/", body).status_code == 409
    assert client.post("own-plans/", {"customer": customer.pk, "every_days": 0}).status_code == 400
    for method in ("note", "other"):
        wrong = client.post("own-plans/", {**body, "method": method})
        assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["method"])
    path = f"own-plans/{customer.pk}/"
    assert client.patch(path, {"every_days": 20}, If_Match='"9"').status_code == 412
    assert client.patch(path, {"every_days": 20}, If_Match='"1"').json()["version"] == 2
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on is not None
    assert [row["customer"] for row in client.get("own-plans/").json()["results"]] == [customer.pk]
    assert api(cast.outsider).get(path).status_code == 404
    assert client.delete(path, None, If_Match='"2"').status_code == 204
    assert not Rhythm.objects.exists()


def test_the_cadence_table_is_read_by_all_and_changed_by_managers(api, cast):
    rep, manager = api(cast.wang), api(cast.manager)
    shown = rep.get("cadence-rules/?phase=needs").json()["results"]
    assert [(row["shortest"], row["longest"], row["policy"]) for row in shown] == [(5, 10, "task")]
    body = {"phase": "needs", "scheme": "b2b", "tier": "S", "amount": "large", "shortest": 2, "longest": 3}
    body |= {"method": "visit", "other_method": "call"}
    assert rep.post("cadence-rules/", body).status_code == 403
    assert manager.post("cadence-rules/", body | {"tier": "D"}).status_code == 400
    assert manager.post("cadence-rules/", body | {"shortest": 4}).status_code == 400
    made = manager.post("cadence-rules/", body)
    assert (made.status_code, made.json()["updated_by"]) == (201, cast.manager.pk)
    assert manager.post("cadence-rules/", body).status_code == 409
    path = f"cadence-rules/{made.json()['id']}/"
    assert manager.patch(path, {"shortest": 1}).status_code == 428
    assert change(manager, path, {"shortest": 1}).json()["shortest"] == 1
    assert manager.patch(path, {"amount": "small"}, If_Match="*").status_code == 400
    assert manager.delete(path, None, If_Match="*").status_code == 204
    long_term = rep.get("cadence-rules/?phase=long_term").json()["results"][0]
    wrong = manager.patch(f"cadence-rules/{long_term['id']}/", {"category": ""}, If_Match="*")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["category"])
    of_new = body | {"phase": "new"}
    wrong = manager.post("cadence-rules/", of_new | {"shortest": 3, "longest": 300})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["longest"])
    assert manager.post("cadence-rules/", of_new | {"shortest": 1, "longest": 1}).status_code == 201
    MessageTemplate.objects.filter(code="greeting").update(automatic=True)
    greeting, other = (MessageTemplate.objects.get(code=code) for code in ("greeting", "thanks"))
    by_itself = f"cadence-rules/{long_term['id']}/"
    for wrong in ({"template": greeting.pk}, {"policy": "auto", "template": other.pk}):
        refused = manager.patch(by_itself, wrong, If_Match="*")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["template"])
    named = manager.patch(by_itself, {"policy": "auto", "template": greeting.pk}, If_Match="*")
    assert (named.status_code, named.json()["template"]) == (200, greeting.pk)
    assert manager.patch(by_itself, {"policy": "none"}, If_Match="*").json()["template"] is None
    shipped = f"cadence-rules/{shown[0]['id']}/"
    assert manager.delete(shipped, None, If_Match="*").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"method": "note"}, "method"),
        ({"method": "other"}, "method"),
        ({"due_on": "1000-01-01"}, "due_on"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "2200-12-31"}, "due_on"),
    ],
)
def test_what_the_page_refuses_of_a_follow_up_is_refused_here_too(api, cast, customer, wrong, field):
    client = api(cast.wang)
    body = {"customer": customer.pk, "due_on": ahead(7), "method": "call"}
    answer = client.post("follow-ups/", {**body, **wrong})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    path = f"follow-ups/{made(client.post('follow-ups/', body))['id']}/"
    assert change(client, path, wrong).status_code == 400
    FollowUp.objects.update(due_on="2020-01-01")
    assert change(client, path, {"due_on": "2020-01-01", "purpose": "x"}).status_code == 200
