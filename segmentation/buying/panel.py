"""What a customer's page says of the next purchase, and of what is missing to a high-value tier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.text import capfirst

from accounts.models import User
from core import clock
from core.contributions import CustomerPanel
from customers.models import Customer, facts_of
from segmentation.buying.models import BuyingRhythm
from segmentation.buying.selectors import missing_of, usual_second
from segmentation.buying.words import (
    expected_day,
    expected_note,
    missing_words,
    second_word,
    usual_second_words,
    where_stands,
)
from segmentation.models import ScoreBasis
from segmentation.selectors import scheme_of


@dataclass(frozen=True)
class NextPurchase:
    """When it is expected and by what; of one-time buyers also how long such customers usually take."""

    on: str
    note: str
    second: str = ""


def _read(user: User) -> ArraySubquery:
    rows = BuyingRhythm.objects.for_user(user).filter(customer=OuterRef("pk"))
    names = ("days", "last_on", "low", "middle", "high")
    return ArraySubquery(rows.values(data=JSONObject(**{name: name for name in names}))[:1])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> NextPurchase | None:
    facts, scheme = facts_of(customer), scheme_of(customer)
    if not found or facts.rated_tonight or facts.next_order_on is None:
        return None
    rhythm = BuyingRhythm(**{**found[0], "last_on": date.fromisoformat(found[0]["last_on"])})
    second = ""
    if rhythm.days == 1:
        where = where_stands(clock.days_since(rhythm.last_on), scheme)
        second = usual_second_words(usual_second(scheme))
        second = f"{capfirst(second_word(where))}: {second}" if where else second
    return NextPurchase(expected_day(facts.next_order_on), expected_note(facts, rhythm, scheme), second)


def _read_spend(user: User) -> ArraySubquery:
    more = ScoreBasis.objects.for_user(user).filter(customer=OuterRef("pk"), spend_now__gt=F("spend_before"))
    return ArraySubquery(more.values(data=JSONObject(now="spend_now"))[:1])


def _draw_missing(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> str | None:
    facts = facts_of(customer)
    lacking = missing_of(customer) if found and not facts.rated_tonight else None
    return missing_words(lacking) if lacking else None


PANELS = (
    CustomerPanel(
        "next_purchase",
        "figures",
        "segmentation/buying/next_purchase.html",
        45,
        permission="score.view",
        read=_read,
        draw=_draw,
        gives_way=True,
    ),
    CustomerPanel(
        "rising",
        "tags",
        "segmentation/buying/rising.html",
        30,
        permission="score.view",
        read=_read_spend,
        draw=_draw_missing,
    ),
)
