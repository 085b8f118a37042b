"""The company's own fields: defined, changed, ordered, retired and restored in Settings.

They are few, so whoever changes one locks them all: no two can take one name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.texts import unseen
from core.versions import save_version
from customers import completeness
from customers.identity import tidy
from customers.models import OwnField, own_fields, own_texts
from customers.own.ordered import index_ensure
from customers.words import name_key
from ui import formatting

OWN_ACTS = (*("own_field.create", "own_field.change", "own_field.move", "own_field.retire", "own_field.restore"),)
NAMES = ("name_en", "name_zh")
TEXTS = (*NAMES, "help_en", "help_zh")
MOST_FIELDS = 100


@transaction.atomic
def own_field_add(*, by: User, **given: Any) -> OwnField:
    """A new one at the end; `options` without codes get theirs."""
    fields = _locked()
    if len(fields) >= MOST_FIELDS:
        raise ValidationError(_("There are %(most)s own fields, the most there may be.") % {"most": MOST_FIELDS})
    given = _tidied(given)
    _keep_names_apart(given, fields)
    given["options"] = _coded(given.get("options", []))
    given["code"] = _code(given["name_en"], {field.code for field in fields}, "field")
    made = OwnField.objects.create(created_by=by, updated_by=by, **given)
    audit.record("own_field.create", by=by, on=made)
    transaction.on_commit(_follow)
    transaction.on_commit(partial(index_ensure, made))
    return made


@transaction.atomic
def own_field_change(*, row: OwnField, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Written over `version`: StaleVersionError when somebody was faster. What files hold isn't touched."""
    fields = _locked()
    changes = _tidied(changes)
    _keep_names_apart(changes, [field for field in fields if field.pk != row.pk])
    if "options" in changes:
        stored = next(field.options for field in fields if field.pk == row.pk)
        changes["options"] = _coded(changes["options"], stored)
    before = {name: _said(name, getattr(row, name)) for name in changes}
    save_version(row, changes, version=version, by=by)
    details: dict[str, Any] = {f"own_{name}": [before[name], _said(name, value)] for name, value in changes.items()}
    audit.record("own_field.change", by=by, on=row, **details)
    transaction.on_commit(_follow)


@transaction.atomic
def own_field_move(*, row: OwnField, by: User, above: int | None = None, below: int | None = None) -> None:
    """Put it directly above or below another one; twice does no harm."""
    order = [field.pk for field in _locked() if field.is_active]
    beside = above or below
    if row.pk not in order or beside not in order or beside == row.pk:
        raise ValidationError(_("The list was changed in the meantime. Nothing was moved; look again."))
    wanted = [pk for pk in order if pk != row.pk]
    wanted.insert(wanted.index(beside) + (0 if above else 1), row.pk)
    if wanted == order:
        return
    for place, pk in enumerate(wanted, start=1):
        OwnField.objects.filter(pk=pk).update(position=place)
    side = "own_moved_above" if above else "own_moved_below"
    audit.record("own_field.move", by=by, on=row, **{side: beside})
    transaction.on_commit(_follow)


@transaction.atomic
def own_field_retire(*, row: OwnField, by: User) -> None:
    """It stands nowhere any more; what files hold of it stays."""
    _locked()
    if OwnField.objects.filter(pk=row.pk, is_active=True).update(is_active=False):
        audit.record("own_field.retire", by=by, on=row)
        _used_or_not(row, is_active=False)


@transaction.atomic
def own_field_restore(*, row: OwnField, by: User) -> None:
    """Use it again, at the end, with what files hold of it."""
    _locked()
    if OwnField.objects.filter(pk=row.pk, is_active=False).update(is_active=True, position=OwnField.LAST):
        audit.record("own_field.restore", by=by, on=row)
        _used_or_not(row, is_active=True)


def _used_or_not(row: OwnField, *, is_active: bool) -> None:
    row.is_active = is_active
    transaction.on_commit(_follow)
    transaction.on_commit(partial(index_ensure, row))


def _follow() -> None:
    """Processes know it, and lists go by it."""
    own_fields.forget()
    own_texts.forget()
    completeness.index_ensure()


def _locked() -> list[OwnField]:
    return list(OwnField.objects.select_for_update().order_by("position", "pk"))


def _tidied(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tidy(value) if name in TEXTS else value for name, value in given.items()}


def _keep_names_apart(names: Mapping[str, Any], others: Iterable[OwnField]) -> None:
    """Files name a field in either language, so no other may be called alike, a retired one neither."""
    if unread := [name for name in NAMES if unseen(names.get(name, "…"))]:
        raise ValidationError(dict.fromkeys(unread, _("Give it a name.")))
    taken = {name_key(name): other for other in others for name in (other.name_en, other.name_zh)}
    words = _("“%(name)s” is the name of an own field already. Choose another name, or use that one again.")
    errors = {name: words % {"name": names[name]} for name in NAMES if name in names and name_key(names[name]) in taken}
    if errors:
        raise ValidationError(errors)


def _coded(options: Iterable[Mapping[str, Any]], stored: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The options, new ones with a code of their own. A stored one that wasn't sent, because somebody else added it
    meanwhile, is offered no more but stays: files may hold it, and no other may get its code."""
    found = [dict(one) for one in options]
    sent = {one["code"] for one in found}
    found += [{**one, "used": False} for one in stored if one["code"] not in sent]
    taken = {one["code"] for one in found if one["code"]}
    for one in found:
        one["code"] = one["code"] or _code(one["name_en"], taken, "option")
        taken.add(one["code"])
    return found


def _code(name: str, taken: Collection[str], otherwise: str) -> str:
    """The name in Latin letters, with a number where it is taken; it stays whatever the name becomes."""
    latin = slugify(name).replace("-", "_")[:30].strip("_") or otherwise
    codes = [latin, *(f"{latin}_{n}" for n in range(2, len(taken) + 3))]
    return next(code for code in codes if code not in taken)


def _said(name: str, value: Any) -> Any:
    """As the audit log keeps it."""
    if name != "options":
        return value
    return formatting.listed([one["name_zh"] if one["used"] else f"({one['name_zh']})" for one in value])
