"""The cadence table, and what follows when something that dates are reckoned from has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, jobs
from customers.models import Customer
from followups.cadence_table.defaults import is_shipped
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Policy
from followups.planning import plans_make

FOR_WHOM = ("phase", "scheme", "tier", "frequency", "amount")
FIELDS = ("shortest", "longest", "category", "method", "other_method", "content", "policy", "template_id")
PLANS = "plans"  # the job of the night that follows the table
TABLE_ACTS = ("plan_rule.create", "plan_rule.change", "plan_rule.delete", "plan_rule.restore")


@transaction.atomic
def cadence_rule_add(*, by: User, **values: Any) -> CadenceRule:
    """A line for some customers of a stage only; ValidationError where the table has one for them."""
    base = CadenceRule.objects.get(phase=values["phase"], scheme="", tier="", frequency="", amount="")
    inherited = {name: getattr(base, name) for name in FIELDS}
    rule = CadenceRule(**{**inherited, **values}, updated_at=clock.now(), updated_by=by)
    if all(getattr(rule, name) == "" for name in FOR_WHOM[1:]):
        raise ValidationError(_("Choose for whom the line is: a kind, a tier or how much or how often they buy."))
    _check_days(rule)
    _no_template_unsent(rule)
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("The table has a line for these customers already. Change it there.")) from error
    audit.record("plan_rule.create", by=by, on=rule, **_about(rule), **_said(rule))
    table_changed()
    return rule


@transaction.atomic
def cadence_rule_change(*, rule: CadenceRule, by: User, **changes: Any) -> bool:
    """Change some of FIELDS over what is stored by now; False when nothing differs, ValidationError for no range."""
    _read_locked(rule)
    before = {name: getattr(rule, name) for name in FIELDS}
    for name, value in changes.items():
        setattr(rule, name, value)
    _no_template_unsent(rule)
    after = {name: getattr(rule, name) for name in FIELDS}
    if before == after:
        return False
    _check_days(rule)
    rule.updated_at, rule.updated_by = clock.now(), by
    changed = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    rule.save(update_fields=[*changed, "updated_at", "updated_by"])
    audit.record("plan_rule.change", by=by, on=rule, **_about(rule), changed=changed)
    table_changed()
    return True


@transaction.atomic
def cadence_rules_change(changes: Iterable[tuple[CadenceRule, dict[str, Any]]], *, by: User) -> int:
    """Several lines at once, all or none; returns how many differ."""
    changes = sorted(changes, key=lambda one: one[0].pk)  # everybody locks them in one order
    return sum(cadence_rule_change(rule=rule, by=by, **said) for rule, said in changes)


@transaction.atomic
def cadence_rule_delete(*, rule: CadenceRule, by: User) -> int:
    """Take a line out that somebody added; what it is about goes by the next wider line. Returns its id."""
    if is_shipped(rule):
        raise ValidationError(_("This line comes with the product: switch it off instead of deleting it."))
    pk: int = rule.pk
    audit.record("plan_rule.delete", by=by, on=rule, **_about(rule), **_said(rule))
    rule.delete()
    table_changed()
    return pk


@transaction.atomic
def cadence_rule_restore(*, pk: int, by: User) -> CadenceRule:
    """Bring back a line as it was when it was deleted; ValidationError where there is nothing to bring back."""
    events = apps.get_model("followups", "CadenceRuleEvent").objects
    last = events.filter(pgh_obj_id=pk, pgh_label="before_delete").order_by("-pgh_id").first()
    if last is None or CadenceRule.objects.filter(pk=pk).exists():
        raise ValidationError(_("This line stands in the table again already."))
    kept = {name: getattr(last, name) for name in (*FOR_WHOM, *FIELDS)}
    if CadenceRule.objects.filter(**{name: kept[name] for name in FOR_WHOM}).exists():
        raise ValidationError(_("The table has a line for these customers already. Change it there."))
    rule = CadenceRule(pk=pk, **kept, updated_at=clock.now(), updated_by=by)
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:  # somebody brought it back, or added one like it, at the same moment
        raise ValidationError(_("This line stands in the table again already.")) from error
    audit.record("plan_rule.restore", by=by, on=rule, **_about(rule))
    table_changed()
    return rule


def customers_replan(customer_ids: Sequence[int]) -> None:
    """Reckon the automatic dates of these customers anew, in the caller's transaction.

    Who else plans for one of them at this moment, the night included, comes before or after (followups/locks.py).
    """
    if customer_ids:
        plans_make(only=customer_ids)


def dates_ensure(customer_ids: Sequence[int]) -> None:
    """Whoever of these is active and has no date gets one, in the caller's transaction."""
    planned = FollowUp.objects.filter(customer__in=customer_ids, state=FollowUp.State.OPEN).values("customer")
    without = Customer.objects.filter(pk__in=customer_ids).exclude(pk__in=planned)
    customers_replan(list(without.order_by("pk").values_list("pk", flat=True)))


def _read_locked(rule: CadenceRule) -> None:
    """What is stored by now; nobody else changes it before the transaction ends. DoesNotExist where it was deleted."""
    stored = CadenceRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    for name in FIELDS:
        setattr(rule, name, getattr(stored, name))


def _check_days(rule: CadenceRule) -> None:
    if rule.shortest > rule.longest:
        words = _("Enter at least the %(n)s days it begins with.") % {"n": rule.shortest}
        raise ValidationError({"longest": words})


def _no_template_unsent(rule: CadenceRule) -> None:
    """Only a line that sends a message by itself names the template for it."""
    if rule.policy != Policy.AUTOMATIC:
        rule.template_id = None


def _about(rule: CadenceRule) -> dict[str, str]:
    return {name: getattr(rule, name) for name in FOR_WHOM}


def _said(rule: CadenceRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in FIELDS}


def table_changed() -> None:
    """Open automatic dates follow at once, by the job that plans at night; other processes remember the table for a
    minute."""
    read_table.forget()
    transaction.on_commit(read_table.forget)
    jobs.ask_for(PLANS, clock.last_ended_day())
