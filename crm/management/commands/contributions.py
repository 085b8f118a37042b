from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts import policy
from core.contributions import Contribution, Resource, registry

PAGE = settings.BASE_DIR / "docs" / "contributions.md"
ROLES = tuple(policy.ROLE_NAMES)


class Command(BaseCommand):
    help = "Print what each app contributes to the whole (docs/contributions.md)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--write", action="store_true", help="renew docs/contributions.md")
        what.add_argument("--check", action="store_true", help="fail when docs/contributions.md says something else")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            text = page()
        if options["write"]:
            PAGE.write_text(text, encoding="utf-8")
        elif options["check"]:
            if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
                raise CommandError("docs/contributions.md isn't what the apps say; bin/manage contributions --write")
        else:
            self.stdout.write(text, ending="")


def page() -> str:
    """The whole page: what concerns all apps at once, then app by app."""
    head = (
        "# What each app contributes\n\n"
        "Written by `bin/manage contributions --write` from the `contributes.py` of each app; a test fails when it is"
        " old.\nHow to add to it: `recipes/add-an-entity.md`.\n\n"
    )
    return head + rights() + night() + "".join(about(part) for part in registry().parts)


def rights() -> str:
    """Resources with the grants that roles begin with."""
    rows = [(r.code, r.word, *(_scopes(r, role) for role in ROLES)) for r in registry().resources.values()]
    return "## Rights\n\n" + table(("resource", "called", *ROLES), rows)


def _scopes(resource: Resource, role: str) -> str:
    given: dict[str, list[str]] = {}
    for name, scope in policy.first_grants(role).items():
        code, _dot, action = name.partition(".")
        if code == resource.code:
            given.setdefault(scope, []).append(action)
    return "; ".join(f"{scope}: {' '.join(actions)}" for scope, actions in given.items()) or "-"


def night() -> str:
    """The jobs of a night in their order."""
    rows = [(job.name, job.title, ", ".join(job.after) or "-") for job in registry().nightly_jobs]
    return "## A night\n\n" + table(("job", "called", "after"), rows)


def about(part: Contribution) -> str:
    """Everything else of one app."""
    lines = [
        line("Menu", (f"{entry.label} (`{entry.page}`)" for entry in part.menu)),
        line("To begin", (f"{action.label} (`{action.page}`)" for action in part.begin)),
        line("Found by the search", (f"{found.title} by {found.by}" for found in part.search)),
        line("Figures of the menu", (f"`{badge.name}`" for badge in part.badges)),
        line("Settings", (f"{card.title} (`{card.page}`)" for card in part.settings_cards)),
        line("First steps", (f"{step.title} (`{step.page}`)" for step in part.first_steps)),
        line("To begin on a customer's page", (f"{one.label} (`{one.page}`)" for one in part.customer_actions)),
        line("Panels of a customer's page", (f"`{panel.key}` in {panel.place}" for panel in part.customer_panels)),
        line("In Today", (f"{section.title}" for section in part.today)),
        line("Beside Today", (f"{card.title}" for card in part.today_cards)),
        line("On the board of a team", (f"{column.head}" for column in part.team_columns)),
        line(
            "Columns of exports",
            (f"`{given.export}`: {column.head}" for given in part.export_parts for column in given.columns),
        ),
        line("What segments count", (f"`{one.code}` {one.word}" for one in part.segment_events)),
        line("Narrows customers over the API", (f"`?{one.name}=`" for one in part.customer_filters)),
        line("Acts", (f"`{act.code}` {act.word}" for act in part.acts)),
        line("Details of acts", (f"`{detail.name}`" for detail in part.details if not detail.internal)),
        line("History of a customer", (f"`{part_.kind}` in “{part_.tab}”" for part_ in part.timeline)),
        line("Names of rows", (f"`{named.model}` {named.word}" for named in part.named)),
        line("API", (f"`/api/v1/{collection.prefix}/`" for collection in part.collections)),
        line("Choices of the API", (f"`{one.name}`" for one in part.choice_names)),
        line("Files", (f"`{kind.code}` {kind.label}" for kind in part.import_kinds)),
        line("Mail", (f"`{mail.kind}`" for mail in part.mails)),
        line("Notices", (f"`{kind.code}` {kind.word}" for kind in part.notice_kinds)),
        line("Opens customers", (f"by `{one.find.__name__}`" for one in part.shared_customers)),
        line("Opens customers to read", (f"`{one.permission}`" for one in part.handled_customers)),
        line("Held by people", (f"`{holding.name}`" for holding in part.holdings)),
        line("Keeps customers of an import", (f"`{touch.model}` {touch.words}" for touch in part.customer_touches)),
        line("Goes with customers of an import", (f"`{model}`" for model in part.customer_traces)),
        line("Publishes", (f"`{event.name}` ({', '.join(event.payload)})" for event in part.events)),
        line("Handles", (f"`{handler.event}` by `{handler.call.__name__}`" for handler in part.handlers)),
        line("Owed", (f"`{owed.name}`" for owed in part.owed)),
        line("Numbers of the company's own", (f"`{one.key}` {one.title} ({one.default})" for one in part.numbers)),
        line("Kept", (f"`{keep.model}` {keep.days} days after `{keep.field}`" for keep in part.keeps)),
    ]
    return f"## {part.app}\n\n" + "".join(lines) + "\n"


def line(title: str, items: Iterable[str]) -> str:
    """One family of an app; nothing when it gives none."""
    found = list(items)
    return f"- **{title}:** {', '.join(found)}\n" if found else ""


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    lines = [tuple(heads)]
    lines += [("---",) * len(lines[0]), *(tuple(str(cell) for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + "\n"
