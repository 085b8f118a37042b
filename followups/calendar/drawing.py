"""The cards of a calendar as HTML, put together by functions: there may be a hundred on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import time

from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.workcalendar import KnownDay, Why
from customers.icons import KIND_ICONS
from customers.models import InteractionKind
from followups.calendar.board import Day, Done, Entry, Target
from followups.models import FollowUp
from ui import cells, charts, formatting, icons
from ui.templatetags import ui

MENU = "move-menu"
MET = (InteractionKind.VISIT, InteractionKind.MEETING, InteractionKind.VIDEO)  # one prepares for these


@dataclass(frozen=True)
class Words:
    """What every card repeats, looked up once for a page."""

    any_time: str = field(default_factory=lambda: _("any time"))
    move: str = field(default_factory=lambda: _("Move %(name)s"))
    move_to: str = field(default_factory=lambda: _("Move to…"))
    overlaps: str = field(default_factory=lambda: _("overlaps with %(name)s"))
    briefing: str = field(default_factory=lambda: _("Briefing"))
    coming: str = field(default_factory=lambda: _("invited %(of)s, %(n)s come"))
    clash: str = field(default_factory=lambda: _("overlap"))
    outside: str = field(default_factory=lambda: _("outside working hours"))
    day_off: str = field(default_factory=lambda: _("planned by hand for a day off"))


@dataclass(frozen=True)
class Drawn:
    """A day as the page shows it: what is special about it, how full it is, what is planned for it and was done."""

    day: Day
    kind: str
    bar: SafeString
    entries: SafeString
    done: SafeString


def drawn(days: Iterable[Day], back: str, *, short: bool) -> list[Drawn]:
    """The days with their cards, or lines in a month; forms of an entry lead `back`."""
    words, draw = Words(), _line if short else _card
    return [
        Drawn(
            day,
            kind_of_day(day.known),
            charts.load(day.count, day.capacity) if _takes_more(day) else SafeString(),
            format_html_join("", "{}", ((draw(entry, words, back),) for entry in day.entries)),
            format_html_join("", "{}", ((_finished(one),) for one in day.done)),
        )
        for day in days
    ]


def _takes_more(day: Day) -> bool:
    """Whether it is of use to know how full it is."""
    return not day.past and day.capacity > 0 and (day.known.working or day.count > 0)


def _card(entry: Entry, words: Words, back: str) -> SafeString:
    plan = entry.plan
    late, tone = formatting.due(plan.due_on)
    about = cells.typed(entry.why) if plan.purpose else entry.why
    return format_html(
        '<li class="plan-card{}"{} data-row><p class="when">{}{}</p>{}'
        '<p class="name">{}{}<a href="{}" data-user>{}</a></p>{}{}{}</li>',
        (" late" if tone == "danger" else "") + (" outside" if entry.outside_hours else ""),
        _held(entry),
        cells.tag(late, "danger") if tone == "danger" else "",
        _hours(plan.due_time, entry.until) if plan.due_time else "" if tone == "danger" else words.any_time,
        _opener(entry, words, back),
        _method(plan),
        ui.tier(entry.tier, word=False) if entry.tier else "",
        cells.row_url("customer", entry.customer.pk),
        entry.customer.name,
        format_html('<p class="about">{}</p>', about) if about else "",
        _warnings(entry, words),
        format_html(
            '<p class="brief"><a class="linked" href="{}" aria-label="{}">{}</a></p>',
            cells.row_url("customer_briefing", entry.customer.pk),
            f"{words.briefing} {entry.customer.name}",
            words.briefing,
        )
        if plan.method in MET
        else "",
    )


def _line(entry: Entry, words: Words, back: str) -> SafeString:
    plan = entry.plan
    return format_html(
        '<li class="plan-line-short"{}>{}<a href="{}" data-user>{}</a>{}{}</li>',
        _held(entry),
        format_html("<b>{}</b>", formatting.clock(plan.due_time)) if plan.due_time else "",
        cells.row_url("customer", entry.customer.pk),
        entry.customer.name,
        _opener(entry, words, back),
        cells.alarm(words.clash, "warn") if entry.clashes else "",
    )


def _finished(done: Done) -> SafeString:
    """A quiet line of what was done; its list says so to who doesn't see the tick."""
    return format_html(
        '<li>{}<b>{}</b>{}<a href="{}" data-user>{}</a></li>',
        icons.icon("check"),
        formatting.clock(done.at),
        icons.icon(KIND_ICONS.get(done.method, "pencil")),
        done.url,
        done.customer.name,
    )


def _held(entry: Entry) -> SafeString | str:
    """What makes a card one that can be drawn to another day (static/js/calendar.js)."""
    if not entry.may_change:
        return ""
    move, version = cells.row_url("follow_up_move", entry.plan.pk), str(entry.plan.version)
    return format_html(' draggable="true" data-move="{}" data-version="{}"', move, version)


def _opener(entry: Entry, words: Words, back: str) -> SafeString | str:
    if not entry.may_change:
        return ""
    url = f"{cells.row_url('follow_up_edit', entry.plan.pk)}?{urlencode({'next': back})}"
    label = words.move % {"name": entry.customer.name}
    plan = entry.plan
    return cells.row_menu(url, plan.pk, label, words.move_to, "calendar-clock", MENU, plan.version)


def _method(plan: FollowUp) -> SafeString:
    spoken = plan.get_method_display()
    drawn = icons.icon(KIND_ICONS.get(plan.method, "pencil"))
    return format_html('<span title="{}">{}<span class="visually-hidden">{}</span></span>', spoken, drawn, spoken)


def _warnings(entry: Entry, words: Words) -> SafeString:
    said = [cells.alarm(_clash(entry.clashes, words), "warn")] if entry.clashes else []
    if entry.answers is not None:
        said.append(cells.tag(words.coming % {"of": entry.answers[0], "n": entry.answers[1]}, "line"))
    if entry.day_off:
        said.append(cells.alarm(words.day_off, "warn"))
    elif entry.outside_hours:
        said.append(cells.tag(words.outside, "line"))
    drawn = format_html_join("", "{}", ((one,) for one in said))
    return format_html('<p class="warnings" data-user>{}</p>', drawn) if said else drawn


def _clash(names: Sequence[str], words: Words) -> str:
    if len(names) == 1:
        return words.overlaps % {"name": names[0]}
    return ngettext("overlaps with %(n)s other", "overlaps with %(n)s others", len(names)) % {"n": len(names)}


def _hours(begins: time, ends: time | None) -> SafeString:
    return format_html("<b>{}</b>", f"{begins:%H:%M}–{ends:%H:%M}" if ends else f"{begins:%H:%M}")


def kind_of_target(target: Target) -> str:
    """What is special about a day to which the menu moves: also that the person doesn't work on it."""
    return kind_of_day(target.known) if target.capacity else _("no working day")


def kind_of_day(known: KnownDay) -> str:
    """What is special about a day, in words: its holiday, a swapped working day, a day off; else nothing."""
    if known.working:
        return _("swapped working day") if known.why == Why.SWAPPED else known.name if known.why == Why.OWN else ""
    return known.name or _("day off")
