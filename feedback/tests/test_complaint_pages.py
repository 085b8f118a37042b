"""The pages: intake once, the case step by step, conflicts without loss, who sees what."""

import re
import uuid

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers.services import tokens_refresh
from feedback import services
from feedback.models import Complaint

pytestmark = pytest.mark.django_db
LIST = "/feedback/complaints/"


def intake(cast, **values):
    return {
        "idempotency_key": str(uuid.uuid4()),
        "text": "外壳裂了",
        "category": "product",
        "severity": "high",
        "channel": "phone",
        "owner": cast.wang.pk,
    } | values


@pytest.fixture
def rep(sign_in, cast):
    return sign_in(cast.wang)


def act(client, complaint, act, **values):
    return client.post(reverse("complaint", args=[complaint.pk]), {"act": act, "version": complaint.version} | values)


def test_feedback_begins_with_the_complaints(rep):
    assert rep.get("/feedback/").url == LIST


def test_sent_twice_makes_one_complaint(rep, customer, cast):
    url, body = f"{LIST}new/?customer={customer.pk}", intake(cast)
    first, second = rep.post(url, body), rep.post(url, body)
    assert first.url == second.url == f"{LIST}{Complaint.objects.get().pk}/"


def test_the_same_key_with_other_words_is_refused_with_a_sentence(rep, customer, cast):
    url, body = f"{LIST}new/?customer={customer.pk}", intake(cast)
    rep.post(url, body)
    answer = rep.post(url, body | {"text": "别的事"})
    assert answer.status_code == 422
    assert "sent before" in answer.content.decode()
    assert Complaint.objects.count() == 1


def test_missing_words_are_named_and_nothing_typed_is_lost(rep, customer, cast):
    answer = rep.post(f"{LIST}new/?customer={customer.pk}", intake(cast, text="", category="delivery"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write down what the customer said." in page
    assert re.search(r'value="delivery"[^>]*checked', page)


def test_without_a_customer_one_is_chosen_by_search(rep, customer):
    tokens_refresh([customer.pk])
    page = rep.get(f"{LIST}new/?q=恒远").content.decode()
    assert f"?customer={customer.pk}" in page
    assert f"?customer={customer.pk}" not in rep.get(f"{LIST}new/?q=zzzz").content.decode()


def test_a_kept_draft_comes_back(rep, customer):
    rep.post("/drafts/", {"form_key": f"complaint_new:{customer.pk}", "data": '[["text","写了一半"]]'})
    assert "写了一半" in rep.get(f"{LIST}new/?customer={customer.pk}").content.decode()


def test_a_strangers_customer_is_unknown_here(sign_in, cast, customer):
    assert sign_in(cast.outsider).get(f"{LIST}new/?customer={customer.pk}").status_code == 404
    assert sign_in(cast.auditor).get(f"{LIST}new/?customer={customer.pk}").status_code == 403


def test_intake_grading_and_first_response_are_one_form(rep, customer, cast):
    rep.post(f"{LIST}new/?customer={customer.pk}", intake(cast, response="已道歉，今天换货"))
    made = Complaint.objects.get()
    lines = [(step.kind, step.from_state, step.to_state, step.note) for step in made.steps.all()]
    assert lines == [
        ("move", "", "received", ""),
        ("move", "received", "graded", ""),
        ("response", "graded", "graded", "已道歉，今天换货"),
    ]
    assert (made.state, made.severity) == ("graded", "high")
    assert made.received_at <= made.first_response_at <= made.first_response_due_at
    acts = AuditEntry.objects.filter(object_id=made.pk, object_type="feedback.complaint").order_by("pk")
    assert [entry.act for entry in acts] == ["complaint.create", "complaint.move", "complaint.respond"]


def test_intake_without_an_answer_leaves_the_first_clock_running(rep, customer, cast):
    rep.post(f"{LIST}new/?customer={customer.pk}", intake(cast, response="  "))
    made = Complaint.objects.get()
    assert (made.state, made.first_response_at, made.clock.name) == ("graded", None, "response")


def test_a_case_goes_from_intake_to_close_by_its_page(rep, complaint):
    act(rep, complaint, "respond", note="已致电")
    for to, values in [
        ("investigating", {}),
        ("resolving", {}),
        ("answered", {"result": "换货"}),
        ("satisfaction_asked", {}),
        ("closed", {"csat": "5", "result": "换货"}),
    ]:
        complaint.refresh_from_db()
        assert act(rep, complaint, "move", to=to, **values).status_code == 302, to
    complaint.refresh_from_db()
    assert (complaint.state, complaint.csat, complaint.result) == ("closed", 5, "换货")


def test_what_is_solved_already_is_closed_in_one_act_with_a_line_for_each_state(rep, complaint):
    act(rep, complaint, "settle", to="closed", result="换货", csat="4", note="一次解决")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.csat) == ("closed", 4)
    assert complaint.first_response_at is not None
    way = ["graded", "investigating", "resolving", "answered", "satisfaction_asked", "closed"]
    lines = list(complaint.steps.exclude(from_state="").values_list("to_state", "note", "csat"))
    assert lines == [
        (state, "一次解决" if state == "closed" else "", 4 if state == "closed" else None) for state in way
    ]
    moved = AuditEntry.objects.filter(act="complaint.move").order_by("pk")
    assert [entry.details["state"] for entry in moved] == way


def test_a_rating_given_with_the_answer_closes_the_case(rep, complaint, bring_to):
    bring_to(complaint, "resolving")
    act(rep, complaint, "move", to="answered", result="换货", csat="3")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.csat) == ("closed", 3)


