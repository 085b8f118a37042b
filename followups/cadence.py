"""When a customer is to be contacted next, as pure arithmetic: situation and rule in, day and reason out.

Knows nothing of Django. `working` answers whether a day is worked; dates are calendar dates of the company without a
zone. followups/sql says the same for all customers at once; a property test compares the two.
Definitions with worked examples: docs/algorithms/plans.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REVISIT_DAYS = (7, 30, 90)
CHAIN_GIVES_WAY = 3  # a chain day within so many days of a plan day takes its place
CHAIN_LATE_DAYS = 6  # a chain day missed by more than this is left out
CLOSES_WITHIN = 7  # a contact also answers a follow-up that falls due within so many days
LONG_OFF = 3  # days off in a row: what they put on the first day back is dealt out from there, if it is too much
PER_DAY = 10
SPREAD_OVER = 60  # working days
FIRST_MONTH = 30  # days after a purchase in which the closer rhythm holds
RETRY_WITHIN = 7  # an unanswered try is repeated within a week, however long the range
WARNED_WITHIN = 14  # whoever may be lost is contacted within two weeks, however long the range
GIVES_UP_AFTER = 3  # unanswered tries in a row: then a person decides how to go on


@dataclass(frozen=True)
class Numbers:
    """What the company says of these numbers; as shipped without a word."""

    first_month: int = FIRST_MONTH
    retry_within: int = RETRY_WITHIN
    warned_within: int = WARNED_WITHIN
    gives_up_after: int = GIVES_UP_AFTER
    chain: tuple[int, ...] = REVISIT_DAYS
    chain_near: int = CHAIN_GIVES_WAY
    chain_late: int = CHAIN_LATE_DAYS
    closes_within: int = CLOSES_WITHIN


SHIPPED = Numbers()
Working = Callable[[date], bool]


class Phase(StrEnum):
    """Where a customer stands between the first contact and the long term: the key of the cadence table.

    The relationship stage, cut finer where its rhythm changes.
    """

    NEW = "new"  # nobody has tried to reach them yet
    FIRST_CONTACT = "first_contact"
    NEEDS = "needs"
    PROPOSAL_SENT = "proposal_sent"  # nobody has asked about the proposal yet
    PROPOSAL = "proposal"
    FIRST_MONTH = "first_month"  # after a purchase
    AFTER_SALE = "after_sale"
    LONG_TERM = "long_term"


TALKING = ("first_contact", "needs", "proposal")  # the stages of which urgency and decision say something
# What a hold-out leaves out: of who has bought. What somebody began with a customer goes on (docs/adr/0037).
HOLDABLE = (Phase.FIRST_MONTH, Phase.AFTER_SALE, Phase.LONG_TERM)


class Pace(StrEnum):
    """Which place of the range is taken, and why; the first that applies, in this order.

    Who stands on the review list has none of the others, but for a rhythm of their own.
    """

    NO_RESPONSE = "no_response"  # three tries without an answer: the long end, and a person decides
    NO_ANSWER = "no_answer"  # the short end, at most a week, by another method
    OWN = "own"  # the customer's own rhythm
    REVIEW = "review"  # looked through once a quarter with others, no day of their own (`review_day`)
    INTERESTED = "interested"  # the short end
    NEEDS_TIME = "needs_time"  # the long end
    DECLINED = "declined"  # the long end
    WARNED = "warned"  # an open churn warning: the short end, at most two weeks
    URGENT = "urgent"  # a prospect with an urgent need, or who wants it soon: the short end
    KEY = "key"  # the short end
    REGULAR = "regular"  # the middle
    ACTIVATION = "activation"  # the long end


@dataclass(frozen=True)
class Range:
    """Every so many days, from the short end to the long one: of the cadence table, or twice the customer's own."""

    shortest: int
    longest: int


