"""The cells of a list row, drawn once per value: fifty rows of small template tags cost more than the database."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core import company
from customers.models import Customer, Lifecycle
from ui import charts, formatting
from ui.templatetags import ui

SILENT_AFTER = 30
DASH = mark_safe('<span class="muted">—</span>')


def draw(customers: list[Customer]) -> None:
    """Put the drawn cells on each instance as `cells`; needs what listing put there."""
    language, today = get_language() or "", timezone.localdate()
    for customer in customers:
        customer.cells = _cells(customer, language, today)


def _cells(customer: Customer, language: str, today: date) -> dict[str, Any]:
    facts = customer.facts
    planned = facts.next_follow_up_on or customer.expects_plan
    return {
        "avatar": _avatar(customer.name, customer.kind),
        "tier": _tier(language, customer.tier),
        "rfm": _rfm(facts.r, facts.f, facts.m),
        "lifecycle": _lifecycle(language, facts.lifecycle),
        "owner": _owner(language, getattr(customer.owner, "name", None)),
        "contact": ui.since(facts.last_contact_at, SILENT_AFTER),
        "next": _due(language, today, facts.next_follow_up_on) if planned else DASH,
        "sales": _sales(customer),
        "place": " · ".join(part for part in (customer.region, _industry(customer)) if part),
    }


@lru_cache(maxsize=64)
def _lifecycle(language: str, code: str) -> str:
    word = str(dict(Lifecycle.choices).get(code, code))
    return word[:1].upper() + word[1:]


@lru_cache(maxsize=1024)
def _due(language: str, today: date, due_on: date | None) -> SafeString:
    return ui.due(due_on)


def _industry(customer: Customer) -> str:
    return "" if customer.limited else customer.industry


@lru_cache(maxsize=4096)
def _avatar(name: str, kind: str) -> SafeString:
    return ui.avatar(name, kind)


@lru_cache(maxsize=256)
def _tier(language: str, tier: Any) -> SafeString:
    return ui.tier(tier)


@lru_cache(maxsize=256)
def _rfm(r: int | None, f: int | None, m: int | None) -> SafeString:
    return ui.rfm(r, f, m)


class _Named:
    """A colleague as ui.owner wants one."""

    def __init__(self, name: str) -> None:
        self.name = name


@lru_cache(maxsize=4096)
def _owner(language: str, name: str | None) -> SafeString:
    return ui.owner(None if name is None else _Named(name))


def _sales(customer: Customer) -> SafeString:
    if customer.year_total is None:
        return DASH
    amount = conditional_escape(formatting.money_round(customer.year_total, company.currency()))
    bars = charts.mini_bars(customer.months, hot=[len(customer.months) - 1])
    return mark_safe(f'<span class="row end"><span class="digits">{amount}</span>{bars}</span>')  # noqa: S308
