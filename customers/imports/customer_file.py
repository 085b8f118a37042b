"""Customers brought in from files: new ones are made, known ones get the filled cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import sql
from core.phones import phone_digits
from customers.entry.files import blanks
from customers.identity import email_key, names_fit
from customers.imports import doubts
from customers.imports.columns import EMAILS, FURTHER, AllColumns, missing
from customers.imports.layouts import LAYOUTS
from customers.imports.matcher import Matcher
from customers.imports.nameless import NAMELESS
from customers.imports.newcomers import HOME, brought_by
from customers.imports.owners import OWNER, check_owner
from customers.imports.questions import QUESTIONS, Questions
from customers.imports.reader import RowReader
from customers.imports.rows import SKIPPED, Match, addresses_in, numbers_in
from customers.imports.settling import MATCH, RULE
from customers.imports.staged import BATCH, STAGED, STAGED_TYPES, note, staged_batch
from customers.imports.undo import CUSTOMER_PARTS, CUSTOMER_PERMISSIONS
from customers.imports.writer import write_customers
from intake import stage
from intake.engine import go_on
from intake.forms import DATE_ORDER
from intake.kinds import COMPARING, ERRORS, READING, ROWS, UNCHANGED, UPDATED, Kind, Run, Step


def stage_rows(run: Run) -> Iterator[None]:
    """Read and check the file's rows and put them aside."""
    table = stage.name(run.job)
    run.table.require(run.job.mapping.values())
    check_owner(run.job.options, run.user)
    if not run.job.next_row:
        with transaction.atomic():
            stage.create(table, STAGED_TYPES)
            run.move(total_rows=run.table.lines)
    read = RowReader(run.table.columns, run.job.mapping, run.job.options.get("date_format", ""))
    rows = run.rows()
    while batch := [read(number, run.table.place, cells) for number, cells in islice(rows, BATCH * 5)]:
        with transaction.atomic():
            sql.copy(table, STAGED, batch, empty_is_null=True)
            run.move(next_row=run.job.next_row + len(batch))
        yield
    with transaction.atomic():
        _refuse_one_number_for_two(table)
        run.move(total_rows=run.job.next_row)


def _refuse_one_number_for_two(table: str) -> None:
    """Rows that give one customer number to different names: which one is meant, only a person knows."""
    for number, places, names in sql.fetch("customers.imports", "several_names", rows=table):
        named = [(place, name) for place, name in zip(places, names, strict=True) if name]
        first, name = named[0]
        second, other = next(((place, other) for place, other in named if not names_fit(name, other)), (0, ""))
        if not second:
            continue
        text = _("Rows %(first)s and %(second)s give the number %(number)s to different names: %(name)s, %(other)s.")
        reason = text % {"first": first, "second": second, "number": number, "name": name, "other": other}
        stage.execute(
            f"UPDATE {table} SET error = %s, read = false WHERE place = ANY(%s)",  # noqa: S608
            [reason, places],
        )


def compare(run: Run) -> Iterator[None]:
    """Count what would happen, and what the person should know or decide before."""
    if not run.dry:
        run.move(counts={"last": run.job.next_row, "rows": run.job.next_row})
        yield
        return
    counts = {"customers_created": 0, "updated": 0, "unchanged": 0, "errors": 0}
    matcher, after, questions = Matcher(run, remembers=True), 0, Questions()
    run.move(cursor=0, counts={"last": run.job.next_row, "rows": run.job.next_row})
    doubts.begin(run.job)
    # In one go: what earlier rows of the file would make is remembered by this process alone.
    while rows := staged_batch(run, after):
        with transaction.atomic():
            matches = matcher(rows)
            for match in matches:
                verdict = _verdict(match)
                counts[verdict] = counts.get(verdict, 0) + 1
                questions.note(match)
                note(run, match)
            doubts.keep(run.job, matches)
            after = rows[-1].row_no
            run.move(cursor=after)
        go_on(run)
    stopped = {} if matcher.stop is None else {"looked_up_to": matcher.stop}
    run.move(counts={**run.job.counts, **counts, **stopped, "questions": questions.as_json()})
    yield


def _verdict(match: Match) -> str:
    """The count that the row belongs to; a row of a customer whom the file itself makes adds to the earlier row."""
    if match.reason:
        return "errors"
    if match.skipped:
        return SKIPPED
    if match.customer is not None:
        return "updated" if match.touches_file or match.owner is not None else "unchanged"
    if match.earlier is None:
        return "customers_created"
    before = match.earlier.data
    match.earlier.data = before | {
        name: match.data[name] for name in match.data if not _stays(name, before, match.data)
    }
    return "unchanged" if match.earlier.data == before else "updated"


def _stays(name: str, before: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether the value of an earlier row stays, as it will when that row is stored: nobody is renamed without a
    number, and another spelling of an address is the same address."""
    if name == "name":
        return bool(before.get("name")) and not data.get("number")
    if name in FURTHER:  # they are added to what stands there
        return {*map(_key(name), data[name])} <= {*map(_key(name), _said(name, before))}
    return name in EMAILS and email_key(before.get(name, "")) == email_key(data[name])


def _key(name: str) -> Callable[[str], str]:
    return phone_digits if name == "further_phones" else email_key


def _said(name: str, data: Mapping[str, Any]) -> list[str]:
    return numbers_in(data) if name == "further_phones" else addresses_in(data)


CUSTOMERS = Kind(
    code="customers",
    label=gettext_lazy("customers"),
    permission="customer.add",
    columns=AllColumns(),
    steps=(
        Step("stage", stage_rows, READING, final=False),
        Step("compare", compare, COMPARING, final=False),
        Step("customers", write_customers, gettext_lazy("writing the customers")),
    ),
    check=missing,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=doubts.clear,
    doubts=doubts.doubts_of,
    blanks=blanks,
    counts={
        "rows": ROWS,
        "customers_created": gettext_lazy("new customers"),
        "updated": UPDATED,
        "unchanged": UNCHANGED,
        SKIPPED: gettext_lazy("left out as chosen"),
        "errors": ERRORS,
    },
    new="customers_created",
    changes=("customers_created", "updated"),
    asks_for_a_night=True,
    layouts=LAYOUTS,
    options=(OWNER, MATCH, RULE, NAMELESS, DATE_ORDER),
    check_options=check_owner,
    questions=QUESTIONS,
    brought=brought_by,
    home=HOME,
    undo=CUSTOMER_PARTS,
    undo_permissions=CUSTOMER_PERMISSIONS,
)
