"""The list of users: found by name, role, team and status; a name leads on only to whom one may change."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.services import role_change, user_change

pytestmark = pytest.mark.django_db


def shown(client, **query):
    page = client.get(reverse("user_list"), query)
    return [row.user.name for row in page.context["list"].drawn], page.content.decode()


def test_filters_stand_in_the_address(cast, sign_in):
    User.objects.filter(pk=cast.li.pk).update(is_active=False, mobile="13912345678")
    admin = sign_in(cast.admin)
    assert shown(admin, q="3912")[0] == ["小李"]
    assert shown(admin, role="rep", status="on")[0] == ["外组", "小王"]
    assert shown(admin, status="off")[0] == ["小李"]
    assert shown(admin, team=cast.east.pk)[0] == ["经理", "小王", "组长", "小李"]
    assert "No person fits these filters" in shown(admin, q="nobody")[1]


def test_people_are_sorted_as_they_are_spoken(cast, sign_in):
    li, wang = User.objects.get(pk=cast.li.pk), User.objects.get(pk=cast.wang.pk)
    li.name = "Tom"
    li.save(update_fields=["name"])
    user_change(user=wang, changes={"name": "阿甘"}, by=cast.admin)
    names = shown(sign_in(cast.admin), status="on")[0]
    assert names == ["阿甘", "管理员", "经理", "客服", "审计员", "Tom", "外组", "组长"]


def test_a_team_out_of_reach_has_nobody(cast, sign_in):
    assert shown(sign_in(cast.manager), team=cast.shanghai.pk)[0] == ["小李", "小王", "组长"]
    assert shown(sign_in(cast.manager), team=cast.north.pk)[0] == []


def test_a_name_leads_on_only_to_a_role_within_ones_own(cast, sign_in):
    role_change(role=cast.manager.role, grants={"user.change": "team"}, by=cast.admin)
    User.objects.filter(pk=cast.admin.pk).update(team=cast.shanghai)
    names, page = shown(sign_in(User.objects.get(pk=cast.manager.pk)))
    assert "管理员" in names
    assert reverse("user_edit", args=[cast.wang.pk]) in page
    assert reverse("user_edit", args=[cast.admin.pk]) not in page
