"""One field of many customers' files at once: who is meant, who is left and why, and the write in slices.

The question that a person answers shows what will happen; the write looks again at rows that it has locked, by the
same rules. Whoever was changed by somebody else in between stays as they left it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import F, Func, JSONField, Model, TextField, Value
from django.db.models.functions import Cast

from accounts import audit
from accounts.masking import may_read
from accounts.models import User
from core import clock
from core.doors import via
from customers import required
from customers.models import CATALOGUES, Customer, Kind, Level, ManyChange, ManyChangeRow, OwnField, OwnKind, Stage
from customers.own import values as own_values
from customers.services import stages
from customers.services.facts import tokens_refresh
from customers.services.files import OWN

SLICE = 500
STAGE = "stage"
# Of whom a file asks for these; the others are asked of everybody.
OF_KIND = {"company_size": Kind.COMPANY, "market_standing": Kind.COMPANY, "income_band": Kind.PERSON}
TOGETHER = (*CATALOGUES, "price_sensitivity", "region", STAGE)


class Left(Enum):
    """Why a file stays as it is."""

    SAME = "it says so already"
    FILLED = "something else stands there, and only empty ones were to be filled"
    KIND = "files of this kind of customer don't have the field"
    REQUIRED = "the field is required, so it can't be emptied"
    PAUSED = "a pause ends on the customer's page"
    UNREAD = "this person doesn't read the field of this customer"
    STALE = "somebody else changed the file meanwhile"


@dataclass(frozen=True)
class Setting:
    """A field and what is to stand in it: a value as the file keeps it, None or "" for nothing.

    `name`: one of TOGETHER, or that of an own field. `only_empty`: where something stands it stays.
    """

    name: str
    value: Any
    only_empty: bool = False

    @property
    def own(self) -> OwnField | None:
        """The company's own field that it is about."""
        return required.own_of(self.name)

    @property
    def empties(self) -> bool:
        """Whether it takes a value away."""
        return self.value in (None, "")

    def held(self, customer: Customer) -> Any:
        """What stands there now, to be compared with `kept`."""
        if self.own:
            return customer.own.get(self.own.code)
        return getattr(customer, f"{self.name}_id" if self.name in CATALOGUES else self.name)

    def stood(self, customer: Customer) -> Any:
        """The same as it is kept to be put back: a stage with the day since when."""
        if self.name != STAGE:
            return self.held(customer)
        return [customer.stage, customer.stage_since and customer.stage_since.isoformat()]

    @property
    def kept(self) -> Any:
        """The value as `held` gives it."""
        return self.value.pk if isinstance(self.value, Model) else self.value

    def read_by(self, user: User, customer: Customer) -> bool:
        """Whether this person reads what stands there."""
        own = self.own
        return own_values.may_read(user, customer, own) if own else may_read(user, customer, self.name)

    def left(self, customer: Customer, user: User) -> Left | None:
        """Why this file stays as it is; None where it changes."""
        own, held = self.own, self.held(customer)
        if not self.read_by(user, customer):
            return Left.UNREAD
        if (own and not own.is_of(customer.kind)) or self._is_of_the_other(customer.kind):
            return Left.KIND
        if held == self.kept or (self.empties and held in (None, "")):
            return Left.SAME
        if self.name == STAGE and customer.stage == Stage.PAUSED:
            return Left.PAUSED
        if self.only_empty and held not in (None, ""):
            return Left.FILLED
        if self.empties and self.name in required.asked(customer.kind, Level.ALWAYS):
            return Left.REQUIRED
        return None

    def _is_of_the_other(self, kind: str) -> bool:
        of = OF_KIND.get(self.name)
        return of is not None and kind in (Kind.COMPANY, Kind.PERSON) and kind != of


@dataclass
class Done:
    """How many files change, how many of these had another value, and how many stay, by why; what takes it back."""

    changed: int = 0
    replaced: int = 0
    left: Counter[Left] = field(default_factory=Counter)
    record: ManyChange | None = None

    def add(self, other: Done) -> None:
        """Count a further slice."""
        self.changed += other.changed
        self.replaced += other.replaced
        self.left += other.left
        self.record = other.record or self.record


