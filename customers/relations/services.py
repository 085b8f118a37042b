"""Writes of relations. Who writes one of a kind waits for others that do: two at once close no circle unseen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.versions import save_version
from customers.models import Customer, Kind, Relation, RelationKind
from customers.relations.circles import refused


@transaction.atomic
def relation_add(
    *, first: Customer, second: Customer, kind: RelationKind, by: User | None, since: date | None = None, note: str = ""
) -> Relation:
    """Say that `first` is the `kind` of `second`; ValidationError where that is said already or can't be."""
    for customer in (first, second):
        if customer.kind == Kind.PERSON:
            words = _("%(name)s is a person. Relations are between companies; enter people as contacts.")
            raise ValidationError(words % {"name": customer.name})
    kind = _locked(kind)
    if not kind.is_active:
        raise ValidationError(_("This kind of relation is no longer in use."))
    _refuse(kind, first, second)
    _refuse_future(since)
    relation = Relation.objects.create(
        first=first, second=second, kind=kind, since=since, note=note.strip(), created_by=by, updated_by=by
    )
    audit.record("relation.create", by=by, on=relation, **_about(relation))
    return relation


@transaction.atomic
def relation_change(*, relation: Relation, changes: Mapping[str, Any], version: int, by: User | None) -> None:
    """Write `since` or `note` over `version`. What the two are to each other stays: end it, and add another one."""
    if unknown := changes.keys() - {"since", "note"}:
        raise TypeError(f"not editable: {sorted(unknown)}")
    _refuse_future(changes.get("since"))
    save_version(relation, changes, version=version, by=by)
    audit.record("relation.change", by=by, on=relation, **_about(relation))


@transaction.atomic
def relation_end(*, relation: Relation, by: User) -> None:
    """It holds no longer; the histories of both keep it."""
    if Relation.objects.filter(pk=relation.pk).update(ended_at=clock.now(), ended_by=by):
        audit.record("relation.end", by=by, on=relation, **_about(relation))


@transaction.atomic
def relation_restore(*, relation: Relation, by: User) -> None:
    """It holds again; ValidationError where another one has come in its place."""
    kind = _locked(relation.kind)
    if relation.ended_at is None:
        return
    _refuse(kind, relation.first, relation.second)
    Relation.all_objects.filter(pk=relation.pk).update(ended_at=None, ended_by=None)
    audit.record("relation.restore", by=by, on=relation, **_about(relation))


def _locked(kind: RelationKind) -> RelationKind:
    return RelationKind.objects.select_for_update(no_key=True).get(pk=kind.pk)


def _refuse(kind: RelationKind, first: Customer, second: Customer) -> None:
    names = {"first": first.name, "second": second.name, "kind": kind.name}
    words = {
        "itself": _("A company has no relation to itself. Choose another one."),
        "twice": _("That %(first)s is %(kind)s of %(second)s is known already."),
        "circle": _("%(second)s stands above %(first)s already, so it can't stand below it as well."),
    }
    if reason := refused(kind, first.pk, second.pk):
        raise ValidationError(words[reason] % names)


def _refuse_future(since: date | None) -> None:
    if since is not None and since > clock.business_date():
        raise ValidationError({"since": _("This lies in the future. Choose a day up to today.")})


def _about(relation: Relation) -> dict[str, int]:
    return {"customer": relation.first_id, "other": relation.second_id, "relation_kind": relation.kind_id}
