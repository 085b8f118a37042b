"""Every text for people has a Chinese translation with the same places in it."""

from core import translations
from core.translations import Message


def test_nothing_is_untranslated():
    assert translations.missing("zh_Hans") == []


def test_translations_keep_the_places_of_the_english_text():
    assert translations.wrong_places("zh_Hans") == []


def test_texts_are_found_in_python():
    source = 'a = _("One")\nb = ngettext("%(n)s file", "%(n)s files", n)\n'
    source += 'c = gettext(variable)\nd = pgettext("verb", "Log")'
    assert set(translations.python_messages(source)) == {
        Message("One"),
        Message("%(n)s file", "%(n)s files"),
        Message("Log", context="verb"),
    }


def test_texts_are_found_in_templates():
    source = (
        '{% trans "One" %}{% button _("Two") %}'
        "{% blocktrans count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktrans %}"
    )
    assert set(translations.template_messages(source)) == {
        Message("One"),
        Message("Two"),
        Message("%(n)s row", "%(n)s rows"),
    }
