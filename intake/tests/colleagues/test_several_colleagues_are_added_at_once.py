"""Several colleagues at once: read into a table, looked at, and only then made; by who may make each of them."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import AuditEntry, Role, RoleGrant, Team, User
from accounts.services import link_of, user_create, user_invite

pytestmark = pytest.mark.django_db
URL = "/settings/users/add/"
LIST = """姓名   手机   岗位
张三  13800138001   销售代表
李四 1380013800x  组长
王五,13800138001,业务员
老赵 13900139000 大区总
"""


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path


def table_of(page):
    """What the table would send, as it stands on the page."""
    form = page.context["form"]
    sent = {bound.html_name: bound.value() or "" for line in form.lines for bound in line}
    sent = {name: value for name, value in sent.items() if not name.endswith("leave_out")}
    return {**sent, "named_teams": form.shows_new_teams, "idempotency_key": str(uuid.uuid4())}


def errors(page):
    return {bound.html_name: bound.errors[0] for line in page.context["form"].lines for bound in line if bound.errors}


def read(client, text, status=200):
    page = client.post(URL, {"read": "1", "text": text})
    assert page.status_code == status
    return page


def test_a_list_as_firms_paste_it_is_asked_about_line_by_line(sign_in, cast):
    client = sign_in(cast.admin)
    User.objects.filter(pk=cast.wang.pk).update(mobile="+8613900139000")
    before = User.objects.count()
    page = read(client, LIST, status=422)
    wrong = errors(page)
    assert set(wrong) == {"people-1-mobile", "people-2-mobile", "people-3-role"}
    assert "1380013800x" in wrong["people-1-mobile"]
    assert wrong["people-2-mobile"].startswith("The same as in line 1")
    text = page.content.decode()
    assert "大区总" in text, "what wasn't understood is shown"
    assert User.objects.count() == before
    sent = table_of(page) | {"people-1-mobile": "13800138002", "people-2-leave_out": "on", "people-3-role": "rep"}
    done = client.post(URL, sent)
    assert done.status_code == 200
    assert [person.user.name for person in done.context["people"]] == ["张三", "李四"]
    assert done.context["here"] == ["小王"], "who is here already stays"
    zhang, li = User.objects.get(mobile="+8613800138001"), User.objects.get(mobile="+8613800138002")
    assert (zhang.role.code, li.role.code) == ("rep", "team_lead")
    assert zhang.must_change_password
    first, second = (person.password for person in done.context["people"])
    assert first != second
    assert zhang.check_password(first)
    assert first in done.content.decode()
    assert AuditEntry.objects.filter(act="user.create", by=cast.admin).count() == 2
    again = client.post(URL, sent)
    assert [person.password for person in again.context["people"]] == [first, second], "sent twice makes them once"
    assert User.objects.count() == before + 2


def test_links_are_handed_out_instead_of_passwords(sign_in, cast):
    client = sign_in(cast.admin)
    data = {"people-0-mobile": "13800138001", "people-0-role": "rep", "people-1-mobile": "13800138002"}
    data |= {"people-1-role": "rep", "way_in": "invitation", "idempotency_key": str(uuid.uuid4())}
    links = [person.link for person in client.post(URL, data).context["people"]]
    assert len(set(links)) == 2
    assert all(link in client.post(URL, data).content.decode() for link in links), "sent twice shows the same"
    assert not User.objects.get(mobile="+8613800138001").has_usable_password()


def test_nobody_is_shown_the_link_of_somebody_whom_another_has_invited(sign_in, cast):
    owners = Role.objects.get(code="owner")
    chief, _ = user_create(name="总", mobile="+8613800138009", role=owners, by=None, password=None)
    head, _ = user_create(name="新总", mobile="+8613800138008", role=owners, by=chief, password=None)
    link = link_of(user_invite(user=head, by=chief))
    data = {"people-0-mobile": "13800138008", "people-0-role": "rep", "people-1-mobile": "13800138002"}
    data |= {"people-1-role": "rep", "way_in": "invitation", "idempotency_key": str(uuid.uuid4())}
    client = sign_in(cast.admin)
    for _sent in range(2):
        page = client.post(URL, data)
        assert [person.sign_in for person in page.context["people"]] == ["+8613800138002"]
        assert link not in page.content.decode(), "with it an administrator would be an owner"


def test_a_new_team_is_shown_before_it_is_made(sign_in, cast):
    client = sign_in(cast.admin)
    page = read(client, "张三 13800138001 East/苏州一组")
    assert page.context["form"].new_teams == ["East/苏州一组"]
    sent = table_of(page)
    asked = client.post(URL, sent | {"people-0-team": "East/无锡"})
    assert asked.status_code == 422
    assert not User.objects.filter(mobile="+8613800138001").exists()
    assert client.post(URL, table_of(asked)).status_code == 200
    team = User.objects.get(mobile="+8613800138001").team
    assert (team.name, team.parent) == ("无锡", cast.east)
    assert not Team.objects.filter(name="苏州一组").exists()


def test_files_of_spreadsheets_fill_the_same_table(sign_in, cast):
    client = sign_in(cast.admin)
    text = "序号,姓名,联系电话,职位\n1,张三,13800138001,企业主\n"
    page = client.post(URL, {"read": "1", "file": SimpleUploadedFile("a.csv", text.encode("gb18030"))})
    [line] = page.context["form"].lines
    assert (line["name"].value(), line["mobile"].value()) == ("张三", "13800138001")
    assert line["role"].value() == "", "an administrator can't make an owner: nothing is chosen in silence"
    book, target = Workbook(), io.BytesIO()
    book.active.append(["Name", "Mobile number", "Role"])
    book.active.append(["Li Na", 13800138002, "Sales rep"])
    book.save(target)
    page = client.post(URL, {"read": "1", "file": SimpleUploadedFile("a.xlsx", target.getvalue())})
    [line] = page.context["form"].lines
    assert (line["mobile"].value(), line["role"].value()) == ("13800138002", "rep")


def test_a_number_alone_is_enough_and_nothing_typed_is_lost(sign_in, cast):
    client = sign_in(cast.admin)
    data = {
        "people-0-mobile": "138 0013 8001",
        "people-0-role": "rep",
        "people-1-name": "Nameless",
        "people-1-role": "rep",
    }
    page = client.post(URL, {**data, "idempotency_key": str(uuid.uuid4())})
    assert page.status_code == 422
    assert set(errors(page)) == {"people-1-mobile"}
    more = client.post(URL, {**data, "add_line": "1"})
    assert [line["name"].value() for line in more.context["form"].lines] == [None, "Nameless", None]
    del data["people-1-name"]
    assert client.post(URL, {**data, "idempotency_key": str(uuid.uuid4())}).status_code == 200
    assert User.objects.get(mobile="+8613800138001").name == "+8613800138001"


def test_nobody_gives_more_than_their_own_rights_or_beyond_their_reach(sign_in, cast):
    manager = Role.objects.get(code="manager")
    for permission in ("user.add", "user.view"):
        RoleGrant.objects.update_or_create(role=manager, permission=permission, defaults={"scope": "team"})
    client = sign_in(cast.manager)
    page = client.get(URL)
    offered = {code for line in page.context["form"].lines for code, _name in line.fields["role"].choices}
    assert "administrator" not in offered
    assert "rep" in offered
    one = {"people-0-mobile": "13800138001", "idempotency_key": str(uuid.uuid4())}
    refused = client.post(URL, one | {"people-0-role": "administrator"})
    assert set(errors(refused)) == {"people-0-role"}
    for team in ("North", "Newland"):
        assert set(errors(client.post(URL, one | {"people-0-role": "rep", "people-0-team": team}))) == {"people-0-team"}
    assert not User.objects.filter(mobile="+8613800138001").exists()
    User.objects.filter(pk=cast.outsider.pk).update(mobile="+8613800138003")
    User.objects.filter(pk=cast.wang.pk).update(mobile="+8613800138004")
    page = read(client, "13800138003 rep\n13800138004 rep")
    assert [line.found_as for line in page.context["form"].lines] == ["+8613800138003", "小王"]
    assert "外组" not in page.content.decode(), "a number doesn't tell whose it is in another team"
    assert sign_in(cast.wang).get(URL).status_code == 403


def test_the_list_page_leads_there(sign_in, cast):
    assert reverse("colleagues_add") == URL
    assert URL in sign_in(cast.admin).get(reverse("user_list")).content.decode()
