"""Where a customer is by now that went up in another one: for old links, and for files that bring its number."""

from __future__ import annotations

from collections.abc import Iterable

from customers.models import CustomerMerge

LONGEST = 20  # merges in a row


def survivors(gone_ids: Iterable[int]) -> dict[int, int]:
    """{old id: id of the customer by now}, of those that went up in another one."""
    found: dict[int, int] = {}
    asked = set(gone_ids)
    for _turn in range(LONGEST):
        rows = CustomerMerge.objects.filter(gone_id__in=asked, undone_at=None)
        step = dict(rows.values_list("gone_id", "survivor_id"))
        if not step:
            break
        found = {old: step.get(new, new) for old, new in found.items()}
        found |= {old: new for old, new in step.items() if old not in found}
        asked = set(step.values())
    return found


def survivor_of(pk: int) -> int | None:
    """The one customer that this one is by now; None where it went up in none."""
    return survivors([pk]).get(pk)