def customers_sorted(customers: Iterable[Customer], setting: Setting, *, by: User) -> tuple[list[Customer], Done]:
    """Those whose file changes, and what becomes of all; nothing is written."""
    changing, done = [], Done()
    for customer in customers:
        why = setting.left(customer, by)
        if why:
            done.left[why] += 1
        else:
            changing.append(customer)
            done.replaced += setting.held(customer) not in (None, "")
    done.changed = len(changing)
    return changing, done


def customers_set(*, versions: Mapping[int, int], setting: Setting, by: User) -> Done:
    """Put one value into the files of many, {id: version that was seen}, a transaction for each slice.

    Safe to repeat: whoever has the value by then stays as it is.
    """
    ids, done = sorted(versions), Done()
    for start in range(0, len(ids), SLICE):
        done.add(_set({pk: versions[pk] for pk in ids[start : start + SLICE]}, setting, by, done.record))
    return done


@transaction.atomic
def _set(versions: Mapping[int, int], setting: Setting, by: User, record: ManyChange | None) -> Done:
    if setting.name == STAGE:
        stages.facts_locked(list(versions))
    rows = Customer.objects.filter(pk__in=versions).select_related("owner", "service_owner", "facts")
    rows = rows.select_for_update(of=("self",), no_key=True).defer("search_tokens").order_by("pk")
    stored = list(rows)
    # Who was handed over or changed since isn't what the person has looked at; who says so already is no matter.
    seen = [row for row in stored if row.version == versions[row.pk] or setting.held(row) == setting.kept]
    changing, done = customers_sorted(seen, setting, by=by)
    if stale := len(versions) - len(seen):
        done.left[Left.STALE] += stale
    if changing:
        keeping = [(row.pk, row.version + 1, row.version, setting.stood(row)) for row in changing]
        _write(changing, setting, by)
        record = record or ManyChange(user=by, what=ManyChange.What.FIELD, field=setting.name, value=setting.kept)
        done.record = noted(record, keeping)
    return done


def noted(record: ManyChange, rows: Sequence[tuple[int, int, int, Any]]) -> ManyChange:
    """Keep what takes it back, (customer, mark, version before, what stood there) of each; a further slice comes to
    the others."""
    record.at = record.at or clock.now()
    record.customers += len(rows)
    record.save()
    ManyChangeRow.objects.bulk_create(
        ManyChangeRow(change=record, customer_id=pk, mark=mark, over=over, before=before)
        for pk, mark, over, before in rows
    )
    return record


def _write(rows: list[Customer], setting: Setting, by: User) -> None:
    if setting.name == STAGE:
        stages.put_together(rows, setting.value, by=by)
        return
    own, ids = setting.own, [row.pk for row in rows]
    values: dict[str, Any] = {OWN: _laid_over(own, setting.value)} if own else {setting.name: setting.value}
    values |= {"updated_by": by, "updated_at": clock.now(), "version": F("version") + 1}
    Customer.all_objects.filter(pk__in=ids).update(**values)
    if own and own.kind == OwnKind.TEXT:
        tokens_refresh(ids)
    said = {"fields": [], "own_fields": [own.code]} if own else {"fields": [setting.name]}
    audit.record_lines([audit.line("customer.change", by=by, on=row, **said, **via()) for row in rows])


def _laid_over(own: OwnField, value: Any) -> Func:
    """The column of own fields with this value in it, or without the field: one statement for all, whatever else each
    of them holds. The rows are locked, so that is what was read."""
    if value in (None, ""):
        code = Cast(Value(own.code), TextField())
        return Func(F(OWN), code, template="(%(expressions)s)", arg_joiner=" - ", output_field=JSONField())
    kept = Value({own.code: value}, JSONField())
    return Func(F(OWN), kept, template="(%(expressions)s)", arg_joiner=" || ", output_field=JSONField())
