"""How the rows of one table are taken back with the import that made or changed them (intake/undo.py).

A kind of files names its `Part`s, in the order in which they go. A part judges which of the recorded rows must stay and
why, and takes the others back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection
from django.db.models import PROTECT, Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, sql
from intake import record
from intake.models import ImportedRow, ImportJob
from intake.record import Recorded

CHANGED, BEYOND, USED, POINTS_NOWHERE = "changed", "beyond", "used", "points_nowhere"
# A row that belongs to one that stays: nothing to be told of by itself.
ALONG = "along"


@dataclass(frozen=True)
class Stay:
    """Why a row stays: a code, and who did it when."""

    row_id: int
    why: str
    by: str = ""
    at: datetime | None = None

    def as_json(self) -> dict[str, str]:
        return {"why": self.why, "by": self.by, "at": self.at.isoformat() if self.at else ""}


@dataclass(frozen=True)
class Look:
    """What is judged: these rows of a job, or (None) all of them, for this person; None = a command.

    `ahead`: nothing is taken back yet, so rows of earlier parts still stand there.
    """

    job: ImportJob
    by: User | None
    ids: Sequence[int] | None = None
    ahead: bool = False

    def recorded(self, what: str, *, made: bool | None = None) -> QuerySet[ImportedRow]:
        """The rows of the record."""
        rows = ImportedRow.objects.filter(job=self.job, what=what)
        if self.ids is not None:
            rows = rows.filter(row_id__in=self.ids)
        return rows if made is None else rows.filter(before__isnull=made)

    def of(self, what: str, *, made: bool) -> Collection[int] | QuerySet[Any]:
        """Ids to be filtered by: a list, or a subquery where everything is judged."""
        found = self.recorded(what, made=made).values_list("row_id", flat=True)
        return found if self.ids is None else list(found)


def lock_rows(table: str, ids: Sequence[int], key: str = "id") -> None:
    """Lock these rows, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table} WHERE {key} = ANY(%s) ORDER BY {key} FOR UPDATE", [list(ids)])


