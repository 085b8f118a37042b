"""Who decides at a company: its contacts as a tree of who reports to whom, and which parts nobody is known to play."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from customers.models import Contact

# Without these nobody can say how a deal will come about; users and evaluators aren't part of every one.
WANTED = (Contact.Authority.DECIDER, Contact.Authority.CHAMPION)
DEEPEST = 12  # levels that are drawn: a page can't hold any number of lists within each other


@dataclass
class Node:
    """A person with those who report to them."""

    contact: Contact
    reports: list[Node] = field(default_factory=list)

    @property
    def side(self) -> str:
        """Which side they are on, as a class of the chart."""
        sides = {Contact.Stance.FOR: "supports", Contact.Stance.AGAINST: "opposes"}
        return sides.get(Contact.Stance(self.contact.stance), "")

    @property
    def weight(self) -> tuple[int, int]:
        """Deciders first, then the others with a part, as the parts are listed."""
        order = [role.value for role in Contact.Authority if role.value]
        return min((order.index(role) for role in self.contact.roles), default=len(order)), self.contact.pk


def tree(contacts: Sequence[Contact]) -> list[Node]:
    """Those who report to nobody here, each with those below. Who stands in a circle, which no write allows any more
    but old data may hold, is drawn once, below nobody. Who would stand below DEEPEST levels stands in the last one."""
    nodes = {contact.pk: Node(contact) for contact in contacts}
    reports_to = {contact.pk: contact.reports_to_id for contact in contacts}
    tops = []
    for pk, node in nodes.items():
        above = reports_to[pk]
        if above in nodes and not in_circle(pk, above, reports_to):
            nodes[above].reports.append(node)
        else:
            tops.append(node)
    for node in nodes.values():
        node.reports.sort(key=lambda one: one.weight)
    _flatten(tops)
    return sorted(tops, key=lambda one: one.weight)


def _flatten(tops: list[Node]) -> None:
    level = tops
    for _level in range(DEEPEST - 2):
        level = [below for node in level for below in node.reports]
    for node in level:
        found = list(node.reports)
        for below in found:  # grows while it is walked
            found += below.reports
            below.reports = []
        node.reports = found


def in_circle(pk: int, above: int | None, reports_to: dict[int, int | None]) -> bool:
    """Whether `pk` would report to themselves, over others, if they reported to `above`."""
    seen = set[int]()
    while above is not None and above not in seen:
        if above == pk:
            return True
        seen.add(above)
        above = reports_to.get(above)
    return False


def missing(contacts: Iterable[Contact]) -> list[Contact.Authority]:
    """The wanted parts that nobody plays."""
    played = {role for contact in contacts for role in contact.roles}
    return [role for role in WANTED if role not in played]
