"""Which orders of a file are refused, each as a whole and with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.imports.sender import NOT_LOOKED_UP, ForeignHints
from customers.models import Customer
from intake.kinds import Run
from intake.values import DAMAGED
from sales.imports import columns
from sales.imports.parse import IDENTIFIERS
from sales.imports.states import NAMES
from sales.imports.tables import Tables, money_of, reach_part
from sales.models import Order
from ui.formatting import labelled


def refuse_lines(run: Run, tables: Tables) -> None:
    """Lines whose figures or numbers are wrong, and with each refused line all others of its order."""
    # Identifiers of which a spreadsheet kept 15 digits, written out with zeros.
    for name in set(IDENTIFIERS) & set(run.job.mapping):
        damaged = labelled(columns.LABELS[name], DAMAGED % {"value": "{value}"})
        tables.change("rounded_numbers", {"reason": damaged}, column="number" if name == "order_no" else name)
    _refuse_wrong_amounts(run, tables)
    # What is stored stays as it is then, and the corrected lines come in together.
    reason = _("Another line of this order was refused: row %(row)s.") % {"row": "{row}"}
    tables.change("take_along", {"reason": reason})


def _refuse(
    tables: Tables,
    condition: str,
    reason: str,
    params: Mapping[str, Any] | None = None,
    *,
    one: str = "''",
    other: str = "''",
) -> None:
    """Give all lines of the orders that meet the condition this reason.

    {number}, {first} and {last} in it are filled with the order's number and what `one` and `other` say of it.
    """
    tables.change("refuse", {"reason": reason, **(params or {})}, condition=condition, one=one, other=other)


def _refuse_wrong_amounts(run: Run, tables: Tables) -> None:
    """Amounts that aren't quantity x price: the order's total on each line, or a mistake. Neither may be added up."""
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
    tables.change("wrong_amounts", params)


def refuse_torn(run: Run, tables: Tables) -> None:
    """Lines that can't be of one order, such as those under a damaged number or a wrongly chosen column; and sums that
    can't be stored."""
    marks = {"number": "{number}", "first": "{first}", "last": "{last}"}
    two = _("Order %(number)s names two customers: %(first)s, %(last)s.") % marks
    apart = _("The lines of order %(number)s lie days apart: %(first)s, %(last)s. Is this the order number?") % marks
    _refuse(tables, "o.other_customer IS NOT NULL", two, one="o.customer_no", other="o.other_customer")
    _refuse(tables, "o.other_who IS NOT NULL", two, one="substr(o.who, 3)", other="o.other_who")
    _refuse(tables, "o.last_on > o.ordered_on + 3", apart, one="o.ordered_on", other="o.last_on")
    if "status" in run.job.mapping:
        states = _("The lines of order %(number)s have two statuses: %(first)s, %(last)s.") % marks
        names = {"names": json.dumps({code: str(name) for code, name in NAMES.items()})}
        one, other = "%(names)s::jsonb ->> o.status", "%(names)s::jsonb ->> o.other_status"
        _refuse(tables, "o.other_status IS NOT NULL", states, names, one=one, other=other)
        missing = _("%(field)s: the value is missing.") % {"field": columns.LABELS["status"]}
        _refuse(tables, "o.status IS NULL", missing)
    large = _("The order's total is too large to be stored. Check quantity and price.")
    _refuse(tables, "GREATEST(abs(o.total), abs(o.amount)) > 9000000000000000000", large)


def refuse_stored(run: Run, tables: Tables) -> None:
    """Orders that don't go with what is stored: somebody else's, in the bin, returned already."""
    _refuse_foreign(run, tables)
    refuse_foreign_orders(run, tables)
    # A file makes customers and their contact people only for who may add them by hand.
    if run.user is not None and not run.user.can("customer.add"):
        text = _("The customer isn't stored yet, and you may not add customers.")
        _refuse(tables, tables.text("refused/new_customer"), text)
    if run.user is not None and not run.user.can("contact.add"):
        text = _("The customer isn't stored yet, and you may not add its contact person. Leave out the name.")
        _refuse(tables, tables.text("refused/new_contact"), text)
    back = _("Goods of order %(number)s have come back. Cancel or delete that return first.") % {"number": "{number}"}
    _refuse(tables, tables.text("refused/returned_already"), back)
    early = _("The return %(number)s lies before its purchase. Check both dates.") % {"number": "{number}"}
    _refuse(tables, tables.text("refused/before_purchase"), early, {"source": run.job.source})
    binned = _("The customer or the order lies in the recycle bin. Restore it first.")
    _refuse(tables, tables.text("refused/binned"), binned)


def _refuse_foreign(run: Run, tables: Tables) -> None:
    """An uploader writes only to customers in reach; a command reaches everything.

    Whether somebody else's customer or order exists is shown a limited number of times a day, as in the form: from
    there on nothing is said about what isn't the uploader's own, new things included.
    """
    reach = reach_part(run.user)
    if reach is None or run.user is None:
        return
    text, params = reach
    hits = tables.rows("foreign", params, reach=text)
    own_customer = f"SELECT FROM customers_customer c WHERE c.number = o.customer_no AND c.id IN ({text})"
    own_order = f"SELECT FROM sales_order e WHERE e.id = o.order_id AND e.customer_id IN ({text})"
    for model, place, own in ((Customer, 1, own_customer), (Order, 2, own_order)):
        hints = ForeignHints(run.user, model)
        found = [(hit[0], hit[place]) for hit in hits if hit[place]]
        # The row from which on none is left today.
        stop = 0 if run.dry and hints.are_used_up else next((row for row, pk in found if not hints.show(pk)), None)
        if stop is not None:
            condition = tables.text("refused/not_looked_up", own=own)
            _refuse(tables, condition, str(NOT_LOOKED_UP), {"from_row": stop, **params})
    taken = _("The customer exists already and belongs to somebody else. Ask the owner or your lead.")
    pool = _("The customer is in the unassigned pool. Claim it first, then import again.")
    _refuse(tables, tables.text("refused/foreign_customer", reach=text, owner="NOT"), taken, params)
    _refuse(tables, tables.text("refused/foreign_customer", reach=text, owner=""), pool, params)


def refuse_foreign_orders(run: Run, tables: Tables) -> None:
    """A file changes only orders of one's own, and only for who may change them by hand; adding is less than that."""
    foreign = _("This order number is already stored for a customer that isn't yours. Ask your lead.")
    stored = _("The order is stored already, and you may not change it.")
    for permission, reason in (("order.add", foreign), ("order.change", stored)):
        reach = reach_part(run.user, permission)
        if reach is not None:
            text, params = reach
            _refuse(tables, tables.text("refused/foreign_order", reach=text), reason, params)
