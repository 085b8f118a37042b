"""Two customers become one, and two again: docs/adr/0051-merging-customers.md.

Locks as everywhere: the files by their ids, their facts, then what hangs on them (followups/locks.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events
from core.contributions import registry
from core.numbers import days, number
from core.versions import StaleVersionError
from customers.consents.rule import last_words
from customers.duplicates import images
from customers.duplicates.children import children, move, moving
from customers.models import Consent, ConsentChannel, Contact, Customer, CustomerMerge, DuplicatePair, Topic
from customers.services import customer_update
from customers.services.facts import tokens_refresh
from customers.services.interactions import contacts_count_again
from customers.services.stages import facts_locked

LATE_DAYS = 3  # so long rows that were being written during a merge are looked for


class MergeRefusedError(Exception):
    """It can't be done; the text says why and what to do."""


# --- two become one --------------------------------------------------------------------------------------------------
@transaction.atomic
def customers_merge(
    *, survivor: Customer, gone: Customer, versions: Mapping[int, int], changes: Mapping[str, Any], by: User
) -> CustomerMerge:
    """All that hangs on `gone` goes to `survivor`, whose file takes `changes` (names of EDITABLE, and own fields).

    `versions` are those that the person has compared; StaleVersionError over newer ones. `gone` goes into the recycle
    bin, from where only the undo brings it back. Callers have asked for `customer.merge` on both.
    """
    ids = [survivor.pk, gone.pk]
    survivor, gone = _held(survivor.pk, gone.pk)
    for row in (survivor, gone):
        if row.version != versions[row.pk]:
            raise StaleVersionError(row)
    before = images.images_of(ids)
    last = {child.key: child.rows().aggregate(last=Max("pk"))["last"] or 0 for child in moving()}
    wishes = _refused(ids)
    if changes := _stricter(survivor, gone, changes):
        customer_update(customer=survivor, changes=changes, version=survivor.version, by=by)
    moved = {child.key: found for child in moving() if (found := move(child, gone.pk, survivor.pk))}
    stayed = {child.key: found for child in moving() if (found := list(child.of(gone.pk).values_list("pk", flat=True)))}
    _one_main_contact(survivor.pk, moved.get("customers.Contact.customer", []))
    _refuse_again(survivor.pk, wishes, by=by)
    stamps = {"updated_at": clock.now(), "updated_by": by}
    files = Customer.all_objects.filter(pk__in=ids)
    files.update(version=F("version") + 1, **stamps)
    files.filter(pk=gone.pk).update(deleted_at=clock.now(), deleted_by=by)
    pairs = DuplicatePair.objects.filter(first=min(ids), second=max(ids))
    pairs.update(state=DuplicatePair.State.MERGED, decided_at=clock.now(), decided_by=by)
    tokens_refresh(ids)
    contacts_count_again(survivor.pk)
    events.publish("customers_merged", customer_ids=[survivor.pk], by=by)
    merge = CustomerMerge.objects.create(
        survivor=survivor,
        gone_id=gone.pk,
        gone_number=gone.number,
        at=clock.now(),
        by=by,
        snapshot={
            "moved": moved,
            "stayed": stayed,
            "last": last,
            "rows": images.changed(before, images.images_of(ids)),
        },
    )
    audit.record("customer.merge", by=by, on=survivor, merged=gone.pk, number=gone.number)
    return merge


def _held(survivor_id: int, gone_id: int) -> tuple[Customer, Customer]:
    """Both files as they are stored, held together with their facts."""
    facts_locked([survivor_id, gone_id])
    found = Customer.objects.in_bulk([survivor_id, gone_id])  # unscoped: the caller has asked for both
    went = CustomerMerge.objects.filter(gone_id=gone_id, undone_at=None).exists()
    if len(found) < 2 or went:  # one went into the bin meanwhile, or up in another file
        raise MergeRefusedError(_("One of the two was deleted or merged meanwhile. Nothing was changed."))
    return found[survivor_id], found[gone_id]


