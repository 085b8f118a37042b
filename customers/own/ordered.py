"""By what a list is sorted and narrowed where it goes by an own field, and the index that makes it fast.

A field of the column has no column of its own, so each field that lists are sorted by has an index on its expression:
1,000,000 customers are then walked in its order. It holds nothing but those who have a value. One that is missing costs
time, never a row: each start makes it anew.
"""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import CharField, DecimalField, F, Func, Index, Q
from django.db.models.fields.json import KT
from django.db.models.lookups import IsNull

from accounts.scope import ScopedQuerySet
from customers.models import Customer, OwnField, OwnKind

NUMBERS = (OwnKind.NUMBER, OwnKind.MONEY)
SORTED = (OwnKind.TEXT, *NUMBERS, OwnKind.DATE)  # the others are narrowed by: their values have no order of their own
NAMED_UP_TO = 1000
PATIENCE = "3s"  # for those who write customers while the index is made
log = logging.getLogger("keben.own_fields")


def value_of(field: OwnField) -> Func:
    """What is sorted by: a number, else the text without regard to capitals; a day in ISO form is one."""
    held = KT(f"own__{field.code}")
    if field.kind in NUMBERS:
        exact: DecimalField = DecimalField(max_digits=40, decimal_places=10)
        return Func(held, template="(%(expressions)s)::numeric", output_field=exact)
    return Func(held, template='lower(%(expressions)s) COLLATE "C"', output_field=CharField())


def with_value(rows: ScopedQuerySet, field: OwnField) -> ScopedQuerySet:
    """Each row with what it is sorted by, under `path_of`."""
    return rows.annotate(**{path_of(field): value_of(field)})


def path_of(field: OwnField) -> str:
    """The name under which a row carries it."""
    return f"by_{field.field_name}"


# --- narrowing -------------------------------------------------------------------------------------------------------
def holding(rows: ScopedQuerySet, field: OwnField, value: Any) -> ScopedQuerySet:
    """Those that hold this value, or have it among several.

    The database doesn't know how many that are. Few are looked up and named by id; of many a page is full soon,
    whatever the order, so the rows are walked and the index on the column is left alone (`|| '{}'`).
    """
    wanted = {field.code: [value] if field.kind == OwnKind.SEVERAL else value}
    few = list(rows.filter(own__contains=wanted).order_by().values_list("pk", flat=True)[: NAMED_UP_TO + 1])
    if len(few) <= NAMED_UP_TO:
        return rows.filter(pk__in=few)
    walked = Func(F("own"), template="(%(expressions)s || '{}'::jsonb)", output_field=Customer._meta.get_field("own"))
    return rows.alias(own_walked=walked).filter(own_walked__contains=wanted)


def beginning_with(rows: ScopedQuerySet, field: OwnField, text: str) -> ScopedQuerySet:
    """Those whose text begins so, in whatever capitals."""
    return _named_if_few(rows, field, startswith=text.lower())


def between(
    rows: ScopedQuerySet, field: OwnField, low: Decimal | str | None, high: Decimal | str | None
) -> ScopedQuerySet:
    """Those within these bounds, as they are kept."""
    return _named_if_few(rows, field, **{"gte": low, "lte": high})


def _named_if_few(rows: ScopedQuerySet, field: OwnField, **bounds: Any) -> ScopedQuerySet:
    """That something stands there is said along: so the database knows that the index of the field will do."""
    path = f"{path_of(field)}_within"
    asked = {f"{path}__{name}": value for name, value in bounds.items() if value is not None}
    found = rows.alias(**{path: value_of(field)}).filter(**asked, **{f"{path}__isnull": False})
    few = list(found.order_by().values_list("pk", flat=True)[: NAMED_UP_TO + 1])
    return rows.filter(pk__in=few) if len(few) <= NAMED_UP_TO else found


# --- the index -------------------------------------------------------------------------------------------------------
def _index(field: OwnField) -> Index:
    held = value_of(field)
    there = Q(IsNull(held, False)) & Q(deleted_at=None)
    return Index(held.asc(), F("id").asc(), name=f"customer_own_{field.pk}", condition=there)


def index_ensure(field: OwnField) -> None:
    """Make the index of a field in use where it is missing, and remove that of a retired one.

    Nobody waits for it: where customers are being written for longer than PATIENCE it is left to the next start.
    """
    if field.kind not in SORTED:
        return
    index = _index(field)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [index.name])
            (is_there,) = cursor.fetchone()
            with connection.schema_editor() as editor:
                if field.is_active and not is_there:
                    editor.add_index(Customer, index)
                elif is_there and not field.is_active:
                    editor.remove_index(Customer, index)
    except OperationalError:
        log.warning("the index of own field %s has to wait for the next start", field.code)


def indexes_ensure() -> None:
    """Those of all fields, at each start."""
    for field in OwnField.objects.filter(is_active=True, kind__in=SORTED):
        index_ensure(field)
