"""The inbox tells of a customer in one place, opening a notice is done with it, and kinds can be switched off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import clock
from core.models import OutboxMail
from core.notices import tell
from followups.models import Notice
from followups.notices.letters import letter_wanted
from followups.selectors import notices, unread

pytestmark = pytest.mark.django_db
PROFILE = {"name": "小王", "language": "en", "theme": "", "time_zone": "", "single_keys": "on"}


def told(user, customer, n=0, kind="warning"):
    made = Notice.objects.create(
        user=user,
        key=f"{kind}:{customer.pk if customer else 0}:{n}",
        kind=kind,
        customer=customer,
        due_at=clock.now() - timedelta(minutes=n),
        numbers={"level": "red", "value_at_risk": 0},
        url=reverse("customer", args=[customer.pk]) if customer else "/",
    )
    return made


def shown(client, **query):
    return client.get(reverse("inbox"), query).context["list"].drawn


def test_what_is_about_one_customer_stands_under_one_head_the_newest_on_top(make, cast, sign_in):
    one, two = make("恒远"), make("长青")
    for customer, n in ((one, 5), (two, 3), (one, 1)):
        told(cast.wang, customer, n)
    client = sign_in(cast.wang)
    groups = shown(client)
    assert [(group.rows[0].customer.name, len(group.rows)) for group in groups] == [("恒远", 2), ("长青", 1)]
    page = client.get(reverse("inbox")).content.decode()
    assert "2 notices" in page
    assert page.index("恒远") < page.index("长青")


def test_opening_one_is_done_with_it_and_leads_to_the_cause(make, cast, sign_in):
    notice = told(cast.wang, make("恒远"))
    answer = sign_in(cast.wang).get(reverse("notice_open", args=[notice.pk]))
    assert (answer.status_code, answer.url) == (302, notice.url)
    assert not unread(cast.wang).exists()


def test_nobody_opens_the_notice_of_another(make, cast, sign_in):
    notice = told(cast.wang, make("恒远"))
    for other in (cast.li, cast.lead, cast.admin):
        assert sign_in(other).get(reverse("notice_open", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_number_of_queries_does_not_grow(make, cast, sign_in):
    client = sign_in(cast.wang)
    told(cast.wang, make("一"))
    client.get(reverse("inbox"))
    with CaptureQueriesContext(connection) as first:
        client.get(reverse("inbox"))
    for n in range(12):
        told(cast.wang, make(f"客户{n}"), n)
    with CaptureQueriesContext(connection) as second:
        client.get(reverse("inbox"))
    assert len(first) == len(second)


# --- switched off ----------------------------------------------------------------------------------------------------
def mute(client, *codes):
    client.post(reverse("profile"), {**PROFILE, "notices_muted": codes})
    return client.get(reverse("profile"))


def test_a_kind_that_is_switched_off_is_not_told_and_comes_back(make, cast, sign_in):
    client = sign_in(cast.wang)
    client.get("/")
    told(cast.wang, make("恒远"))
    assert unread(cast.wang).count() == 1
    mute(client, "warning")
    assert User.objects.get(pk=cast.wang.pk).notices_muted == ["warning"]
    assert not unread(cast.wang).exists()
    assert shown(client) == []
    assert "恒远" not in client.get(reverse("inbox"), {"view": "all"}).content.decode()
    mute(client)
    assert unread(cast.wang).count() == 1


def test_what_must_be_told_is_not_offered_and_cannot_be_switched_off(cast, sign_in):
    client = sign_in(cast.wang)
    form = client.get(reverse("profile")).context["form"]
    offered = {code for code, _words in form.fields["notices_muted"].choices}
    assert not offered & {"reminder", "back", "taken", "mention", "complaint_clock", "backup"}
    assert {"day", "warning", "assigned", "follow_up"} <= offered
    mute(client, *offered)
    assert set(User.objects.get(pk=cast.wang.pk).notices_muted) == offered
    page = mute(client, "reminder").content.decode()
    assert "reminder" not in User.objects.get(pk=cast.wang.pk).notices_muted
    assert "Customers and follow-ups that others take from you" in page


def test_a_letter_goes_though_the_inbox_is_quiet(make, cast):
    User.objects.filter(pk=cast.wang.pk).update(notice_mails={"assigned": True}, notices_muted=["assigned"])
    wang = User.objects.get(pk=cast.wang.pk)
    tell(
        user=wang,
        by=cast.lead,
        kind="assigned",
        key="assigned:x",
        customer=make("恒远"),
        numbers={"by_name": "组长", "customers": 1},
        url="/",
    )
    assert not notices(wang).exists()
    assert letter_wanted(OutboxMail.objects.get(kind="notice"))


def test_it_leads_to_where_kinds_are_muted(cast, sign_in):
    client = sign_in(cast.wang)
    address = f"{reverse('profile')}#id_notices_muted"
    assert f'href="{address}"' in client.get(reverse("inbox")).content.decode()
    assert 'id="id_notices_muted' in client.get(reverse("profile")).content.decode()
