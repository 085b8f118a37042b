"""A merge: all that hangs on one customer goes to the other, and an undo leaves both as they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from core import clock
from core.contributions import registry
from core.numbers import days
from core.versions import StaleVersionError
from crm.tests.merging.files import become_one, counted, filled, picture
from customers import services
from customers.consents.rule import last_words
from customers.duplicates import merge
from customers.duplicates.children import children, moving
from customers.duplicates.moved import survivor_of, survivors
from customers.models import Contact, Customer, CustomerMerge, DuplicatePair, Interaction
from customers.services import customer_delete, customer_update
from followups.models import FollowUp, Reminder
from sales.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    return filled(cast, "恒远机械", phone="13812345678"), filled(cast, "恒远机械有限公司", email="a@example.com")


def test_every_table_that_names_a_customer_says_what_a_merge_does():
    """A new table fails here until its app has decided."""
    moves, keeps = registry().every(lambda part: part.merge_moves), registry().every(lambda part: part.merge_keeps)
    assert sorted([*moves, *keeps]) == sorted({child.label for child in children()})
    assert len(set(moves) | set(keeps)) == len([*moves, *keeps])


def test_all_that_hangs_on_one_goes_to_the_other_and_nothing_is_lost(cast, two):
    survivor, gone = two
    before = counted()
    become_one(survivor, gone, cast.lead, email="a@example.com")
    assert counted() == before
    for model in (Interaction, Order, FollowUp, Reminder, Contact):
        assert not model._base_manager.filter(customer=gone.pk, **_by_hand(model)).exists(), model
    survivor.refresh_from_db()
    assert (survivor.phone, survivor.email) == ("13812345678", "a@example.com")
    assert {tag.name for tag in survivor.tags.all()} == {"老客户", "恒远机械", "恒远机械有限公司"}
    assert Contact.objects.filter(customer=survivor, is_primary=True).count() == 1
    assert survivor.facts.orders_total == 2
    assert survivor.facts.open_complaints == 2
    assert survivor.facts.touches == 2
    assert Customer.all_objects.get(pk=gone.pk).deleted_at is not None
    entry = AuditEntry.objects.get(act="customer.merge")
    assert (entry.object_id, entry.details["merged"]) == (survivor.pk, gone.pk)


def _by_hand(model):
    """One automatic date a customer: that of the file that went stays with it."""
    return {"source": FollowUp.Source.MANUAL} if model is FollowUp else {}


def test_an_undo_leaves_both_as_they_were(cast, two):
    survivor, gone = two
    before = picture()
    done = become_one(survivor, gone, cast.lead, email="a@example.com", notes="x")
    assert picture() != before
    merge.customers_part(merge=done, by=cast.lead)
    after = picture()
    assert {key: set(before[key]) ^ set(after[key]) for key in before if before[key] != after[key]} == {}


def test_what_came_later_stays_and_is_said_before(cast, two):
    survivor, gone = two
    done = become_one(survivor, gone, cast.lead)
    assert not merge.later_than(done)
    survivor.refresh_from_db()
    services.interaction_log(customer=survivor, by=cast.wang, kind="call", result="done", summary="later")
    customer_update(customer=survivor, changes={"notes": "later"}, version=survivor.version, by=cast.wang)
    later = merge.later_than(done)
    assert [(str(words), count) for words, count in later.rows] == [("has entries in the log", 1)]
    merge.customers_part(merge=done, by=cast.lead)
    assert Interaction.objects.get(summary="later").customer_id == survivor.pk
    assert Interaction.objects.get(summary="恒远机械有限公司").customer_id == gone.pk
    survivor.refresh_from_db()
    assert (survivor.notes, survivor.facts.touches) == ("later", 2)
    assert Customer.objects.get(pk=gone.pk).facts.orders_total == 1


def test_a_field_that_was_chosen_and_changed_since_is_kept(cast, two):
    survivor, gone = two
    done = become_one(survivor, gone, cast.lead, email="a@example.com", notes="of the merge")
    survivor.refresh_from_db()
    customer_update(customer=survivor, changes={"notes": "by hand"}, version=survivor.version, by=cast.wang)
    assert merge.later_than(done).fields == ["notes"]
    merge.customers_part(merge=done, by=cast.lead)
    survivor.refresh_from_db()
    assert (survivor.notes, survivor.email) == ("by hand", "")


def test_the_stricter_wish_holds(cast, two):
    survivor, gone = two
    services.consent_record(customer=gone, allowed=False, by=cast.wang, topic="marketing", channel="email")
    services.consent_record(customer=survivor, allowed=True, by=cast.wang)
    Customer.objects.filter(pk=gone.pk).update(do_not_contact=True)
    done = become_one(survivor, gone, cast.lead)
    survivor.refresh_from_db()
    assert survivor.do_not_contact

    def word(channel):
        return last_words(customer=survivor, contact=None, channel=channel, topic="marketing")[0].allowed

    assert (word("email"), word("sms")) == (False, True)
    merge.customers_part(merge=done, by=cast.lead)
    assert word("email")
    assert not Customer.objects.get(pk=survivor.pk).do_not_contact


def test_over_a_newer_version_nothing_is_merged(cast, two):
    survivor, gone = two
    versions = {survivor.pk: survivor.version, gone.pk: gone.version}
    customer_update(customer=gone, changes={"notes": "x"}, version=gone.version, by=cast.wang)
    with pytest.raises(StaleVersionError):
        merge.customers_merge(survivor=survivor, gone=gone, versions=versions, changes={}, by=cast.lead)
    customer_delete(customer=gone, by=cast.lead)
    with pytest.raises(merge.MergeRefusedError):
        become_one(survivor, gone, cast.lead)


def test_old_links_lead_on_over_several_merges(cast, two):
    survivor, gone = two
    third = filled(cast, "第三家")
    first_done = become_one(survivor, gone, cast.lead)
    done = become_one(third, survivor, cast.lead)
    assert survivors([gone.pk, survivor.pk, third.pk]) == {gone.pk: third.pk, survivor.pk: third.pk}
    assert merge.refusal(first_done)
    merge.customers_part(merge=done, by=cast.lead)
    assert survivor_of(gone.pk) == survivor.pk
    merge.customers_part(merge=first_done, by=cast.lead)
    assert survivor_of(gone.pk) is None
    with pytest.raises(merge.MergeRefusedError):
        merge.customers_part(merge=first_done, by=cast.lead)


def test_who_referred_whom_makes_no_circle(cast, two):
    survivor, gone = two
    other = filled(cast, "第三家")
    Customer.objects.filter(pk__in=[survivor.pk, other.pk]).update(referred_by=gone)
    become_one(survivor, gone, cast.lead)
    assert Customer.objects.get(pk=other.pk).referred_by_id == survivor.pk
    assert Customer.objects.get(pk=survivor.pk).referred_by_id is None


def test_what_was_being_written_meanwhile_follows(cast, two):
    survivor, gone = two
    done = become_one(survivor, gone, cast.lead)
    late = Interaction.objects.create(
        customer_id=gone.pk, user=cast.wang, kind="call", result="done", occurred_at=clock.now()
    )
    kept = picture()["customers.Customer_tags.customer"]
    assert merge.late_rows_follow() == 1
    assert merge.late_rows_follow() == 0
    late.refresh_from_db()
    assert late.customer_id == survivor.pk
    assert picture()["customers.Customer_tags.customer"] == kept, "what was there twice stays where it is"
    merge.customers_part(merge=CustomerMerge.objects.get(pk=done.pk), by=cast.lead)
    assert Interaction.objects.get(pk=late.pk).customer_id == gone.pk


def test_the_pair_is_decided_and_open_again(cast, two):
    survivor, gone = two
    pair = DuplicatePair.objects.create(first=survivor, second=gone, strength="likely", rank=2, alike=["n"])
    done = become_one(gone, survivor, cast.lead)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("merged", cast.lead)
    merge.customers_part(merge=done, by=cast.lead)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("open", None)


def test_after_sixty_days_it_stays(cast, two, time_machine):
    done = become_one(*two, cast.lead)
    time_machine.move_to(clock.now() + days("merge_undo_days") + timedelta(minutes=1))
    with pytest.raises(merge.MergeRefusedError):
        merge.customers_part(merge=done, by=cast.lead)


def test_each_child_is_counted(cast, two):
    """The guard of the guard: the two files have something in most of the tables that move."""
    filled_in = {child.label for child in moving() if child.rows().exists()}
    assert len(filled_in) >= 15
