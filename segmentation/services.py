"""Writes of people: tier overrides, warning cases, manual cut-points, scoring settings. The night is in night.py."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.scope import reach_of
from core import clock, events
from core.versions import StaleVersionError
from customers.models import UNRATED_RANK, Customer, OwnerChange, Warn
from customers.services import customer_share, facts_write
from segmentation import rfm, tiers
from segmentation.models import (
    ChurnCase,
    CutPoints,
    ScoreInterval,
    ScoringSettings,
    Tier,
    TierOverride,
    TierRule,
)
from segmentation.selectors import scheme_of

LONGEST_REASON = ChurnCase._meta.get_field("close_reason").max_length


class RefusedError(ValueError):
    """The act makes no sense for these rows; the message says why, in the reader's language."""


# --- tiers --------------------------------------------------------------------------------------------------------


@transaction.atomic
def tier_override(*, customer: Customer, tier: str, reason: str, until: date, by: User) -> TierOverride:
    """Set a tier by hand up to and including `until`; kept through the nights, visible in lists at once."""
    if not Tier.objects.filter(scheme=scheme_of(customer), code=tier).exists():
        raise RefusedError(_("This customer's scheme has no tier %(tier)s.") % {"tier": tier})
    if until < clock.business_date():
        raise RefusedError(_("The last day of an override can't lie in the past."))
    values = {"tier": tier, "reason": reason, "expires_on": until, "by": by, "created_at": clock.now()}
    row, _made = TierOverride.objects.update_or_create(customer=customer, defaults=values)
    _show_tier(customer, tier)
    audit.record("tier.override", by=by, on=customer, tier=tier, until=until.isoformat())
    return row


@transaction.atomic
def tier_override_end(*, customer: Customer, by: User) -> None:
    """Take an override back; the customer shows the rated tier again at once."""
    removed, _by_model = TierOverride.objects.filter(customer=customer).delete()
    if not removed:
        raise RefusedError(_("This customer's tier isn't set by hand."))
    rated = ScoreInterval.objects.filter(customer=customer, valid_to=None).values_list("rated_tier", flat=True).first()
    _show_tier(customer, rated or tiers.UNRATED)
    audit.record("tier.override_end", by=by, on=customer)


def _show_tier(customer: Customer, code: str) -> None:
    rank = Tier.objects.filter(scheme=scheme_of(customer), code=code).values_list("rank", flat=True).first()
    facts_write(customer.pk, tier=code, tier_rank=UNRATED_RANK if rank is None else rank)


@transaction.atomic
def tier_rules_set(*, scheme: str, rules: list[tiers.Rule], by: User) -> None:
    """Replace the rules of a scheme; the next night rates by them. Old ones stay in the history of the table."""
    gaps = tiers.uncovered(rules)
    if gaps:
        r, f, m = gaps[0]
        raise RefusedError(
            _("No rule covers R %(r)s, F %(f)s, M %(m)s; add one for the rest.") % {"r": r, "f": f, "m": m}
        )
    TierRule.objects.filter(scheme=scheme).delete()
    TierRule.objects.bulk_create(_rule_row(scheme, position, rule) for position, rule in enumerate(rules, 1))
    audit.record("tier_rules.change", by=by, scheme=scheme)


def _rule_row(scheme: str, position: int, rule: tiers.Rule) -> TierRule:
    boxes = {}
    for name in ("r", "f", "m"):
        boxes[f"{name}_min"], boxes[f"{name}_max"] = getattr(rule, name)
    return TierRule(scheme=scheme, position=position, tier=rule.code, **boxes)


# --- scoring settings ---------------------------------------------------------------------------------------------


@transaction.atomic
def manual_cut_points_set(*, cuts: rfm.CutPoints, by: User) -> CutPoints:
    """Store a new version of the manual cut-points; they count from today's business date on."""
    wrong = rfm.problems(cuts)
    if wrong:
        raise RefusedError(_("The limits of %(name)s must rise from score 2 to score 5.") % {"name": wrong[0]})
    row = CutPoints.objects.create(
        calibrated_on=clock.last_ended_day(),
        manual=True,
        r=list(cuts.recency),
        f=list(cuts.frequency),
        m=list(cuts.monetary),
        created_by=by,
    )
    audit.record("cut_points.change", by=by, on=row)
    return row


