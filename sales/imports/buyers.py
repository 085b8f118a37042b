"""Who bought, where a file of orders names no customer number: known or new by phone, else by e-mail, and the name.

Set by set: a batch of phones and addresses is looked up in one query, whatever the number of customers
(docs/adr/0008-who-is-the-same.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import sql
from customers.identity import names_fit
from customers.imports.sender import Sender
from customers.models import Contact, Customer
from intake.kinds import Run
from sales.imports.tables import Tables

KEYS_A_BATCH = 5_000


@dataclass
class Buyer:
    """A phone or address with one of the names that the file gives it; `number` or `reason` once it is known."""

    seq: int
    who: str
    email: str
    names: list[str]
    number: str = ""
    reason: str = ""


def find_buyers(run: Run, tables: Tables) -> None:
    """Find the customers of orders without customer number by phone or e-mail; new ones get a mark for a number.

    Orders whose name doesn't fit are refused: nobody is renamed, and nobody gets another one's orders.
    """
    if not {"phone", "email"} & set(run.job.mapping):
        return
    tables.change("buyers")
    finder, after = _Finder(run), 0
    while rows := tables.rows("buyers_batch", {"after": after, "limit": KEYS_A_BATCH}):
        buyers = [Buyer(seq, who, email or "", [name for name in names if name]) for seq, who, email, *names in rows]
        finder(buyers)
        found = {
            "seqs": [buyer.seq for buyer in buyers],
            "numbers": [buyer.number for buyer in buyers],
            "reasons": [buyer.reason for buyer in buyers],
        }
        tables.change("buyers_found", found)
        after = rows[-1][0]
    tables.change("refuse_buyers")
    tables.change("name_buyers")


class _Finder:
    """Decides batches of buyers; they come ordered by phone or address, so that only the last one is remembered."""

    def __init__(self, run: Run) -> None:
        self.sender = Sender(run.user)
        self.last: Buyer | None = None  # who is new with this file

    def __call__(self, buyers: Sequence[Buyer]) -> None:
        self._look_up({buyer.who for buyer in buyers} | {buyer.email for buyer in buyers if buyer.email})
        for buyer in buyers:
            self._decide(buyer)

    def _look_up(self, tokens: set[str]) -> None:
        pairs = sql.fetch("customers", "customers_of_tokens", {"tokens": sorted(tokens)})
        ids = {pk for _token, pk in pairs}
        customers = Customer.all_objects.select_related("owner", "facts").defer("search_tokens").in_bulk(list(ids))
        self.mine = self.sender.within(ids, "order.add")
        self.names: dict[int, list[str]] = {pk: [row.name] for pk, row in customers.items()}
        for pk, name in Contact.all_objects.filter(customer__in=ids, deleted_at=None).values_list("customer", "name"):
            self.names[pk].append(name)
        self.by: dict[str, list[Customer]] = {}
        for token, pk in pairs:
            # What the sender reads masked finds nobody: a file isn't a way to try out numbers.
            field = "phone" if token.startswith("p:") else "email"
            if pk not in self.mine or self.sender.reads(customers[pk], field):
                self.by.setdefault(token, []).append(customers[pk])

    def _decide(self, buyer: Buyer) -> None:
        for token in dict.fromkeys((buyer.who, buyer.email)):
            known = self.by.get(token, [])
            if known:
                self._choose(buyer, known)
                return
        if self.last is not None and self.last.who == buyer.who:
            if not self._fits(buyer, self.last.names):
                buyer.reason = _other_name(buyer)
            elif not self.last.names:
                self.last = buyer
            return
        self.last = buyer

    def _choose(self, buyer: Buyer, known: Sequence[Customer]) -> None:
        """One's own before those of others: beside an own customer nothing may show whether somebody else has one."""
        mine = [row for row in known if row.pk in self.mine]
        fitting = [row for row in mine if self._fits(buyer, self.names[row.pk])]
        if len(fitting) == 1:
            buyer.number = fitting[0].number
        elif fitting:
            buyer.reason = _("Several customers have this phone or e-mail. Add the customer number.")
        elif mine:
            buyer.reason = _other_name(buyer)
        else:  # the row is refused later, like any that names a customer of somebody else
            buyer.number = known[0].number

    @staticmethod
    def _fits(buyer: Buyer, names: Sequence[str]) -> bool:
        """Whether one of the names may be the buyer's; without a name on either side there is nothing against it."""
        return not buyer.names or not names or any(names_fit(one, other) for one in buyer.names for other in names)


def _other_name(buyer: Buyer) -> str:
    text = _("“%(name)s”: this phone or e-mail belongs to a customer of another name. Add the customer number.")
    return text % {"name": ", ".join(buyer.names)[:80]}


def name_new(tables: Tables, pairs: Sequence[tuple[str, str]]) -> None:
    """Write the numbers that new buyers got in place of their marks."""
    if pairs:
        marks, numbers = zip(*pairs, strict=True)
        tables.change("numbers_given", {"marks": list(marks), "numbers": list(numbers)})
