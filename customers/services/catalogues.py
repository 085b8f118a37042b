"""The entries of a catalogue: named, ordered, retired, and merged where two mean the same.

They are few, so whoever changes one locks the whole catalogue: no two people can take one name or retire the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.versions import StaleVersionError
from customers.identity import name_key, tidy
from customers.models import CatalogueRow, Channel, Customer
from intake.models import ImportedRow

Row = TypeVar("Row", bound=CatalogueRow)
NAMES = ("name_en", "name_zh")
ACTS = ("create", "change", "move", "retire", "restore", "merge")


class NotOpenError(ValidationError):
    """An entry that was merged meanwhile: it is only a name of the other one by now."""


def acts_of(model: type[CatalogueRow]) -> tuple[str, ...]:
    """What the audit log calls the changes of this catalogue."""
    return tuple(f"{model.resource}.{act}" for act in ACTS)


def detail(name: str, model: type[CatalogueRow]) -> str:
    """The name of a detail in the audit log that is a row of this catalogue."""
    kind = str(model._meta.model_name)
    return name if model is Channel and name.startswith("moved") else f"{name}_{kind}"


@transaction.atomic
def entry_add(model: type[Row], *, name_en: str, name_zh: str, by: User, **further: Any) -> Row:
    """A new one at the end of the lists; `further` are fields of the model."""
    _locked(model)
    names = {"name_en": tidy(name_en), "name_zh": tidy(name_zh)}
    _keep_names_apart(model, names)
    made = model.rows().create(code=free_code(model, names["name_en"]), **names, **further)
    audit.record(f"{model.resource}.create", by=by, on=made)
    return made


def free_code(model: type[CatalogueRow], name: str) -> str:
    """The name in Latin letters; names that would become equal (天猫APP, 京东APP) get a checksum of the whole name."""
    figure = f"{crc32(name_key(name).encode()):08x}"
    latin = slugify(name)[:31]
    plain = latin if latin and slugify(name, allow_unicode=True) == latin else ""
    codes = [code for code in (plain, f"{latin or model._meta.model_name}-{figure}") if code]
    codes += [f"{codes[-1][:36]}-{n}" for n in range(2, 100)]
    taken = set(model.rows().filter(code__in=codes).values_list("code", flat=True))
    return next(code for code in codes if code not in taken)


@transaction.atomic
def entry_change(*, row: CatalogueRow, changes: Mapping[str, Any], by: User) -> None:
    """Written over what `row` was read with: StaleVersionError when somebody was faster."""
    stored, model = _open(row), type(row)
    new = {name: tidy(changes[name]) for name in NAMES if name in changes}
    new |= {name: changes[name] for name in model.further if name in changes}
    new = {name: value for name, value in new.items() if value != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if not new:
        return
    if any(getattr(stored, name) != before[name] for name in new):
        raise StaleVersionError(stored)
    _keep_names_apart(model, {name: new[name] for name in NAMES if name in new}, stored)
    model.rows().filter(pk=row.pk).update(**new)
    changed = {name: [before[name], new[name]] for name in new}
    audit.record(f"{model.resource}.change", by=by, on=row, **changed)


def _keep_names_apart(model: type[CatalogueRow], names: Mapping[str, str], entry: CatalogueRow | None = None) -> None:
    """A file finds an entry by its name in either language, so no other may be called alike."""
    others = model.rows().select_related("merged_into")
    if entry is not None:
        others = others.exclude(pk=entry.pk).exclude(merged_into=entry.pk)
    taken = {name_key(name): other for other in others for name in (other.name_en, other.name_zh)}
    errors = {}
    for field, name in names.items():
        other = taken.get(name_key(name))
        if other is not None and other.merged_into is not None:
            words = _("“%(name)s” was merged into “%(other)s”: files that say so mean that one. Choose another name.")
            errors[field] = words % {"name": name, "other": other.merged_into.name}
        elif other is not None:
            words = _("“%(name)s” is in the list already. Choose another name, or merge the two.")
            errors[field] = words % {"name": name}
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def entry_move(*, row: CatalogueRow, by: User, above: int | None = None, below: int | None = None) -> None:
    """Put it directly above or below another one; twice does no harm."""
    model = type(row)
    order = [one.pk for one in _locked(model) if one.is_active]
    beside = above or below
    if row.pk not in order or beside not in order or beside == row.pk:
        raise ValidationError(_("The list was changed in the meantime. Nothing was moved; look again."))
    wanted = [pk for pk in order if pk != row.pk]
    wanted.insert(wanted.index(beside) + (0 if above else 1), row.pk)
    if wanted == order:
        return
    for place, pk in enumerate(wanted, start=1):
        model.rows().filter(pk=pk).update(position=place)
    side = detail("moved_above" if above else "moved_below", model)
    audit.record(f"{model.resource}.move", by=by, on=row, **{side: beside})


@transaction.atomic
def entry_retire(*, row: CatalogueRow, by: User) -> None:
    """Forms don't offer it any more; customers and whatever else has it keep it."""
    model = type(row)
    if not _open(row).is_active:
        return
    if model.needed and not model.rows().filter(is_active=True).exclude(pk=row.pk).exists():
        raise ValidationError(_("This is the last channel in use: every new customer needs one. Add another first."))
    model.rows().filter(pk=row.pk).update(is_active=False)
    audit.record(f"{model.resource}.retire", by=by, on=row)


