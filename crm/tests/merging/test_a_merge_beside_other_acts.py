"""Each act beside a merge once; 200 rounds of them in bin/test --heavy merge_races."""

import pytest

from crm.tests.merging.races import ACTS, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_nothing_is_lost_and_the_undo_gives_all_back(act, cast):
    assert race(act, cast, 0) == []
