"""`update_translations` adds what is new, says how many, and keeps what is translated."""

from io import StringIO
from pathlib import Path
from typing import Any

import polib
from django.core.management import call_command

from core import translations
from core.translations import Message

PAGE = '{% trans "Save" %}{% trans "A text of today" %}'
KNOWN = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Save"\nmsgstr "保存"\n'


def test_new_texts_are_added_and_translations_stay(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE, encoding="utf-8")
    catalogue = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(KNOWN, encoding="utf-8")
    said = StringIO()
    call_command("update_translations", stdout=said)
    assert said.getvalue() == "2 texts, 1 new, 1 without translation\n"
    words = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue))}
    assert words == {"Save": "保存", "A text of today": ""}
    call_command("update_translations", stdout=said)
    assert said.getvalue().endswith("2 texts, 0 new, 1 without translation\n")


def test_a_text_that_stands_alone_and_with_a_plural_is_one_message(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "alone.py").write_text('a = _("File")\n', encoding="utf-8")
    (tmp_path / "counted.py").write_text('b = ngettext("File", "Files", n)\n', encoding="utf-8")
    assert translations.messages() == {Message("File", "Files"): ["alone.py", "counted.py"]}
