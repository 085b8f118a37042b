"""Writes of people: tier overrides, manual cut-points, scoring settings.

What they do with warnings is in cases/services.py, the night in night.py.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events
from core.texts import seen
from core.versions import StaleVersionError, save_version
from customers.models import UNRATED_RANK, Customer
from customers.services import UNDO_FOR, UndoTooLateError, facts_write
from customers.services.stages import facts_locked
from segmentation import rfm, tiers
from segmentation.catalogue import catalogue, scheme_rows
from segmentation.models import (
    CutPoints,
    ScoreInterval,
    ScoringSettings,
    Tier,
    TierOverride,
    TierScheme,
)
from segmentation.rating import rating_as_of
from segmentation.rules.checks import MEASURES, SETTABLE, cut_point_problems, settings_problems
from segmentation.selectors import frequency_in_force, scheme_of, scoring_settings, warnings_shown

LONGEST_TIER_REASON = 200  # as the column


class RefusedError(ValueError):
    """The act makes no sense for these rows; the message says why, in the reader's language."""


# --- tiers set by hand --------------------------------------------------------------------------------------------

LONGEST_OVERRIDE = timedelta(days=2 * 366)


@transaction.atomic
def tier_override(
    *, customer: Customer, tier: str, reason: str, until: date, by: User, over: int | None = None
) -> TierOverride:
    """Set a tier by hand up to and including `until`; kept through the nights, visible in lists at once.

    One that stands already is replaced. `over`: the id of the one that the person saw standing, 0 for none;
    StaleVersionError where another stands by now, or none. Said the same way twice, it is set once. ValidationError
    with the field to put right.
    """
    scheme, reason = scheme_of(customer), seen(reason)
    _check_override(scheme, tier, reason, until)
    facts_locked([customer.pk])
    standing = _standing(customer)
    values = {"tier_scheme": scheme, "tier": tier, "reason": reason, "expires_on": until, "by": by}
    if standing is not None and all(getattr(standing, name) == value for name, value in values.items()):
        return standing
    if over is not None and over != standing_id(standing):
        raise StaleVersionError(standing or customer)
    now = clock.now()
    if standing is not None:
        TierOverride.objects.filter(pk=standing.pk).update(ended_at=now)
    row = TierOverride.objects.create(customer=customer, created_at=now, **values)
    _tier_moved(customer, by)
    audit.record("tier.override", by=by, on=customer, tier=tier, until=until.isoformat())
    return row


def standing_id(standing: TierOverride | None) -> int:
    """The id of a tier that stands today; 0 where none does, or its last day has passed."""
    return standing.pk if standing is not None and standing.expires_on >= clock.business_date() else 0


def _check_override(scheme: str, tier: str, reason: str, until: date) -> None:
    today = clock.business_date()
    if tier not in rating_as_of(today).definitions[scheme].tiers:
        raise ValidationError({"tier": _("This customer's scheme has no tier %(tier)s.") % {"tier": tier}})
    if not reason:
        raise ValidationError({"reason": _("Say why: it stands on the customer's page as long as the tier does.")})
    if len(reason) > LONGEST_TIER_REASON:
        text = _("The reason has %(n)s characters; at most %(most)s fit.")
        raise ValidationError({"reason": text % {"n": len(reason), "most": LONGEST_TIER_REASON}})
    if until < today:
        raise ValidationError({"until": _("The day lies in the past. Choose today or a later day.")})
    if until > today + LONGEST_OVERRIDE:
        raise ValidationError({"until": _("A tier is set by hand for at most two years. Choose an earlier day.")})


@transaction.atomic
def tier_override_end(*, customer: Customer, by: User) -> None:
    """Take an override back; the customer shows the rated tier again at once."""
    facts_locked([customer.pk])
    standing = _standing(customer)
    if standing is None or standing.expires_on < clock.business_date():
        raise RefusedError(_("This customer's tier isn't set by hand."))
    TierOverride.objects.filter(pk=standing.pk).update(ended_at=clock.now(), ended_by=by)
    _tier_moved(customer, by)
    audit.record("tier.override_end", by=by, on=customer, tier=standing.tier)


@transaction.atomic
def tier_override_undo(*, customer: Customer, by: User) -> None:
    """Take back what one has just done: what was set goes, what was replaced or ended stands again.

    UndoTooLateError after 10 minutes, or where somebody else has been there since.
    """
    facts_locked([customer.pk])
    rows = TierOverride.objects.filter(customer=customer, undone=False)
    last = rows.order_by("-pk").first()
    if last is None:
        raise UndoTooLateError
    earliest = clock.now() - UNDO_FOR
    if last.ended_at is None and last.by_id == by.pk and last.created_at >= earliest:
        TierOverride.objects.filter(pk=last.pk).update(ended_at=clock.now(), ended_by=by, undone=True)
        rows.filter(ended_at=last.created_at, ended_by=None).update(ended_at=None)
    elif last.ended_at is not None and last.ended_by_id == by.pk and last.ended_at >= earliest:
        TierOverride.objects.filter(pk=last.pk).update(ended_at=None, ended_by=None)
    else:
        raise UndoTooLateError
    _tier_moved(customer, by)
    audit.record("tier.override_undo", by=by, on=customer)


def _standing(customer: Customer) -> TierOverride | None:
    return TierOverride.objects.filter(customer=customer, ended_at=None).first()