@transaction.atomic
def scoring_settings_change(*, changes: dict[str, Any], by: User) -> ScoringSettings:
    """Save scoring settings; the next night uses them. Before-images are kept by the table's history."""
    row, _made = ScoringSettings.objects.get_or_create(pk=1)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    audit.record("scoring_settings.change", by=by, on=row, fields=sorted(changes))
    return row


# --- warning cases ------------------------------------------------------------------------------------------------


@transaction.atomic
def warning_start(*, case: ChurnCase, version: int, by: User) -> ChurnCase:
    """Take a new warning into work; who does is in charge of it."""
    _move_case(case, version, only_from=ChurnCase.State.NEW, state=ChurnCase.State.WORKING, in_charge=by)
    audit.record("warning.start", by=by, on=case)
    return case


@transaction.atomic
def warning_give(*, case: ChurnCase, version: int, to: User, due_on: date, by: User) -> bool:
    """Give an open warning to somebody, who is asked to contact the customer by that day: the event plans it.

    Who can't reach the customer gets it shared. False when the same was done already: a form that was sent twice.
    """
    locked = ChurnCase.objects.select_for_update(of=("self",)).select_related("customer").get(pk=case.pk)
    if locked.version == version + 1 and locked.in_charge_id == to.pk and locked.state == ChurnCase.State.WORKING:
        return False
    if not to.is_active or not to.can("warning.change"):
        raise RefusedError(_("%(name)s can't work on warnings. Choose somebody else.") % {"name": to.name})
    if due_on < clock.business_date():
        raise RefusedError(_("The day lies in the past. Choose today or a later day."))
    _move_case(case, version, state=ChurnCase.State.WORKING, in_charge=to)
    if not reach_of(to).holds(locked.customer, "customer.view", pool=False):
        customer_share(customer=locked.customer, user=to, by=by)
    events.publish("warning_given", case=case, to=to, due_on=due_on, by=by)
    audit.record("warning.give", by=by, on=case, to=to.pk, due_on=due_on.isoformat())
    return True


def warnings_go_along(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Customers changed hands: their open warnings go along, where the former owner was in charge of them."""
    moved: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for change in changes:
        if change.from_user_id is not None:
            moved[change.from_user_id, change.to_user_id].append(change.customer_id)
    for (giver, taker), customers in moved.items():
        ours = ChurnCase.objects.filter(customer__in=customers, closed_at=None, in_charge=giver)
        ours.update(in_charge=taker, version=F("version") + 1)


def warnings_let_go(*, user: User, by: User) -> None:
    """Who left is in charge of nothing; the owners of the customers are asked again."""
    ChurnCase.objects.filter(closed_at=None, in_charge=user).update(in_charge=None, version=F("version") + 1)


@transaction.atomic
def warning_close(*, case: ChurnCase, version: int, state: str, reason: str, by: User) -> ChurnCase:
    """Close a case as lost or false alarm. No new case opens before the customer's next purchase."""
    if state not in (ChurnCase.State.LOST, ChurnCase.State.FALSE_ALARM):
        raise RefusedError(_("A person closes a warning as lost or as a false alarm; the rest is seen by the night."))
    if not reason.strip():
        raise RefusedError(_("Write the reason: it counts into the share of false alarms and the causes of churn."))
    if len(reason) > LONGEST_REASON:
        text = _("The reason is too long: %(n)s characters, at most %(most)s fit.")
        raise RefusedError(text % {"n": len(reason), "most": LONGEST_REASON})
    _move_case(
        case,
        version,
        state=state,
        closed_at=clock.now(),
        closed_on=clock.business_date(),
        closed_by=by,
        close_reason=reason,
    )
    facts_write(case.customer_id, warning=Warn.NONE, value_at_risk=None)
    audit.record("warning.close", by=by, on=case, state=state)
    return case


def _move_case(case: ChurnCase, version: int, *, only_from: str = "", **changes: Any) -> None:
    """Write over the version that was read; a closed case stays closed."""
    rows = ChurnCase.objects.filter(pk=case.pk, version=version, closed_at=None)
    if only_from:
        rows = rows.filter(state=only_from)
    if not rows.update(**changes, version=F("version") + 1):
        raise StaleVersionError(ChurnCase.objects.get(pk=case.pk))
    for name, value in {**changes, "version": version + 1}.items():
        setattr(case, name, value)
