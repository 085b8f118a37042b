"""A dashboard of who has no customers says so and where to begin: it shows no zeros and no files of them."""

import pytest
from django.db import transaction
from django.urls import reverse

from conftest import cast_made
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.retention.nightly import retention_keep
from workbench.tests.scored import MONTH_ENDS, score

pytestmark = pytest.mark.django_db
WORDS = {
    "segmentation": "No customers to count",
    "purchases": "No first purchases to count",
    "retention": "Nobody here",
}


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """A night has counted the customers of others; 小李 has none."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        score(cast)
        cohorts_keep(MONTH_ENDS[-1])
        retention_keep(MONTH_ENDS[-1])
        yield cast
        transaction.set_rollback(True)


@pytest.mark.parametrize("page", WORDS)
def test_a_rep_without_any_reads_words(sign_in, company, db, page):
    text = sign_in(company.li).get(reverse(page)).content.decode()
    assert WORDS[page] in text
    assert "?file=" not in text
    assert 'class="table rows"' not in text
    assert 'class="matrix"' not in text


@pytest.mark.parametrize("asked", [{"run": "2026-08-31"}, {"scheme": "b2b"}, {"span": "year"}])
def test_so_under_every_filter(sign_in, company, db, asked):
    client = sign_in(company.li)
    assert WORDS["segmentation"] in client.get(reverse("segmentation"), asked).content.decode()
    assert WORDS["purchases"] in client.get(reverse("purchases"), asked).content.decode()
