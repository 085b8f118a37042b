"""Rows that a merge writes, as they were and as they became, so that an undo gives back what nobody touched since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model

from core import sql
from core.contributions import registry
from customers.models import Customer

Image = dict[str, Any]
Images = dict[str, dict[str, Image]]  # {model: {id: columns}}
Pair = list[Image | None]  # before and after; None = not there
COUNTED_ON = "version"  # goes on, so that a form that was opened in between is not saved over the old row
FOLLOWS = frozenset({"name_sort", "search_tokens", "updated_at", "updated_by_id"})  # of other columns


def rewritten() -> list[type[Model]]:
    """The files themselves and the tables that apps write when customers become one."""
    return [Customer, *(apps.get_model(label) for label in registry().every(lambda part: part.merge_rewrites))]


def images_of(customer_ids: Sequence[int]) -> Images:
    """As they are now; the rows are held until the transaction ends."""
    return {model._meta.label: _images(model, customer_ids) for model in rewritten()}


def _images(model: type[Model], customer_ids: Sequence[int]) -> dict[str, Image]:
    found = sql.fetch("customers", "merge_images", {"ids": list(customer_ids)}, **_names(model))
    return {str(pk): json.loads(image) if isinstance(image, str) else image for pk, image in found}


def _names(model: type[Model]) -> dict[str, str]:
    key = str(model._meta.pk.column)
    return {"table": model._meta.db_table, "key": key, "customer": key if model is Customer else "customer_id"}


def changed(before: Images, after: Images) -> dict[str, dict[str, Pair]]:
    """Those that differ, but for whose row it is: that an undo knows from what has moved."""
    found: dict[str, dict[str, Pair]] = {}
    for label, rows in after.items():
        was = before[label]
        for pk in sorted({*rows, *was}):
            pair = [_own(label, was.get(pk)), _own(label, rows.get(pk))]
            if pair[0] != pair[1]:
                found.setdefault(label, {})[pk] = pair
    return found


def _own(label: str, image: Image | None) -> Image | None:
    if image is None or label in (Customer._meta.label, "customers.CustomerFacts"):
        return image
    return {name: value for name, value in image.items() if name != "customer_id"}


@dataclass
class Back:
    """What an undo gives back, and what it leaves because somebody has written it since."""

    columns: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # of (model, id)
    removed: list[tuple[str, str]] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)  # (model, id, column)


def outlook(rows: Mapping[str, Mapping[str, Pair]], now: Images) -> Back:
    """Column by column: as before where it still is as the merge left it."""
    back = Back()
    for label, pairs in rows.items():
        for pk, (was, became) in pairs.items():
            here = _own(label, now[label].get(pk))
            if here is None:
                continue
            if was is None:
                if here == became:
                    back.removed.append((label, pk))
                continue
            became = became or was
            names = [name for name in was if name in here and was[name] != became[name] and name != COUNTED_ON]
            same = [name for name in names if here[name] == became[name]]
            back.columns[label, pk] = same
            back.kept += [(label, pk, name) for name in names if name not in same and here[name] != was[name]]
    return back


def give_back(rows: Mapping[str, Mapping[str, Pair]], back: Back) -> None:
    """Write it."""
    for label, pk in back.removed:
        apps.get_model(label)._base_manager.filter(pk=pk).delete()
    for (label, pk), columns in back.columns.items():
        if columns:
            params = {"image": json.dumps(rows[label][pk][0]), "id": pk}
            sql.change("customers", "merge_row_back", params, columns=columns, **_names(apps.get_model(label)))
