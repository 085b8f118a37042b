"""The staging tables of an order import, and what its statements (sales/imports/sql) are filled with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import User
from core import company, sql
from customers.imports.sender import reach_sql
from intake import stage
from intake.kinds import Run
from intake.models import ImportJob
from sales import money
from sales.imports import states
from sales.models import Order, Product

WORDS = {"refunded": states.REFUNDED, **sql.choices(state=Order.State, kind=Order.Kind, flag=Product.Flag)}
# The purchase that a return names by its own number: C536365, 536365-R, 退536365.
PURCHASE_NO = "regexp_replace(o.number, '^(?:C|R|RE|RET|RETURN|T|退)[-_ ]?|[-_ ]?(?:C|R|RET|RETURN|T|退)$', '', 'i')"

Params = Mapping[str, Any]
Part = str | Sequence[str]


class Tables:
    """The statements with this job's table names in them."""

    def __init__(self, job: ImportJob) -> None:
        self.lines, self.orders, self.people = stage.name(job), stage.name(job, "orders"), stage.name(job, "people")
        self.buyers = stage.name(job, "buyers")

    def text(self, name: str, **parts: Part) -> str:
        """One of the files, to be a part of another statement."""
        return sql.text("sales.imports", name, **self._filled(parts))

    def change(self, name: str, params: Params | None = None, **parts: Part) -> int:
        """Execute a file; returns how many rows its last statement touched."""
        return sql.change("sales.imports", name, {**WORDS, **(params or {})}, **self._filled(parts))

    def rows(self, name: str, params: Params | None = None, **parts: Part) -> list[tuple[Any, ...]]:
        """Execute a file; returns its rows."""
        return sql.fetch("sales.imports", name, {**WORDS, **(params or {})}, **self._filled(parts))

    def _filled(self, parts: Mapping[str, Part]) -> dict[str, Part]:
        tables = {"lines": self.lines, "orders": self.orders, "people": self.people, "buyers": self.buyers}
        return {**tables, "purchase_no": PURCHASE_NO, **parts}


def reach_part(user: User | None, permission: str = "order.add") -> tuple[str, dict[str, Any]] | None:
    """(SQL of the customer ids, its parameters by name) on which `user` holds the permission; None = all of them."""
    reach = reach_sql(user, permission)
    if reach is None:
        return None
    text, params = reach
    names = [f"reach_{place}" for place in range(len(params))]
    asked = iter(names)
    return re.sub(r"(?<!%)%s", lambda _found: f"%({next(asked)})s", text), dict(zip(names, params, strict=True))


def currency_of(job: ImportJob) -> str:
    """The currency of the file's amounts."""
    return job.options.get("currency") or company.currency()


def money_of(run: Run) -> dict[str, Any]:
    """How the statements count money: the file's currency, and the digits behind the point of it and of the own one."""
    currency, own = currency_of(run.job), company.currency()
    return {
        "currency": currency,
        "foreign": currency != own,
        "digits": money.digits(currency),
        "into_digits": money.digits(own),
    }
