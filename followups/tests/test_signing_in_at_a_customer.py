"""A check-in: who is near, what the position says, and the visit that is open until it is written up."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import clock, company
from core.housekeeping import forget_old
from core.models import Company
from core.numbers import days
from customers.models import CustomerShare, Interaction
from followups.check_in.places import NEAR, Position, customers_near, metres_between
from followups.contributes import CONTRIBUTION
from followups.models import POSITION, CheckIn, FollowUp, Place
from followups.services import check_in, follow_up_create, interaction_take_back, place_remove, place_set
from followups.tests.conftest import TUESDAY
from followups.today import _draw_visits, _read_visits
from followups.visits import never_written_up

pytestmark = pytest.mark.django_db
BUND = Position(31.24, 121.49, 12)
METRE = 1 / 111_195  # in degrees of latitude


def north_of(position, metres, accuracy=12):
    return Position(position.latitude + metres * METRE, position.longitude, accuracy)


def put(customer, position=BUND):
    return place_set(
        customer=customer,
        changes={"latitude": position.latitude, "longitude": position.longitude},
        version=0,
        by=customer.owner,
    )


def signed(customer, position=BUND, **more):
    return check_in(customer=customer, by=customer.owner, position=position, **more)


# --- what the position says --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("metres", "accuracy", "state"),
    [
        (0, 12, "verified"),
        (299, 12, "verified"),
        (301, 12, "out_of_range"),
        (10, 301, "no_location"),  # the device itself doesn't know better
    ],
)
def test_on_site_is_within_the_companys_radius(make, metres, accuracy, state):
    customer = make()
    put(customer)
    assert signed(customer, north_of(BUND, metres, accuracy)).state == state


def test_who_may_not_read_the_address_learns_nothing_of_where_it_is(make, cast):
    """Metres from three positions would be an address."""
    customer = make()
    put(customer)
    made = check_in(customer=customer, by=cast.agent, position=north_of(BUND, 100))
    assert (made.state, made.distance) == ("no_location", None)


def test_the_radius_is_the_companys(make):
    Company.objects.update(check_in_radius=1000)
    company.forget()
    customer = make()
    put(customer)
    assert signed(customer, north_of(BUND, 900)).state == "verified"


def test_without_a_position_a_reason_is_asked_for_and_then_it_counts_as_not_located(make):
    customer = make()
    with pytest.raises(ValidationError):
        signed(customer, None)
    assert not CheckIn.objects.exists()
    made = signed(customer, None, reason="refused")
    assert (made.state, made.reason, made.latitude) == ("no_location", "refused", None)


def test_a_place_that_nobody_knows_is_remembered_only_on_request(make):
    first, second = make(), make()
    assert signed(first).state == "no_location"
    assert not Place.objects.exists()
    assert signed(second, remember=True).state == "no_location"  # nothing to measure it by yet
    place = Place.objects.get(customer=second)
    assert (place.latitude, place.longitude, place.created_by) == (31.24, 121.49, second.owner)


def test_a_place_that_is_known_is_not_moved_by_a_check_in(make):
    customer = make()
    put(customer)
    assert signed(customer, north_of(BUND, 2000), remember=True).state == "out_of_range"
    assert Place.objects.get().latitude == BUND.latitude


# --- the open visit ----------------------------------------------------------------------------------------------
def test_a_check_in_is_an_open_visit_until_it_is_written_up(make, cast, log_contact):
    customer = make("恒远")
    put(customer)
    made = signed(customer)
    visit = made.follow_up
    assert (visit.state, visit.method, visit.due_at, visit.due_time) == ("open", "visit", TUESDAY, time(10))
    with time_machine.travel(TUESDAY + timedelta(hours=3), tick=False):
        card = _draw_visits(cast.wang, _visits_of(cast.wang))
        assert [(row.name, row.left) for row in card.visits] == [("恒远", timedelta(hours=21))]
        entry = log_contact(customer, kind="visit", occurred_at=TUESDAY)
        entry.refresh_from_db()
        assert entry.check_in == "verified"
        visit.refresh_from_db()
        assert (visit.state, visit.closed_by_interaction) == ("done", entry)
        assert _draw_visits(cast.wang, _visits_of(cast.wang)) is None


def _visits_of(user):
    return User.objects.filter(pk=user.pk).values_list(_read_visits(user), flat=True).get()


def test_one_never_written_up_counts_against_the_24_hours(make):
    signed(make())
    with time_machine.travel(TUESDAY + timedelta(hours=25), tick=False):
        assert FollowUp.objects.filter(never_written_up(TUESDAY.date().replace(day=1))).count() == 1


def test_the_visit_planned_for_today_begins_with_the_check_in(make):
    customer = make()
    planned = follow_up_create(
        customer=customer,
        assignee=customer.owner,
        due_on=TUESDAY.date(),
        due_time=time(15),
        method="visit",
        purpose="样品",
        by=customer.owner,
    )
    made = signed(customer)
    assert made.follow_up == planned
    planned.refresh_from_db()
    assert (planned.due_at, planned.purpose) == (TUESDAY, "样品")
    assert FollowUp.objects.count() == 1


def test_signing_in_twice_is_one_visit_and_tomorrow_another(make):
    customer = make()
    first = signed(customer)
    assert signed(customer, north_of(BUND, 500)) == first
    with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
        assert signed(customer) != first
    assert CheckIn.objects.count() == 2


def test_a_call_says_nothing_of_a_check_in(make, log_contact):
    customer = make()
    put(customer)
    signed(customer)
    assert log_contact(customer, kind="call").check_in == ""


def test_undo_opens_the_visit_again(make, cast, log_contact):
    made = signed(make())
    entry = log_contact(made.customer, kind="visit")
    interaction_take_back(interaction=entry, by=cast.wang)
    made.follow_up.refresh_from_db()
    assert made.follow_up.state == "open"


def test_an_entry_without_a_visit_asks_nothing_about_check_ins(make, log_contact):
    customer = make()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        log_contact(customer)
    assert "followups_checkin" not in " ".join(query["sql"] for query in asked)


# --- who is near -------------------------------------------------------------------------------------------------
def test_the_nearest_of_ones_own_stand_first_and_nobody_elses(make, cast):
    near, nearer, far, foreign = make("近"), make("更近"), make("远"), make("同事的", owner=cast.li)
    for customer, metres in ((near, 800), (nearer, 40), (far, NEAR + 50), (foreign, 10)):
        put(customer, north_of(BUND, metres))
    found = [(customer.name, round(customer.metres)) for customer in customers_near(cast.wang, BUND)]
    assert found == [("更近", 40), ("近", 800)]
    CustomerShare.objects.create(customer=foreign, user=cast.wang)
    cast.wang.__dict__.pop("reach", None)
    assert "同事的" in {customer.name for customer in customers_near(cast.wang, BUND)}


@pytest.mark.parametrize("where", [(31.2, 121.5), (-33.9, 18.4), (64.1, -21.9), (0.0, 0.0)])
def test_sql_and_python_measure_alike(make, cast, where):
    customer, here = make(), Position(*where, 5)
    put(customer, Position(where[0] + 0.02, where[1] - 0.03, 5))
    (found,) = customers_near(cast.wang, here)
    assert found.metres == pytest.approx(metres_between(here, Place.objects.get()), abs=0.01)


# --- what is kept ------------------------------------------------------------------------------------------------
def test_the_position_goes_after_its_days_and_the_word_stays(make):
    customer = make()
    put(customer)
    made = signed(customer)
    with time_machine.travel(TUESDAY + days("check_in_days") - timedelta(days=1), tick=False):
        forget_old(clock.business_date())
        made.refresh_from_db()
        assert made.latitude == BUND.latitude
    with time_machine.travel(TUESDAY + days("check_in_days") + timedelta(minutes=1), tick=False):
        forget_old(clock.business_date())
    made.refresh_from_db()
    assert [getattr(made, name) for name in POSITION] == [None] * 4
    assert made.state == "verified"


def test_with_the_guard_off_the_position_would_stay(make, monkeypatch):
    made = signed(make())
    kept = [keep for keep in CONTRIBUTION.keeps if keep.model != "followups.CheckIn"]
    monkeypatch.setattr("core.housekeeping.registry", lambda: type("R", (), {"every": lambda self, of: kept})())
    with time_machine.travel(TUESDAY + days("check_in_days") + timedelta(days=1), tick=False):
        forget_old(clock.business_date())
    made.refresh_from_db()
    assert made.latitude == BUND.latitude


def test_a_place_can_be_removed(make):
    customer = make()
    put(customer)
    place_remove(customer=customer, by=customer.owner)
    assert not Place.objects.exists()


# --- the page ----------------------------------------------------------------------------------------------------
URL = "/check-in/"


def send(client, customer, position=BUND, **more):
    page = client.get(URL)
    data = {"idempotency_key": page.context["form"]["idempotency_key"].value(), "customer": customer.pk, **more}
    if position:
        data |= {"latitude": position.latitude, "longitude": position.longitude, "accuracy": position.accuracy}
    return client.post(URL, data)


def test_the_page_leads_on_to_the_log_form_with_the_time_of_the_check_in(make, cast, sign_in):
    customer, client = make("恒远"), sign_in(cast.wang)
    put(customer)
    answer = send(client, customer)
    made = CheckIn.objects.get()
    assert answer.headers["Location"] == (
        f"{reverse('interaction_new')}?customer={customer.pk}&visit={made.follow_up_id}&next=%2F"
    )
    with time_machine.travel(TUESDAY + timedelta(minutes=20), tick=False):
        page = client.get(answer.headers["Location"])
    assert 'value="2026-11-24T10:00"' in page.content.decode()
    assert page.context["form"]["kind"].value() == "visit"
    assert "Signed in at 恒远: on site, 0 m away." in page.content.decode()
    assert "When you signed in." in page.content.decode()
    assert "As planned; put it right" not in page.content.decode()


def test_the_same_form_sent_twice_signs_in_once(make, cast, sign_in):
    customer, client = make(), sign_in(cast.wang)
    sent = {"idempotency_key": "5d1a3c6e-33b5-4a67-a3f3-55c1a6a5d3b9", "customer": customer.pk, "reason": "refused"}
    assert [client.post(URL, sent).status_code for _ in range(2)] == [302, 302]
    assert CheckIn.objects.count() == 1


def test_without_position_and_reason_the_page_asks_beside_the_reasons(make, cast, sign_in):
    page = send(sign_in(cast.wang), make(), None)
    assert page.status_code == 422
    assert "Say why there is no position" in page.content.decode()


def test_near_answers_with_a_part_and_keeps_nothing(make, cast, sign_in):
    customer = make("恒远")
    put(customer)
    where = {"latitude": "31.2401", "longitude": "121.49", "accuracy": "20.5"}
    page = sign_in(cast.wang).post(reverse("check_in_near"), where).content.decode()
    assert "恒远" in page
    assert "11 m away" in page
    assert not CheckIn.objects.exists()
    nobody = sign_in(cast.wang).post(reverse("check_in_near"), where | {"latitude": "50"}).content.decode()
    assert "Search for the customer below" in nobody


def test_someone_elses_customer_cannot_be_signed_in_at(make, cast, sign_in):
    assert send(sign_in(cast.outsider), make()).status_code == 404
    assert not CheckIn.objects.exists()


def test_who_leads_reads_the_word_on_the_log_and_never_the_position(make, cast, sign_in, log_contact):
    customer = make()
    put(customer)
    signed(customer)
    log_contact(customer, kind="visit")
    page = sign_in(cast.lead).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "On site" in page
    assert "31.24" not in page
    assert "31.24" not in sign_in(cast.lead).get(URL).content.decode()
    assert "31.2400" in sign_in(cast.wang).get(URL).content.decode()
    assert sign_in(cast.outsider).get(reverse("customer", args=[customer.pk])).status_code == 404


def test_a_place_is_typed_changed_and_refused_over_another_version(make, cast, sign_in):
    customer, client = make(), sign_in(cast.wang)
    url = f"{reverse('customer_place')}?customer={customer.pk}"
    assert client.post(url, {"latitude": "31.5", "longitude": "121.4", "version": "0"}).status_code == 302
    assert Place.objects.get().latitude == 31.5
    assert client.post(url, {"latitude": "91", "longitude": "121.4", "version": "1"}).status_code == 422
    assert client.post(reverse("customer_place_remove", args=[customer.pk])).status_code == 302
    assert not Place.objects.exists()


def test_the_log_of_a_check_in_is_one_entry(make, cast, sign_in):
    customer, client = make(), sign_in(cast.wang)
    address = send(client, customer).headers["Location"]
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in ("kind", "next_step", "idempotency_key")}
    client.post(address, {**sent, "result": "reached", "occurred_at": "2026-11-24T10:00"})
    assert Interaction.objects.get().check_in == "no_location"
