"""A10 in full: random requests per operation and role, and many more of the operations that could do most harm.

FUZZ_EXAMPLES and FUZZ_RISKY set how many; FUZZ_SEED replays a run.
Figures are printed as JSON for docs/measurements.md.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest

from tests.api.fuzzing import fuzz_all, rows_to_hit

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]
ROLES = ("wang", "lead", "manager", "agent", "auditor", "admin")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
RISKY_EXAMPLES = int(os.environ.get("FUZZ_RISKY", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261124"))
# Those that write what others rely on, and those that take the most free text.
RISKIEST = (
    "GET /api/v1/customers/",
    "POST /api/v1/customers/",
    "PATCH /api/v1/customers/{id}/",
    "POST /api/v1/customers/{id}/assign/",
    "POST /api/v1/interactions/",
    "POST /api/v1/orders/",
    "PATCH /api/v1/orders/{id}/",
    "POST /api/v1/reminders/",
    "PATCH /api/v1/complaints/{id}/",
    "POST /api/v1/imports/{id}/check/",
)


def report(name: str, sent: int, wrong: list[str], began: float) -> None:
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"suite": name, "requests": sent, "wrong": len(wrong), "seed": SEED, "seconds": seconds}))  # noqa: T201
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("who", ROLES)
def test_every_operation_as_every_role(cast: Any, who: str) -> None:
    began = time.monotonic()
    sent, wrong = fuzz_all(getattr(cast, who), rows_to_hit(cast), examples=EXAMPLES, seed=SEED)
    report(f"fuzz {who}", sent, wrong, began)


@pytest.mark.parametrize("label", RISKIEST)
def test_the_riskiest_operations_many_times(cast: Any, label: str) -> None:
    began = time.monotonic()
    sent, wrong = fuzz_all(cast.manager, rows_to_hit(cast), examples=RISKY_EXAMPLES, seed=SEED, only=[label])
    report(f"fuzz {label}", sent, wrong, began)
    assert sent, f"the schema has no operation {label}"
