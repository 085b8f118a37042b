"""What a customer's page shows of the file itself: how to reach it, its profile, the last contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.company import company
from core.contributions import CustomerPanel, Folded
from customers import following, persistence, required
from customers.attachments.reading import IN_PANEL, drawn, files_of_customer
from customers.attachments.rights import reads_in_full
from customers.decisions import Node, missing, tree
from customers.kinds import usual_kind
from customers.models import Contact, Customer, Kind, PaperOriginal, Stage, Tag
from customers.onefield.forms import editable
from customers.profile import Line, all_lines, is_of
from customers.selectors import contacts_of, referrers
from ui import formatting
from ui.templatetags.ui import phone

PAPERS_SHOWN = 10


@dataclass(frozen=True)
class People:
    """Whom to reach at the customer; what may be done about them. A person's own number is nobody's main line."""

    of_a_person: bool
    has_own: bool  # a line for the customer itself
    contacts: list[Contact]
    may_add: bool
    may_change: bool
    may_reveal: bool


@dataclass(frozen=True)
class Fact:
    """A line of the profile; `here`: the address where the reader changes it, empty for who may not."""

    line: Line
    here: str


@dataclass(frozen=True)
class Profile:
    """How much of the wanted file is filled, and what is missing."""

    percent: int
    missing: str  # by name, as one text
    lines: list[Fact]  # what the file holds, and what it should
    others: list[Fact]  # what else it can hold, for who may fill it
    may_change: bool


@dataclass(frozen=True)
class FilesShown:
    """The latest files; `shown`: whether the reader reads the customer in full and so may open them."""

    files: list[dict[str, Any]]
    more: bool
    shown: bool
    may_add: bool


@dataclass(frozen=True)
class PapersShown:
    """Paper originals, and whether one more may be entered."""

    papers: list[dict[str, Any]]
    may_add: bool


@dataclass(frozen=True)
class StageShown:
    """Where the customer stands, and where one may move it."""

    words: str
    paused: bool
    since: date | None
    may_change: bool
    choices: list[tuple[str, str]]


def _draw_stage(user: User, customer: Customer, found: object) -> StageShown:
    words = dict(Stage.choices)
    others = [(value, str(name)) for value, name in words.items() if value not in (Stage.PAUSED, customer.stage)]
    return StageShown(
        str(words.get(customer.stage, customer.stage)),
        customer.stage == Stage.PAUSED,
        customer.stage_since,
        may_change=reach_of(user).holds(customer, "customer.change"),
        choices=others,
    )


def _draw_files(user: User, customer: Customer, found: list[dict[str, Any]]) -> FilesShown | None:
    may_add = reach_of(user).holds(customer, "attachment.add")
    if not found and not may_add:
        return None
    for one in found:
        one["at"] = datetime.fromisoformat(one["at"])
    more = len(found) > IN_PANEL
    return FilesShown(drawn(found[:IN_PANEL]), more, reads_in_full(user, customer), may_add)


def _read_tags(user: User) -> ArraySubquery:
    return ArraySubquery(Tag.objects.filter(customers=OuterRef("pk")).order_by("name").values("name"))


def _read_referrer(user: User) -> ArraySubquery:
    """Who has referred the customer, where the reader may see them."""
    rows = referrers(user).filter(pk=OuterRef("referred_by")).order_by()
    return ArraySubquery(rows.values(data=JSONObject(pk="pk", name="name")))


@dataclass(frozen=True)
class Touches:
    """How often somebody was in touch; before the first order, out of how often that takes, and what that means."""

    times: str
    hint: str


def _draw_touches(user: User, customer: Customer, found: object) -> Touches:
    times, wanted = customer.facts.touches, persistence.wanted()
    if customer.facts.orders_total or times >= wanted:
        said = ngettext("%(n)s time", "%(n)s times", times) % {"n": times}
    else:
        said = gettext("%(n)s of %(wanted)s times") % {"n": times, "wanted": wanted}
    return Touches(said, persistence.hint(customer))


def _draw_people(user: User, customer: Customer, found: list[Contact]) -> People:
    reach = reach_of(user)
    unsaid = customer.kind == Kind.UNKNOWN
    of_a_person = (usual_kind(company()) if unsaid else customer.kind) == Kind.PERSON
    ways = (*customer.phones, *customer.emails, customer.wechat)
    return People(
        of_a_person=of_a_person,
        has_own=of_a_person or any(ways),
        contacts=found,
        may_add=reach.holds(customer, "contact.add"),
        may_change=reach.holds(customer, "contact.change"),
        may_reveal=reach.holds(customer, "customer.reveal"),
    )


def _fold_people(customer: Customer, people: People) -> Folded:
    """A person's number; of a company how many people one knows there."""
    if people.of_a_person:
        return Folded(_("Reach"), phone(customer.phone))
    return Folded(_("Contacts"), formatting.number(len(people.contacts)))


