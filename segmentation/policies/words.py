"""Privileges and offers in the reader's words."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.models.facts import LIFECYCLE_WORDS
from segmentation.policies.models import COMING, OVER, TierPolicy
from ui import formatting


def page_of(scheme: str, tier: str) -> str:
    """The address of the page of a tier, or with an empty one that of all tiers of the scheme."""
    return reverse("tier_policies", args=[scheme]) + (f"?{urlencode({'tier': tier})}" if tier else "")


def home(row: TierPolicy) -> str:
    """The page on which it stands."""
    return page_of(row.scheme, row.tier)


def terms(row: TierPolicy) -> str:
    """ "up to 8 % discount · until 31 Dec 2026"; nothing of a privilege."""
    parts = []
    if row.limit is not None:
        parts.append(_("up to %(n)s%% discount") % {"n": row.limit})
    first, last = (formatting.day(day) if day else "" for day in (row.valid_from, row.valid_to))
    if first and last:
        parts.append(_("from %(first)s to %(last)s") % {"first": first, "last": last})
    elif first:
        parts.append(pgettext("of an offer", "from %(day)s") % {"day": first})
    elif last:
        parts.append(pgettext("of an offer", "until %(day)s") % {"day": last})
    return " · ".join(parts)


def state_word(row: TierPolicy, on: date) -> str:
    """Why it doesn't count on a day; nothing while it does."""
    return {COMING: pgettext("of an offer", "not yet"), OVER: pgettext("of an offer", "over")}.get(row.state(on), "")


def stage_word(row: TierPolicy) -> str:
    """The lifecycle stage that it is limited to."""
    return capfirst(str(LIFECYCLE_WORDS.get(row.lifecycle, row.lifecycle)))
