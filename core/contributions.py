"""What an app gives to pages and jobs that belong to nobody, as data.

Each app says it once, in `<app>/contributes.py` as `CONTRIBUTION = Contribution(...)`; crm/wiring.py lists the apps and
installs them when the project starts. A page that shows things of many apps reads one family of the registry
(`registry().acts`) and never names who is in it: a further entity is its own folder and no change elsewhere.

Modules named `contributes` load at every start. They import models, services and selectors; views and API classes
are named by their path, so that a worker or a command need not load them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from core.models import OutboxMail

    Words = str | Promise

T = TypeVar("T")


@dataclass(frozen=True)
class Resource:
    """Something that permissions are about: `<code>.<action>`.

    `grants` says with what the built-in roles begin: role -> scope -> actions, written "view add change".
    """

    code: str
    word: Words  # in the plural, as the table of rights calls it
    grants: Mapping[str, Mapping[str, str]]
    order: int = 500  # its place in the table of rights

    def of_role(self, role: str) -> dict[str, str]:
        """{permission: scope} of one role."""
        given = self.grants.get(role, {})
        return {f"{self.code}.{action}": scope for scope, actions in given.items() for action in actions.split()}


@dataclass(frozen=True)
class NightlyJob:
    """`run(business_date)` does the work of one night, may be repeated, and returns counts for the record.

    `after` names the jobs that must have been tried before it; when one of them fails it waits for the next round.
    `counts` has words for those figures that say something to a person.
    """

    name: str
    run: Callable[[date], dict[str, Any]]
    title: Words = ""  # for people
    after: tuple[str, ...] = ()
    counts: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Keep:
    """How long rows are kept: those whose `field` is more than `days` ago go with the night."""

    model: str  # app_label.Model
    field: str
    days: int


@dataclass(frozen=True)
class Mail:
    """A kind of mail. `wanted` is asked before it goes; `text` makes what must not lie in the table, as a secret."""

    kind: str
    wanted: Callable[[OutboxMail], bool] | None = None
    text: Callable[[OutboxMail], str] | None = None


@dataclass(frozen=True)
class Event:
    """What an app publishes (core/events.py), and the keywords that come with it."""

    name: str
    payload: tuple[str, ...]


@dataclass(frozen=True)
class Handler:
    """What an app does in the transaction of another app's event."""

    event: str
    call: Callable[..., None]


@dataclass(frozen=True)
class Collection:
    """A collection of the REST API: `/api/v1/<prefix>/`, the path of its view set, and the stem of its route names."""

    prefix: str
    view: str
    name: str


@dataclass(frozen=True)
class Contribution:
    """All that one app gives."""

    app: str
    resources: tuple[Resource, ...] = ()
    nightly_jobs: tuple[NightlyJob, ...] = ()
    keeps: tuple[Keep, ...] = ()
    mails: tuple[Mail, ...] = ()
    events: tuple[Event, ...] = ()
    handlers: tuple[Handler, ...] = ()
    collections: tuple[Collection, ...] = ()


class DoubleContributionError(ValueError):
    """Two apps say the same thing."""


class Registry:
    """The contributions of all apps, by family."""

    def __init__(self, parts: Iterable[Contribution]) -> None:
        self.parts = tuple(parts)

    def every(self, family: Callable[[Contribution], Iterable[T]]) -> list[T]:
        """One family of all apps, in the order of the apps."""
        return [item for part in self.parts for item in family(part)]

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """By code, in the order of the table of rights."""
        placed = sorted(self.every(lambda part: part.resources), key=lambda item: item.order)
        return _by("resource", lambda item: item.code, placed)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Every permission that exists: some built-in role begins with it."""
        roles = {role for resource in self.resources.values() for role in resource.grants}
        return frozenset(name for role in roles for name in self.grants_of(role))

    def grants_of(self, role: str) -> dict[str, str]:
        """{permission: scope} with which a built-in role begins."""
        found: dict[str, str] = {}
        for resource in self.resources.values():
            found |= resource.of_role(role)
        return found

    @cached_property
    def nightly_jobs(self) -> list[NightlyJob]:
        """In the order in which a night runs them: each behind those it names, else as the apps stand."""
        waiting = _by("nightly job", lambda job: job.name, self.every(lambda part: part.nightly_jobs))
        ordered: dict[str, NightlyJob] = {}
        while waiting:
            ready = [name for name, job in waiting.items() if all(other in ordered for other in job.after)]
            if not ready:
                raise ValueError(f"nightly jobs wait for each other or for one that doesn't exist: {sorted(waiting)}")
            ordered[ready[0]] = waiting.pop(ready[0])
        return list(ordered.values())

    @cached_property
    def mails(self) -> dict[str, Mail]:
        """By kind."""
        return _by("mail kind", lambda mail: mail.kind, self.every(lambda part: part.mails))

    @cached_property
    def handlers(self) -> dict[str, list[Callable[..., None]]]:
        """By event, in the order of the apps."""
        known = _by("event", lambda event: event.name, self.every(lambda part: part.events))
        found: dict[str, list[Callable[..., None]]] = {name: [] for name in known}
        for handler in self.every(lambda part: part.handlers):
            found[handler.event].append(handler.call)
        return found

    @cached_property
    def collections(self) -> dict[str, Collection]:
        """By prefix."""
        return _by("collection", lambda item: item.prefix, self.every(lambda part: part.collections))


def _by(family: str, key: Callable[[T], str], items: Iterable[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for item in items:
        if key(item) in found:
            raise DoubleContributionError(f"{family} {key(item)!r} is contributed twice")
        found[key(item)] = item
    return found


_registry: Registry | None = None


def install(parts: Iterable[Contribution]) -> None:
    """Called once, by crm/wiring.py, when the models of all apps are ready."""
    global _registry
    _registry = Registry(parts)


def registry() -> Registry:
    """What is installed."""
    if _registry is None:
        raise RuntimeError("No contributions yet: crm/wiring.py installs them when the project starts.")
    return _registry
