"""Calendar feeds: one secret address a person, of which only a digest is stored."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from accounts import audit
from accounts.authentication import digest_of
from accounts.models import User
from core import clock
from followups.models import CalendarFeed

NOTED_EVERY = timedelta(minutes=5)  # when it was last fetched: programs fetch often


@transaction.atomic
def calendar_feed_make(*, user: User) -> str:
    """A new secret for the person's feed, which is told this once; an earlier address ends."""
    secret = secrets.token_urlsafe(32)
    values = {"digest": digest_of(secret), "created_at": clock.now(), "last_used_at": None}
    feed, new = CalendarFeed.objects.update_or_create(user=user, defaults=values)
    if new:
        audit.record("calendar_feed.make", by=user, on=feed)
    else:
        audit.record("calendar_feed.renew", by=user, on=feed)
    return secret


@transaction.atomic
def calendar_feed_end(*, user: User) -> None:
    """Its address answers nobody any more."""
    feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
    if feed is not None:
        audit.record("calendar_feed.end", by=user, on=feed)
        feed.delete()


def calendar_feeds_end(*, user: User) -> None:
    """Handler of `tokens_ended`: it goes wherever the sessions and the tokens go."""
    CalendarFeed.objects.filter(user=user).delete()


def calendar_feed_used(*, feed: CalendarFeed) -> None:
    """Note that it was fetched, at most every few minutes."""
    now = clock.now()
    if feed.last_used_at is None or feed.last_used_at < now - NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk, digest=feed.digest).update(last_used_at=now)
