"""A10 in the ordinary run: a few random requests per operation as a rep and as the administrator."""

import pytest

from tests.api.fuzzing import fuzz_all, rows_to_hit

EXAMPLES = 2


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["wang", "admin"])
def test_a_few_random_requests_per_operation(cast, who):
    sent, wrong = fuzz_all(getattr(cast, who), rows_to_hit(cast), examples=EXAMPLES)
    assert not wrong, "\n\n".join(wrong)
    assert sent > 100
