"""Field masking in one place: what of a row's sensitive fields this reader gets to see.

A model says `mask_fields = {"phone": "phone", ...}` (attribute -> field class). Rules are rows: role x field class x
relation (own or shared with me / team / rest) -> full, mask, hidden; without a row the value is hidden.

What holds several things, each with a class of its own (`mask_parts`), the model masks by itself: `mask_part`.
Of a profile even whether something stands there isn't told: what isn't read is as if it were empty.

Of a model whose rows without owner are the unassigned pool, `pool_visible` names what everybody sees of these rows;
paths such as facts__tier lead to what stands in a table beside it.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from typing import Any, TypeVar

from django.db.models import CharField, Model, TextField

from accounts import policy
from accounts.scope import Scoped, Viewer, owner_id, reach_of
from core import phones

M = TypeVar("M", bound=Model)
HIDDEN_TEXT = "—"


def masked(user: Viewer, obj: M) -> M:
    """Replace what `user` may not read, in place, mark the instance so that it can't be saved, and return it.

    Needs the customer's owner ids (select_related("customer")) to cost no query. Safe to call twice.
    """
    if not isinstance(obj, Scoped) or not _hides(obj):
        return obj
    relation, done, rules = relation_to(user, obj), obj.masked_names, _rules_of(user)
    replaced = {
        name
        for name, field_class in obj.mask_fields.items()
        if name not in done and _replace(obj, name, rules.get((field_class, relation), policy.HIDDEN))
    }
    modes = {name: rules.get((name, relation), policy.HIDDEN) for name in policy.FIELD_CLASSES}
    replaced |= {name for name in obj.mask_parts if name not in done and _replace_part(obj, name, modes)}
    obj.masked_names = done | replaced
    if is_pool_only(user, obj):
        _hide_all_but_pool(obj)
    return obj


def masked_all(user: Viewer, rows: Iterable[M]) -> list[M]:
    """`masked` for each row."""
    return [masked(user, row) for row in rows]


def masked_copy(user: Viewer, value: Any) -> Any:
    """A row, or each row of a list, as a masked copy for the page; services go on with the row itself."""
    if isinstance(value, list | tuple):
        return [masked_copy(user, item) for item in value]
    return masked(user, copy(value)) if _hides(value) else value


def _hides(value: Any) -> bool:
    """Whether it is a row of which somebody may not read everything."""
    return isinstance(value, Scoped) and bool(value.mask_fields or value.mask_parts)


def _replace(obj: Scoped, name: str, mode: str) -> bool:
    if mode == policy.FULL:
        return False
    if obj.mask_fields[name] == policy.PROFILE:
        return _withhold(obj, name, mode)
    value = getattr(obj, name)
    if not value:
        return False

    def shown(text: str) -> str:
        return mask_value(obj.mask_fields[name], text) if mode == policy.MASK else HIDDEN_TEXT

    setattr(obj, name, [shown(one) for one in value] if isinstance(value, list) else shown(value))
    return True


def _withhold(obj: Scoped, name: str, mode: str) -> bool:
    """Of a text that is read masked the beginning is left; anything else is empty, filled or not, and so is what wasn't
    loaded: read later, it would come unmasked."""
    column: Any = obj._meta.get_field(name)
    value = obj.__dict__.get(column.attname)
    if mode == policy.MASK and value and isinstance(column, CharField) and not column.choices:
        setattr(obj, name, mask_value(obj.mask_fields[name], value))
    else:
        setattr(obj, name, None if column.null else column.get_default())
    return True


def _replace_part(obj: Scoped, name: str, modes: Mapping[str, str]) -> bool:
    """One that wasn't loaded is emptied: read later, it would come unmasked."""
    if name in obj.__dict__:
        return obj.mask_part(name, modes)
    setattr(obj, name, obj._meta.get_field(name).get_default())  # type: ignore[union-attr]
    return True


def may_read(user: Viewer, obj: Scoped, name: str) -> bool:
    """Whether `user` reads the field `name` of `obj` in full; a form leaves out the others."""
    if is_pool_only(user, obj) and not pool_shows(type(obj), name):
        return False
    field_class = obj.mask_fields.get(name)
    return field_class is None or mode_for(user, field_class, relation_to(user, obj)) == policy.FULL


def mode_for(user: Viewer, field_class: str, relation: str) -> str:
    """full, mask or hidden for this reader; who isn't signed in reads nothing."""
    return _rules_of(user).get((field_class, relation), policy.HIDDEN)


def _rules_of(user: Viewer) -> Mapping[tuple[str, str], str]:
    """(field class, relation) -> mode; what isn't named is hidden."""
    if user is None or not user.is_authenticated or reach_of(user).user_id is None:
        return {}
    return user.mask_rules


def relation_to(user: Viewer, obj: Scoped) -> str:
    """own, team or rest: how the row's customer stands to the reader."""
    return reach_of(user).relation(obj)


def is_pool_only(user: Viewer, obj: Scoped) -> bool:
    """Whether `user` sees this customer only as part of the unassigned pool: number, name, tier and region."""
    if not obj.scope_pool or owner_id(obj):
        return False
    return not reach_of(user).holds(obj, f"{obj.scope_resource}.view", pool=False)


def _hide_all_but_pool(obj: Scoped) -> None:
    """Say of every loaded field but the pool's the same, filled or not, and of the facts the tier alone."""
    hidden: set[str] = set()
    for column in obj._meta.concrete_fields:
        name = column.attname
        if column.primary_key or column.is_relation or name in obj.pool_visible or name not in obj.__dict__:
            continue
        if isinstance(column, CharField | TextField) and not column.choices and not column.null:
            setattr(obj, name, HIDDEN_TEXT)
            hidden.add(name)
        elif column.null or column.has_default() or column.choices:
            setattr(obj, name, None if column.null else column.get_default())
            hidden.add(name)
    obj.masked_names |= hidden
    for beside, names in _shown_beside(type(obj)).items():
        found = getattr(obj, beside, None)
        if found is not None:
            kept = {name: getattr(found, name) for name in names}
            setattr(obj, beside, type(found)(**{found._meta.pk.name: obj}, **kept))


@cache
def _shown_beside(model: type[Scoped]) -> dict[str, tuple[str, ...]]:
    """Name of a one-to-one relation -> what the pool shows of the row it leads to."""
    shown: dict[str, tuple[str, ...]] = {}
    for path in sorted(model.pool_visible):
        beside, _sep, name = path.rpartition("__")
        if beside:
            shown[beside] = (*shown.get(beside, ()), name)
    return shown


def pool_shows(model: type[Scoped], path: str) -> bool:
    """Whether everybody sees of a row in the unassigned pool where this path leads.

    Only by that may rows of the pool be filtered or sorted while others read them: a filter by anything else would tell
    of each row what it hides.
    """
    return path in ("pk", model._meta.pk.name) or path in model.pool_visible


def mask_value(field_class: str, value: str) -> str:
    """138****5678, l****@example.com, the first part of an address."""
    return {"phone": _mask_phone, "email": _mask_email}.get(field_class, _mask_text)(value)


def _mask_phone(value: str) -> str:
    """Three digits and the last four of the national number: the code of another country stands before them."""
    country, digits = phones.country_and_digits(value)
    if len(digits) < 7:
        return "****"
    return f"{country}{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else f"{country}****{digits[-2:]}"


def _mask_email(value: str) -> str:
    name, _, host = value.partition("@")
    return f"{name[:1]}****@{host}" if host else "****"


def _mask_text(value: str) -> str:
    """The first two characters, if they are no more than the half of it."""
    return f"{value[:2]}****" if len(value) >= 4 else "****"
