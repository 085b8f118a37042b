"""What a page weighs on any machine: Python's function calls, elements of the answer, SQL statements.

Times differ from run to run and from machine to machine; these figures differ only with code and data.
"""

from __future__ import annotations

from cProfile import Profile
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.test.client import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from customers.models import Customer

WARM = 3  # what a process works out once: templates, addresses, rights, drawn cells


@dataclass(frozen=True)
class Weight:
    """One warm request of a page."""

    name: str
    calls: int
    elements: int
    statements: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def line(self) -> str:
        return f"{self.name:<16} {self.calls:>9,} calls  {self.elements:>5,} elements  {self.statements:>3} statements"


class Elements(HTMLParser):
    """Counts the elements of a page; what lies in a <template> is none before a script takes it out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.count = self._apart = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += not self._apart
        self._apart += tag == "template"

    def handle_endtag(self, tag: str) -> None:
        self._apart -= tag == "template"


def ten_pages(user: User) -> dict[str, str]:
    """The pages that are weighed, by name; the customer is the one in the middle of those in reach."""
    mine = Customer.objects.for_user(user).filter(kind="company").order_by("name_sort", "pk")
    someone = mine[mine.count() // 2]
    return {
        "today": reverse("today"),
        "customer list": reverse("customer_list"),
        "customer page": reverse("customer", args=[someone.pk]),
        "tier dashboard": reverse("segmentation"),
        "team": reverse("team"),
        "follow-ups": reverse("follow_up_list"),
        "complaints": reverse("complaint_list"),
        "warnings": reverse("warning_list"),
        "log form": f"{reverse('interaction_new')}?customer={someone.pk}",
        "profile": reverse("profile"),
    }


def weigh_pages(user: User, only: str | None = None) -> list[Weight]:
    """Each of the ten pages, asked for by the test client as `user`."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="accounts.backends.EmailOrMobileBackend")
    return [weigh(client, name, path) for name, path in ten_pages(user).items() if not only or only in name]


def weigh(client: Client, name: str, path: str) -> Weight:
    """One warm request; statements are counted in another one, because counting them makes calls itself."""
    for _n in range(WARM):
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    statements = len(queries)  # now: a further request clears the log
    profile = Profile()
    profile.runcall(client.get, path)
    calls = sum(entry.callcount for entry in profile.getstats())
    return Weight(name, calls, Elements(answer.content.decode()).count, statements)
