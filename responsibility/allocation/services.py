"""Rules of allocation are made and moved; customers without an owner get one by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.versions import save_version
from customers.models import Customer, ImportedCustomer
from customers.services import customers_deal
from intake.models import ImportJob
from responsibility.allocation.dealing import Dealer
from responsibility.models import AllocationRule

RULE_ACTS = (
    "allocation_rule.create",
    "allocation_rule.change",
    "allocation_rule.move",
    "allocation_rule.remove",
)
FIELDS = ("name", "is_on", "kinds", "industries", "sizes", "tiers", "regions", "needs", "people", "how")
SLICE = 500


# --- the rules -------------------------------------------------------------------------------------------------------
@transaction.atomic
def rule_create(*, by: User, **values: Any) -> AllocationRule:
    """A new rule, behind those that are there."""
    last = AllocationRule.objects.order_by("-place").values_list("place", flat=True).first()
    rule = AllocationRule.objects.create(place=(last or 0) + 1, created_by=by, updated_by=by, **values)
    audit.record("allocation_rule.create", by=by, on=rule, rule_name=rule.name)
    return rule


@transaction.atomic
def rule_change(*, rule: AllocationRule, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write over the version that was read; StaleVersionError over a newer one. Whose turn it is stays."""
    save_version(rule, changes, version=version, by=by)
    audit.record("allocation_rule.change", by=by, on=rule, rule_name=rule.name, fields=sorted(changes))


@transaction.atomic
def rule_move(*, rule: AllocationRule, up: bool, by: User) -> None:
    """One place up or down; at the end of the list nothing happens."""
    rows = list(AllocationRule.objects.select_for_update(of=("self",)).order_by("place", "pk"))
    place = next((n for n, row in enumerate(rows) if row.pk == rule.pk), None)
    if place is None:
        raise ValidationError(_("The rule was removed in the meantime."))
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for n, row in enumerate(rows, 1):
        row.place = n
    AllocationRule.objects.bulk_update(rows, ["place"])
    audit.record("allocation_rule.move", by=by, on=rule, rule_name=rule.name)


@transaction.atomic
def rule_remove(*, rule: AllocationRule, by: User) -> None:
    """Take a rule away; whom it gave customers keeps them."""
    audit.record("allocation_rule.remove", by=by, on=rule, rule_name=rule.name)
    AllocationRule.objects.filter(pk=rule.pk).delete()


# --- customers without an owner --------------------------------------------------------------------------------------
def allocate(*, customers: Sequence[int], by: User | None, handover: UUID | None = None) -> int:
    """Give these customers, those of them that have no owner, to whom the rules say; returns how many got one.

    A transaction per 500. Who allocates waits for whoever does so just now, so that turns are exact.
    """
    if not customers or not AllocationRule.objects.filter(is_on=True).exists():
        return 0
    handover, given, ids = handover or uuid4(), 0, sorted(customers)
    for start in range(0, len(ids), SLICE):
        given += _allocate(ids[start : start + SLICE], by, handover)
    return given


@transaction.atomic
def _allocate(ids: Sequence[int], by: User | None, handover: UUID) -> int:
    locked = AllocationRule.objects.select_for_update(of=("self",)).order_by("pk")
    rules = sorted((rule for rule in locked if rule.is_on), key=lambda rule: (rule.place, rule.pk))
    # unscoped: the caller says which
    rows = Customer.objects.filter(pk__in=ids, owner=None).select_for_update(of=("self",), no_key=True)
    dealer = Dealer(rules)
    dealt = dealer.deal(rows.select_related("facts").defer("search_tokens").order_by("pk"))
    for rule in rules:
        if dealer.last[rule.pk] != rule.last_given_id:
            AllocationRule.objects.filter(pk=rule.pk).update(last_given=dealer.last[rule.pk])
    names = {rule.pk: rule.name for rule in rules}
    pairs = [(one.customer, one.to, _("By rule: %(name)s") % {"name": names[one.rule.pk]}) for one in dealt if one.rule]
    return customers_deal(dealt=pairs, by=by, handover=handover)


def pool_share_out(*, customers: Sequence[int], by: User) -> int:
    """Share customers of the pool out by the rules."""
    given = allocate(customers=customers, by=by)
    audit.record("allocation.share_out", by=by, customers_changed=given)
    return given


def newcomer_allocate(*, customer: Customer, by: User | None) -> None:
    """Handler of `customer_created`: by hand, by a form or over the API; one that has an owner keeps it."""
    if customer.owner_id is None and allocate(customers=[customer.pk], by=by):
        customer.refresh_from_db(fields=["owner", "team", "version", "updated_at", "updated_by"])


def file_allocate(*, job: ImportJob, since: object) -> None:
    """Handler of `import_finished`: the new customers of a file that named nobody."""
    made = ImportedCustomer.objects.filter(job=job, made=True, customer__owner=None, customer__deleted_at=None)
    allocate(customers=list(made.values_list("customer", flat=True)), by=job.user)