class Part:
    """The rows of one table; subclasses say what is special about theirs."""

    rows: ClassVar[Recorded]
    model: ClassVar[type[Model]]
    made_words: ClassVar[Any] = ""  # of ngettext_lazy with %(n)s: so many go
    back_words: ClassVar[Any] = ""  # so many get back what they were
    kept_words: ClassVar[Any] = ""  # so many stay
    columns: ClassVar[tuple[str, ...]] = ()  # what is put back
    customers: ClassVar[str] = ""  # the way from a customer to these rows
    references: ClassVar[tuple[tuple[str, str], ...]] = ()  # (column of these, table): what it named must be there
    reasons: ClassVar[Mapping[str, Any]] = {}  # further codes in words

    @property
    def what(self) -> str:
        return self.rows.what

    # --- judging -----------------------------------------------------------------------------------------------------
    def judge(self, look: Look) -> tuple[dict[int, Stay], set[int]]:
        """(rows that stay, rows that aren't there any more)."""
        gone: set[int] = set()
        found: dict[int, Stay] = {}
        by, at = ("t.updated_by_id", "t.updated_at") if self.rows.stamped else ("NULL::bigint", "NULL::timestamptz")
        values = {"job": look.job.pk, "what": self.what, "all": look.ids is None, "ids": list(look.ids or ())}
        rows = sql.fetch("intake", "changed_since", values, table=self.rows.table, mark=self.rows.mark, by=by, at=at)
        names = dict(User.objects.filter(pk__in={row[2] for row in rows if row[2]}).values_list("pk", "name"))
        for pk, missing, by_id, moment in rows:
            if missing:
                gone.add(pk)
            else:
                found[pk] = Stay(pk, CHANGED, names.get(by_id, ""), moment)
        for column, table in self.references:
            pointing = sql.fetch("intake", "points_nowhere", values, column=column, table=table)
            found |= {pk: Stay(pk, POINTS_NOWHERE) for (pk,) in pointing if pk not in found}
        for stay in self.touched(look):
            found.setdefault(stay.row_id, stay)
        return found, gone

    def touched(self, look: Look) -> Iterable[Stay]:
        """Rows that stay for what hangs on them."""
        return ()

    def say(self, why: str) -> str:
        """A code in words."""
        known = {
            CHANGED: _("was changed since"),
            BEYOND: _("isn't yours to change any more"),
            USED: _("in use"),
            POINTS_NOWHERE: _("what it named before is gone"),
        }
        return str(known.get(why) or self.reasons.get(why) or why)

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        """{id: (name, address of its page or "")} of those that the person may see."""
        return {}

    # --- taking back -------------------------------------------------------------------------------------------------
    def lock(self, ids: Sequence[int]) -> None:
        """Nobody else writes these rows, or anything that names them, until the slice is over."""
        lock_rows(self.rows.table, ids)

    def take_back(self, look: Look) -> Counter[str]:
        """One slice, inside its transaction: what goes, what is put back, what stays; returns how many of each."""
        ids = list(look.ids or ())
        self.lock(ids)
        stays, gone = self.judge(look)
        free = look.recorded(self.what).exclude(row_id__in={*stays, *gone})
        made = list(free.filter(before__isnull=True).values_list("row_id", flat=True))
        changed = list(free.filter(before__isnull=False).values_list("row_id", flat=True))
        if made:
            self.remove(look, made)
        if changed:
            self.put_back(look, changed)
        self.settle(look, made, changed)
        record.forget(look.job, self.rows, [*made, *changed, *gone])
        kept = list(look.recorded(self.what).filter(row_id__in=stays))
        for row in kept:
            row.kept = stays[row.row_id].as_json()
        ImportedRow.objects.bulk_update(kept, ["kept"])
        told = sum(stay.why != ALONG for stay in stays.values())
        return Counter(gone=len(made), back=len(changed), kept=told)

    def remove(self, look: Look, ids: Sequence[int]) -> None:
        """Delete rows that the import made, with what hangs on them."""
        getattr(self.model, "all_objects", self.model._base_manager).filter(pk__in=ids).delete()

    def put_back(self, look: Look, ids: Sequence[int]) -> None:
        """Write the old values over rows that the import changed."""
        values: dict[str, Any] = {"job": look.job.pk, "what": self.what, "ids": list(ids)}
        stamps = ""
        if self.rows.stamped:
            stamps = ", version = t.version + 1, updated_at = %(now)s, updated_by_id = %(by)s"
            values |= {"now": clock.now(), "by": getattr(look.by, "pk", None)}
        names = {"table": self.rows.table, "mark": self.rows.mark}
        sql.change("intake", "put_back", values, columns=self.columns, stamps=stamps, **names)

    def settle(self, look: Look, made: Sequence[int], changed: Sequence[int]) -> None:
        """What follows for other rows; then the marks of other imports follow."""
        if changed and self.rows.stamped:
            values = {"job": look.job.pk, "what": self.what, "ids": list(changed)}
            sql.change("intake", "marks_follow", values, table=self.rows.table, mark=self.rows.mark)

    def finish(self, job: ImportJob) -> None:
        """When all parts are through."""


class CataloguePart(Part):
    """Entries of a catalogue that the import made or completed: new ones go where nothing else uses them.

    Nobody is told of the others: the page has said so.
    """

    # (what, name in its image): what taking back another import would bring back
    images: ClassVar[tuple[tuple[str, str], ...]] = ()

    def touched(self, look: Look) -> Iterable[Stay]:
        """Those that something names; ahead of the undo nobody can say, as what uses them goes first."""
        if look.ahead:
            return
        made = list(look.of(self.what, made=True))
        used: set[int] = set()
        relations: list[Any] = list(self.model._meta.related_objects)
        for relation in relations:
            if relation.on_delete is PROTECT or relation.many_to_many:
                rows: Any = relation.through if relation.many_to_many else relation.related_model
                field = relation.field.m2m_reverse_name() if relation.many_to_many else relation.field.attname
                rows = rows._base_manager.filter(**{f"{field}__in": made})
                used |= set(rows.values_list(field, flat=True))
        others = ImportedRow.objects.filter(before__isnull=False).exclude(job=look.job)
        for what, name in self.images:
            rows = others.filter(what=what, **{f"before__{name}__in": made})
            used |= set(rows.values_list(f"before__{name}", flat=True))
        yield from (Stay(pk, ALONG) for pk in used)
