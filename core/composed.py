"""SQL that a process composes once for the same question of the same person.

Django puts a queryset together and into SQL anew for each request, which was two fifths of the work of a page that asks
ten questions. A function marked with `composed` says what is asked. Its SQL is kept, with what turns the answer into
rows, and the database is asked every time:

    @composed
    def due_until(user: User, today: date) -> QuerySet[FollowUp]: ...

    rows = due_until(user, today)  # a list

What is kept belongs to the person and their rights, to whom they reach, to the arguments, the language, the time zone
and the day, so the function may use all of these. It may also compare with `core.clock.now()` and with moments a fixed
span away from it: those are put in when the question is asked. So is the keyword argument `pk`, the id of a row, which
the function may pass to a filter and use for nothing else: what is asked of a customer is composed only once. It must
not look anything else up, neither in the database nor in memory that may change while the process lives. In the tests
each use is held against a fresh one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, ParamSpec, Protocol, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Case, ExpressionWrapper, Func, Subquery, Window
from django.db.models.expressions import CombinedExpression
from django.utils import timezone
from django.utils.translation import get_language

from core import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

P = ParamSpec("P")
R = TypeVar("R")

MOST = 1000  # kept at a time, of about 20 KB; then all are forgotten
checking = False  # the tests set it


class Asker(Protocol):
    """Who asks: a person who knows what decides which rows they reach."""

    reach: Any

    def rights_key(self) -> Hashable: ...

    def noting_reach(self) -> AbstractContextManager[set[str]]: ...


class Moment(datetime):
    """The moment at which a statement is composed; its like among the parameters stand for a span from now."""

    def replace(self, *_args: Any, **_fields: Any) -> NoReturn:
        raise TypeError(
            "A composed statement would keep this moment: take clock.day_bounds, or pass it as an argument."
        )


@dataclass(frozen=True)
class FromNow:
    """A parameter: the moment of asking, and so much later."""

    span: timedelta


class Row:
    """A parameter: the id that is asked for."""


ROW = Row()
ANY_ID = 8_070_450_532_247_928_832  # stands for that id while a statement is composed; no row will have it


class Statement:
    """The SQL of a queryset, and what Django's row iterables need to make rows of the answer.

    Only that: the trees of conditions and expressions that a queryset is would take four times the memory.
    """

    def __init__(self, rows: QuerySet[Any, Any], moment: Moment) -> None:
        if rows._prefetch_related_lookups or rows._known_related_objects:  # type: ignore[attr-defined]
            raise TypeError("A composed statement is one statement from a manager: it prefetches nothing.")
        compiler: Any = rows.query.get_compiler(rows.db)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            sql, parameters = "", ()
        self.sql = sql
        self.parameters = tuple(
            FromNow(p - moment) if isinstance(p, Moment) else ROW if p == ANY_ID else p for p in parameters
        )
        self.db, self.model = rows.db, rows.model
        self.iterable: Any = rows._iterable_class  # of instances, dicts or tuples: what the queryset gives
        query = rows.query
        self.names = list(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))
        self.compiler = compiler
        if sql:
            compiler.select = [(_light(column), None, alias) for column, _sql, alias in compiler.select]
        compiler.query = compiler.where = compiler.having = compiler.qualify = compiler.connection = None

    def ask(self, pk: int | None) -> list[Any]:
        """The rows of this moment."""
        if not self.sql:
            return []
        now = clock.now()
        parameters = tuple(now + p.span if isinstance(p, FromNow) else pk if p is ROW else p for p in self.parameters)
        compiler = copy(self.compiler)  # other threads use it too, each with its own connection
        compiler.connection = connections[self.db]
        compiler.as_sql = lambda *_args, **_options: (self.sql, parameters)
        return list(self.iterable(_Answered(self, compiler)))


SOURCES = (
    *("source_expressions", "query", "cases", "default", "lhs", "rhs", "expression", "source_expression"),
    *("partition_by", "order_by", "filter", "_constructor_args"),
)


def _light(column: Any) -> Any:
    """The expression with the type of its values and without what its values are computed from."""
    if not isinstance(column, Func | Case | Subquery | CombinedExpression | Window | ExpressionWrapper):
        return column
    light = copy(column)
    light.__dict__["output_field"] = column.output_field  # else found by asking the sources
    for name in SOURCES:
        light.__dict__.pop(name, None)
    return light


class _Answered:
    """What Django's row iterables take for a queryset, and for its query."""

    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    def __init__(self, statement: Statement, compiler: Any) -> None:
        self.query = self
        self.db, self.model, self.selected = statement.db, statement.model, statement.names
        self._compiler = compiler

    def get_compiler(self, *_args: Any, **_options: Any) -> Any:
        return self._compiler


@dataclass(frozen=True)
class _Kept:
    """A statement, and whom the person reached when it was composed, as far as it asked for that."""

    statement: Statement
    reached: tuple[tuple[str, Any], ...]

    def fits(self, user: Asker) -> bool:
        return all(getattr(user.reach, name) == ids for name, ids in self.reached)


_kept: dict[Hashable, _Kept] = {}


def composed(build: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """`build(user, *arguments)` says what is asked, by hashable arguments; the marked function gives the rows."""

    @wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> list[R]:
        user = cast("Asker", args[0])
        pk = cast("int | None", kwargs.get("pk"))
        if pk is not None:
            kwargs["pk"] = ANY_ID
        days = (clock.user_today(user), clock.business_date())
        where = (get_language(), timezone.get_current_timezone_name())
        key = (build, user.rights_key(), *days, *where, *args[1:], *kwargs.items())
        kept = _kept.get(key)
        if kept is None or not kept.fits(user):
            if len(_kept) >= MOST:
                # Not one by one: a key that holds words is found in its own language alone.
                _kept.clear()
            _kept[key] = kept = _compose(build, user, *args, **kwargs)
        elif checking:
            _refuse_if_stale(kept, build, user, *args, **kwargs)
        return kept.statement.ask(pk)

    return ask


def _compose(build: Callable[P, QuerySet[Any, R]], user: Asker, *args: P.args, **kwargs: P.kwargs) -> _Kept:
    now = clock.now()
    moment = Moment.fromtimestamp(now.timestamp(), now.tzinfo)
    with clock.standing_at(moment), user.noting_reach() as asked:
        statement = Statement(build(*args, **kwargs), moment)
    return _Kept(statement, tuple((name, getattr(user.reach, name)) for name in sorted(asked)))


def _refuse_if_stale(
    kept: _Kept, build: Callable[P, QuerySet[Any, R]], user: Asker, *args: P.args, **kwargs: P.kwargs
) -> None:
    """For the tests: composed anew it must be the same, without a look into the database."""
    connection = connections[kept.statement.db]
    with connection.execute_wrapper(_refuse_to_look) if kept.statement.sql else nullcontext():
        fresh = _compose(build, user, *args, **kwargs).statement
    if (fresh.sql, fresh.parameters) != (kept.statement.sql, kept.statement.parameters):
        raise RuntimeError(f"{build.__qualname__} depends on something else:\n{kept.statement.sql}\n{fresh.sql}")


def _refuse_to_look(*_args: Any) -> NoReturn:
    raise RuntimeError("A composed statement looks into the database while it is put together.")
