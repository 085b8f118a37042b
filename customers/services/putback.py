"""What one person has changed of many files at once, taken back: of whom nobody has touched it since.

The page that asks and the act judge by the same code. A file is as the change left it while it still has the version
that the change gave it; a tag, while the link is still the one that the change has made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts import audit
from accounts.models import User
from core import clock
from customers.models import CATALOGUES, Customer, ManyChange, ManyChangeRow, OwnKind, Tag
from customers.own.values import merged
from customers.services import stages, tags
from customers.services.facts import tokens_refresh
from customers.services.files import OWN
from customers.services.together import SLICE, STAGE, TOGETHER, Setting, noted
from customers.stages import Place

PUT_BACK_FOR = timedelta(hours=24)
What = ManyChange.What


class PutBackOverError(Exception):
    """More than a day ago, or taken back already."""


class FieldGoneError(Exception):
    """The company has no such field any more."""


@dataclass
class Standing:
    """What goes back, what stays because somebody has changed it since, and what is no longer this person's to change
    or was deleted; ids of customers."""

    back: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    beyond: list[int] = field(default_factory=list)


@transaction.atomic
def customers_tag_together(*, customer_ids: Iterable[int], tag: Tag, off: bool, by: User) -> ManyChange | None:
    """Put a tag on many customers or take it off, and keep what takes that back; None where nobody changes."""
    if off:
        rows = [(pk, 0) for pk in tags.customers_untag(customer_ids=customer_ids, tag=tag, by=by)]
    else:
        rows = sorted(tags.customers_tag(customer_ids=customer_ids, tag=tag, by=by).items())
    if not rows:
        return None
    record = ManyChange(user=by, what=What.UNTAG if off else What.TAG, tag=tag)
    return noted(record, [(pk, mark, 0, None) for pk, mark in rows])


def may_put_back(change: ManyChange) -> bool:
    """Whether it is young enough, and stands."""
    return change.undone_at is None and change.at > clock.now() - PUT_BACK_FOR


def standing(*, change: ManyChange, by: User) -> Standing:
    """What taking it back now would do."""
    found = Standing()
    for rows in _slices(change):
        _judge(change, rows, by, found)
    return found


@transaction.atomic
def customers_put_back(*, change: ManyChange, by: User) -> Standing:
    """Put back what nobody has touched since and is still this person's to change. All of it or nothing.

    PutBackOverError for the second who asks, and after a day; FieldGoneError where there is nothing to put it into.
    """
    change = ManyChange.objects.select_for_update(of=("self",)).select_related("tag__merged_into").get(pk=change.pk)
    if not may_put_back(change):
        raise PutBackOverError
    done = Standing()
    for rows in _slices(change):
        if change.what == What.FIELD:
            # The order in which everybody locks: files, then facts, so that two never wait for each other.
            stages.facts_locked([row.customer_id for row in rows])
        going = _judge(change, rows, by, done)
        if going:
            _put_back(change, going, by)
    change.undone_at, change.went_back, change.stayed = clock.now(), len(done.back), [*done.changed, *done.beyond]
    change.save(update_fields=["undone_at", "went_back", "stayed"])
    audit.record("customer.put_back", by=by, on=change, customers=done.back, stay_changed=len(change.stayed))
    return done


def _slices(change: ManyChange) -> Iterator[list[ManyChangeRow]]:
    last = 0
    while rows := list(change.rows.filter(customer__gt=last).order_by("customer")[:SLICE]):
        yield rows
        last = rows[-1].customer_id


Going = list[tuple[Customer, ManyChangeRow]]


def _judge(change: ManyChange, rows: Sequence[ManyChangeRow], by: User, found: Standing) -> Going:
    """Those of a slice that go back; all are counted in `found`."""
    ids = [row.customer_id for row in rows]
    mine = Customer.objects.for_user(by, "change").filter(pk__in=ids).order_by("pk")
    mine = mine.select_related("owner", "service_owner", "facts").defer("search_tokens")
    customers = {customer.pk: customer for customer in mine}
    untouched = _untouched(change, rows, customers)
    setting = _setting(change)
    going: Going = []
    for row in rows:
        customer = customers.get(row.customer_id)
        if customer is None or (setting is not None and not setting.read_by(by, customer)):
            found.beyond.append(row.customer_id)
        elif row.customer_id in untouched:
            found.back.append(row.customer_id)
            going.append((customer, row))
        else:
            found.changed.append(row.customer_id)
    return going


def _setting(change: ManyChange) -> Setting | None:
    """The field that was set, of a change that has set one."""
    if change.what != What.FIELD:
        return None
    setting = Setting(change.field, change.value)
    if change.field not in TOGETHER and setting.own is None:
        raise FieldGoneError
    return setting


def _untouched(change: ManyChange, rows: Sequence[ManyChangeRow], customers: dict[int, Customer]) -> set[int]:
    """The customers of whom nobody has touched it since."""
    if change.what == What.FIELD:
        return {row.customer_id for row in rows if (own := customers.get(row.customer_id)) and own.version == row.mark}
    links = Customer.tags.through.objects
    if change.what == What.TAG:
        there = links.filter(pk__in=[row.mark for row in rows]).values_list("customer_id", flat=True)
        return set(there)
    if (tag := _tag(change)) is None:
        return set()
    have = links.filter(tag_id=tag.pk, customer_id__in=list(customers)).values_list("customer_id", flat=True)
    return set(customers) - set(have)


def _tag(change: ManyChange) -> Tag | None:
    """The tag; of one that was merged since, the other."""
    return change.tag and (change.tag.merged_into or change.tag)


def _put_back(change: ManyChange, going: Going, by: User) -> None:
    if change.what == What.TAG:
        Customer.tags.through.objects.filter(pk__in=[row.mark for _customer, row in going]).delete()
        return
    if change.what == What.UNTAG:
        if (tag := _tag(change)) is not None:
            link = Customer.tags.through
            again = [link(customer_id=row.customer_id, tag_id=tag.pk) for _customer, row in going]
            link.objects.bulk_create(again, ignore_conflicts=True)
        return
    customers = [customer for customer, _row in going]
    if change.field == STAGE:
        stages.put_each(customers, {customer.pk: _place(row.before) for customer, row in going}, by=by)
    else:
        _fill(change, going, by)
    _move_marks(change, [customer.pk for customer in customers])


def _place(before: Any) -> Place:
    stage, since = before
    return Place(str(stage), date.fromisoformat(since) if since else None)


def _fill(change: ManyChange, going: Going, by: User) -> None:
    own = Setting(change.field, None).own
    values = _values(change, [row.before for _customer, row in going])
    column = OWN if own else change.field
    for (customer, _row), value in zip(going, values, strict=True):
        if own:
            customer.own = merged(customer.own, {own.code: value})
        else:
            setattr(customer, f"{column}_id" if column in CATALOGUES else column, value)
        customer.updated_by, customer.updated_at, customer.version = by, clock.now(), customer.version + 1
    customers = [customer for customer, _row in going]
    Customer.all_objects.bulk_update(customers, [column, "updated_by", "updated_at", "version"])
    if own and own.kind == OwnKind.TEXT:
        tokens_refresh([customer.pk for customer in customers])


def _values(change: ManyChange, before: list[Any]) -> list[Any]:
    """What stood there; of an entry that was merged since, the other."""
    if change.field not in CATALOGUES:
        return before
    entries = CATALOGUES[change.field].rows().filter(pk__in={pk for pk in before if pk})
    now = {pk: into or pk for pk, into in entries.values_list("pk", "merged_into")}
    return [now.get(pk) for pk in before]


def _move_marks(change: ManyChange, customers: Sequence[int]) -> None:
    """Earlier changes of the same files by many: for them nothing has happened since."""
    here = change.rows.filter(customer=OuterRef("customer"))
    earlier = ManyChangeRow.objects.filter(
        customer__in=customers, change__what=What.FIELD, change__undone_at=None, change__lt=change.pk
    )
    earlier.filter(mark=Subquery(here.values("over"))).update(mark=Subquery(here.values("mark")) + 1)