@dataclass(frozen=True)
class Situation:
    """What is known of a customer when the next day is reckoned.

    stage: the relationship stage, `since` when (None = not known); bought: whether they have ever bought.
    touched_on: the day of the last contact or try; answer: its result; unanswered: tries since the last contact.
    category: key, regular or activation, by the tier. own: whether the customer has a rhythm of their own;
    warned: whether a churn warning is open; review: whether the line puts them on the review list of the quarter.
    urgent, decides_on: what a prospect says of time and urgency, and the day by which they decide.
    today: None = whenever; a first month after the deal isn't over then.
    """

    stage: str
    since: date | None = None
    bought: bool = False
    touched_on: date | None = None
    answer: str = ""
    unanswered: int = 0
    category: str = "regular"
    own: bool = False
    warned: bool = False
    review: bool = False
    urgent: bool = False
    decides_on: date | None = None
    today: date | None = None


def phase_of(situation: Situation, numbers: Numbers = SHIPPED) -> Phase:
    """The row of the cadence table that applies. A paused customer has none and isn't asked for."""
    stage, since, touched = situation.stage, situation.since, situation.touched_on
    if stage == "first_contact":
        return Phase.NEW if touched is None and not situation.bought else Phase.FIRST_CONTACT
    if stage == "needs":
        return Phase.NEEDS
    if stage == "proposal":
        asked = touched is not None and since is not None and touched > since
        return Phase.PROPOSAL if asked else Phase.PROPOSAL_SENT
    if stage == "after_sale":
        young = since is not None and (touched is None or touched < since + timedelta(days=numbers.first_month))
        return Phase.FIRST_MONTH if young and not _month_over(situation, numbers) else Phase.AFTER_SALE
    return Phase.LONG_TERM


def _month_over(situation: Situation, numbers: Numbers) -> bool:
    """Whether the first month is over, and the week in which its last contact falls due: also of who wasn't touched."""
    lasts = timedelta(days=numbers.first_month + numbers.closes_within)
    return situation.today is not None and situation.since is not None and situation.today > situation.since + lasts


def method_after(preferred: str, usual: str, other: str, unanswered: int) -> str:
    """The method that is preferred; after a try without an answer another one: the line's other one, else its usual."""
    if not unanswered:
        return preferred
    return other if preferred != other else usual


def pace_of(situation: Situation, numbers: Numbers = SHIPPED) -> Pace:
    """The first reason that applies."""
    if situation.review and not situation.own:
        return Pace.REVIEW
    if situation.unanswered >= numbers.gives_up_after:
        return Pace.NO_RESPONSE
    if situation.unanswered:
        return Pace.NO_ANSWER
    if situation.own:
        return Pace.OWN
    answers = {"interested": Pace.INTERESTED, "needs_time": Pace.NEEDS_TIME, "declined": Pace.DECLINED}
    if situation.answer in answers:
        return answers[situation.answer]
    if situation.warned:
        return Pace.WARNED
    return Pace.URGENT if situation.urgent and situation.stage in TALKING else Pace(situation.category)


def days_of(pace: Pace, between: Range, numbers: Numbers = SHIPPED) -> int:
    """How many days after the last contact or try."""
    if pace == Pace.NO_ANSWER:
        return min(between.shortest, numbers.retry_within)
    if pace == Pace.WARNED:
        return min(between.shortest, numbers.warned_within)
    if pace in (Pace.INTERESTED, Pace.URGENT, Pace.KEY):
        return between.shortest
    if pace == Pace.REGULAR:
        return (between.shortest + between.longest) // 2
    return between.longest


def kept_to(days: int, since: date, between: Range, situation: Situation) -> int:
    """The days, or sooner: by the day on which a prospect decides, if that is still to come, within the range."""
    decides_on = situation.decides_on if situation.stage in TALKING else None
    if decides_on is None or decides_on <= since:
        return days
    return min(days, max((decides_on - since).days, between.shortest))


def moved_to_work(day: date, working: Working) -> date:
    """`day`, or the next day that is worked."""
    while not working(day):
        day += timedelta(days=1)
    return day


