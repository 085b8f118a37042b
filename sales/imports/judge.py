"""Which orders of a file are refused, each as a whole and with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts import audit
from customers import selectors
from customers.imports import people, stage
from customers.imports.engine import Run
from customers.imports.matching import NOT_LOOKED_UP
from customers.imports.values import DAMAGED
from customers.models import Customer
from sales.imports import columns, sql
from sales.imports.parse import IDENTIFIERS
from sales.imports.states import NAMES
from sales.imports.tables import Tables, money_of
from sales.models import Order
from ui.formatting import labelled


def refuse_lines(run: Run, tables: Tables) -> None:
    """Lines whose figures or numbers are wrong, and with each refused line all others of its order."""
    _refuse_rounded(run, tables)
    _refuse_wrong_amounts(run, tables)
    # What is stored stays as it is then, and the corrected lines come in together.
    reason = _("Another line of this order was refused: row %(row)s.") % {"row": "{row}"}
    stage.execute(tables.sql(sql.TAKE_ALONG), {"reason": reason})


def _refuse(tables: Tables, condition: str, reason: str, params: Sequence[Any] = (), **parts: str) -> None:
    """Give all lines of the orders that meet the condition this reason; {number}, {first}, {last} in it are filled."""
    shown = {"first": "''", "last": "''", **parts}
    text = tables.sql(sql.REFUSE + condition, **shown).replace("%(reason)s", "%s")
    stage.execute(text, [reason, *params])


def _refuse_rounded(run: Run, tables: Tables) -> None:
    """Identifiers of which a spreadsheet kept 15 digits, written out with zeros."""
    for name in set(IDENTIFIERS) & set(run.job.mapping):
        reason = labelled(columns.LABELS[name], DAMAGED % {"value": "{value}"})
        column = "number" if name == "order_no" else name
        stage.execute(tables.sql(sql.ROUNDED_NUMBERS, name=column), {"reason": reason})


def _refuse_wrong_amounts(run: Run, tables: Tables) -> None:
    """Amounts that aren't quantity x price are of the order or wrong; neither must become a sum."""
    if not {"amount", "unit_price"} <= set(run.job.mapping):
        return
    every = _(
        "The amount %(amount)s stands on each line of this order: it is the total of the order, not of the line."
        " Choose quantity and unit price instead of the amount."
    )
    once = _(
        "The amount %(amount)s stands on one line of this order only: it is the total of the order, not of the line."
        " Choose quantity and unit price instead of the amount."
    )
    line = _("The amount %(amount)s isn't quantity x unit price less the discount = %(product)s.")
    marks = {"amount": "{amount}", "product": "{product}"}
    params = {"every": every % marks, "once": once % marks, "line": line % marks, "digits": money_of(run)["digits"]}
    stage.execute(tables.sql(sql.WRONG_AMOUNTS), params)


def refuse_torn(run: Run, tables: Tables) -> None:
    """Lines that can't be of one order, such as those under a damaged number or a wrongly chosen column; and sums that
    can't be stored."""
    marks = {"number": "{number}", "first": "{first}", "last": "{last}"}
    two = _("Order %(number)s names two customers: %(first)s, %(last)s.") % marks
    apart = _("The lines of order %(number)s lie days apart: %(first)s, %(last)s. Is this the order number?") % marks
    _refuse(tables, sql.TWO_CUSTOMERS, two, first="o.customer_no", last="o.other_customer")
    _refuse(tables, sql.TWO_BUYERS, two, first="substr(o.who, 3)", last="o.other_who")
    _refuse(tables, sql.DAYS_APART, apart, first="o.ordered_on", last="o.last_on")
    if "status" in run.job.mapping:
        states = _("The lines of order %(number)s have two statuses: %(first)s, %(last)s.") % marks
        _refuse(tables, sql.TWO_STATES, states, first=_status_word("o.status"), last=_status_word("o.other_status"))
        _refuse(tables, sql.NO_STATE, _("%(field)s: the value is missing.") % {"field": columns.LABELS["status"]})
    _refuse(tables, sql.TOO_LARGE, _("The order's total is too large to be stored. Check quantity and price."))


