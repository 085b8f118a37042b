"""Fields of files are confirmed; how often, and who does it for others, is set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Team, User
from core import clock, company
from core.versions import StaleVersionError, save_version
from customers.models import Customer, DataSteward, Verification, VerificationRules
from customers.services.facts import facts_write
from customers.verification import rule

VERIFICATION_ACT = "verification_rules.change"
STEWARD_ACTS = ("data_steward.name", "data_steward.remove")


@transaction.atomic
def fields_verify(*, customer: Customer, fields: Sequence[str], how: str, by: User, changed: bool = False) -> date:
    """Stamp these fields as they stand in the file now; returns since when the whole file is verified (NEVER: not).

    Pressed twice it stamps once.
    """
    Customer.all_objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    seals = rule.seals_of(customer.pk)
    if empty := [name for name in fields if name not in seals]:
        names = ", ".join(str(rule.label_of(name)) for name in empty)
        raise ValidationError(_("Nothing stands there any more: %(names)s. Look again.") % {"names": names})
    now = clock.now()
    begin, _end = clock.day_bounds(clock.business_date(now), company.zone())
    today = Verification.objects.filter(customer=customer, by=by, how=how, at__gte=begin)
    known = set(today.values_list("field", "seal"))
    new = [name for name in fields if (name, seals[name]) not in known]
    if new:
        Verification.objects.bulk_create(
            Verification(customer=customer, field=name, changed=changed, how=how, seal=seals[name], by=by, at=now)
            for name in new
        )
        audit.record("customer.verify", by=by, on=customer, verified=sorted(new), verified_how=how)
    return _refresh(customer.pk)


def _refresh(customer_id: int) -> date:
    seals = rule.seals_of(customer_id)
    day = rule.verified_on(seals, rule.stamps_of(customer_id, seals))
    facts_write(customer_id, verified_on=day)
    return day


def merged_verified(*, customer_ids: Iterable[int], by: User | None) -> None:
    """Handler of customers_merged: stamps came to these customers, or went."""
    for pk in customer_ids:
        _refresh(pk)


@transaction.atomic
def verification_rules_change(*, row: VerificationRules, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Ask for it more or less often, or of other fields. No file is written: a day that was reckoned by other fields
    counts until the file is verified the next time. `row` may not be stored yet (version 0): then it is as shipped."""
    before = {name: getattr(row, name) for name in changes}
    if row.version == 0 and version == 0:
        values = {name: getattr(row, name) for name in ("every_days", "asked", "reminds")} | dict(changes)
        stored, made = VerificationRules.objects.get_or_create(
            pk=1, defaults={**values, "created_by": by, "updated_by": by}
        )
        if not made:
            raise StaleVersionError(stored)
    else:
        save_version(row, changes, version=version, by=by)
    details: dict[str, Any] = {f"verification_{name}": [before[name], value] for name, value in changes.items()}
    audit.record(VERIFICATION_ACT, by=by, **details)
    transaction.on_commit(rule.verification_rules.forget)


@transaction.atomic
def steward_name(*, team: Team | None, user: User, by: User) -> DataSteward:
    """Name the steward of a team, or without one of the company; there is one at a time."""
    steward, _made = DataSteward.objects.update_or_create(team=team, defaults={"user": user})
    audit.record("data_steward.name", by=by, on=steward, steward=user.pk, steward_team=team.pk if team else None)
    return steward


@transaction.atomic
def steward_remove(*, steward: DataSteward, by: User) -> None:
    """Nobody looks after these files for others any more."""
    audit.record("data_steward.remove", by=by, on=steward, steward=steward.user_id, steward_team=steward.team_id)
    steward.delete()
