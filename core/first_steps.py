"""The list by which a new company begins: what of it is done, as the rows of all apps say at this moment."""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models.functions import Now

from core import company
from core.contributions import FirstStep, registry
from core.memo import Memo
from core.models import Company


class Person(Protocol):
    """Somebody with rights."""

    def can(self, name: str) -> bool: ...


def are_open() -> bool:
    """Whether this installation is a company's own and nobody has put the list away."""
    row = company.company()
    return not row.is_demo and row.first_steps_closed_at is None


def steps_of(person: Person) -> list[FirstStep]:
    """Those that this person may do."""
    return [step for step in registry().first_steps.values() if person.can(step.permission)]


def done() -> dict[str, bool]:
    """By key, in one query."""
    asked: dict[str, Any] = {f"step_{key}": step.done() for key, step in registry().first_steps.items()}
    row = Company.objects.filter(pk=company.company().pk).values(**asked).get()
    return {name.removeprefix("step_"): bool(value) for name, value in row.items()}


_left = Memo(lambda: not all(done().values()))


def wait_for(person: Person) -> bool:
    """Whether pages lead this person back to the list: as long as it is open and something of it is left.

    What is left is looked up once a minute, as every page asks.
    """
    return are_open() and person.can("setting.change") and _left()


def counted(person: Person) -> tuple[int, int]:
    """How many of this person's steps are done, and how many there are; as of now."""
    found, steps = done(), steps_of(person)
    return sum(found[step.key] for step in steps), len(steps)


def close(row: Company) -> bool:
    """Put the list away; False when it was."""
    return bool(Company.objects.filter(pk=row.pk, first_steps_closed_at=None).update(first_steps_closed_at=Now()))


def reopen(row: Company) -> bool:
    """Take it out again; False when it wasn't put away."""
    return bool(
        Company.objects.filter(pk=row.pk).exclude(first_steps_closed_at=None).update(first_steps_closed_at=None)
    )
