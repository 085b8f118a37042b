"""Chinese that read as jargon, as something else, or as a command to a machine stays out of the translation."""

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
}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    path = Path(settings.BASE_DIR) / "locale/zh_Hans/LC_MESSAGES/django.po"
    return {entry.msgid: " ".join([entry.msgstr, *entry.msgstr_plural.values()]) for entry in polib.pofile(str(path))}


@pytest.mark.parametrize("word", INSTEAD)
def test_it_is_said_otherwise(word: str, written: dict[str, str]) -> None:
    found = [f"{msgid}: {text}" for msgid, text in written.items() if word in text]
    assert not found, f"write {INSTEAD[word]}"