def own_day(on: date, earliest: date, latest: date | None, company: date, own: date, working: Working) -> date:
    """The day of a contact that the plan wants `on`, for a person whose next working day (`own`) may be another than
    the company's: that day, unless it lies beyond the range and they work on an earlier day within it.

    `earliest` and `latest` are the ends of the range, `latest` None where there is none.
    """
    if own == company or latest is None or own <= latest:
        return own
    day = on - timedelta(days=1)
    while day >= earliest:
        if working(day):
            return day
        day -= timedelta(days=1)
    return own


def plan_day(since: date, every_days: int, today: date, working: Working) -> date | None:
    """The day of the next contact, `every_days` after `since`; None when that day has passed (see `spread`)."""
    due = since + timedelta(days=every_days)
    return None if due < today else moved_to_work(due, working)


def quarter_end(day: date) -> date:
    """The last day of the quarter that `day` lies in."""
    month = (day.month + 2) // 3 * 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


@dataclass(frozen=True)
class Reviews:
    """The days by which the review list is looked through: the last one that passed, the one to come, the next."""

    before: date
    coming: date
    later: date

    def day(self, since: date) -> date:
        """For somebody last contacted, bought or looked at on that day: once a quarter, and never in the past."""
        return self.later if since > self.before else self.coming


def reviews_around(today: date, working: Working) -> Reviews:
    """Each quarter has one review day, its last working day; a list that nobody looked through goes on in the next."""
    quarters = [quarter_end(today)]
    quarters = [*quarters, quarter_end(quarters[-1] + timedelta(days=1))]
    quarters = [*quarters, quarter_end(quarters[-1] + timedelta(days=1))]
    begun = today.replace(month=(today.month + 2) // 3 * 3 - 2, day=1)
    days = [_worked_by(end, working) for end in (begun - timedelta(days=1), *quarters)]
    first = 1 if days[1] >= today else 2
    return Reviews(*days[first - 1 : first + 2])


def _worked_by(day: date, working: Working) -> date:
    """`day`, or the last day before it that is worked."""
    while not working(day):
        day -= timedelta(days=1)
    return day


def spread(count: int, loads: Sequence[int], per_day: int) -> list[int]:
    """For `count` tasks in order of importance, the index of the working day of each.

    `loads` are the tasks that stand on each coming working day. A day takes tasks up to `per_day`; what finds no room
    at all is dealt out evenly.
    """
    free = [index for index, load in enumerate(loads) for _ in range(max(per_day - load, 0))]
    return [free[place] if place < len(free) else place % len(loads) for place in range(count)]


def after_days_off(count: int, loads: Sequence[int], most: int = PER_DAY) -> list[int]:
    """For `count` tasks that days off have put on the first day back, the index of the working day of each, from that
    one on; `loads` without them. They stay there unless it is more than a day takes."""
    if loads[0] + count <= most:
        return [0] * count
    return spread(count, loads, per_day(count, most))


def per_day(count: int, most: int = PER_DAY) -> int:
    """How many tasks a day takes: ten, or as many as bring all of them within a quarter."""
    return max(most, -(-count // SPREAD_OVER))


def chain_day(
    revisits_from: date, today: date, done: frozenset[int] = frozenset(), numbers: Numbers = SHIPPED
) -> int | None:
    """Which of the days of the chain (7, 30, 90) after the purchase comes next; None when the chain has ended."""
    for days in numbers.chain:
        late = (today - revisits_from).days - days
        if days not in done and late <= numbers.chain_late:
            return days
    return None


def chain_wins(chain_on: date, plan_on: date | None, today: date, numbers: Numbers = SHIPPED) -> bool:
    """Whether the revisit takes the place of the plan: it comes earlier, or at most three days later. A late plan is
    one of today."""
    return plan_on is None or chain_on <= max(plan_on, today) + timedelta(days=numbers.chain_near)
