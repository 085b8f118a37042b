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
    RHYTHM = "segmentation/sql/expected.sql"
    QUALIFICATION = "segmentation/qualification/services.py"
    HOLD_OUTS = "segmentation/control/services.py"
    CHECKS = "customers/services/verification.py"


class Measure(Enum):
    """What a value is."""

    CODE = "a word of a fixed list"
    RANK = "a place in an order, 1 = best"
    SCORE = "1 to 5, or 1 to 5 stars; 0 to 10 of a recommendation"
    POINTS = "0 to 100"
    COUNT = "how many"
    MONEY = "minor units of the company's currency"
    DAY = "a date in the company's zone"
    DAYS = "a number of days"
    MOMENT = "a point in time"
    LIST_OF_DAYS = "several dates"
    YES_OR_NO = "true or false"


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


NIGHT, ORDERS, CONTACTS, PLANS, COMPLAINTS, RHYTHM, QUALIFICATION, HOLD_OUTS, CHECKS = Writer
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
    "frequency": Fact(NIGHT, Measure.COUNT, API, "purchases in the window, 365 days unless set otherwise"),
    "monetary": Fact(NIGHT, Measure.MONEY, API | LIST | TODAY, "what they came to, less what was returned"),
    "frequency_class": Fact(NIGHT, Measure.CODE, API, "how often they buy: high, mid, low"),
    "amount_class": Fact(NIGHT, Measure.CODE, API, "for how much they buy: large, mid, small"),
    "interaction_score": Fact(NIGHT, Measure.POINTS, API | LIST, "how much there is to and fro in 90 days"),
    "satisfaction": Fact(NIGHT, Measure.CODE, API | LIST, "by the last answers: satisfied, neutral, dissatisfied"),
    "loyalty": Fact(NIGHT, Measure.CODE, API | LIST, "advocate, behavioural, emotional, none"),
    "potential": Fact(NIGHT, Measure.POINTS, API | LIST, "what may still come"),
    "health": Fact(NIGHT, Measure.POINTS, API | LIST, "how well things stand"),
    "first_order_on": Fact(ORDERS, Measure.DAY, API | TODAY, "the first purchase of all"),
    "last_order_on": Fact(ORDERS, Measure.DAY, API | LIST | TODAY, "the last purchase"),
    "orders_total": Fact(ORDERS, Measure.COUNT, API, "purchases of all times"),
    "rated_order_on": Fact(
        NIGHT, Measure.DAY, API | LIST | TODAY, "the last purchase that the scores know; a later one is rated tonight"
    ),
    "revisits_from": Fact(ORDERS, Measure.DAY, NOWHERE, "the purchase that the revisits count from"),
    "warning": Fact(NIGHT, Measure.CODE, API, "the level of the open churn warning"),
    "value_at_risk": Fact(NIGHT, Measure.MONEY, API | TODAY, "what the warning puts at stake; none without a warning"),
    "last_contact_at": Fact(CONTACTS, Measure.MOMENT, API | LIST | TODAY, "the last talk or message, either way"),
    "last_contact_kind": Fact(CONTACTS, Measure.CODE, TODAY, "call, visit and so on"),
    "last_attempt_at": Fact(CONTACTS, Measure.MOMENT, NOWHERE, "the last contact or the last try without an answer"),
    "last_result": Fact(CONTACTS, Measure.CODE, NOWHERE, "what came out of it"),
    "unanswered": Fact(CONTACTS, Measure.COUNT, API | TODAY, "tries without an answer since the last contact"),
    "touches": Fact(CONTACTS, Measure.COUNT, LIST | TODAY, "contacts and tries of all times"),
    "next_follow_up_on": Fact(PLANS, Measure.DAY, API | LIST | TODAY, "the next planned day"),
    "open_complaints": Fact(COMPLAINTS, Measure.COUNT, API | LIST, "complaints that aren't closed"),
    "last_csat": Fact(COMPLAINTS, Measure.SCORE, API, "the satisfaction with the complaint that was closed last"),
    "last_nps": Fact(COMPLAINTS, Measure.SCORE, API, "the last answer to whether they recommend us"),
    "last_complaint_at": Fact(COMPLAINTS, Measure.MOMENT, NOWHERE, "when the newest complaint came"),
    "contact_every_days": Fact(PLANS, Measure.DAYS, NOWHERE, "how often the tier's plan wants a contact"),
    "complaints_on": Fact(COMPLAINTS, Measure.LIST_OF_DAYS, NOWHERE, "the newest days on which complaints came"),
    "qualification": Fact(QUALIFICATION, Measure.POINTS, API | LIST, "BANT or FAINT, over what was asked"),
    "next_order_on": Fact(RHYTHM, Measure.DAY, API | LIST, "when the next purchase is expected"),
    "next_order_by": Fact(RHYTHM, Measure.CODE, API | LIST, "by the own rhythm or that of the tier: own, tier"),
    "verified_on": Fact(CHECKS, Measure.DAY, NOWHERE, "since when all that is to be verified was; 2000-01-01: never"),
    "left_out": Fact(HOLD_OUTS, Measure.YES_OR_NO, NOWHERE, "a hold-out leaves them out of the automatic plan"),
}
# Made of more than purchases: only who may view scores reads them, or narrows a list by them.
FURTHER_SCORES = ("interaction_score", "satisfaction", "loyalty", "potential", "health")

# The codes of facts that are words without choices of their own; segmentation/rfm.py gives them.
CODES: Mapping[str, tuple[str, ...]] = {
    "group5": ("high", "growth", "steady", "general", "low"),
    "segment8": (
        *("champion", "loyal_key", "growth_key", "rescue_key"),
        *("champion_low", "loyal_low", "growth_low", "rescue_low"),
    ),
    "frequency_class": ("high", "mid", "low"),
    "amount_class": ("large", "mid", "small"),
}


def written_by(writer: Writer) -> tuple[str, ...]:
    """The columns of one writer."""
    return tuple(name for name, fact in FACTS.items() if fact.writer is writer)


def read_by(reader: Read) -> tuple[str, ...]:
    """The columns that one reader loads."""
    return tuple(name for name, fact in FACTS.items() if reader in fact.read)