def _status_word(column: str) -> str:
    """SQL for the name of a status in the language of the import."""
    names = {code: str(name).replace("'", "''").replace("%", "%%") for code, name in NAMES.items()}
    cases = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in names.items())
    return f"CASE {column} {cases} END"


def refuse_stored(run: Run, tables: Tables) -> None:
    """Orders that don't go with what is stored: somebody else's, in the bin, returned already."""
    _refuse_foreign(run, tables)
    refuse_foreign_orders(run, tables)
    _refuse_new_people(run, tables)
    back = _("Goods of order %(number)s have come back. Cancel or delete that return first.") % {"number": "{number}"}
    _refuse(tables, sql.RETURNED_ALREADY, back)
    early = _("The return %(number)s lies before its purchase. Check both dates.") % {"number": "{number}"}
    _refuse(tables, sql.BEFORE_PURCHASE, early, [run.job.source])
    _refuse(tables, sql.BINNED, _("The customer or the order lies in the recycle bin. Restore it first."))


def _refuse_foreign(run: Run, tables: Tables) -> None:
    """An uploader writes only to customers in reach; a command reaches everything.

    Whether somebody else's customer or order exists is told so often a day only, as in the form: from there on
    nothing is said about what isn't the uploader's own, new things included.
    """
    reach = people.reach_sql(run.user)
    if reach is None:
        return
    text, params = reach
    hits = stage.rows(tables.sql(sql.FOREIGN, reach=text), [*params, *params])
    for model, place, condition in (
        (Customer, 1, sql.NOT_OWN_CUSTOMER),
        (Order, 2, sql.NOT_OWN_ORDER),
    ):
        stop = _told_up_to(run, model, [(hit[0], hit[place]) for hit in hits if hit[place]])
        if stop is not None:
            _refuse(tables, sql.FROM_ROW + condition, str(NOT_LOOKED_UP), [stop, *params], reach=text)
    taken = _("The customer exists already and belongs to somebody else. Ask the owner or your lead.")
    pool = _("The customer is in the unassigned pool. Claim it first, then import again.")
    _refuse(tables, sql.FOREIGN_CUSTOMER, taken, params, reach=text, owner="NOT")
    _refuse(tables, sql.FOREIGN_CUSTOMER, pool, params, reach=text, owner="")


def refuse_foreign_orders(run: Run, tables: Tables) -> None:
    """A file changes only orders of one's own, and only for who may change them by hand; adding is less than that."""
    foreign = _("This order number is already stored for a customer that isn't yours. Ask your lead.")
    stored = _("The order is stored already, and you may not change it.")
    for permission, reason in (("order.add", foreign), ("order.change", stored)):
        reach = people.reach_sql(run.user, permission)
        if reach is not None:
            text, params = reach
            _refuse(tables, sql.FOREIGN_ORDER, reason, params, reach=text)


def _refuse_new_people(run: Run, tables: Tables) -> None:
    """A file makes customers and their contact people only for who may add them by hand."""
    if run.user is not None and not run.user.can("customer.add"):
        _refuse(tables, sql.NEW_CUSTOMER, _("The customer isn't stored yet, and you may not add customers."))
    if run.user is not None and not run.user.can("contact.add"):
        text = _("The customer isn't stored yet, and you may not add its contact person. Leave out the name.")
        _refuse(tables, sql.NEW_CONTACT, text)


def _told_up_to(run: Run, model: type[Model], hits: Sequence[tuple[int, int]]) -> int | None:
    """The row from which on the person isn't told of foreign rows of this model; None = of all of these."""
    told = selectors.told_today(run.user, model)
    if run.dry and len(told) >= selectors.HINTS_A_DAY:
        return 0
    for row_no, pk in hits:
        if pk not in told and len(told) >= selectors.HINTS_A_DAY:
            return row_no
        if pk not in told:
            audit.record(selectors.HINT_ACT, by=run.user, on=model(pk=pk))
            told.add(pk)
    return None
