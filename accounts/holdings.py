"""What a person holds, named by the apps above: counted, and handed over when the person is switched off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from core.contributions import Holding, registry
from ui import formatting


@dataclass(frozen=True)
class Held:
    """How many of one kind a person holds, and how many of them the reader may hand over."""

    holding: Holding
    count: int
    left: int


def holdings(reader: User, person: User) -> list[Held]:
    """What the person holds, in the order of the apps."""
    every = registry().holdings.values()
    return [Held(one, one.count(reader, person), one.left(person)) for one in every]


def in_words(counts: Mapping[str, int]) -> str:
    """Figures by the name of their kind: customers: 12, open follow-ups: 3."""
    kinds = registry().holdings
    return formatting.listed([formatting.labelled(kinds[name].word, f"{n:,}") for name, n in counts.items() if n])


def loads(people: Sequence[User]) -> dict[int, str]:
    """What each of these people holds now, in words; one query for each kind."""
    ids = [person.pk for person in people]
    found = {name: one.loads(ids) for name, one in registry().holdings.items()}
    return {pk: in_words({name: counts.get(pk, 0) for name, counts in found.items()}) for pk in ids}