def _stricter(survivor: Customer, gone: Customer, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Who must not be contacted under one name must not be under the other; who referred one has
    referred both, but nobody themselves."""
    values = dict(changes)
    if gone.do_not_contact and not survivor.do_not_contact:
        values["do_not_contact"] = True
    both = (survivor.pk, gone.pk)
    referrer = next((pk for pk in (survivor.referred_by_id, gone.referred_by_id) if pk and pk not in both), None)
    if referrer != survivor.referred_by_id:
        values["referred_by"] = Customer.all_objects.filter(pk__in=[referrer]).first()
    return values


def _refused(customer_ids: list[int]) -> list[tuple[str, str]]:
    """For which channel and topic one of them has refused messages, by the last word of each."""
    return [
        (channel, topic)
        for channel in ConsentChannel.values
        for topic in Topic.values
        if any(_last_word(pk, channel, topic) is False for pk in customer_ids)
    ]


def _last_word(customer_id: int, channel: str, topic: str) -> bool | None:
    found = last_words(customer=customer_id, contact=None, channel=channel, topic=topic)
    return found.values_list("allowed", flat=True).first()


def _refuse_again(survivor_id: int, wishes: list[tuple[str, str]], *, by: User) -> None:
    """The stricter word holds: a refusal that a later consent of the other file would cover is written down anew."""
    Consent.objects.bulk_create(
        Consent(
            customer_id=survivor_id,
            channel=channel,
            topic=topic,
            allowed=False,
            source=Consent.Source.OTHER,
            proof=_("refused before two files were merged"),
            at=clock.now(),
            user=by,
        )
        for channel, topic in wishes
        if _last_word(survivor_id, channel, topic)
    )


def _one_main_contact(survivor_id: int, came: list[int]) -> None:
    """The main contact of the file that stays is the main contact."""
    main = Contact.objects.filter(customer=survivor_id, is_primary=True)  # unscoped: see _held
    if main.exclude(pk__in=came).exists():
        main.filter(pk__in=came).update(is_primary=False)


# --- and two again ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Later:
    """What an undo leaves with the file that stays: rows that came since, in words with their number, and fields that
    were changed since."""

    rows: list[tuple[Any, int]]
    fields: list[str]

    def __bool__(self) -> bool:
        return bool(self.rows or self.fields)


def later_than(merge: CustomerMerge) -> Later:
    """For the page that asks before the undo."""
    back = images.outlook(merge.kept["rows"], images.images_of([merge.survivor_id, merge.gone_id]))
    rows = []
    for child in moving():
        touch = registry().customer_touches.get(child.label)
        if touch and not child.is_own_key and child.key in merge.kept["last"]:
            since = touch.rows().filter(pk__gt=merge.kept["last"][child.key])
            if count := since.filter(**{touch.way(child.name): merge.survivor_id}).count():
                rows.append((touch.words, count))
    return Later(rows, _kept_fields(merge, back))


def _kept_fields(merge: CustomerMerge, back: images.Back) -> list[str]:
    """Names of the fields of both files that somebody has written since."""
    of_files = {name for label, _pk, name in back.kept if label == Customer._meta.label} - images.FOLLOWS
    names = {str(field.column): field for field in Customer._meta.concrete_fields}
    return sorted(str(names[name].verbose_name) for name in of_files if name in names and names[name].editable)


@transaction.atomic
def customers_part(*, merge: CustomerMerge, by: User) -> Customer:
    """Take a merge back; returns the file that is there again.

    What moved goes back as it is by now, what the merge wrote gets its old values where nobody wrote it since, and what
    came later stays. MergeRefusedError where that can't be done.
    """
    ids = [merge.survivor_id, merge.gone_id]
    facts_locked(ids)
    merge = CustomerMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if reason := refusal(merge):
        raise MergeRefusedError(reason)
    snapshot = merge.kept
    there = {child.key: child for child in children()}
    for key, moved in snapshot["moved"].items():
        if key in there:  # else the table went with an update
            move(there[key], merge.survivor_id, merge.gone_id, only=moved)
    back = images.outlook(snapshot["rows"], images.images_of(ids))
    images.give_back(snapshot["rows"], back)
    files = Customer.all_objects.filter(pk__in=ids)
    files.update(version=F("version") + 1)
    files.filter(pk=merge.gone_id).update(deleted_at=None, deleted_by=None)
    DuplicatePair.objects.filter(first=min(ids), second=max(ids)).update(
        state=DuplicatePair.State.OPEN, decided_at=None, decided_by=None
    )
    if back.kept or _came_since(merge):
        tokens_refresh(ids)
        for pk in ids:
            contacts_count_again(pk)
        events.publish("customers_merged", customer_ids=ids, by=by)
    merge.undone_at, merge.undone_by = clock.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    gone = Customer.objects.get(pk=merge.gone_id)  # unscoped: the caller has asked for both
    audit.record("customer.part", by=by, on=merge.survivor, merged=gone.pk, number=gone.number)
    return gone


def refusal(merge: CustomerMerge) -> str:
    """Why a merge can't be taken back, or nothing."""
    if merge.undone_at is not None:
        return _("This merge was taken back already.")
    if merge.snapshot is None or merge.at < clock.now() - days("merge_undo_days"):
        return _("A merge can be taken back for %(days)s days.") % {"days": number("merge_undo_days")}
    if not Customer.all_objects.filter(pk=merge.gone_id).exists():
        return _("The merged file was removed for good, so the merge can't be taken back.")
    if not Customer.objects.filter(pk=merge.survivor_id).exists():  # unscoped: says of a row in hand whether it lives
        return _("The customer was deleted or merged into another one since. Take that back first.")
    return ""


def _came_since(merge: CustomerMerge) -> bool:
    """Whether anything at all hangs on the file that stays that wasn't there when they became one."""
    last = merge.kept["last"]
    return any(
        child.of(merge.survivor_id).filter(pk__gt=last[child.key]).exists()
        for child in moving()
        if child.key in last and not child.is_own_key
    )


# --- afterwards ------------------------------------------------------------------------------------------------------
def late_rows_follow() -> int:
    """Give the survivor what was being written to the other file while it went: a new row waits for nobody."""
    count = 0
    since = clock.now() - timedelta(days=LATE_DAYS)
    for pk in CustomerMerge.objects.filter(undone_at=None, at__gte=since).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            merge = CustomerMerge.objects.select_for_update(of=("self",)).get(pk=pk)
            if merge.undone_at is not None or merge.snapshot is None:
                continue
            facts_locked([merge.survivor_id, merge.gone_id])
            count += _late_rows(merge)
    return count


def _late_rows(merge: CustomerMerge) -> int:
    moved, stayed = merge.kept["moved"], merge.kept["stayed"]
    late = {}
    for child in moving():
        here = child.of(merge.gone_id).exclude(pk__in=stayed.get(child.key, []))
        if ids := list(here.values_list("pk", flat=True)):
            late[child.key] = move(child, merge.gone_id, merge.survivor_id, only=ids)
            # The like of the rest is there already, such as an automatic date: it stays where it is for good.
            rest = child.of(merge.gone_id).filter(pk__in=ids).values_list("pk", flat=True)
            stayed[child.key] = [*stayed.get(child.key, []), *rest]
    for key, ids in late.items():
        moved[key] = [*moved.get(key, []), *ids]
    if late:
        merge.save(update_fields=["snapshot"])
    if not any(late.values()):
        return 0
    tokens_refresh([merge.survivor_id])
    contacts_count_again(merge.survivor_id)
    events.publish("customers_merged", customer_ids=[merge.survivor_id], by=None)
    return sum(map(len, late.values()))