def _tier_moved(customer: Customer, by: User) -> None:
    """Show the tier that holds now, and tell who plans by it.

    Read after the facts are locked: a night that was about to write them has published by then, or asks anew.
    """
    standing = _standing(customer)
    scheme, today = scheme_of(customer), clock.business_date()
    if standing is not None and standing.expires_on >= today and standing.tier_scheme == scheme:
        code = standing.tier
    else:
        rated = ScoreInterval.objects.filter(customer=customer, valid_to=None).values_list("rated_tier", flat=True)
        code = rated.first() or tiers.UNRATED
    rank = Tier.objects.filter(scheme=scheme, code=code).values_list("rank", flat=True).first()
    facts_write(customer.pk, tier=code, tier_rank=UNRATED_RANK if rank is None else rank)
    events.publish("tier_set", customer_ids=[customer.pk], by=by)


# --- tiers --------------------------------------------------------------------------------------------------------


@transaction.atomic
def tier_change(*, row: Tier, changes: Mapping[str, Any], by: User) -> None:
    """Call a tier otherwise, or give it another letter, colour or value, over what `row` was read with; at once.

    Other processes know it within a minute. ValidationError by field, such as where another tier in use of these
    customers is called so.
    """
    stored = Tier.objects.select_for_update().filter(scheme=row.scheme)
    tiers_here = {tier.pk: tier for tier in stored.order_by("pk")}
    new = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in changes.items()}
    new = {name: value for name, value in new.items() if value != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if any(getattr(tiers_here[row.pk], name) != before[name] for name in new):
        raise StaleVersionError(tiers_here[row.pk])
    others = [tier for pk, tier in tiers_here.items() if pk != row.pk and tier.in_use]
    wrong = {name: text for name, value in new.items() if (text := _look_problem(name, value, others))}
    if wrong:
        raise ValidationError(wrong)
    if not new:
        return
    Tier.objects.filter(pk=row.pk).update(**new)
    for name, value in new.items():
        setattr(row, name, value)
    changed = {name: [before[name], value] for name, value in new.items()}
    audit.record("tier.rename", by=by, on=row, changed=changed)
    transaction.on_commit(catalogue.forget)


def _look_problem(name: str, value: Any, others: Sequence[Tier]) -> str:
    if name in ("name_en", "name_zh"):
        if not value:
            return _("Enter a name.")
        called = [tier for tier in others if getattr(tier, name) == value]
        return _("Tier %(code)s is called so already.") % {"code": called[0].code} if called else ""
    if name == "letter" and not 1 <= len(value) <= 2:
        return _("Enter one or two characters.")
    return ""


@transaction.atomic
def scheme_rename(*, row: TierScheme, changes: Mapping[str, str], by: User) -> None:
    """Call a scheme otherwise, over the names that `row` was read with."""
    stored = TierScheme.objects.select_for_update().get(pk=row.pk)
    new = {name: " ".join(value.split()) for name, value in changes.items()}
    new = {name: value for name, value in new.items() if value != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if any(getattr(stored, name) != value for name, value in before.items()):
        raise StaleVersionError(stored)
    empty = [name for name, value in new.items() if not value]
    if empty:
        raise ValidationError(dict.fromkeys(empty, _("Enter a name.")))
    if new:
        TierScheme.objects.filter(pk=row.pk).update(**new)
        for name, value in new.items():
            setattr(row, name, value)
        changed = {name: [before[name], value] for name, value in new.items()}
        audit.record("tier_scheme.rename", by=by, on=row, changed=changed)
        transaction.on_commit(scheme_rows.forget)


# --- scoring settings ---------------------------------------------------------------------------------------------


@transaction.atomic
def manual_cut_points_set(
    *, cuts: rfm.CutPoints, by: User, reason: str = "", counts_from: date | None = None
) -> CutPoints:
    """Store a new version of the manual cut-points; they count from today's business date on, or from a later one.

    ValidationError names the measure whose limits can't be. A limit left out between others is that of the next score.
    """
    window = scoring_settings().window_days
    wrong = cut_point_problems(cuts, window)
    if wrong:
        raise ValidationError({name: next(iter(of.values())) for name, of in wrong.items()})
    today = clock.business_date()
    if counts_from is not None and counts_from < today:
        raise ValidationError({"counts_from": _("The day lies in the past. Choose today or a later day.")})
    limits = {name: list(rfm.without_gaps(getattr(cuts, long))) for name, long in MEASURES.items()}
    since = counts_from if counts_from and counts_from > today else clock.last_ended_day()
    frozen = {"calibrated_on": since, "window_days": window, **limits}
    row = CutPoints.objects.create(manual=True, created_by=by, reason=reason, **frozen)
    typed = {f"limits_{name}": "/".join("" if n is None else str(n) for n in of) for name, of in limits.items()}
    said: dict[str, Any] = {"reason": reason} if reason else {}
    if since > today:
        said["counts_from"] = since.isoformat()
    audit.record("cut_points.change", by=by, on=row, **typed, **said)
    return row


@transaction.atomic
def scoring_settings_change(
    *, row: ScoringSettings, changes: Mapping[str, Any], version: int, by: User, **told: Any
) -> None:
    """Save scoring settings over the version that was read; the next night uses them. `told` goes into the audit log.

    ValidationError names the settings that can't hold together. Before-images are kept by the table's history.
    """
    before = {name: getattr(row, name) for name in changes}
    values = {name: getattr(row, name) for name in SETTABLE} | dict(changes)
    wrong = settings_problems(values, changes)
    if wrong:
        raise ValidationError(wrong)
    save_version(row, changes, version=version, by=by)
    changed = {name: [_written(before[name]), _written(value)] for name, value in changes.items()}
    audit.record("scoring_settings.change", by=by, on=row, changed=changed, **told)
    transaction.on_commit(warnings_shown.forget)
    transaction.on_commit(frequency_in_force.forget)


def _written(value: Any) -> Any:
    return ",".join(value) if isinstance(value, list) else value
