"""A sealed visit arrives: it is opened, saved as it is, or kept as a draft for its author to finish."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.models import User
from core import clock
from core.idempotency import KeyReusedError, create_once, was_used
from customers import services
from customers.models import Customer, Interaction
from followups.log.making import log_form
from followups.log.offline import WrittenOffline, captured_at, moment_of
from followups.offline.sealing import SealBrokenError, Sealed, bytes_of, opened
from followups.reckoning import RECKONED_WITH
from followups.selectors import next_step_choices
from followups.services.outbox_keys import outbox_key_of
from ui import drafts, formatting

LONGEST = 100_000  # characters of one visit
SAVED, KEPT, FOREIGN, BROKEN = "saved", "kept", "foreign", "broken"


@dataclass(frozen=True)
class Arrival:
    """What became of it. `url`: where its author goes on, if it couldn't be saved as it was."""

    state: str
    said: str
    url: str = ""


def arrive(user: User, sent: Mapping[str, Any]) -> Arrival:
    """Take in what a browser kept while it had no network. The same one however often makes one entry.

    Only its author can send it: it is opened with a key of the person who is signed in.
    """
    with timezone.override(clock.user_zone(user)):  # forms read and write times in the person's own zone
        return _taken_in(user, sent)


def _taken_in(user: User, sent: Mapping[str, Any]) -> Arrival:
    key, kid = str(sent.get("key", "")), str(sent.get("kid", ""))
    stored = outbox_key_of(user=user, kid=kid)
    if stored is None:
        return Arrival(FOREIGN, _("This visit was sealed for somebody else, or too long ago to be opened."))
    try:
        named = str(uuid.UUID(key))
        parts = Sealed(bytes_of(sent.get("epk")), bytes_of(sent.get("iv")), bytes_of(sent.get("text")))
        fields = _fields(opened(parts, private=bytes(stored.private), about=f"{kid} {key}"))
        visit = WrittenOffline(named, fields)
    except (SealBrokenError, ValueError):
        return Arrival(BROKEN, _("A visit kept on this device is damaged and can't be opened."))
    if was_used(user=user, key=named):
        return Arrival(SAVED, _("A visit that was written without a network had been saved already."))
    customer = _customer(user, str(fields.get("customer", "")))
    entry = _saved(user, customer, visit) if customer else None
    if customer is None or entry is None:
        drafts.keep(user, visit.draft, json.dumps(_pairs(fields)))
        return Arrival(KEPT, _said(visit, customer), visit.url)
    words = {"name": customer.name, "when": formatting.moment(entry.occurred_at)}
    return Arrival(SAVED, _("Sent: %(name)s, %(when)s.") % words)


def _said(visit: WrittenOffline, customer: Customer | None) -> str:
    if customer is None:
        return _("Written without a network: choose the customer to save it.")
    return _("%(name)s: written without a network, not saved yet. Look through it.") % {"name": customer.name}


def _customer(user: User, pk: str) -> Customer | None:
    """Whom it is about, if that is known and still in reach."""
    if not pk:
        return None
    rows = Customer.objects.select_related(*RECKONED_WITH).defer("search_tokens")
    try:
        return row_for(rows, user, pk, "interaction.add")
    except (Http404, PermissionDenied):
        return None


def _saved(user: User, customer: Customer, visit: WrittenOffline) -> Interaction | None:
    """The entry, as the log form would have made it; None where the form refuses."""
    data = QueryDict(mutable=True)
    for name, value in _pairs(visit.fields):
        data.appendlist(name, value)
    data["idempotency_key"] = visit.key
    form = log_form(user, customer, next_step_choices(customer))(data=data)
    if not form.is_valid():
        return None
    try:
        entry, _now = create_once(
            user=user,
            key=visit.key,
            data={"offline": visit.key, "form": form.body()},
            model=Interaction,
            create=lambda: services.interaction_log(
                customer=customer, by=user, captured_at=captured_at(visit.fields), **form.entry()
            ),
        )
    except (ValidationError, KeyReusedError):
        return None
    return entry


def _fields(text: str) -> dict[str, Any]:
    """The names and values that a form had, lists where a name came several times; the contact's minute in the person's
    own zone, where the phone has named an instant."""
    try:
        pairs = json.loads(text[:LONGEST])
    except (ValueError, RecursionError) as error:
        raise SealBrokenError from error
    found = drafts.fields_of(pairs)
    if not found:
        raise SealBrokenError
    if happened := moment_of(found.pop("happened_at", "")):
        found["occurred_at"] = f"{timezone.localtime(happened):%Y-%m-%dT%H:%M}"
    return found


def _pairs(fields: Mapping[str, Any]) -> list[list[str]]:
    return [[name, one] for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
