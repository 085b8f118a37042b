"""Words that read as jargon, as something else, or as a command to a machine stay out, in Chinese and in English."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

INSTEAD = {
    "在险": "风险金额",
    "占团队目标": "团队目标完成率",
    "对列": "列对应",
    "拒收行": "错误行",
    "手上最多": "待办最多",
    "补记": "补录",
    "还没有联系。": "还没有联系人。",
    "触达": "联系次数",
    "抄上月": "沿用上月",
    "没有您可以分配客户的": "找不到可分配的负责人",
    "转交": "移交",
    "待回访确认": "等客户评价",
    "已做满意度回访": "已请客户评价",
}

# In English a contact is a person; what happened with a customer is an activity, what is planned a follow-up.
IN_ENGLISH = {
    r"\blog(ged|ging)? (a|one more) contact": "log activity",
    r"\b(last|latest|lately in) contacts?\b": "last activity",
    r"\b(next|plans? a|one more) contacts?\b": "follow-up",
    r"\bno contact for\b": "no activity for",
}
# "First contact" is the stage, "contact data" are numbers, "whom to contact" is what one does.
A_PERSON = re.compile(r"(?<!first )(?<!not )(?<!to )\bcontacts?\b(?! data)", re.IGNORECASE)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    path = Path(settings.BASE_DIR) / "locale/zh_Hans/LC_MESSAGES/django.po"
    return {
        f"{entry.msgid} {entry.msgid_plural}".strip(): " ".join([entry.msgstr, *entry.msgstr_plural.values()])
        for entry in polib.pofile(str(path))
    }


@pytest.mark.parametrize("word", INSTEAD)
def test_it_is_said_otherwise(word: str, written: dict[str, str]) -> None:
    found = [f"{msgid}: {text}" for msgid, text in written.items() if word in text]
    assert not found, f"write {INSTEAD[word]}"


def test_what_somebody_has_is_handed_over_and_what_nobody_has_is_dealt_out(written: dict[str, str]) -> None:
    """One word for one act: 移交 from person to person, 分配 out of the pool or a file."""
    mixed = {
        msgid: text
        for msgid, text in written.items()
        if (re.search(r"hand(ed|s|ing)?[ -]over", msgid, re.IGNORECASE) and "分配" in text)
        or (re.search(r"\bassign(ed|ment|ments)?\b", msgid, re.IGNORECASE) and not re.search("移交|分配", text))
    }
    assert mixed == {}


@pytest.mark.parametrize("words", IN_ENGLISH)
def test_it_is_said_otherwise_in_english(words: str, written: dict[str, str]) -> None:
    pages = [*Path(settings.BASE_DIR, "workbench/help/handbook/en").glob("*.md"), Path(settings.BASE_DIR, "README.md")]
    assert len(pages) > 3
    texts = [*written, *(page.read_text() for page in pages)]
    found = [text for text in texts if re.search(words, text, re.IGNORECASE)]
    assert not found, f"write {IN_ENGLISH[words]}"


def test_a_contact_in_english_is_a_person_in_chinese(written: dict[str, str]) -> None:
    assert [
        f"{msgid}: {text}" for msgid, text in written.items() if A_PERSON.search(msgid) and "联系人" not in text
    ] == []


@pytest.mark.parametrize("text", ["Last contact", "logged a contact", "Plan a contact", "No contact for days"])
def test_the_guards_see_the_muddle(text: str) -> None:
    assert any(re.search(words, text, re.IGNORECASE) for words in IN_ENGLISH)
    assert A_PERSON.search(text)
