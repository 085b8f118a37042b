"""The handbook says the same in both languages, and what it names stands in the product."""

import itertools
import re

import polib
import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from workbench.help import handbook
from workbench.help.handbook import CHAPTERS, LANGUAGES, PAGE

CODES = [chapter.code for chapter in CHAPTERS]
COMMAND = re.compile(r"`(bin/\w+)(?: (\w+))?")


def words_of(language: str) -> set[str]:
    """Every text of the interface in `language`."""
    entries = polib.pofile(str(settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    return {entry.msgid if language == "en" else entry.msgstr for entry in entries if not entry.obsolete}


def bold(code: str, language: str) -> list[str]:
    found = []
    for token in handbook.tokens_of(code, language):
        children = token.children or []
        found += [after.content for mark, after in itertools.pairwise(children) if mark.type == "strong_open"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_words_in_bold_stand_on_the_screen(code, language):
    known = words_of(language)
    assert [word for word in bold(code, language) if word not in known] == []


def test_a_word_that_stands_nowhere_is_found(monkeypatch, tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "start.md").write_text("Press **Frobnicate all**.")
    monkeypatch.setattr(handbook, "FOLDER", tmp_path)
    assert bold("start", "en") == ["Frobnicate all"]
    assert not set(bold("start", "en")) & words_of("en")


@pytest.mark.parametrize("code", CODES)
def test_both_languages_have_the_same_sections_and_lead_to_the_same_pages(code):
    def shape(language: str) -> tuple[list[str], list[str]]:
        tokens = handbook.tokens_of(code, language)
        headings = [token.tag for token in tokens if token.type == "heading_open"]
        return headings, [str(link.attrs["href"]) for link in handbook.links(tokens)]

    assert shape("en") == shape("zh-hans")
    for target in shape("en")[1]:
        assert target.startswith(PAGE)
        try:
            reverse(target.removeprefix(PAGE))
        except NoReverseMatch:
            pytest.fail(f"{code}: no page is called {target}")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.django_db
def test_each_chapter_opens_in_the_readers_language(code, cast, sign_in):
    for language, other in (("en", "zh-hans"), ("zh-hans", "en")):
        cast.wang.language = language
        cast.wang.save()
        page = sign_in(cast.wang).get(reverse("help_chapter", args=[code]))
        text = page.content.decode()
        assert handbook.text(code, language).headings[0][1] in text
        assert handbook.text(code, other).headings[0][1] not in text
        assert 'href="page:' not in text


def test_lines_of_a_chinese_paragraph_are_joined_without_a_space():
    assert "数字。旁边" in handbook.text("sales", "zh-hans").html
    assert "customers\nwithout a plan" in handbook.text("sales", "en").html


@pytest.mark.django_db
def test_ones_own_chapters_stand_first(cast, sign_in):
    page = sign_in(cast.wang).get(reverse("help"))
    own = [chapter.code for chapter in page.context["own"]]
    assert "sales" in own
    assert "administration" not in own
    assert sorted(own + [chapter.code for chapter in page.context["others"]]) == sorted(CODES)
    assert "administration" in [chapter.code for chapter in sign_in(cast.admin).get(reverse("help")).context["own"]]


@pytest.mark.django_db
def test_a_chapter_that_is_not_there_is_not_found(cast, sign_in):
    assert sign_in(cast.wang).get("/help/nothing/").status_code == 404
