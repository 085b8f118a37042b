"""The staging tables of an order import, and what its statements are filled with."""

from __future__ import annotations

from typing import Any

from core import company
from customers.imports import stage
from customers.imports.engine import Run
from customers.models import ImportJob
from sales import money


class Tables:
    """The statements with this job's table names in them."""

    def __init__(self, job: ImportJob) -> None:
        self.lines, self.orders, self.people = stage.name(job), stage.name(job, "orders"), stage.name(job, "people")
        self.buyers = stage.name(job, "buyers")

    def sql(self, text: str, **parts: str) -> str:
        return text.format(lines=self.lines, orders=self.orders, people=self.people, buyers=self.buyers, **parts)


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