def test_an_act_over_several_states_is_whole_or_nothing(rep, complaint):
    answer = act(rep, complaint, "settle", to="closed", result="换货", note="客户未接电话")
    assert answer.status_code == 422
    assert "Ask the customer how satisfied they are" in answer.content.decode()
    complaint.refresh_from_db()
    assert (complaint.state, complaint.steps.count()) == ("received", 1)


def test_a_step_that_is_not_offered_here_is_refused(rep, complaint):
    assert act(rep, complaint, "move", to="closed", result="换货", csat="5").status_code == 422
    assert act(rep, complaint, "move").status_code == 422
    complaint.refresh_from_db()
    assert complaint.state == "received"


@pytest.mark.parametrize("state", ["received", "graded", "investigating", "resolving", "answered", "closed"])
def test_the_page_has_one_main_button_and_says_next_step_and_hand_over_once(rep, complaint, bring_to, state):
    if state != "received":
        bring_to(complaint, state)
    page = rep.get(reverse("complaint", args=[complaint.pk])).content.decode()
    main = page.split("<main", 1)[1]
    assert len(re.findall(r">\s*Next step\s*<", main)) == (state != "closed")
    assert len(re.findall(r"<h2[^>]*>\s*Owner\s*</h2>", main)) == 1
    shown = main.split('id="next"', 1)[1].split("</section>", 1)[0]
    assert shown.count("button primary") == (state != "closed")


def test_a_lead_judges_the_severity_anew_and_the_handler_does_not(sign_in, cast, complaint):
    times = (complaint.first_response_due_at, complaint.promised_at)
    assert act(sign_in(cast.wang), complaint, "grade", severity="low").status_code == 422
    assert act(sign_in(cast.lead), complaint, "grade", severity="critical").status_code == 302
    complaint.refresh_from_db()
    assert complaint.severity == "critical"
    assert (complaint.first_response_due_at, complaint.promised_at) == times


def test_closing_without_an_answer_says_what_is_missing(rep, complaint, bring_to):
    bring_to(complaint, "satisfaction_asked")
    answer = act(rep, complaint, "move", to="closed", result="换货", note="客户未接电话")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ask the customer how satisfied they are" in page
    assert "客户未接电话" in page


def test_an_old_page_gets_409_with_what_was_typed(rep, complaint, bring_to):
    old = Complaint.objects.get(pk=complaint.pk)
    bring_to(complaint, "graded")
    answer = act(rep, old, "respond", note="已致电")
    assert answer.status_code == 409
    assert "Somebody changed this complaint meanwhile." in answer.content.decode()
    assert "正文还在" in act(rep, old, "move", to="investigating", note="正文还在").content.decode()
    complaint.refresh_from_db()
    assert complaint.state == "graded"


