"""Duties in writing: whoever holds a post accepts the version in force, and the supervisor sees who hasn't."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction

from accounts.models import AuditEntry, Role
from followups.models import Notice
from responsibility.duties import services
from responsibility.duties.selectors import open_sheets, posts_of
from responsibility.models import Acceptance, DutySheet, Post

pytestmark = pytest.mark.django_db


def written(cast: Any, **whose: Any) -> Post:
    nobody = {"name": "客户经理", "team": None, "role": None, "person": None}
    return services.post_create(
        **{**nobody, **whose}, duties="每周拜访。", requirements="24 小时内录入。", by=cast.manager
    )


def test_a_post_is_held_by_whoever_meets_all_that_is_chosen(cast: Any) -> None:
    rep = Role.objects.get(code="rep")
    posts = {
        "all": written(cast, name="all"),
        "east": written(cast, name="east", team=cast.east),
        "reps of shanghai": written(cast, name="reps of shanghai", team=cast.shanghai, role=rep),
        "li": written(cast, name="li", person=cast.li),
    }
    held = {
        one.name: sorted(posts_of(one).values_list("name", flat=True))
        for one in (cast.wang, cast.li, cast.lead, cast.outsider, cast.agent)
    }
    assert held == {
        "小王": ["all", "east", "reps of shanghai"],
        "小李": ["all", "east", "li", "reps of shanghai"],
        "组长": ["all", "east"],
        "外组": ["all"],
        "客服": ["all"],
    }
    services.post_retire(post=posts["all"], by=cast.manager)
    assert not posts_of(cast.outsider).exists()


def test_it_is_read_accepted_and_stands_on_record(cast: Any, sign_in: Any) -> None:
    post, page = written(cast, person=cast.wang), sign_in(cast.wang)
    url = f"/duties/{post.pk}/"
    assert url in page.get("/").content.decode()
    assert "The duties of your post" in page.get("/inbox/").content.decode()
    assert "每周拜访" in page.get(url).content.decode()
    assert page.post(f"{url}accept/", {"number": "1"}).status_code == 302
    page.post(f"{url}accept/", {"number": "1"})
    assert Acceptance.objects.get().person == cast.wang
    line = AuditEntry.objects.get(act="duty.accept")
    assert (line.by, line.object_id, line.details["duty_version"]) == (cast.wang, post.pk, 1)
    assert url not in page.get("/").content.decode()
    assert "The duties of your post" not in page.get("/inbox/").content.decode()


def test_another_wording_is_another_version_to_accept(cast: Any, sign_in: Any) -> None:
    post = written(cast, person=cast.wang)
    services.duties_accept(post=post, number=1, by=cast.wang)
    said = {
        "name": post.name,
        "person": cast.wang.pk,
        "duties": "每月拜访。",
        "requirements": "",
        "version": post.version,
    }
    page = sign_in(cast.manager)
    opened = page.get(f"/duties/{post.pk}/edit/").context["form"]
    assert opened["duties"].value() == "每周拜访。"
    original = {"original": opened["original"].value()}
    assert page.post(f"/duties/{post.pk}/edit/", said | original).status_code == 302
    assert list(open_sheets(cast.wang).values_list("number", flat=True)) == [2]
    assert Notice.objects.filter(user=cast.wang, kind=services.NEW_DUTIES).count() == 2
    with pytest.raises(ValidationError, match="written anew"):
        services.duties_accept(post=post, number=1, by=cast.wang)
    shown = page.get(f"/duties/{post.pk}/").content.decode()
    assert "每周拜访" in shown, "the version before can be read"
    page.post(f"/duties/{post.pk}/edit/", {**said, "name": "大客户经理", "version": 3})
    assert DutySheet.objects.count() == 2, "another name is no other wording"


def test_supervisors_see_who_has_not_accepted_yet_and_others_only_themselves(cast: Any, sign_in: Any) -> None:
    post = written(cast, team=cast.shanghai)
    services.duties_accept(post=post, number=1, by=cast.li)

    def seen(person: Any) -> dict[str, bool]:
        shown = sign_in(person).get(f"/duties/{post.pk}/").context["shown"]
        return {holder.person.name: holder.at is not None for holder in shown.holders}

    assert seen(cast.lead) == seen(cast.manager) == {"小王": False, "小李": True, "组长": False}
    assert seen(cast.wang) == {"小王": False}
    assert sign_in(cast.outsider).get(f"/duties/{post.pk}/").status_code == 404
    assert sign_in(cast.outsider).post(f"/duties/{post.pk}/accept/", {"number": "1"}).status_code == 404
    with pytest.raises(ValidationError, match="not duties of yours"):
        services.duties_accept(post=post, number=1, by=cast.manager)


def test_what_was_written_and_accepted_is_never_changed(cast: Any) -> None:
    post = written(cast)
    services.duties_accept(post=post, number=1, by=cast.wang)
    for write in (
        "DELETE FROM responsibility_dutysheet",
        "UPDATE responsibility_dutysheet SET duties = 'anything'",
        "DELETE FROM responsibility_acceptance",
        "UPDATE responsibility_acceptance SET at = now()",
    ):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(write)
    with pytest.raises(ValidationError, match="what is asked"):
        services.post_change(post=post, changes={"duties": " "}, version=post.version, by=cast.manager)
