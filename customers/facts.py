"""The columns of CustomerFacts: what is known about a customer besides the file, who writes it, and who reads it.

This table is the one list of them. The statements that write several columns, the API, the customer list and Today
take their columns from here, so a new fact is its column in the model, its line here, and the code that computes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto


class Writer(Enum):
    """Whose service or statement writes a fact: the only one that does."""

    NIGHT = "segmentation/sql/facts.sql"  # between two nights also segmentation.services, for what a person decides
    ORDERS = "sales/sql/order_facts.sql"
    CONTACTS = "customers/services/interactions.py"
    PLANS = "followups/sql/facts.sql"  # in between followups.services, for the customer who was just planned
    COMPLAINTS = "feedback/facts.py"


class Measure(Enum):
    """What a value is."""

    CODE = "a word of a fixed list"
    RANK = "a place in an order, 1 = best"
    SCORE = "1 to 5, or 1 to 5 stars"
    COUNT = "how many"
    MONEY = "minor units of the company's currency"
    DAY = "a date in the company's zone"
    DAYS = "a number of days"
    MOMENT = "a point in time"
    LIST_OF_DAYS = "several dates"


class Read(Flag):
    """Where a fact is read as one of many; who needs one or two names them."""

    NOWHERE = 0
    API = auto()  # `facts` of a customer
    LIST = auto()  # loaded by the customer list
    TODAY = auto()  # loaded by the queue of Today


@dataclass(frozen=True)
class Fact:
    """One column."""

    writer: Writer
    measure: Measure
    read: Read
    meaning: str


NIGHT, ORDERS, CONTACTS, PLANS, COMPLAINTS = Writer
API, LIST, TODAY, NOWHERE = Read.API, Read.LIST, Read.TODAY, Read.NOWHERE

FACTS: Mapping[str, Fact] = {
    "tier": Fact(NIGHT, Measure.CODE, API | LIST | TODAY, "the tier in force; `unrated` without one"),
    "tier_rank": Fact(NIGHT, Measure.RANK, LIST, "its place in the scheme, to sort by; 9 = unrated"),
    "lifecycle": Fact(NIGHT, Measure.CODE, API | LIST, "the stage between prospect and lost"),
    "r": Fact(NIGHT, Measure.SCORE, API | LIST, "recency: how lately they bought"),
    "f": Fact(NIGHT, Measure.SCORE, API | LIST, "frequency: how often they bought in the window"),
    "m": Fact(NIGHT, Measure.SCORE, API | LIST, "monetary: how much they bought for in the window"),
    "segment8": Fact(NIGHT, Measure.CODE, API, "one of 8 groups by high and low r, f and m"),
    "group5": Fact(NIGHT, Measure.CODE, API, "one of 5 groups made of these"),
    "frequency": Fact(NIGHT, Measure.COUNT, API, "purchases in the window of 365 days"),
    "monetary": Fact(NIGHT, Measure.MONEY, API | LIST | TODAY, "what they came to, less what was returned"),
    "frequency_class": Fact(NIGHT, Measure.CODE, NOWHERE, "how often they buy: high, mid, low"),
    "amount_class": Fact(NIGHT, Measure.CODE, NOWHERE, "for how much they buy: large, mid, small"),
    "first_order_on": Fact(ORDERS, Measure.DAY, API | TODAY, "the first purchase of all"),
    "last_order_on": Fact(ORDERS, Measure.DAY, API | LIST | TODAY, "the last purchase"),
    "orders_total": Fact(ORDERS, Measure.COUNT, API, "purchases of all times"),
    "revisits_from": Fact(ORDERS, Measure.DAY, NOWHERE, "the purchase that the revisits count from"),
    "warning": Fact(NIGHT, Measure.CODE, API, "the level of the open churn warning"),
    "value_at_risk": Fact(NIGHT, Measure.MONEY, API | TODAY, "what the warning puts at stake; none without a warning"),
    "last_contact_at": Fact(CONTACTS, Measure.MOMENT, API | LIST | TODAY, "the last talk or message, either way"),
    "last_contact_kind": Fact(CONTACTS, Measure.CODE, TODAY, "call, visit and so on"),
    "last_attempt_at": Fact(CONTACTS, Measure.MOMENT, NOWHERE, "the last contact or the last try without an answer"),
    "last_result": Fact(CONTACTS, Measure.CODE, NOWHERE, "what came out of it"),
    "unanswered": Fact(CONTACTS, Measure.COUNT, API | TODAY, "tries without an answer since the last contact"),
    "touches": Fact(CONTACTS, Measure.COUNT, NOWHERE, "contacts and tries of all times"),
    "next_follow_up_on": Fact(PLANS, Measure.DAY, API | LIST | TODAY, "the next planned day"),
    "open_complaints": Fact(COMPLAINTS, Measure.COUNT, API | LIST, "complaints that aren't closed"),
    "last_csat": Fact(COMPLAINTS, Measure.SCORE, API, "the satisfaction with the complaint that was closed last"),
    "last_complaint_at": Fact(COMPLAINTS, Measure.MOMENT, NOWHERE, "when the newest complaint came"),
    "contact_every_days": Fact(PLANS, Measure.DAYS, NOWHERE, "how often the tier's plan wants a contact"),
    "complaints_on": Fact(COMPLAINTS, Measure.LIST_OF_DAYS, NOWHERE, "the newest days on which complaints came"),
}


def written_by(writer: Writer) -> tuple[str, ...]:
    """The columns of one writer."""
    return tuple(name for name, fact in FACTS.items() if fact.writer is writer)


def read_by(reader: Read) -> tuple[str, ...]:
    """The columns that one reader loads."""
    return tuple(name for name, fact in FACTS.items() if reader in fact.read)
