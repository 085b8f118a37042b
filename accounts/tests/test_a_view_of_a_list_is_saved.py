"""A list with filters, order and columns is saved under a name, found among its tabs, shared, changed and removed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.saved_views import services
from accounts.saved_views.models import PinnedView, SavedView
from conftest import Cast
from core.versions import StaleVersionError
from ui.listing import WITH_VIEWS

pytestmark = pytest.mark.django_db
LIST = "/customers/"
LISTS = ("customer_list", "follow_up_list", "order_list")
QUERY = "view=all&tier=A&sort=-value&columns=tier&columns=phone"


@pytest.fixture
def view(cast: Cast) -> SavedView:
    return services.view_save(listing="customer_list", name="苏州大客户", query=QUERY, by=cast.wang)


def shown(page: Any) -> dict[str, Any]:
    return {one.name: one for one in page.context["list"].saved_views}


def save(client: Any, query: str, **fields: Any) -> Any:
    address = f"{reverse('saved_view_new')}?{urlencode({'listing': 'customer_list', 'query': query})}"
    form = client.get(address).context["form"]
    data = {"idempotency_key": form["idempotency_key"].value(), "version": "", "original": "", **fields}
    return client.post(address, data)


def test_it_is_saved_from_the_list_and_stands_among_its_tabs(sign_in: Any, cast: Cast, customer: Any) -> None:
    client = sign_in(cast.wang)
    answer = save(client, f"{QUERY}&cursor=abc&choose=columns", name="  苏州  大客户 ")
    row = SavedView.objects.get()
    assert (row.name, row.query, row.shared, row.owner) == ("苏州 大客户", QUERY, False, cast.wang)
    page = client.get(answer.url)
    tab = shown(page)["苏州 大客户"]
    assert (tab.current, tab.pinned, tab.changed, tab.own) == (True, True, False, True)
    assert not any(link.current for link in page.context["list"].tab_links)
    assert AuditEntry.objects.filter(act="saved_view.create").count() == 1


def test_what_no_page_takes_is_no_part_of_a_view(sign_in: Any, cast: Cast, view: SavedView) -> None:
    client = sign_in(cast.wang)
    client.post(reverse("saved_view_update", args=[view.pk]), {"query": "q=%00&tier=A&%00=1", "version": view.version})
    view.refresh_from_db()
    assert view.query == "tier=A"


def test_a_view_of_a_list_that_is_no_more_breaks_nothing(sign_in: Any, cast: Cast, view: SavedView) -> None:
    SavedView.objects.update(listing="a_list_of_yesterday")
    client = sign_in(cast.wang)
    assert view.name in client.get(reverse("saved_view_list")).content.decode()
    assert client.get(reverse("saved_view_edit", args=[view.pk])).status_code == 200


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u2060\u202e"])
def test_a_name_that_nobody_sees_is_none(cast: Cast, name: str) -> None:
    with pytest.raises(ValidationError, match="Give it a name"):
        services.view_save(listing="customer_list", name=name, query="", by=cast.wang)


def test_views_are_bounded(cast: Cast, view: SavedView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_VIEWS", 2)
    services.view_save(listing="customer_list", name="second", query="", by=cast.wang)
    with pytest.raises(ValidationError, match="2 views"):
        services.view_save(listing="customer_list", name="third", query="", by=cast.wang)
    services.view_save(listing="order_list", name="third", query="", by=cast.wang)
    services.view_retire(view=view, retired=True, by=cast.wang)
    services.view_save(listing="customer_list", name="third", query="", by=cast.wang)
    with pytest.raises(ValidationError, match="2 views"):
        services.view_retire(view=view, retired=False, by=cast.wang)
    monkeypatch.setattr(services, "parse_qsl", lambda query: pytest.fail("was read"))
    with pytest.raises(ValidationError, match="fit into a view"):
        services.view_change(view=view, changes={"query": "a=1&" * 20_000}, version=view.version, by=cast.wang)


def test_what_was_changed_since_is_kept_by_a_press_or_left(sign_in: Any, cast: Cast, view: SavedView) -> None:
    client = sign_in(cast.wang)
    page = client.get(f"{LIST}?view=all&tier=B&saved={view.pk}")
    assert shown(page)["苏州大客户"].changed
    assert 'id="keep-view"' in page.content.decode()
    asked = page.context["list"]
    data = {"query": asked.as_query, "version": view.version}
    client.post(reverse("saved_view_update", args=[view.pk]), data)
    view.refresh_from_db()
    assert view.query == "view=all&tier=B"
    assert not shown(client.get(f"{LIST}?tier=B&view=all&saved={view.pk}"))["苏州大客户"].changed
    client.post(reverse("saved_view_update", args=[view.pk]), data | {"query": "view=mine"})  # of an older version
    view.refresh_from_db()
    assert view.query == "view=all&tier=B"


def test_a_private_view_is_nobody_elses(sign_in: Any, cast: Cast, view: SavedView) -> None:
    for other in (cast.li, cast.lead, cast.manager, cast.admin):
        client = sign_in(other)
        assert shown(client.get(LIST)) == {}
        assert "苏州大客户" not in client.get(reverse("saved_view_list")).content.decode()
        assert client.get(reverse("saved_view_edit", args=[view.pk])).status_code == 404
        assert client.post(reverse("saved_view_pin", args=[view.pk])).status_code == 404


def test_a_shared_view_is_everybodys_to_open_and_its_owners_to_change(
    sign_in: Any, cast: Cast, view: SavedView, customer: Any
) -> None:
    services.view_change(view=view, changes={"shared": True}, version=view.version, by=cast.wang)
    client = sign_in(cast.outsider)
    tab = shown(client.get(LIST))["苏州大客户"]
    assert (tab.own, tab.pinned) == (False, False)
    page = client.get(f"{LIST}{tab.url}")
    assert customer.name not in page.content.decode()  # the list is theirs, not that of who saved it
    assert client.get(reverse("saved_view_edit", args=[view.pk])).status_code == 403
    assert client.post(reverse("saved_view_retire", args=[view.pk])).status_code == 403
    client.post(reverse("saved_view_pin", args=[view.pk]))
    assert shown(client.get(LIST))["苏州大客户"].pinned
    assert PinnedView.objects.filter(view=view).count() == 2
    client.post(reverse("saved_view_unpin", args=[view.pk]))
    assert not shown(client.get(LIST))["苏州大客户"].pinned
    assert PinnedView.objects.get(view=view).user == cast.wang


def test_a_removed_view_is_gone_and_comes_back(sign_in: Any, cast: Cast, view: SavedView) -> None:
    client = sign_in(cast.wang)
    client.post(reverse("saved_view_retire", args=[view.pk]))
    assert shown(client.get(LIST)) == {}
    assert client.get(f"{LIST}?saved={view.pk}").status_code == 200  # an old bookmark is still a list
    assert "苏州大客户" in client.get(f"{reverse('saved_view_list')}?tab=removed").content.decode()
    client.post(reverse("saved_view_restore", args=[view.pk]))
    assert "苏州大客户" in shown(client.get(LIST))


def test_a_name_is_taken_once_for_each_list_and_person(cast: Cast, view: SavedView) -> None:
    with pytest.raises(ValidationError) as refused:
        services.view_save(listing="customer_list", name="苏州大客户", query="", by=cast.wang)
    assert list(refused.value.message_dict) == ["name"]
    services.view_save(listing="customer_list", name="苏州大客户", query="", by=cast.li)
    services.view_retire(view=view, retired=True, by=cast.wang)
    services.view_save(listing="customer_list", name="苏州大客户", query="", by=cast.wang)
    with pytest.raises(ValidationError):
        services.view_retire(view=view, retired=False, by=cast.wang)


def test_what_cant_be_saved_is_said(sign_in: Any, cast: Cast) -> None:
    client = sign_in(cast.wang)
    assert "name" in save(client, QUERY, name="  ").context["form"].errors
    too_long = save(client, urlencode({"q": "长" * 700}), name="长")
    assert too_long.status_code == 422
    assert client.get(f"{reverse('saved_view_new')}?listing=logout").status_code == 404
    with pytest.raises(ValidationError):
        services.view_save(listing="logout", name="x", query="", by=cast.wang)
    assert not SavedView.objects.exists()


def test_over_a_newer_version_nothing_is_written(cast: Cast, view: SavedView) -> None:
    services.view_change(view=view, changes={"name": "新名"}, version=view.version, by=cast.wang)
    with pytest.raises(StaleVersionError):
        services.view_change(view=view, changes={"name": "旧名"}, version=1, by=cast.wang)


@pytest.mark.parametrize("name", LISTS)
def test_each_list_with_views_opens_with_every_column_and_shows_its_views(
    name: str, sign_in: Any, cast: Cast, customer: Any
) -> None:
    """Also a list without tabs of its own, which has its views for tabs."""
    assert set(WITH_VIEWS) == set(LISTS)
    client, listing = sign_in(cast.manager), WITH_VIEWS[name]
    assert listing.called
    query = urlencode([("columns", column.key) for column in listing.columns if column.key])
    row = services.view_save(listing=name, name="全部列", query=query, by=cast.manager)
    page = client.get(f"{reverse(name)}?{query}&saved={row.pk}")
    assert shown(page)["全部列"].current
    assert "全部列" in page.content.decode()
    assert reverse(name) in client.get(reverse("saved_view_list")).content.decode()
    assert client.get(f"{reverse(name)}?choose=columns").status_code == 200


def test_a_narrowed_list_keeps_its_columns(sign_in: Any, cast: Cast, customer: Any) -> None:
    """The forms that set filters anew send along how the table looks."""
    for address in ("/customers/filters/", "/orders/"):
        page = sign_in(cast.wang).get(f"{address}?columns=owner&density=tight").content.decode()
        assert '<input type="hidden" name="columns" value="owner">' in page
        assert '<input type="hidden" name="density" value="tight">' in page
