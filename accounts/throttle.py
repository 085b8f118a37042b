"""How often a password may be tried, asked before it is hashed, and the answer to whoever must wait.

Each attempt is counted in several leaky buckets at once: of the account at this address, of the account over all
addresses, of the address, and of everybody together. A bucket holds `burst` attempts and gets room for one more every
`refill`, so that guessing is slowed and never locked. A browser in which the person signed in before has one bucket of
its own instead: whatever strangers do, its owner gets in. What proves right is taken out again.

The buckets are rows, so that all processes count together: a bucket is the moment at which it will be empty.
"""

import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.devices import device_of
from accounts.hashers import BusyError
from accounts.models import User
from accounts.names import normal_name
from core import sql


@dataclass(frozen=True)
class Bucket:
    """So many attempts at once, and one more after each `refill`."""

    burst: int
    refill: timedelta

    @property
    def room(self) -> timedelta:
        """How far ahead of now a full bucket is empty."""
        return self.burst * self.refill


HERE = Bucket(5, timedelta(seconds=12))  # one account at one address
ACCOUNT = Bucket(20, timedelta(seconds=30))  # one account over all addresses
ADDRESS = Bucket(30, timedelta(seconds=6))  # any accounts from one address: offices share one
EVERYBODY = Bucket(300, timedelta(seconds=0.25))  # bounds the work of hashing, whoever sends
DEVICE = Bucket(10, timedelta(seconds=60))  # one account in a browser that knows it
RESET_LINKS = Bucket(20, timedelta(minutes=3))  # asked for from one address

Buckets = Mapping[str, Bucket]


class TooManyAttemptsError(Exception):
    """Nothing was tried; `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} seconds")
        self.seconds = seconds


def buckets_of(request: HttpRequest, account: User | None, typed: str) -> Buckets:
    """The buckets of one attempt to sign in as `account`, or as nobody with what was typed."""
    device = device_of(request, account) if account else None
    if account and device:
        return {f"device:{account.pk}:{device}": DEVICE}
    who = f"account:{account.pk}" if account else f"name:{normal_name(typed)}"
    here = network_of(request)
    return {f"{who} {here}": HERE, who: ACCOUNT, f"address:{here}": ADDRESS, "everybody": EVERYBODY}


def take(buckets: Buckets) -> None:
    """Count one attempt in all buckets, or in none and raise TooManyAttemptsError. Safe against parallel attempts."""
    values = {
        "keys": list(buckets),
        "refills": [bucket.refill for bucket in buckets.values()],
        "rooms": [bucket.room for bucket in buckets.values()],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        sql.run(cursor, "accounts", "take_attempt", values)
        full = buckets.keys() - {key for (key,) in cursor.fetchall()}
        if not full:
            return
        sql.run(cursor, "accounts", "attempts_left", {"keys": list(full)})
        waits = [left + (buckets[key].refill - buckets[key].room).total_seconds() for key, left in cursor.fetchall()]
        transaction.set_rollback(True)
    raise TooManyAttemptsError(max(1, math.ceil(max(waits, default=1))))


def give_back(buckets: Buckets, *, forgive: bool) -> None:
    """Take the attempt out again; `forgive` also empties the buckets of this account here and of this browser."""
    emptied = (HERE, DEVICE) if forgive else ()
    refunds = [bucket.room if bucket in emptied else bucket.refill for bucket in buckets.values()]
    sql.change("accounts", "give_back_attempt", {"keys": list(buckets), "refunds": refunds})


def network_of(request: HttpRequest) -> str:
    """The sender's address; of IPv6 the network, as one customer of a provider has all addresses of it."""
    text = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:45]
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def answer(request: HttpRequest, refused: TooManyAttemptsError | BusyError) -> HttpResponse:
    """The same page whether or not the account exists: try again in n seconds."""
    if isinstance(refused, BusyError):
        text, status = _("Many people are signing in at this moment. Please try again in %(seconds)s seconds."), 503
    else:
        text, status = _("Too many attempts. Please try again in %(seconds)s seconds."), 429
    context: dict[str, Any] = {"text": text % {"seconds": refused.seconds}, "next": request.POST.get("next", "")}
    response = render(request, "accounts/throttled.html", context, status=status)
    response.headers["Retry-After"] = str(refused.seconds)
    return response
