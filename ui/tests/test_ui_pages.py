"""A whole page: language, appearance, landmarks, one heading, unique ids, the demo mark, an icon sprite that fits."""

import re
from html.parser import HTMLParser

import pytest
from django.shortcuts import render
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from core import company
from core.models import Company
from ui import views

MAX_NODES = 1500
ERRORS = ("400", "403", "404", "500", "csrf")


urlpatterns = [
    path("styleguide/", views.styleguide),
    path("login/", views.styleguide, name="login"),
    # What the frame of every page leads to.
    *(
        path(f"{name}/", views.styleguide, name=name)
        for name in (
            "today",
            "customer_list",
            "search",
            "inbox",
            "profile",
            "open_on_phone",
            "help",
            "logout",
            "language",
            "theme",
        )
    ),
]


class Outline(HTMLParser):
    """Counts elements and collects ids, headings, used and drawn symbols."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        self.ids += [value for name, value in attrs if name == "id" and value]


@pytest.fixture(autouse=True)
def only_these_addresses():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def reader(cast, sign_in) -> Client:
    return sign_in(cast.wang)


def page_of(client: Client, address: str = "/styleguide/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_has_one_heading_a_title_and_a_skip_link(reader):
    page = page_of(reader)
    outline = Outline(page)
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("main") == 1
    assert re.search(r"<title>[^<]+ · [^<]+</title>", page)
    assert 'class="skip" href="#main"' in page


def test_ids_are_unique_and_every_reference_finds_its_target(reader):
    outline = Outline(page_of(reader))
    assert len(outline.ids) == len(set(outline.ids))
    for attributes in outline.attributes:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for target in (attributes.get(name) or "").split():
                assert target in outline.ids, (name, target)


def test_every_icon_used_is_drawn_once(reader):
    page = page_of(reader)
    assert set(re.findall(r'href="#(i-[\w-]+)"', page)) == set(re.findall(r'<(?:path|g) id="(i-[\w-]+)"', page))


def test_the_style_guide_stays_within_the_size_of_a_page(reader):
    assert len(Outline(page_of(reader)).tags) <= MAX_NODES


def test_the_language_of_the_page_is_said(reader, cast):
    assert '<html lang="en"' in page_of(reader)
    type(cast.wang).objects.filter(pk=cast.wang.pk).update(language="zh-hans")
    assert '<html lang="zh-Hans"' in page_of(reader)


def test_the_server_renders_the_chosen_appearance(reader):
    assert "data-theme" not in page_of(reader).split("<body", 1)[0]
    reader.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in page_of(reader)
    reader.cookies["theme"] = '"><script>'
    assert "data-theme" not in page_of(reader).split("<body", 1)[0]


def test_a_demo_says_so_on_every_page(reader):
    assert 'class="demo"' not in page_of(reader)
    Company.objects.update(is_demo=True)
    company.forget()
    assert 'class="demo"' in page_of(reader)


def test_single_keys_follow_the_profile(reader, cast):
    assert "data-keys" in page_of(reader)
    type(cast.wang).objects.filter(pk=cast.wang.pk).update(single_keys=False)
    assert "data-keys" not in page_of(reader)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_no_database_and_has_a_way_on(name):
    # No database fixture here on purpose: a query would fail the test.
    page = render(RequestFactory().get("/broken/"), f"errors/{name}.html").content.decode()
    outline = Outline(page)
    assert outline.tags.count("h1") == 1
    assert 'href="/"' in page
