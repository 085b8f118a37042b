"""Writes of people to the rule sets of tiers: publish a version, withdraw one that is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.texts import seen
from core.versions import StaleVersionError
from segmentation import tiers
from segmentation.catalogue import catalogue
from segmentation.models import RuleSet, Tier, TierScheme
from segmentation.rules.problems import rule_set_problems
from segmentation.services import tier_change
from ui import formatting

LONGEST_REASON = 200  # as the column
FURTHEST = timedelta(days=366)


@transaction.atomic
def rule_set_publish(
    *,
    scheme: str,
    definition: tiers.Definition,
    reason: str,
    effective_on: date,
    by: User,
    over: int | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    copied_from: int | None = None,
) -> RuleSet:
    """Store the next version of a scheme's rules; the first night as of `effective_on` or later rates by it.

    `over`: the number of the latest version that the person has seen; StaleVersionError when there is a newer one.
    `looks`: names, letter, colour and value of its tiers, which count at once. One still to come whose first day isn't
    before this one's would never count: it is withdrawn. ValidationError by path of the definition, or by field.
    """
    TierScheme.objects.select_for_update().get(code=scheme)  # one after the other, so that numbers follow each other
    latest = RuleSet.objects.filter(scheme=scheme).order_by("-number").first()
    if latest is not None and over is not None and over != latest.number:
        raise StaleVersionError(latest)
    reason, today = seen(reason), clock.business_date()
    wrong = rule_set_problems(definition) | _publishing_problems(reason, effective_on, today)
    if wrong:
        raise ValidationError(wrong)
    _tiers_set(scheme, definition, looks or {}, by)
    coming = RuleSet.objects.filter(scheme=scheme, effective_on__gte=max(effective_on, today), withdrawn_at=None)
    coming.update(withdrawn_at=clock.now(), withdrawn_by=by)
    row = RuleSet.objects.create(
        scheme=scheme,
        number=latest.number + 1 if latest else 1,
        tiers=list(definition.tiers),
        definition=tiers.as_stored(definition),
        reason=reason,
        effective_on=effective_on,
        copied_from=copied_from,
        created_by=by,
    )
    told = {"scheme": scheme, "rule_set": row.number, "effective_on": effective_on.isoformat(), "reason": reason}
    audit.record("tier_rules.change", by=by, on=row, **told)
    transaction.on_commit(catalogue.forget)
    return row


def _publishing_problems(reason: str, effective_on: date, today: date) -> dict[str, str]:
    wrong = {}
    if not reason:
        wrong["reason"] = _("Say why: the reason stays beside the version.")
    elif len(reason) > LONGEST_REASON:
        text = _("The reason has %(n)s characters; at most %(most)s fit.")
        wrong["reason"] = text % {"n": len(reason), "most": LONGEST_REASON}
    if not today <= effective_on <= today + FURTHEST:
        text = _("Choose a day from %(first)s to %(last)s.")
        words = {"first": formatting.day(today), "last": formatting.day(today + FURTHEST)}
        wrong["effective_on"] = text % words
    return wrong


def _tiers_set(scheme: str, definition: tiers.Definition, looks: Mapping[str, Mapping[str, Any]], by: User) -> None:
    """Rows for the tiers that are new, which come into use with the night that rates by them, and looks as they are.

    Whoever sees a list today sees the new names: they say how a tier is called, not who has it.
    """
    there = {row.code: row for row in Tier.objects.select_for_update().filter(scheme=scheme).order_by("pk")}
    for rank, code in enumerate(definition.tiers, 1):
        look = dict(looks.get(code, {}))
        if code in there:
            tier_change(row=there[code], changes=look, by=by)
        else:
            shown = {"name_en": code, "name_zh": code, "letter": code[:2].upper(), "slot": min(rank, 5)} | look
            Tier.objects.create(scheme=scheme, code=code, rank=rank, in_use=False, **shown)


@transaction.atomic
def rule_set_withdraw(*, row: RuleSet, by: User) -> None:
    """Take back a version that no night has rated by; ValidationError where one has, or could be about to."""
    stored = RuleSet.objects.select_for_update().get(pk=row.pk)
    if stored.withdrawn_at is not None:
        return
    if stored.effective_on < clock.business_date():
        raise ValidationError(_("This version counts already. Roll back to an earlier one instead."))
    RuleSet.objects.filter(pk=row.pk).update(withdrawn_at=clock.now(), withdrawn_by=by)
    audit.record("tier_rules.withdraw", by=by, on=stored, scheme=stored.scheme, rule_set=stored.number)
