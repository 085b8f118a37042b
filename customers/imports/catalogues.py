"""Entries of catalogues that files name: by code or name in either language, and new ones for who may make them."""

from __future__ import annotations

import re

from django.db.models import F

from accounts.models import User
from core.digits import whole_number
from customers.identity import name_key, tidy
from customers.imports.recorded import ENTRIES
from customers.models import CatalogueRow, Channel, CompanySize
from customers.services.catalogues import free_code
from intake import record
from intake.models import ImportJob

_COUNT = re.compile(r"(\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.0+)? ?(?:人|名|employees|people)?", re.IGNORECASE)


def may_make(model: type[CatalogueRow], user: User | None) -> bool:
    """Whether unknown words of a file become new entries."""
    return user is None or user.can(f"{model.resource}.add")


def may_make_channels(user: User | None) -> bool:
    """Whether unknown channels of a file become new ones."""
    return may_make(Channel, user)


class Entries:
    """A whole catalogue as files may name it; what was merged means the other."""

    def __init__(self, model: type[CatalogueRow]) -> None:
        order = (F("merged_into").desc(nulls_last=True), "-pk")
        rows = list(model.rows().select_related("merged_into").order_by(*order))
        meant = [(row, row.merged_into or row) for row in rows]
        named = {name_key(name): one for row, one in meant for name in (row.name_en, row.name_zh) if name}
        self._by_key: dict[str, CatalogueRow] = {name_key(row.code): one for row, one in meant} | named
        sizes = [row for row in rows if isinstance(row, CompanySize) and row.is_active and row.least is not None]
        self._sizes = sorted(sizes, key=lambda row: row.least or 0)

    def find(self, text: str) -> CatalogueRow | None:
        """The entry of this code or name, or the size to which so many employees belong."""
        return self._by_key.get(name_key(text)) or self._sized(text)

    def _sized(self, text: str) -> CatalogueRow | None:
        count = _COUNT.fullmatch(tidy(text)) if self._sizes else None
        number = whole_number(re.sub(r"\D", "", count[1])) if count else None
        if number is None:
            return None
        fitting = [row for row in self._sizes if (row.least or 0) <= number]
        return fitting[-1] if fitting else None


def entry_ensure(model: type[CatalogueRow], name: str, job: ImportJob) -> CatalogueRow:
    """The entry that the file means, made if it is new: never one of another name."""
    wanted = tidy(name)[:80]
    known = Entries(model).find(wanted)
    if known is not None:
        return known
    made = model.rows().create(code=free_code(model, wanted), name_en=wanted, name_zh=wanted)
    record.made(job, ENTRIES[model], [made.pk])
    return made


def channel_ensure(name: str, job: ImportJob) -> CatalogueRow:
    """The channel that the file means."""
    return entry_ensure(Channel, name, job)
