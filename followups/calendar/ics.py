"""Calendar files (RFC 5545) of planned contacts. Knows no Django; times are UTC, so every clock change is right.

No phone number goes into one: calendars are copied to places that nobody here governs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

MAKER = "-//Keben//Follow-ups//EN"
# Seven digits and more, however they are grouped, may be a phone number, which people type into what a follow-up is
# for. A day (2026-11-24) is none.
DIGITS = re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d)\+?\d(?:[ -]?\d){6,}")


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar: at a minute for so long, or on a whole day (`begins` is a date)."""

    uid: str
    changed_at: datetime
    begins: datetime | date
    title: str
    lasts: timedelta = timedelta(days=1)
    text: str = ""
    url: str = ""
    place: str = ""


@dataclass(frozen=True)
class Invitation:
    """What makes an entry an invitation: who invites whom; `sequence` counts the versions, the first is 0."""

    organizer: str
    organizer_name: str
    guests: tuple[tuple[str, str], ...]  # address, name
    sequence: int
    called_off: bool = False


def feed(name: str, entries: Iterable[Entry], *, refresh: timedelta = timedelta(hours=1)) -> bytes:
    """A calendar to subscribe to: the same entries give the same bytes."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", vText(name))
    calendar.add("refresh-interval", refresh, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vText(f"PT{int(refresh.total_seconds() // 60)}M"))
    for entry in entries:
        event = _event(entry)
        if not isinstance(entry.begins, datetime):
            event.add("transp", "TRANSPARENT")  # a whole day's task leaves the day free
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def invitation(entry: Entry, to: Invitation) -> bytes:
    """The file of an invitation, of a newer version of it, or of its end; calendars know it by its uid."""
    calendar, event = _calendar("CANCEL" if to.called_off else "REQUEST"), _event(entry)
    event.add("sequence", to.sequence)
    event.add("status", "CANCELLED" if to.called_off else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{to.organizer}")
    organizer.params["CN"] = vText(to.organizer_name)
    event.add("organizer", organizer)
    for address, name in to.guests:
        guest = vCalAddress(f"mailto:{address}")
        guest.params["CN"] = vText(name or address)
        guest.params["ROLE"] = vText("REQ-PARTICIPANT")
        guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
        guest.params["RSVP"] = vText("TRUE")
        event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    begins, ends = entry.begins, entry.begins + entry.lasts
    if isinstance(begins, datetime):
        begins, ends = begins.astimezone(UTC), (begins + entry.lasts).astimezone(UTC)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", without_numbers(entry.title))
    if entry.text:
        event.add("description", without_numbers(entry.text))
    if entry.url:
        event.add("url", entry.url)
    if entry.place:
        event.add("location", without_numbers(entry.place))
    return event


def without_numbers(text: str) -> str:
    """The text without what may be a phone number."""
    return DIGITS.sub("…", text)
