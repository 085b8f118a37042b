"""The page of a dry run: figures and questions in the reader's language, each with its rows."""

import pytest
from django.urls import reverse

from accounts.models import User
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
COUNTS = {
    "rows": 9, "orders": 3, "returns": 1, "updated": 0, "customers_created": 2, "errors": 24, "last": 4,
    "understood": {"sales": 123450, "returned": -400, "currency": "CNY", "first": "2026-01-03", "last": "2026-01-09"},
    "questions": [
        {"code": "new_channels", "count": 30, "rows": list(range(2, 22)), "names": ["<b>线下</b>"]},
        {"code": "people_dropped", "count": 1, "rows": [4], "names": []},
        {"code": "of a later version", "count": 1, "rows": [4]},
    ],
    "reasons": [["never is no date", 23, list(range(5, 25))], ["too long", 1, [9]]],
}  # fmt: skip


@pytest.fixture
def shown(sign_in, cast):
    """`shown(language, **counts)` is the page of a finished dry run."""

    def show(language: str, **counts) -> str:
        job = ImportJob.objects.create(
            user=cast.wang, kind="orders", state="ready", file_name="a.csv", options={"dry_run": True},
            counts=COUNTS | counts,
        )  # fmt: skip
        User.objects.filter(pk=cast.wang.pk).update(language=language)
        return sign_in(cast.wang).get(reverse("import_job", args=[job.pk])).content.decode()

    return show


def test_figures_and_questions(shown):
    page = shown("en")
    assert "¥1,234.50" in page
    assert "30 rows name channels that are new: “&lt;b&gt;线下&lt;/b&gt;”." in page
    assert page.index("names a customer, but") < page.index("name channels"), "what loses something stands first"
    assert "and 10 more" in page
    assert "of a later version" not in page


def test_refused_rows_are_grouped_by_reason(shown):
    page = shown("en")
    assert page.count("never is no date") == 1
    assert "23 rows" in page
    assert "and 3 more" in page


def test_in_chinese(shown):
    page = shown("zh-hans")
    assert "30 行写了新的渠道" in page
    assert "第 4 行" in page


def test_nothing_to_write_offers_no_writing(shown):
    assert "import_start" not in (page := shown("en", orders=0, returns=0, customers_created=0))
    assert "Nothing would be written" in page
    assert 'data-action="save"' not in page
    assert 'data-action="save"' in shown("en")
