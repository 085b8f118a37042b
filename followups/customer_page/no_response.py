"""What a customer's page offers when nobody has answered for three times: a person decides how to go on."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.scope import reach_of
from customers import persistence
from customers.models import Contact, Customer, InteractionKind, Stage
from customers.rules import contact_rules
from customers.stage_pages.forms import IN_MONTHS

CONTACTS = 3
# Ways to be of use to somebody who doesn't pick up.
WAYS = (InteractionKind.WECHAT, InteractionKind.EMAIL, InteractionKind.SMS, InteractionKind.VISIT)


@dataclass(frozen=True)
class NoResponse:
    """The tries, and the ways to go on; each part is empty where it may not be done."""

    tries: int
    contacts: list[Contact]
    ways: list[tuple[str, str]]
    months: tuple[int, ...]
    so_far: str  # how many contacts there were of those that it takes


def draw(user: User, customer: Customer, found: list[Contact]) -> NoResponse | None:
    """What the panel shows for a customer who isn't paused; `found` are the contacts as `user` may read them."""
    tries = customer.facts.unanswered
    if tries < contact_rules().tries or customer.stage == Stage.PAUSED or customer.do_not_contact:
        return None
    reach, last = reach_of(user), customer.facts.last_contact_kind
    others = [one for one in found if one.phone and one.phone != customer.phone]
    return NoResponse(
        tries,
        contacts=others[:CONTACTS] if reach.holds(customer, "interaction.add") else [],
        ways=[(way.value, str(way.label)) for way in WAYS if way != last]
        if reach.holds(customer, "follow_up.add")
        else [],
        months=IN_MONTHS if reach.holds(customer, "customer.change") else (),
        so_far=persistence.hint(customer),
    )
