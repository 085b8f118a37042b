"""Managers change the cadence table on one page: its lines, and further lines for some customers only."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock, jobs
from followups.cadence import Phase
from followups.cadence_table import effect, views
from followups.cadence_table.effect import effect_of
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, MessageTemplate
from followups.planning import plans_make
from followups.services import cadence_rule_add, cadence_rule_change, cadence_rule_delete, cadence_rule_restore
from tests.races import at_once
from ui import formatting

pytestmark = pytest.mark.django_db
NEW = {"method": "call", "other_method": "email", "policy": "task", "content": ""}


def url() -> str:
    return reverse("plan_settings")


def opened(client):
    """The fields of the page as a browser sends them back untouched."""
    return sent_again(client.get(url()))


def sent_again(answer):
    """The fields of a page that came back, as a browser sends them untouched."""
    form = answer.context["form"]
    fields = [bound for part in (form, *form.parts) for bound in part]
    return {bound.html_name: bound.value() for bound in fields if bound.value()}


def test_two_managers_change_two_lines_and_both_stay(cast, sign_in):
    manager = sign_in(cast.manager)
    mine, theirs = (CadenceRule.objects.get(scheme=scheme, tier="A") for scheme in ("b2c", "b2b"))
    data = opened(manager)
    CadenceRule.objects.filter(pk=theirs.pk).update(shortest=33)
    assert manager.post(url(), {**data, f"rule{mine.pk}-shortest": "10"}).status_code == 302
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.shortest, theirs.shortest) == (10, 33)


def test_a_line_that_came_or_went_meanwhile_hinders_nobody(cast, sign_in):
    manager = sign_in(cast.manager)
    gone = cadence_rule_add(by=cast.manager, phase="needs", amount="small", **NEW)
    mine = CadenceRule.objects.get(phase="needs", amount="")
    data = opened(manager)
    cadence_rule_delete(rule=gone, by=cast.manager)
    come = cadence_rule_add(by=cast.manager, phase="needs", amount="large", **NEW)
    assert manager.post(url(), {**data, f"rule{mine.pk}-shortest": "4"}).status_code == 302
    mine.refresh_from_db()
    come.refresh_from_db()
    assert (mine.shortest, come.shortest) == (4, 5)


def test_two_who_change_the_days_of_one_line_are_asked_and_nothing_is_lost(cast, sign_in):
    first, second = sign_in(cast.manager), sign_in(cast.admin)
    line = CadenceRule.objects.get(phase="first_contact", scheme="", tier="", frequency="", amount="")
    name = f"rule{line.pk}"
    data = opened(second)
    assert first.post(url(), {**opened(first), f"{name}-shortest": "7"}).status_code == 302
    asked = second.post(url(), {**data, f"{name}-longest": "5"})
    assert asked.status_code == 409
    text = asked.content.decode()
    assert f"{cast.manager.name} changed “Every so many days” to “7–7” meanwhile" in text
    line.refresh_from_db()
    assert (line.shortest, line.longest) == (7, 7)
    assert second.post(url(), sent_again(asked)).status_code == 302
    line.refresh_from_db()
    assert (line.shortest, line.longest) == (3, 5)


def test_two_who_change_one_field_are_asked_and_what_only_one_changed_is_kept(cast, sign_in):
    first, second = sign_in(cast.manager), sign_in(cast.admin)
    line, other = CadenceRule.objects.filter(phase="long_term", scheme="b2c").order_by("pk")[:2]
    data = opened(second)
    theirs = {f"rule{line.pk}-content": "first", f"rule{line.pk}-method": "email", f"rule{other.pk}-content": "b"}
    assert first.post(url(), {**opened(first), **theirs}).status_code == 302
    asked = second.post(url(), {**data, f"rule{line.pk}-content": "second", f"rule{other.pk}-longest": "80"})
    assert asked.status_code == 409
    assert f"{cast.manager.name} changed “What it is about” to “first” meanwhile" in asked.content.decode()
    line.refresh_from_db()
    assert line.content == "first"
    assert second.post(url(), sent_again(asked)).status_code == 302
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.content, line.method, other.content, other.longest) == ("second", "email", "b", 80)


def test_two_who_write_the_same_are_not_asked(cast, sign_in):
    first, second = sign_in(cast.manager), sign_in(cast.admin)
    line = CadenceRule.objects.get(scheme="b2c", tier="A")
    data = opened(second)
    change = {f"rule{line.pk}-content": "same"}
    assert first.post(url(), {**opened(first), **change}).status_code == 302
    assert second.post(url(), {**data, **change}).status_code == 302


def test_a_service_refuses_days_that_do_not_fit_with_what_is_stored_by_now(cast):
    seen = CadenceRule.objects.get(scheme="b2c", tier="A")
    CadenceRule.objects.filter(pk=seen.pk).update(shortest=44)
    with pytest.raises(ValidationError, match="at least the 44 days"):
        cadence_rule_change(rule=seen, by=cast.manager, longest=40)


def test_everybody_may_read_the_table_and_managers_change_it(cast, sign_in):
    page = sign_in(cast.wang).get(url()).content.decode()
    assert "<select" not in page
    assert "within 24 hours" in page
    assert sign_in(cast.wang).post(url(), {}).status_code == 403
    manager = sign_in(cast.manager)
    data = opened(manager)
    rule = CadenceRule.objects.get(scheme="b2c", tier="A")
    wrong = manager.post(url(), {**data, f"rule{rule.pk}-shortest": "0"})
    assert wrong.status_code == 422
    assert "1 to 366" in wrong.content.decode()
    wrong = manager.post(url(), {**data, f"rule{rule.pk}-shortest": "50"})
    assert "Enter at least the 50 days it begins with." in wrong.content.decode()
    assert manager.post(url(), {**data, f"rule{rule.pk}-shortest": "10"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.shortest, rule.updated_by) == (10, cast.manager)
    entry = AuditEntry.objects.get(act="plan_rule.change")
    assert entry.details["changed"] == {"shortest": [30, 10]}
    assert cast.manager.name in manager.get(url()).content.decode()


def test_an_exception_holds_for_whom_it_names_and_nobody_else(cast, sign_in):
    manager = sign_in(cast.manager)
    page = reverse("plan_line_new", args=["needs"])
    data = {**NEW, "whom": "b2b:S", "amount": "large", "frequency": "high", "shortest": "2", "longest": "3"}
    assert manager.post(page, data).status_code == 302
    line = read_table().line(Phase.NEEDS, "b2b", "S", "high", "large")
    assert (line.between.shortest, line.between.longest, line.other_method) == (2, 3, "email")
    assert read_table().line(Phase.NEEDS, "b2b", "S", "high", "mid").between.shortest == 5
    shown = manager.get(url()).content.decode()
    assert "Large amount" in shown
    assert "Buys often" in shown
    entry = AuditEntry.objects.get(act="plan_rule.create")
    assert (entry.details["scheme"], entry.details["tier"], entry.details["amount"]) == ("b2b", "S", "large")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [({}, "Choose for whom the line is"), ({"whom": "b2c:A"}, "has a line for these customers already")],
)
def test_an_exception_is_refused_for_nobody_and_for_whom_there_is_one(cast, sign_in, chosen, said):
    manager = sign_in(cast.manager)
    page = reverse("plan_line_new", args=["long_term"])
    data = {**NEW, "category": "key", "shortest": "2", "longest": "3", **chosen}
    refused = manager.post(page, data)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert CadenceRule.objects.filter(updated_at__isnull=False).count() == 0


def test_two_who_add_the_same_line_at_once_get_one(cast):
    cadence_rule_add(by=cast.manager, phase="needs", scheme="b2b", **NEW)
    with pytest.raises(ValidationError, match="already"):
        cadence_rule_add(by=cast.manager, phase="needs", scheme="b2b", **NEW)


def test_a_deleted_exception_comes_back_as_it_was(cast, sign_in):
    manager = sign_in(cast.manager)
    rule = cadence_rule_add(by=cast.manager, phase="needs", frequency="low", **{**NEW, "content": "ask"}, shortest=9)
    assert manager.post(reverse("plan_line_delete", args=[rule.pk])).status_code == 302
    assert not CadenceRule.objects.filter(pk=rule.pk).exists()
    assert manager.post(reverse("plan_line_restore", args=[rule.pk])).status_code == 302
    back = CadenceRule.objects.get(pk=rule.pk)
    assert (back.phase, back.frequency, back.shortest, back.content) == ("needs", "low", 9, "ask")
    acts = AuditEntry.objects.filter(act__startswith="plan_rule.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["plan_rule.create", "plan_rule.delete", "plan_rule.restore"]


@pytest.mark.django_db(transaction=True)
def test_two_who_bring_one_line_back_at_once_get_one(cast, monkeypatch):
    rule = cadence_rule_add(by=cast.manager, phase="needs", frequency="low", **NEW)
    pk = cadence_rule_delete(rule=rule, by=cast.manager)
    both_looked, save = Barrier(2, timeout=10), CadenceRule.save

    def saved(self, **how):
        both_looked.wait()
        save(self, **how)

    monkeypatch.setattr(CadenceRule, "save", saved)

    def restore(_turn):
        try:
            cadence_rule_restore(pk=pk, by=cast.manager)
        except ValidationError:
            return "refused"
        return "restored"

    assert sorted(at_once(restore, 2)) == ["refused", "restored"]
    assert CadenceRule.objects.filter(pk=pk).count() == 1


def test_what_comes_with_the_product_is_never_deleted(cast, sign_in):
    rule = CadenceRule.objects.get(scheme="b2b", tier="S")
    answer = sign_in(cast.manager).post(reverse("plan_line_delete", args=[rule.pk]), follow=True)
    assert "comes with the product" in answer.content.decode()
    assert CadenceRule.objects.filter(pk=rule.pk).exists()


def test_who_may_only_look_adds_and_deletes_nothing(cast, sign_in):
    rule = cadence_rule_add(by=cast.manager, phase="needs", frequency="low", **NEW)
    rep = sign_in(cast.wang)
    assert rep.get(reverse("plan_line_new", args=["needs"])).status_code == 403
    assert rep.post(reverse("plan_line_delete", args=[rule.pk])).status_code == 403
    assert rep.post(reverse("plan_line_restore", args=[rule.pk])).status_code == 403
    assert CadenceRule.objects.filter(pk=rule.pk).exists()


def test_the_effect_is_said_before_and_nothing_is_saved(cast, make, sign_in):
    for days in (5, 9):
        make(tier="A", last_contact=days)
    make(tier="B", last_contact=5)
    plans_make()
    manager = sign_in(cast.manager)
    data = opened(manager) | {f"rule{CadenceRule.objects.get(scheme='b2c', tier='A').pk}-shortest": "20"}
    page = manager.post(url(), data | {"preview": "1"})
    assert "2 open automatic dates move" in page.content.decode()
    effect = page.context["effect"]
    assert (effect.moved, effect.ended, effect.begun, effect.about) == (2, 0, 0, False)
    assert CadenceRule.objects.get(scheme="b2c", tier="A").shortest == 30
    assert sorted(FollowUp.objects.values_list("reason__days", flat=True)) == [30, 30, 45]


def test_what_is_switched_off_and_on_is_told_as_ends_and_begins(make):
    make(tier="A", last_contact=5)
    plans_make()
    rules = list(CadenceRule.objects.all())
    line = next(rule for rule in rules if (rule.scheme, rule.tier) == ("b2c", "A"))
    line.policy = "none"
    assert (effect_of(rules).moved, effect_of(rules).ended) == (0, 1)
    line.save()
    plans_make()
    line.policy = "task"
    assert (effect_of(rules).ended, effect_of(rules).begun) == (0, 1)


def test_of_many_customers_a_part_is_looked_at(make, monkeypatch):
    monkeypatch.setattr(effect, "EXACT_UP_TO", 2)
    for _n in range(4):
        make(tier="A", last_contact=5)
    plans_make()
    rules = list(CadenceRule.objects.all())
    next(rule for rule in rules if (rule.scheme, rule.tier) == ("b2c", "A")).shortest = 20
    told = effect_of(rules)
    assert (told.moved, told.about) == (4, True)


def test_dates_move_right_after_saving_and_the_page_says_how_far_it_is(
    cast, make, sign_in, django_capture_on_commit_callbacks, monkeypatch
):
    woken: list[int] = []
    monkeypatch.setattr(jobs, "_wakers", [lambda: woken.append(1)])
    jobs.insert_due(jobs.nightly(), [clock.last_ended_day()])
    jobs.night_of(clock.last_ended_day()).update(state="done", published_at=clock.now(), attempts=1)
    customer = make(tier="A", last_contact=5)
    plans_make()
    was = FollowUp.objects.get(customer=customer).due_on
    manager = sign_in(cast.manager)
    rule = CadenceRule.objects.get(scheme="b2c", tier="A")
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(url(), opened(manager) | {f"rule{rule.pk}-shortest": "20"})
    assert woken
    assert "within a minute" in manager.get(url()).content.decode()
    run = jobs.night_of(clock.last_ended_day()).exclude(state="done").get()
    assert run.job == "plans"
    jobs.run_one(run, next(job for job in jobs.nightly() if job.name == "plans"))
    assert FollowUp.objects.get(customer=customer).due_on < was
    page = manager.get(url()).content.decode()
    assert "within a minute" not in page
    part = manager.get(url(), headers={"HX-Request": "true"}).content.decode()
    assert "All automatic dates follow the table." in part
    assert "<html" not in part


def test_a_method_that_nobody_can_choose_any_more_stays_in_its_line(cast, sign_in):
    manager = sign_in(cast.manager)
    line = CadenceRule.objects.get(scheme="b2c", tier="A")
    CadenceRule.objects.filter(pk=line.pk).update(method="note")
    page = manager.get(url()).content.decode()
    assert page.count('value="note" selected') == 1
    assert manager.post(url(), {**opened(manager), f"rule{line.pk}-content": "x"}).status_code == 302
    line.refresh_from_db()
    assert (line.method, line.content) == ("note", "x")


def test_who_changed_a_line_that_was_deleted_meanwhile_is_told(cast, sign_in):
    manager = sign_in(cast.manager)
    gone = cadence_rule_add(by=cast.manager, phase="needs", amount="small", **NEW)
    mine = CadenceRule.objects.get(phase="needs", amount="")
    data = opened(manager) | {f"rule{gone.pk}-content": "x", f"rule{mine.pk}-shortest": "4"}
    cadence_rule_delete(rule=gone, by=cast.manager)
    told = manager.post(url(), data)
    assert (told.status_code, "was deleted meanwhile" in told.content.decode()) == (409, True)
    assert manager.post(url(), sent_again(told)).status_code == 302
    mine.refresh_from_db()
    assert mine.shortest == 4


def test_a_long_term_line_without_a_category_says_so_and_stays_so(cast, sign_in):
    manager = sign_in(cast.manager)
    line = CadenceRule.objects.get(phase="long_term", scheme="", tier="")
    CadenceRule.objects.filter(pk=line.pk).update(category="")
    page = manager.get(url())
    assert '<option value="" selected>none: as regular follow-ups</option>' in page.content.decode()
    data = sent_again(page)
    assert manager.post(url(), {**data, f"rule{line.pk}-shortest": "40"}).status_code == 302
    line.refresh_from_db()
    assert (line.shortest, line.category) == (40, "")


def test_a_figure_of_the_effect_opens_its_customers_with_both_days(cast, make, sign_in):
    near, far = make(tier="A", last_contact=9, name="近的"), make(tier="A", last_contact=5, name="远的")
    make(tier="B", last_contact=5, name="别的级别")
    plans_make()
    FollowUp.objects.filter(customer=far).update(due_on=FollowUp.objects.get(customer=far).due_on + timedelta(days=20))
    manager = sign_in(cast.manager)
    data = opened(manager) | {f"rule{CadenceRule.objects.get(scheme='b2c', tier='A').pk}-shortest": "20"}
    page = manager.post(url(), data | {"preview": "moved"})
    shown = page.context["effect"].rows
    assert [met.customer for met in shown] == [far, near], "those that move farthest first"
    assert all(met.was > met.becomes for met in shown)
    text = page.content.decode()
    assert near.name in text
    assert "别的级别" not in text
    assert f"rule{CadenceRule.objects.get(scheme='b2c', tier='A').pk}-shortest" in text, "what was typed stays"


def test_who_goes_to_the_review_list_has_no_day_in_the_preview(cast, make, sign_in):
    one = make(tier="A", last_contact=9)
    plans_make()
    line = CadenceRule.objects.get(scheme="b2c", tier="A")
    manager = sign_in(cast.manager)
    page = manager.post(url(), opened(manager) | {f"rule{line.pk}-policy": "review", "preview": "moved"})
    [met] = page.context["effect"].rows
    assert (met.customer, met.was_review, met.becomes_review) == (one, False, True)
    assert "<ins>review list of the quarter</ins>" in page.content.decode()
    assert formatting.day_short(met.becomes) not in page.content.decode().partition("was-now")[2].partition("</li>")[0]
    CadenceRule.objects.filter(pk=line.pk).update(policy="review")
    read_table.forget()
    plans_make()
    page = manager.post(url(), opened(manager) | {f"rule{line.pk}-policy": "task", "preview": "moved"})
    assert "<del>review list of the quarter</del>" in page.content.decode()


def test_more_customers_than_fit_are_shown_a_part_at_a_time(cast, make, sign_in, monkeypatch):
    monkeypatch.setattr(views, "SHOWN_AT_ONCE", 2)
    for _n in range(3):
        make(tier="A", last_contact=5)
    plans_make()
    manager = sign_in(cast.manager)
    data = opened(manager) | {f"rule{CadenceRule.objects.get(scheme='b2c', tier='A').pk}-shortest": "20"}
    first = manager.post(url(), data | {"preview": "moved"})
    assert (len(first.context["effect"].rows), first.context["effect"].more) == (2, 1)
    assert 'value="moved:4"' in first.content.decode()
    assert len(manager.post(url(), data | {"preview": "moved:4"}).context["effect"].rows) == 3
    assert manager.post(url(), data | {"preview": "nonsense:x"}).context["effect"].rows == []


# --- with which words a line writes by itself ------------------------------------------------------------------------
@pytest.fixture
def greeting():
    MessageTemplate.objects.filter(code="greeting").update(automatic=True)
    return MessageTemplate.objects.get(code="greeting")


def test_a_line_that_sends_names_its_template_and_another_one_none(cast, sign_in, greeting):
    manager = sign_in(cast.manager)
    rule = CadenceRule.objects.get(scheme="b2c", tier="C")
    name = f"rule{rule.pk}"
    sent = {f"{name}-policy": "auto", f"{name}-template_id": str(greeting.pk)}
    assert manager.post(url(), {**opened(manager), **sent}).status_code == 302
    rule.refresh_from_db()
    assert (rule.policy, rule.template) == ("auto", greeting)
    log = sign_in(cast.admin).get(reverse("audit_list")).content.decode()
    assert greeting.name in log
    reader = sign_in(cast.wang).get(url()).content.decode()
    assert greeting.name in reader
    assert manager.post(url(), {**opened(manager), f"{name}-policy": "task"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.policy, rule.template) == ("task", None)


def test_only_templates_that_may_be_sent_by_themselves_are_offered(cast, sign_in, greeting):
    manager = sign_in(cast.manager)
    rule = CadenceRule.objects.get(scheme="b2c", tier="C")
    other = MessageTemplate.objects.filter(automatic=False).first()
    sent = {f"rule{rule.pk}-policy": "auto", f"rule{rule.pk}-template_id": str(other.pk)}
    assert manager.post(url(), {**opened(manager), **sent}).status_code == 422
    assert rule.template is None


def test_one_that_is_no_longer_sent_is_seen_and_stays_until_another_is_chosen(cast, sign_in, greeting):
    manager = sign_in(cast.manager)
    rule = CadenceRule.objects.get(scheme="b2c", tier="C")
    cadence_rule_change(rule=rule, by=cast.manager, policy="auto", template_id=greeting.pk)
    MessageTemplate.objects.filter(pk=greeting.pk).update(is_active=False)
    assert f"{greeting.name}: not sent any more" in manager.get(url()).content.decode()
    assert manager.post(url(), {**opened(manager), f"rule{rule.pk}-shortest": "40"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.shortest, rule.template) == (40, greeting)


def test_a_deleted_line_comes_back_with_its_template(cast, greeting):
    rule = cadence_rule_add(by=cast.manager, phase="needs", amount="small", **NEW | {"policy": "auto"})
    cadence_rule_change(rule=rule, by=cast.manager, template_id=greeting.pk)
    pk = cadence_rule_delete(rule=rule, by=cast.manager)
    assert cadence_rule_restore(pk=pk, by=cast.manager).template == greeting


def test_a_line_deleted_meanwhile_hinders_nobody_who_left_it_alone(cast, sign_in, greeting):
    """A line without a template is sent without one: that is no change of it."""
    manager = sign_in(cast.manager)
    gone = cadence_rule_add(by=cast.manager, phase="needs", amount="small", **NEW | {"policy": "auto"})
    data = opened(manager) | {f"rule{gone.pk}-template_id": ""}
    cadence_rule_delete(rule=gone, by=cast.manager)
    assert manager.post(url(), data).status_code == 302


def test_a_changed_template_moves_no_date(cast, make, sign_in, greeting):
    rule = CadenceRule.objects.get(scheme="b2c", tier="C")
    cadence_rule_change(rule=rule, by=cast.manager, policy="auto", method="email")
    make("王", kind="person", tier="C", tier_rank=3, last_contact=10)
    plans_make()
    rule.template = greeting
    rules = [rule if one.pk == rule.pk else one for one in CadenceRule.objects.all()]
    assert effect_of(rules).nothing
