"""What can be written to a customer: to whom, by which channel, with which template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.masking import may_read
from accounts.models import User
from core.phones import text_number
from customers.models import Contact, Customer, facts_of
from followups.messages.models import MessageChannel
from followups.models import FollowUp, MessageTemplate

ADDRESS = {MessageChannel.EMAIL: "email", MessageChannel.SMS: "phone", MessageChannel.WECHAT: "wechat"}
ITSELF = "customer"  # the choice "the customer", beside contact persons' ids


@dataclass(frozen=True)
class Reader:
    """Somebody to write to; `address` is empty for WeChat, which needs none."""

    value: str
    name: str
    address: str
    contact: Contact | None


def readers(user: User, customer: Customer, channel: str) -> list[Reader]:
    """The customer and its contacts that `user` may write to by a channel: whose address reaches
    them and is read in full.

    By WeChat everybody can be written to: the person looks them up in their own app.
    """
    people = Contact.objects.for_user(user).filter(customer=customer).order_by("-is_primary", "id")
    found = []
    for contact in people:
        contact.customer = customer
        found.append(Reader(str(contact.pk), contact.name, _address(user, contact, channel), contact))
    itself = Reader(ITSELF, customer.name, _address(user, customer, channel), None)
    found = [*found, itself] if customer.kind == "company" else [itself, *found]
    return [one for one in found if one.address or channel == MessageChannel.WECHAT]


def _address(user: User, row: Customer | Contact, channel: str) -> str:
    field = ADDRESS[MessageChannel(channel)]
    address = getattr(row, field) if may_read(user, row, field) else ""
    return address if leads_to(channel, address) else ""


def leads_to(channel: str, address: str) -> bool:
    """Whether a message by the channel can reach somebody there: no text message reaches a landline."""
    return bool(address) and (channel != MessageChannel.SMS or text_number(address) is not None)


def has_address(customer: Customer, channel: str) -> bool:
    """Whether there is an address at all, which somebody else may read."""
    field = ADDRESS[MessageChannel(channel)]
    known = Contact.objects.filter(customer=customer).exclude(**{field: ""}).values_list(field, flat=True)
    return any(leads_to(channel, address) for address in (getattr(customer, field), *known))


@dataclass(frozen=True)
class Offered:
    """A template, and whether it is meant for just such customers."""

    template: MessageTemplate
    fits: bool


def templates_for(customer: Customer, channel: str) -> list[Offered]:
    """Those in use that can go by the channel: those that fit stage, tier and class first, the exactest on top."""
    rows = MessageTemplate.objects.filter(Q(channel="") | Q(channel=channel), is_active=True)
    facts = facts_of(customer)
    said = {"stage": customer.stage, "frequency": facts.frequency_class}

    def exactness(template: MessageTemplate) -> tuple[bool, int]:
        asked = {name: value for name in said if (value := getattr(template, name))}
        fits = all(said[name] == value for name, value in asked.items())
        fits = fits and (not template.tiers or facts.tier in template.tiers)
        return fits, len(asked) + bool(template.tiers) + bool(template.channel)

    ranked = sorted(((exactness(row), row) for row in rows), key=lambda pair: pair[0], reverse=True)
    return [Offered(template, fits) for (fits, _exactness), template in ranked]


def sent_by_itself() -> QuerySet[MessageTemplate]:
    """Those in use that may be sent without a person."""
    return MessageTemplate.objects.filter(is_active=True, automatic=True)


def template_names() -> dict[int, str]:
    """What the templates are called, for the audit log."""
    return {template.pk: template.name for template in MessageTemplate.objects.all()}


def template_by_itself(customer: Customer, channel: str, named: int | None) -> MessageTemplate | None:
    """With what the plan writes by a channel: with the template that its line names, else with the one that fits best.

    None where that one can't go by this channel or may no longer be sent so: its place isn't taken by another one.
    """
    if named is not None:
        return sent_by_itself().filter(Q(channel="") | Q(channel=channel), pk=named).first()
    fitting = (one.template for one in templates_for(customer, channel) if one.fits)
    return next((template for template in fitting if template.automatic), None)


def channel_for(customer: Customer, plan: FollowUp | None, offered: Sequence[str]) -> str:
    """How one would write: as it is planned, else by the first channel that leads to somebody."""
    if plan is not None and plan.method in offered:
        return plan.method
    return next(iter(offered), MessageChannel.WECHAT)
