"""Rows of a customer file: what each says, which of them mean the same customer, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple

from accounts.models import User
from core import clock, company
from core.phones import phone_digits
from customers import birthdays
from customers.identity import email_key, fit_key, is_generated, name_key
from customers.imports.columns import DATES, EMAILS, FURTHER, PHONES, TEXTS
from customers.models import Consent, Contact, Customer
from customers.words import normalized

Key = tuple[str, str]
FILLED = (
    *(name for name in TEXTS if name not in ("number", *PHONES)),
    "kind",
    "gender",
    "birthday",
    "price_sensitivity",
    "reasons",
    *DATES,
    "notes",
    *FURTHER,
)
# What a dry run asks the person, for all rows that have it in common (customers.imports.questions says it in words).
ALIKE, TAKEN, MADE, LEFT_OUT = "alike", "taken", "made_anyway", "left_out"
SKIPPED = "skipped"  # the count of rows that a person has left out
OTHER_NAME, TWIN, MASKED_TWIN, SEVERAL, ELSEWHERE, NO_OWNER, NAMELESS, KEPT, LACKING, WITHOUT, NO_NAME = (
    "other_names", "twins", "masked_twins", "several", "elsewhere", "no_owners", "nameless",
    "masked_kept", "lacking", "required", "without_name",
)  # fmt: skip
# Of words that no entry of a catalogue has: by the field.
NEW_ENTRY = {
    "channel": "new_channels",
    "industry": "new_industries",
    "company_size": "new_sizes",
    "market_standing": "new_standings",
    "income_band": "new_incomes",
    "decision_style": "new_styles",
}


class Row(NamedTuple):
    """A row of the file: its number among the rows, its place as a spreadsheet counts it, and its filled fields."""

    row_no: int
    place: int
    data: dict[str, Any]


@dataclass
class NewRow:
    """A customer that the file itself makes: what its rows have said so far."""

    place: int
    data: dict[str, Any]

    @property
    def name(self) -> str:
        return self.data.get("name") or self.data["number"]

    @property
    def number(self) -> str:
        return self.data.get("number", "")


@dataclass(frozen=True)
class Said:
    """One word of the file; empty channel or topic: all of them. Without `on` the file doesn't say when."""

    channel: str
    topic: str
    allowed: bool
    on: date | None

    @property
    def at(self) -> datetime:
        """The beginning of its day, so that whatever was said on that day here counts more."""
        if self.on is None:
            return clock.now()
        return min(clock.at_local(self.on, time(0), company.zone()), clock.now())

    def covered_by(self, word: Consent) -> bool:
        """Whether a word is about the same, or about more."""
        return word.channel in ("", self.channel) and word.topic in ("", self.topic)


Known = Customer | NewRow


@dataclass
class Match:
    """One row, the customer it means and what it changes. `customer` None = new; `reason` = refused."""

    row_no: int
    place: int
    data: dict[str, Any]
    customer: Customer | None = None
    earlier: NewRow | None = None  # the file made this customer further up; only while nothing is written
    reason: str = ""
    asks: list[tuple[str, str]] = field(default_factory=list)  # (code, what the rows have in common)
    changes: dict[str, Any] = field(default_factory=dict)
    owner: User | None = None  # who gets the customer, if it moves or is new
    contact: Contact | None = None
    contact_changes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    consents: list[Said] = field(default_factory=list)
    question: str = ""  # where the row may mean somebody who is there, also when that is settled
    twins: list[Known] = field(default_factory=list)  # whom it may mean
    skipped: bool = False  # left out as a person has chosen

    def refuse(self, reason: str, code: str = "", value: str = "") -> None:
        """The row isn't written; `code` groups rows that are refused for the same thing."""
        self.reason = reason
        self.asks = [(code, value)] if code else []

    def keep(self) -> None:
        """The row fills a field that the person reads masked: it stays as it is."""
        if (KEPT, "") not in self.asks:
            self.asks.append((KEPT, ""))

    @property
    def touches_file(self) -> bool:
        """Whether fields, contact, tags or consents of the known customer change."""
        return bool(self.changes or self.contact_changes or self.tags or self.consents)


def without_repeats(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """(the first rows, of which none can mean what another one makes, the rest for another round)."""
    seen: set[Key] = set()
    unnumbered: set[Key] = set()
    for at, row in enumerate(rows):
        keys = row_keys(row.data)
        if is_imported(row.data):  # who brings a number is known by it, however many share a phone
            met = keys[0] in seen or unnumbered.intersection(keys[1:])
        else:
            met = seen.intersection([key for key in keys if key[0] != "name"] or keys)
            unnumbered.update(keys if len(keys) == 1 else [key for key in keys if key[0] != "name"])
        if met:
            return list(rows[:at]), list(rows[at:])
        seen.update(keys)
    return list(rows), []


def is_imported(data: Mapping[str, Any]) -> bool:
    """Whether the row brings a customer number that isn't one of ours."""
    return bool(data.get("number")) and not is_generated(data["number"])


def row_keys(data: Mapping[str, Any]) -> list[Key]:
    """By what two rows of a file may mean the same customer."""
    found = [("number", data["number"])] if data.get("number") else []
    found += [("phone", phone_digits(number)) for number in numbers_in(data)]
    found += [("email", email_key(address)) for address in addresses_in(data)]
    if data.get("credit_code"):
        found.append(("credit code", code_key(data["credit_code"])))
    if data.get("name"):
        found.append(("name", name_key(data["name"])))
    return found


def code_key(code: str) -> str:
    """Equal for all spellings of one credit code."""
    return normalized(code).replace(" ", "")


def numbers_in(data: Mapping[str, Any]) -> list[str]:
    """All phone numbers that the row says."""
    return [*(data[name] for name in PHONES if data.get(name)), *data.get("further_phones", ())]


def addresses_in(data: Mapping[str, Any]) -> list[str]:
    """All e-mail addresses that the row says."""
    return [*(data[name] for name in EMAILS if data.get(name)), *data.get("further_emails", ())]


def fitting_keys(name: str, ways: Iterable[Key]) -> list[Key]:
    """Phones and addresses together with the name."""
    return [(f"{way} and name", f"{value} {fit_key(name) if name else ''}") for way, value in ways]


def filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """The model fields that the row fills, as they are stored."""
    found = {name: data[name] for name in (*FILLED, *PHONES) if data.get(name)}
    found |= {name: date.fromisoformat(data[name]) for name in DATES if data.get(name)}
    return found | {name: data.get(name, False) for name in birthdays.FIELDS[1:] if data.get("birthday")}
