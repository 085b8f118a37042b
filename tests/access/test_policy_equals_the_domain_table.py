"""The grants that ship are exactly the table of the domain pages, typed in a second time."""

import pytest

from accounts import policy
from tests.access.policy_table import GRANTS, MASKS, ROLES


def test_the_seven_roles() -> None:
    assert set(policy.ROLE_NAMES) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_grants_of_each_role(role: str) -> None:
    assert policy.first_grants(role) == GRANTS[role]


@pytest.mark.parametrize("role", ROLES)
def test_masks_of_each_role(role: str) -> None:
    for field_class in policy.FIELD_CLASSES:
        modes = tuple(policy.first_mode(role, field_class, relation) for relation in ("own", "team", "rest"))
        assert modes == (("full",) * 3 if field_class == "profile" else MASKS[role])