@transaction.atomic
def entry_restore(*, row: CatalogueRow, by: User) -> None:
    """Offer it again, at the end."""
    if _open(row).is_active:
        return
    type(row).rows().filter(pk=row.pk).update(is_active=True, position=CatalogueRow.LAST)
    audit.record(f"{row.resource}.restore", by=by, on=row)


@transaction.atomic
def entry_merge(*, row: CatalogueRow, into: CatalogueRow, by: User) -> int:
    """Everything that has the one has the other from now on; returns how many customers got it.

    Rows of every app that point to it follow; before-images in the history stay what they were. Its names stay as
    names of the other. What an import may put back of customers and orders follows too.
    """
    model = type(row)
    stored, target = _open(row), _open(into)
    if stored == target or not target.is_active:
        raise ValidationError({"into": _("Choose another one that is in use.")})
    moved, columns = 0, set()
    for relation in model._meta.get_fields(include_hidden=True):
        field: Any = getattr(relation, "field", None)
        if not relation.auto_created or field is None or not getattr(field, "db_constraint", False):
            continue
        count = field.model._base_manager.filter(**{field.name: stored}).update(**{field.name: target})
        moved += count if field.model is Customer else 0
        columns.add(field.column)
    for column in columns - {"merged_into_id"}:
        _images_follow(column, stored.pk, target.pk)
    model.rows().filter(pk=stored.pk).update(is_active=False, merged_into=target)
    into_row = detail("into", model)
    audit.record(f"{model.resource}.merge", by=by, on=stored, **{into_row: target.pk}, customers_changed=moved)
    return moved


def _images_follow(column: str, stored: int, target: int) -> None:
    """What an import may put back names the other one."""
    ImportedRow.objects.filter(**{f"before__{column}": stored}).update(
        before=Func(
            F("before"),
            Value(f"{{{column}}}"),
            Value(target, output_field=JSONField()),
            function="jsonb_set",
            output_field=JSONField(),
        )
    )


def _locked(model: type[Row]) -> list[Row]:
    return list(model.rows().select_for_update().order_by("position", "pk"))


def _open(row: CatalogueRow) -> CatalogueRow:
    """As it is stored, with all others locked."""
    found = {one.pk: one for one in _locked(type(row))}.get(row.pk)
    if found is None or found.merged_into is not None:
        raise NotOpenError(_("This entry was merged or removed in the meantime. Nothing was changed."))
    return found
