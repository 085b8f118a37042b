"""Prospects, the most promising first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.contributions import ExportColumn, ExportPart
from core.numbers import number
from customers import selectors
from customers.columns import customer_cell, owner_cell
from customers.models import Channel, Customer, CustomerFacts, Kind, Stage, facts_of
from customers.search import searched
from segmentation.qualification.models import Frame, Qualification, qualification_of
from segmentation.qualification.score import FRAMES, LETTERS, Score
from segmentation.qualification.words import NAMES, STEPS
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Cell, Column, Empty, Filter, Listing, Words, choice_filter

MOST_OFFERED = 12  # of people, among the filters one tap away


@dataclass(frozen=True)
class ProspectRow:
    """A prospect and what is known of it; addresses are empty for what this person may not do."""

    customer: Customer
    facts: CustomerFacts
    letters: Qualification
    score: Score
    age: int
    asked: Asked
    ask_url: str = ""
    log_url: str = ""
    plan_url: str = ""

    @property
    def pk(self) -> int:
        return self.customer.pk


def prospects(asked: Asked) -> QuerySet[Customer]:
    """Customers in reach who have never bought."""
    rows = Customer.objects.for_user(asked.user, "qualification.view", pool=False).filter(facts__last_order_on=None)
    return rows.select_related("facts", "owner", "channel", "qualification").defer("search_tokens")


def _row(asked: Asked, customer: Customer) -> ProspectRow:
    letters = qualification_of(customer)
    made = clock.business_date(customer.created_at)
    age = max(0, (clock.business_date() - made).days)
    return ProspectRow(customer, facts_of(customer), letters, letters.score, age, asked)


def _draw(asked: Asked, page: list[Customer]) -> Iterable[ProspectRow]:
    reach, back = reach_of(asked.user), asked.request.get_full_path()
    for customer in page:
        row, query = _row(asked, customer), urlencode({"customer": customer.pk, "next": back})
        ask = f"{cells.row_url('qualification', customer.pk)}?{urlencode({'next': back})}"
        yield ProspectRow(
            row.customer,
            row.facts,
            row.letters,
            row.score,
            row.age,
            asked,
            ask_url=ask if reach.holds(customer, "qualification.change") else "",
            log_url=f"{reverse('interaction_new')}?{query}" if reach.holds(customer, "interaction.add") else "",
            plan_url=f"{reverse('follow_up_new')}?{query}" if reach.holds(customer, "follow_up.add") else "",
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _percent(row: ProspectRow) -> str:
    return cells.DASH if row.score.percent is None else formatting.number(row.score.percent)


def _letters(row: ProspectRow) -> Cell:
    """How many letters are known of which frame, which leads to asking; as tooltip each with its step in words."""
    told = formatting.listed([f"{name}: {word}" for name, word in in_words(row.letters)])
    short = f"{Frame(row.letters.frame).label} {row.score.known}/{row.score.of}"
    if not row.ask_url:
        return Cell(cells.escaped(short), attributes=format_html(' title="{}"', told))
    name = _("Qualify %(name)s") % {"name": row.customer.name}
    link = format_html('<a href="{}" aria-label="{}: {}">{}</a>', row.ask_url, name, short, short)
    return Cell(link, attributes=format_html(' title="{}"', told))


def in_words(letters: Qualification) -> list[tuple[str, str]]:
    """The letters of the frame that were asked: name and step."""
    asked = [(letter, getattr(letters, letter)) for letter in FRAMES[letters.frame]]
    return [(str(NAMES[letter]), str(STEPS[letter][step])) for letter, step in asked if step is not None]


def _stage(row: ProspectRow) -> str:
    return capfirst(row.customer.get_stage_display())


def _next(row: ProspectRow) -> Cell:
    left = row.customer.do_not_contact or row.customer.stage == Stage.PAUSED
    if left and not row.facts.next_follow_up_on:
        return cells.DASH_CELL
    return cells.due_cell(row.facts.next_follow_up_on, row.asked.today)


def _acts(row: ProspectRow) -> SafeString:
    name = row.customer.name
    acts = [
        (row.log_url, _("Log an activity with %(name)s") % {"name": name}, "pencil", SafeString(' data-action="log"')),
        (row.plan_url, _("Plan a follow-up with %(name)s") % {"name": name}, "calendar-clock", ""),
    ]
    line = '<a class="button quiet icon-only" href="{}"{} data-icon="{}" aria-label="{}" title="{}"></a>'
    shown = ((url, more, icon, label, label) for url, label, icon, more in acts if url)
    return format_html_join("", line, shown)


# --- filters ---------------------------------------------------------------------------------------------------------
def not_asked(letter: str) -> Q:
    """Prospects whose frame has this letter, and nobody has asked it."""
    frames = [frame for frame, letters in FRAMES.items() if letter in letters]
    missing = Q(qualification__isnull=False, qualification__frame__in=frames, **{f"qualification__{letter}": None})
    untouched = Q(qualification=None)
    if letter not in FRAMES[Frame.BANT]:
        untouched &= ~Q(kind=Kind.PERSON)
    if letter not in FRAMES[Frame.FAINT]:
        untouched &= Q(kind=Kind.PERSON)
    return missing | untouched


def _owners(asked: Asked) -> Sequence[tuple[str, Words]]:
    if not reach_of(asked.user).beyond_own("qualification.view"):
        return []
    people = selectors.known_colleagues(asked.user).filter(is_active=True)
    return [(str(one.pk), one.name) for one in people[:MOST_OFFERED]]


def _channels(asked: Asked) -> Sequence[tuple[str, Words]]:
    return [(str(one.pk), one.name) for one in selectors.known_channels()[:MOST_OFFERED]]


def _channel(asked: Asked, text: str) -> Channel | None:
    return next((one for one in selectors.known_channels() if str(one.pk) == text), None)


FILTERS = (
    team_filter("team__path"),
    named_filter("owner", gettext_lazy("Owner"), User.objects, "owner", choices=_owners),
    choice_filter("stage", gettext_lazy("Stage"), lambda: Stage.choices, offered=True),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        read=_channel,
        where=lambda asked, channel: Q(channel=channel),
        words=lambda asked, channel: channel.name,
        choices=_channels,
    ),
    choice_filter(
        "missing",
        pgettext_lazy("a letter of BANT", "Not asked yet"),
        lambda: [(letter, NAMES[letter]) for letter in LETTERS],
        not_asked,
        offered=True,
    ),
)


def _search(asked: Asked, rows: Any) -> QuerySet[Customer]:
    return searched(rows, asked.user, asked.q)


def _empty(asked: Asked) -> Empty:
    return Empty(
        _("No prospects"),
        _("Customers who haven't bought yet stand here, the most promising first; who buys leaves the list."),
        icon="user-search",
    )


def _not_found(asked: Asked) -> Empty:
    text = _("Take one of the filters away, or clear them all.")
    return Empty(_("No prospect fits"), text, asked.clear, _("Clear filters"), "x")


def _answers(row: ProspectRow) -> str:
    return pgettext("between reasons", "; ").join(f"{name}: {word}" for name, word in in_words(row.letters))


def _notes(row: ProspectRow) -> str:
    notes = [(NAMES[letter], getattr(row.letters, f"{letter}_note")) for letter in FRAMES[row.letters.frame]]
    return pgettext("between reasons", "; ").join(f"{name}: {note}" for name, note in notes if note)


EXPORT = Export(
    permission="qualification.export",
    audit_act="qualification.export",
    home="prospect_list",
    page="prospect_export",
    title=gettext_lazy("Prospects"),
    counted=lambda n: ngettext("%(n)s prospect", "%(n)s prospects", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("facts", "owner", "channel", "qualification"),
    sheets=(
        Sheet(
            gettext_lazy("Prospects"),
            Customer,
            (
                ExportColumn(gettext_lazy("customer number"), lambda row: row.customer.number),
                ExportColumn(gettext_lazy("customer"), lambda row: row.customer.name),
                ExportColumn(gettext_lazy("owner"), lambda row: row.customer.owner and row.customer.owner.name),
                ExportColumn(gettext_lazy("channel"), lambda row: row.customer.channel and row.customer.channel.name),
                ExportColumn(pgettext_lazy("of a prospect", "frame"), lambda row: Frame(row.letters.frame).label),
                ExportColumn(gettext_lazy("score of 100"), lambda row: row.score.percent),
                ExportColumn(gettext_lazy("letters known"), lambda row: row.score.known),
                ExportColumn(gettext_lazy("answers"), _answers),
                ExportColumn(gettext_lazy("notes"), _notes),
                ExportColumn(gettext_lazy("days on file"), lambda row: row.age),
                ExportColumn(gettext_lazy("stage"), lambda row: row.customer.get_stage_display()),
                ExportColumn(gettext_lazy("last activity"), lambda row: row.facts.last_contact_at),
                ExportColumn(gettext_lazy("next follow-up"), lambda row: row.facts.next_follow_up_on),
            ),
            lambda asked, page: [_row(asked, customer) for customer in page],
        ),
    ),
)
PROSPECTS = Listing(
    permission="qualification.view",
    rows=prospects,
    draw=_draw,
    caption=gettext_lazy("Prospects"),
    orders={
        "score": ("facts__qualification", "facts__pk"),
        "age": ("created_at", "pk"),
        "stage": ("stage", "pk"),
        "contact": ("facts__last_contact_at", "facts__pk"),
        "next": ("facts__next_follow_up_on", "facts__pk"),
        "name": ("name_sort", "pk"),
    },
    first_sort="-score",
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer), sort="name"),
        Column(gettext_lazy("Score"), _percent, css="number", sort="score", long=gettext_lazy("0 to 100")),
        Column(gettext_lazy("Asked"), _letters, css="asked", phone="", long=gettext_lazy("how many letters are known")),
        Column(gettext_lazy("Stage"), _stage, sort="stage", phone=""),
        Column(
            gettext_lazy("Owner"),
            owner_cell,
            phone="",
            shown=lambda asked: reach_of(asked.user).beyond_own("qualification.view"),
        ),
        Column(
            gettext_lazy("On file"),
            lambda row: ngettext("%(n)s day", "%(n)s days", row.age) % {"n": formatting.number(row.age)},
            css="number on-file",
            sort="age",
        ),
        Column(
            gettext_lazy("Last activity"),
            lambda row: cells.since_cell(row.facts.last_contact_at, row.asked.today, number("silent_days")),
            sort="contact",
        ),
        Column(gettext_lazy("Next follow-up"), _next, sort="next"),
        Column(gettext_lazy("Actions"), _acts, css="acts", spoken=True),
    ),
    named=lambda row: row.customer.name,
    css="lines prospects",
    empty=_empty,
    not_found=_not_found,
    export=EXPORT,
)


# --- the file of the customer list -----------------------------------------------------------------------------------
def _load(user: User, customers: Sequence[Customer]) -> dict[int, CustomerFacts]:
    reach = reach_of(user)
    return {row.pk: facts_of(row) for row in customers if reach.holds(row, "qualification.view")}


IN_THE_CUSTOMERS_FILE = ExportPart(
    "customers",
    (ExportColumn("BANT / FAINT", lambda facts: facts.qualification),),
    _load,
    permission="qualification.view",
    order=70,
)
