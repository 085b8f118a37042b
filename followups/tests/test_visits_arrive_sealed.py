"""What a phone wrote without a network: sealed for its author, saved once, with its own time, or kept to be done."""

from __future__ import annotations

import base64
import json
import os
import uuid
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse

from core import clock
from core.housekeeping import forget_old
from core.models import Draft
from core.p256 import CURVE
from customers.models import Customer, Interaction
from followups.models import OutboxKey
from followups.offline import arriving
from followups.offline.arriving import arrive
from followups.offline.sealing import PURPOSE, public_of
from followups.services.outbox_keys import KEPT_DAYS, outbox_key
from followups.tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db


def b64(data):
    return base64.b64encode(data).decode()


def seal(user, fields, key=None, kid=None):
    """As static/js/outbox.js does it."""
    stored = outbox_key(user=user)
    key, kid = key or str(uuid.uuid4()), kid or str(stored.kid)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_of(bytes(stored.private)))
    once = ec.generate_private_key(CURVE)
    aes = HKDF(hashes.SHA256(), 32, salt=b"", info=PURPOSE).derive(once.exchange(ec.ECDH(), theirs))
    iv = os.urandom(12)
    text = AESGCM(aes).encrypt(iv, json.dumps(list(fields.items())).encode(), f"{kid} {key}".encode())
    epk = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"key": key, "kid": kid, "epk": b64(epk), "iv": b64(iv), "text": b64(text)}


def visit(customer=None, **more):
    """Written at ten, the time of the test's Tuesday."""
    said = {
        "customer": str(customer.pk) if customer else "",
        "customer_name": "恒远" if customer is None else customer.name,
        "kind": "visit",
        "result": "interested",
        "summary": "样品已送到，等报价。",
        "happened_at": TUESDAY.isoformat(),
        "written_at": TUESDAY.isoformat(),
    }
    return said | more


def later(**span):
    return time_machine.travel(TUESDAY + timedelta(**span), tick=False)


# --- saved -------------------------------------------------------------------------------------------------------
def test_it_is_saved_with_its_own_time_and_not_that_of_its_arrival(make, cast):
    customer = make("恒远")
    sealed = seal(cast.wang, visit(customer))
    with later(days=2):
        arrival = arrive(cast.wang, sealed)
    entry = Interaction.objects.get()
    assert (arrival.state, entry.user, entry.summary) == ("saved", cast.wang, "样品已送到，等报价。")
    assert (entry.occurred_at, entry.captured_at, entry.late) == (TUESDAY, TUESDAY, False)


def test_one_written_too_late_is_late_whenever_it_arrives(make, cast):
    sealed = seal(cast.wang, visit(make(), written_at=(TUESDAY + timedelta(hours=25)).isoformat()))
    with later(days=2):
        arrive(cast.wang, sealed)
    assert Interaction.objects.get().late


def test_the_phones_clock_counts_only_for_seven_days(make, cast):
    sealed = seal(cast.wang, visit(make()))
    with later(days=8):
        arrive(cast.wang, sealed)
    assert Interaction.objects.get().late


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-01T00:00:00Z"])
def test_a_moment_that_no_calendar_has_loses_nothing(make, cast, moment):
    fields = visit(make()) | {"happened_at": moment, "written_at": moment}
    assert arrive(cast.wang, seal(cast.wang, fields)).state in ("saved", "kept")


def test_sent_again_it_stays_one(make, cast):
    sealed = seal(cast.wang, visit(make()))
    assert [arrive(cast.wang, sealed).state for _ in range(3)] == ["saved"] * 3
    assert Interaction.objects.count() == 1


def test_with_the_guard_off_it_would_be_two(make, cast, monkeypatch):
    sealed = seal(cast.wang, visit(make()))
    monkeypatch.setattr(arriving, "was_used", lambda **named: False)
    monkeypatch.setattr(arriving, "create_once", lambda *, create, **named: (create(), True))
    for _ in range(2):
        arrive(cast.wang, sealed)
    assert Interaction.objects.count() == 2


def test_a_form_that_did_arrive_before_the_network_went_makes_no_second_one(make, cast, sign_in):
    customer, client = make(), sign_in(cast.wang)
    url = f"{reverse('interaction_new')}?customer={customer.pk}"
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in ("kind", "next_step", "idempotency_key")}
    sent |= {"result": "reached", "occurred_at": "2026-11-24T10:00"}
    client.post(url, sent)
    again = {"customer": str(customer.pk), "written_at": TUESDAY.isoformat(), **{k: str(v) for k, v in sent.items()}}
    assert arrive(cast.wang, seal(cast.wang, again, key=str(sent["idempotency_key"]))).state == "saved"
    assert Interaction.objects.count() == 1


# --- whose -------------------------------------------------------------------------------------------------------
def test_nobody_else_can_send_or_open_it(make, cast):
    customer = make()
    sealed = seal(cast.wang, visit(customer))
    assert arrive(cast.li, sealed).state == "foreign"
    taken_over = sealed | {"kid": str(outbox_key(user=cast.li).kid)}
    assert arrive(cast.li, taken_over).state == "broken"
    assert not Interaction.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("part", ["epk", "iv", "text", "key"])
def test_what_was_changed_on_its_way_is_refused(make, cast, part):
    sealed = seal(cast.wang, visit(make()))
    for odd in ("", "?", None, 7, b64(b"x" * 65), str(uuid.uuid4())):
        assert arrive(cast.wang, sealed | {part: odd}).state in ("broken", "foreign")
    assert not Interaction.objects.exists()


def test_the_customer_must_be_in_reach(make, cast):
    foreign = make("别人的", owner=cast.outsider)
    arrival = arrive(cast.wang, seal(cast.wang, visit(foreign)))
    assert (arrival.state, "别人的" in arrival.said) == ("kept", False)
    assert not Interaction.objects.exists()