@dataclass(frozen=True)
class Decisions:
    """The map of a company: people as a tree, and parts that nobody plays yet."""

    nodes: list[Node]
    missing: list[Contact.Authority]
    known: int
    may_add: bool
    may_change: bool


def _draw_decisions(user: User, customer: Customer, found: list[Contact]) -> Decisions | None:
    """Of companies with somebody to draw."""
    if not found or customer.kind == Kind.PERSON:
        return None
    reach = reach_of(user)
    return Decisions(
        tree(found),
        missing(found),
        sum(1 for contact in found if contact.roles),
        reach.holds(customer, "contact.add"),
        reach.holds(customer, "contact.change"),
    )


def _draw_profile(user: User, customer: Customer, found: list[Contact]) -> Profile:
    """By what the company asks for this kind of customer."""
    reached = any(contact.phone or contact.email or contact.wechat for contact in found)
    missing = required.missing_of(customer, has_contact=bool(found), reached=reached)
    may_change = reach_of(user).holds(customer, "customer.change")
    changed_here = editable(user, customer) if may_change else frozenset()
    wanted = required.counted(customer.kind)
    lines: list[Fact] = []
    others: list[Fact] = []
    for line in all_lines(customer, clock.user_today(user)):
        here = reverse("customer_field", args=[customer.pk, line.name]) if line.name in changed_here else ""
        if line.value or (here and line.name in wanted):
            lines.append(Fact(line, here))
        elif here and is_of(line.name, customer.kind):
            others.append(Fact(line, here))
    return Profile(required.percent_of(customer, missing), formatting.listed(missing), lines, others, may_change)


def _read_papers(user: User) -> ArraySubquery:
    papers = PaperOriginal.objects.for_user(user).filter(customer=OuterRef("pk")).order_by("title", "pk")
    data = JSONObject(title="title", place="place", holder="holder__name", handed_to="handed_to")
    return ArraySubquery(papers.values(data=data)[:PAPERS_SHOWN])


def _draw_papers(user: User, customer: Customer, found: list[dict[str, Any]]) -> PapersShown | None:
    """Nothing where there is none: few customers have any."""
    return PapersShown(found, reach_of(user).holds(customer, "original.add")) if found else None


PANELS = (
    CustomerPanel("stage", "tags", "customers/panels/stage.html", 15, draw=_draw_stage),
    CustomerPanel(
        "labels",
        "tags",
        "customers/panels/labels.html",
        30,
        read=_read_tags,
        draw=lambda user, customer, found: found or [],
    ),
    CustomerPanel(
        "referrer",
        "tags",
        "customers/panels/referrer.html",
        40,
        read=_read_referrer,
        draw=lambda user, customer, found: found[0] if found else None,
    ),
    CustomerPanel("follow", "tags", "customers/panels/follow.html", 90, read=following.read, draw=following.draw),
    CustomerPanel("last_contact", "figures", "customers/panels/last_contact.html", 20),
    CustomerPanel(
        "touches",
        "figures",
        "customers/panels/touches.html",
        60,
        draw=_draw_touches,
    ),
    CustomerPanel(
        "people", "left", "customers/panels/people.html", 10, load=contacts_of, draw=_draw_people, folded=_fold_people
    ),
    CustomerPanel(
        "decisions",
        "left",
        "customers/panels/decisions.html",
        15,
        load=contacts_of,
        draw=_draw_decisions,
        folded=lambda customer, panel: Folded(_("Who decides"), formatting.number(panel.known)),
    ),
    CustomerPanel(
        "profile",
        "left",
        "customers/panels/profile.html",
        20,
        load=contacts_of,
        draw=_draw_profile,
        folded=lambda customer, profile: Folded(pgettext("of a customer", "Profile"), f"{profile.percent}%"),
    ),
    CustomerPanel(
        "files",
        "left",
        "customers/panels/files.html",
        40,
        permission="attachment.view",
        read=files_of_customer,
        draw=_draw_files,
        folded=lambda customer, panel: Folded(
            _("Files"), f"{len(panel.files)}+" if panel.more else formatting.number(len(panel.files))
        ),
    ),
    CustomerPanel(
        "papers",
        "left",
        "customers/panels/originals.html",
        45,
        permission="original.view",
        read=_read_papers,
        draw=_draw_papers,
        folded=lambda customer, panel: Folded(_("Paper originals"), formatting.number(len(panel.papers))),
    ),
)
