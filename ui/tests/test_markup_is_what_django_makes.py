"""The quick `format_html` gives what Django's gives, whatever it is given."""

import pytest
from django.utils import html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from ui import markup

ANYTHING = ("", "a", "<b>&\"'`</b>", "名 <i>", mark_safe("<b>x</b>"), _("Save"), 0, 1.5, None, True, "\0", "{}", "{0}")


@pytest.mark.parametrize("value", ANYTHING)
def test_one_argument(value):
    made = markup.format_html("<p title='{}'>{} {{}}</p>", value, mark_safe("<br>"))
    assert made == html.format_html("<p title='{}'>{} {{}}</p>", value, mark_safe("<br>"))
    assert hasattr(made, "__html__")


def test_rows_with_something_between():
    rows = [(value, "<") for value in ANYTHING]
    for between in ("", "<", mark_safe("<br>")):
        assert markup.format_html_join(between, "<i>{}{}</i>", rows) == html.format_html_join(
            between, "<i>{}{}</i>", rows
        )


def test_no_rows():
    assert markup.format_html_join(", ", "{}", []) == ""