def test_a_hand_over_out_of_reach_leads_back_to_the_list(sign_in, complaint, cast):
    complaint.owner = cast.outsider
    complaint.save()
    stranger = sign_in(cast.outsider)
    answer = act(stranger, complaint, "assign", owner=cast.wang.pk, note="不是我的客户")
    assert (answer.status_code, answer.url) == (302, LIST)
    assert stranger.get(reverse("complaint", args=[complaint.pk])).status_code == 404


def test_a_note_sent_twice_is_written_once(rep, complaint):
    body = {"note": "客户很急", "idempotency_key": str(uuid.uuid4())}
    act(rep, complaint, "note", **body)
    act(rep, complaint, "note", **body)
    assert complaint.steps.filter(kind="note").count() == 1


def test_the_key_of_a_note_with_other_words_is_refused_in_its_form(rep, complaint):
    key = str(uuid.uuid4())
    act(rep, complaint, "note", note="客户很急", idempotency_key=key)
    answer = act(rep, complaint, "note", note="客户不急了", idempotency_key=key)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("sent before") == 1
    assert "客户不急了" in page
    assert complaint.steps.filter(kind="note").count() == 1


def test_who_is_overtaken_while_saving_gets_409_as_well(rep, complaint, bring_to, monkeypatch):
    advance = services.complaint_advance

    def overtaken(*, complaint, **values):
        monkeypatch.setattr(services, "complaint_advance", advance)
        bring_to(Complaint.objects.get(pk=complaint.pk), "graded")
        return advance(complaint=complaint, **values)

    monkeypatch.setattr(services, "complaint_advance", overtaken)
    answer = act(rep, complaint, "move", to="investigating", note="正文还在")
    page = answer.content.decode()
    assert (answer.status_code, "正文还在" in page) == (409, True)
    now = Complaint.objects.get(pk=complaint.pk).version
    assert f'name="version" value="{now}" id="move_version"' in page
    assert complaint.steps.filter(note="正文还在").count() == 0


def test_an_act_that_does_not_exist_changes_nothing(rep, complaint):
    assert act(rep, complaint, "explode").status_code == 422


def test_the_auditor_reads_and_finds_no_form(sign_in, cast, complaint):
    page = sign_in(cast.auditor).get(reverse("complaint", args=[complaint.pk])).content.decode()
    assert 'value="move"' not in page
    assert "外壳裂了" in page


@pytest.mark.parametrize("tab", ["open", "mine", "breached", "closed", "nonsense"])
def test_every_tab_answers_also_empty(rep, tab):
    assert rep.get(f"{LIST}?tab={tab}&severity=low").status_code == 200
    assert rep.get(f"{LIST}?tab={tab}").status_code == 200


def test_tabs_count_under_the_severity_and_keep_it(rep, take_in):
    take_in(severity="high")
    take_in(severity="low")
    take_in(severity="low")
    page = rep.get(f"{LIST}?tab=mine&severity=low").content.decode()
    assert page.count("<tr data-row>") == 2
    tab, count = re.search(r'<a href="([^"]*)"[^>]*>\s*Open\s*<span[^>]*>(\d+)</span>', page).groups()
    assert count == "2"
    assert rep.get(f"{LIST}{tab.replace('&amp;', '&')}").content.decode().count("<tr data-row>") == 2


def test_the_list_costs_the_same_queries_for_many_rows(rep, take_in, django_assert_max_num_queries):
    for _ in range(3):
        take_in()
    rep.get(LIST)
    with django_assert_max_num_queries(12) as few:
        rep.get(LIST)
    for _ in range(60):
        take_in()
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = rep.get(LIST).content.decode()
    assert "cursor=" in page


def test_a_held_form_comes_back_on_the_case(rep, complaint, cast, client):
    url = reverse("complaint", args=[complaint.pk])
    client.post(url, {"act": "move", "to": "investigating", "version": 1, "note": "打了很多字"})
    client.force_login(cast.wang, backend="accounts.backends.EmailOrMobileBackend")
    assert "打了很多字" in client.get(url).content.decode()
