"""Cost entries are noted and removed; the settings of what time costs are changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.company import currency
from core.versions import save_version
from customers.models import Channel, Customer
from segmentation.costs.models import (
    FIRST_YEAR,
    LONGEST_CONTACT,
    MINUTES,
    MOST_ENTERED,
    CostEntry,
    CostKind,
    CostSettings,
)
from ui import formatting


def above_most() -> str:
    """Why an amount is too large for one entry."""
    return _("At most %(most)s.") % {"most": formatting.money_round(MOST_ENTERED, currency())}


@transaction.atomic
def cost_add(
    *,
    kind: str,
    amount: int,
    spent_on: date,
    by: User,
    customer: Customer | None = None,
    channel: Channel | None = None,
    note: str = "",
    reference: str = "",
) -> CostEntry:
    """Note what was paid for a customer or a channel; `amount` in minor units of the company's currency.

    `reference` is the number of a voucher or of another program, used once; ValidationError names what is wrong.
    """
    problems: dict[str, str] = {}
    if (customer is None) == (channel is None):
        problems["customer"] = _("Name a customer or a channel, not both.")
    if kind not in CostKind.values:
        problems["kind"] = _("Choose what was paid for.")
    if amount <= 0:
        problems["amount"] = _("Enter an amount above zero.")
    elif amount > MOST_ENTERED:
        problems["amount"] = above_most()
    if spent_on > clock.business_date():
        problems["spent_on"] = _("This day lies ahead.")
    elif spent_on.year < FIRST_YEAR:
        problems["spent_on"] = _("Check the year: it lies before %(year)s.") % {"year": FIRST_YEAR}
    # unscoped: a number is used once in the company; whose entry it is isn't told
    if reference and CostEntry.objects.filter(reference=reference).exists():
        problems["reference"] = _("This number is used by another cost. Write another number.")
    if problems:
        raise ValidationError(problems)
    entry = CostEntry.objects.create(
        customer=customer,
        channel=channel,
        kind=kind,
        amount=amount,
        spent_on=spent_on,
        note=note,
        reference=reference,
        booked_by=by if channel else None,
        created_by=by,
        updated_by=by,
    )
    audit.record("cost.add", by=by, on=entry, cost=amount, cost_kind=kind, spent_on=spent_on.isoformat())
    return entry


@transaction.atomic
def cost_remove(*, entry: CostEntry, by: User) -> None:
    """It was noted by mistake and counts no more. Twice does no harm."""
    now = clock.now()
    stamps = {"removed_at": now, "removed_by": by, "updated_at": now, "updated_by": by}
    if CostEntry.objects.filter(pk=entry.pk, removed_at=None).update(**stamps):
        audit.record("cost.remove", by=by, on=entry, cost=entry.amount, cost_kind=entry.kind)


@transaction.atomic
def cost_restore(*, entry: CostEntry, by: User) -> None:
    """It counts again. Twice does no harm."""
    now = clock.now()
    rows = CostEntry.objects.filter(pk=entry.pk, removed_at__isnull=False)
    if rows.update(removed_at=None, removed_by=None, updated_at=now, updated_by=by):
        audit.record("cost.restore", by=by, on=entry, cost=entry.amount, cost_kind=entry.kind)


@transaction.atomic
def cost_settings_change(*, row: CostSettings, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Save what an hour costs and how long activities take, over the version that was read; counts from tonight on."""
    problems = {
        f"minutes_{kind}": _("At most %(n)s minutes.") % {"n": LONGEST_CONTACT}
        for kind in MINUTES
        if not 0 <= int(changes.get(f"minutes_{kind}", 0)) <= LONGEST_CONTACT
    }
    if problems:
        raise ValidationError(problems)
    CostSettings.objects.get_or_create(pk=1)
    before = {name: str(getattr(row, name)) for name in changes}
    save_version(row, changes, version=version, by=by)
    audit.record("cost_settings.change", by=by, on=row, changed={n: [before[n], str(v)] for n, v in changes.items()})
