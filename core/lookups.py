"""`owner__any_of=[ids]`: a list as one array parameter.

`owner__in` writes a placeholder for each id; a manager of two hundred people has the list in every condition, and
writing it took longer than the query.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import BigAutoField, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


@ForeignKey.register_lookup
@BigAutoField.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]  # not generic at run time
    """Ids from any iterable; an empty one meets nothing."""

    lookup_name = "any_of"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Iterable[int]) -> None:
        super().__init__(lhs, list(rhs))

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*params, self.rhs]
