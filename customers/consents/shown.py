"""Consents on a customer's page and in its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import reach_of
from core.contributions import CustomerPanel, Folded, TimelineEntry, TimelinePart
from customers.models import Consent, ConsentChannel, Customer, Topic

SHOWN = 4


@dataclass(frozen=True)
class Said:
    """A statement in the words of the reader of the page."""

    allowed: bool
    what: str
    contact: str
    at: datetime


@dataclass(frozen=True)
class Consents:
    """The last ones, and what may be done."""

    said: list[Said]
    may_add: bool


def covers(channel: str, topic: str) -> str:
    """E-mail · offers and news; empty for everything."""
    words = [str(dict(ConsentChannel.choices).get(channel, "")), str(dict(Topic.choices).get(topic, ""))]
    return " · ".join(word for word in words if word)


def _read(user: User) -> ArraySubquery:
    rows = Consent.objects.for_user(user).filter(customer=OuterRef("pk"), undone_at=None).order_by("-at", "-pk")
    values = JSONObject(allowed="allowed", channel="channel", topic="topic", contact="contact__name", at="at")
    return ArraySubquery(rows.values(data=values)[:SHOWN])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Consents:
    said = [
        Said(row["allowed"], covers(row["channel"], row["topic"]), row["contact"] or "", _moment(row["at"]))
        for row in found or []
    ]
    return Consents(said, reach_of(user).holds(customer, "consent.add"))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _describe(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = "shield-check" if data["allowed"] else "shield-x"
    entry.tone = "good" if data["allowed"] else "bad"
    data["what"] = covers(data["channel"], data["topic"])
    data["source"] = dict(Consent.Source.choices)[data["source"]]


def _fold(customer: Customer, panel: Consents) -> Folded:
    """Whether the last word was a consent or a refusal."""
    if not panel.said:
        return Folded(_("Consents"), "—")
    return Folded(_("Consents"), str(_("agreed") if panel.said[0].allowed else _("refused")))


CONSENT_PANEL = CustomerPanel(
    "consents",
    "left",
    "customers/panels/consents.html",
    30,
    permission="consent.view",
    read=_read,
    draw=_draw,
    folded=_fold,
)
CONSENTS = TimelinePart(
    "consent",
    tab="changes",
    permission="consent.view",
    rows=lambda user, customer_id: Consent.objects.for_user(user).filter(customer=customer_id),
    at=F("at"),
    fields={name: name for name in ("allowed", "channel", "topic", "source", "proof", "undone_at")}
    | {"contact": "contact__name", "user": "user__name"},
    template="customers/consents/timeline.html",
    describe=_describe,
)