# --- kept --------------------------------------------------------------------------------------------------------
def test_without_a_customer_one_is_chosen_and_the_text_is_whole(make, cast, sign_in):
    customer, client = make("恒远", last_contact=3), sign_in(cast.wang)
    sealed = seal(cast.wang, visit(customer_name="", summary="第一行\n“第二行” <b>"))
    arrival = arrive(cast.wang, sealed)
    assert arrive(cast.wang, sealed).state == arrival.state == "kept"
    assert Draft.objects.count() == 1
    chooser = client.get(arrival.url)
    (choice,) = [href for _row, href in chooser.context["choices"]]
    with later(minutes=20):
        page = client.get(reverse("interaction_new") + choice)
        form = page.context["form"]
        assert form["summary"].value() == "第一行\n“第二行” <b>"
        assert (form["result"].value(), form["kind"].value()) == ("interested", "visit")
        assert "Written without a network on" in page.content.decode()
        sent = {name: form[name].value() for name in ("kind", "next_step", "idempotency_key", "result", "summary")}
        sent |= {"occurred_at": "2026-11-24T10:00", "written_at": TUESDAY.isoformat()}
        assert client.post(reverse("interaction_new") + choice, sent).status_code == 302
    entry = Interaction.objects.get()
    assert (entry.customer, entry.captured_at) == (customer, TUESDAY)
    assert not Draft.objects.exists()
    assert arrive(cast.wang, sealed).state == "saved"  # an answer was lost and it comes again
    assert Interaction.objects.count() == 1


def test_what_the_form_refuses_opens_in_it_and_stands_on_today(make, cast, sign_in):
    customer = make("恒远")
    ahead = (TUESDAY + timedelta(hours=3)).isoformat()  # the phone's clock is wrong
    arrival = arrive(cast.wang, seal(cast.wang, visit(customer, happened_at=ahead)))
    assert (arrival.state, "恒远" in arrival.said) == ("kept", True)
    client = sign_in(cast.wang)
    today = client.get("/").content.decode()
    assert "Written without a network" in today
    assert arrival.url.replace("&", "&amp;") in today
    form = client.get(arrival.url).context["form"]
    assert (form["summary"].value(), form["occurred_at"].value()) == ("样品已送到，等报价。", "2026-11-24T13:00")
    assert "样品" not in sign_in(cast.li).get("/").content.decode()


def test_a_team_that_demands_a_note_gets_one(make, cast):
    cast.wang.team.visits_need_note = True
    cast.wang.team.save()
    arrival = arrive(cast.wang, seal(cast.wang, visit(make(), summary="")))
    assert arrival.state == "kept"


# --- keys --------------------------------------------------------------------------------------------------------
def test_all_devices_of_a_person_get_one_key_and_every_month_another(cast):
    first = outbox_key(user=cast.wang)
    assert outbox_key(user=cast.wang) == first != outbox_key(user=cast.li)
    with later(days=31):
        assert outbox_key(user=cast.wang) != first


def test_an_old_key_still_opens_until_nothing_can_be_sealed_with_it(make, cast):
    sealed = seal(cast.wang, visit(make()))
    with later(days=KEPT_DAYS - 1):
        forget_old(clock.business_date())
        outbox_key(user=cast.wang)
        assert arrive(cast.wang, sealed).state == "saved"
    with later(days=KEPT_DAYS + 1):
        forget_old(clock.business_date())
    assert not OutboxKey.objects.filter(kid=sealed["kid"]).exists()


def test_the_private_half_never_leaves(cast, sign_in):
    answer = sign_in(cast.wang).get(reverse("offline_key"))
    row = OutboxKey.objects.get()
    assert set(answer.json()) == {"me", "kid", "public"}
    assert base64.b64decode(answer.json()["public"]) == public_of(bytes(row.private))
    assert "no-store" in answer.headers["Cache-Control"]


def test_sending_takes_a_session_and_a_token(make, cast, sign_in, client):
    sealed = seal(cast.wang, visit(make()))
    url = reverse("offline_send")
    assert client.post(url, sealed, content_type="application/json").status_code == 302
    answer = sign_in(cast.wang).post(url, sealed, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "saved")
    assert sign_in(cast.li).post(url, sealed, content_type="application/json").status_code == 409
    assert sign_in(cast.li).post(url, "[", content_type="application/json").status_code == 409


# --- the app -----------------------------------------------------------------------------------------------------
def test_the_page_without_a_network_holds_nobodys_data(make, cast, sign_in, client):
    make("恒远")
    mine = sign_in(cast.wang).get(reverse("offline")).content.decode()
    assert cast.wang.name not in mine
    assert "恒远" not in mine
    client.cookies["django_language"] = "en"
    assert client.get(reverse("offline")).content.decode() == mine


def test_the_worker_keeps_only_files_and_that_page(client):
    answer = client.get("/service-worker.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    script = answer.content.decode()
    files = json.loads(script.split("const FILES = ")[1].split(";\n")[0])
    assert files
    assert all(path.startswith("/static/") for path in files)
    assert script.count("caches.open") == 1
    assert ".put(" not in script


def test_the_app_is_called_by_the_readers_language(client):
    names = [
        client.get("/manifest.webmanifest", headers={"Accept-Language": code}).json()["name"]
        for code in ("en", "zh-CN")
    ]
    assert names == ["Keben customer management", "客本客户管理"]


def test_a_customer_in_the_recycle_bin_gives_a_draft(make, cast):
    customer = make()
    Customer.all_objects.filter(pk=customer.pk).update(deleted_at=clock.now())
    assert arrive(cast.wang, seal(cast.wang, visit(customer))).state == "kept"
