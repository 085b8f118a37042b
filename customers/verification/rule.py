"""When a file is to be verified, and which of its stamps still count."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import MD5, Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from core import clock, company
from core.memo import Memo
from customers import required
from customers.further import FURTHER
from customers.models import CATALOGUES, NEVER, Customer, Verification, VerificationRules
from customers.required import CONTACT

# What may be verified, in the order of the pages.
VERIFIABLE = (
    *("phone", "phone2", "further_phones", "email", "email2", "further_emails", "wechat", "address", "region"),
    *("occupation", "industry", "company_size", CONTACT),
)
_MORE_LABELS = {
    "phone2": _("second phone"),
    "email2": _("second e-mail"),
    "further_phones": _("further phones"),
    "further_emails": _("further e-mails"),
}


def label_of(name: str) -> Any:
    """What a field is called."""
    return _MORE_LABELS.get(name) or required.label_of(name)


def rules_row() -> VerificationRules:
    """The stored row at this moment, else one as shipped that isn't stored yet."""
    return VerificationRules.objects.filter(pk=1).first() or VerificationRules(pk=1, version=0)


verification_rules: Memo[VerificationRules] = Memo(rules_row, seconds=2)


# --- due -------------------------------------------------------------------------------------------------------------
def due(rules: VerificationRules, today: date) -> Q:
    """Files that hold something to verify and weren't verified for so many days: one range of `facts_by_verified`.

    One that never was is due so many days after it was made.
    """
    last = today - timedelta(days=rules.every_days)
    _begin, end = clock.day_bounds(last, company.zone())
    made = Q(facts__verified_on__gt=NEVER) | Q(created_at__lt=end)
    return Q(facts__verified_on__lte=last) & made & holds_any(rules.asked)


def due_on(rules: VerificationRules, verified: date) -> date:
    """When what was confirmed on that day is to be confirmed again."""
    return verified + timedelta(days=rules.every_days)


def holds_any(names: Iterable[str]) -> Q:
    """Files in which one of these fields holds something."""
    found = Q(pk__in=[])
    for name in names:
        found |= ~lacks(name)
    return found


def lacks(name: str) -> Q:
    """Files in which this one holds nothing."""
    if name in FURTHER:
        return Q(**{name: []})
    return Q(**{name: ""}) if name in _MORE_LABELS else required.empty(name)


# --- stamps ----------------------------------------------------------------------------------------------------------
def seal(name: str, column: Callable[[str], Any] = F) -> Any:
    """What stands for the value of a field, so that a stamp is no copy of it; `column` leads to the customer's row.

    Further phones and e-mails are confirmed as one list: another one more, and it is to be confirmed anew. Who the
    contact persons are isn't one value: a stamp of them counts until it is old.
    """
    if name == CONTACT:
        return Value("")
    if name in FURTHER:
        held = Func(column(name), Value("\n"), function="array_to_string", output_field=CharField())
        return MD5(Concat(Value(f"{name}:"), held, output_field=CharField()))
    held = Cast(column(f"{name}_id"), CharField()) if name in CATALOGUES else column(name)
    return MD5(Concat(Value(f"{name}:"), Coalesce(held, Value("")), output_field=CharField()))


def seals_of(customer_id: int) -> dict[str, str]:
    """Those of the stored row, by field; of fields that hold something."""
    names = {f"seal_{name}": seal(name) for name in VERIFIABLE}
    filled = {f"lacks_{name}": Case(When(lacks(name), then=Value(True)), default=Value(False)) for name in VERIFIABLE}
    # unscoped: by whoever has asked for the customer
    rows: Any = Customer.all_objects.filter(pk=customer_id)
    row = rows.values(**names, **filled).get()
    return {name: row[f"seal_{name}"] for name in VERIFIABLE if not row[f"lacks_{name}"]}


def stamps_in_force(customer: Any) -> QuerySet[Verification]:
    """Of a customer, by an outer row: what was confirmed and still stands in the file, the last one first."""
    now = Case(*(When(field=name, then=seal(name, OuterRef)) for name in VERIFIABLE), output_field=CharField())
    return Verification.objects.filter(customer=customer).annotate(now=now).filter(seal=F("now")).order_by("-at", "-pk")


@dataclass(frozen=True)
class Stamp:
    """Who has confirmed a field, when and how; on which day that is to be done again."""

    at: datetime
    by: str
    how: str
    changed: bool
    due_on: date

    @property
    def is_due(self) -> bool:
        return self.due_on <= clock.business_date()


def stamps_of(customer_id: int, seals: dict[str, str] | None = None) -> dict[str, Stamp]:
    """By field, those that count."""
    seals = seals_of(customer_id) if seals is None else seals
    rules, found = verification_rules(), {}
    # unscoped: by whoever has asked for the customer
    rows = Verification.objects.filter(customer=customer_id, field__in=seals).select_related("by").order_by("at", "pk")
    for row in rows:
        if row.seal == seals[row.field]:
            by = row.by.name if row.by else ""
            on = due_on(rules, clock.business_date(row.at))
            found[row.field] = Stamp(row.at, by, str(row.get_how_display()), row.changed, on)
    return found


def verified_on(seals: Collection[str], stamps: dict[str, Stamp]) -> date:
    """The day on which the first of the fields to verify was confirmed, NEVER while one of them isn't."""
    wanted = [name for name in verification_rules().asked if name in seals]
    if not wanted or not all(name in stamps for name in wanted):
        return NEVER
    return min(clock.business_date(stamps[name].at) for name in wanted)
