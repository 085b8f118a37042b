"""What the sender of a file may do by hand, and how much of what lies beyond his reach is shown to him."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy

from accounts import audit, policy
from accounts.masking import may_read, mode_for
from accounts.models import User
from accounts.scope import reach_of
from core.numbers import number
from customers import selectors
from customers.identity import name_key
from customers.imports.catalogues import Entries, may_make
from customers.imports.owners import PossibleOwners
from customers.models import CATALOGUES, Customer, OwnField, Tag
from customers.own.values import may_read as may_read_own
from intake import stage

NOT_LOOKED_UP = gettext_lazy(
    "Not looked up: your files named many customers of colleagues today. Import again tomorrow or ask your team lead."
)


class Sender:
    """What the sender of a file may do by hand, as of now; None = a command, which may do everything."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.owners = PossibleOwners.of(user)
        self._entries: dict[str, Entries] = {}
        self.tags: frozenset[str] | None = None  # those that are there, for who can't add others
        if user is not None and not user.can("tag.add"):
            self.tags = frozenset(name_key(name) for name in Tag.objects.values_list("name", flat=True))
        self.made: set[int] = set()

    def entries(self, name: str) -> Entries:
        """The catalogue of a field, read once."""
        if name not in self._entries:
            self._entries[name] = Entries(CATALOGUES[name])
        return self._entries[name]

    def may_make(self, name: str) -> bool:
        """Whether unknown words for a field become new entries of its catalogue."""
        return may_make(CATALOGUES[name], self.user)

    def within(self, ids: Iterable[int], permission: str) -> set[int]:
        """Those of the customers on which the person holds the permission."""
        wanted = set(ids)
        reach = reach_sql(self.user, permission)
        if reach is None or not wanted:
            return wanted
        sql, params = reach
        found = stage.rows(f"SELECT id FROM ({sql}) r(id) WHERE id = ANY(%s)", [*params, list(wanted)])  # noqa: S608
        return {pk for (pk,) in found}

    def reads(self, obj: Model, name: str) -> bool:
        """Whether the field is shown in full: what isn't is neither written nor compared. What this very file has made
        is known to its sender."""
        return self.user is None or getattr(obj, "customer_id", obj.pk) in self.made or may_read(self.user, obj, name)

    def reads_own(self, customer: Customer, field: OwnField) -> bool:
        """The same of an own field."""
        return self.user is None or customer.pk in self.made or may_read_own(self.user, customer, field)

    @cached_property
    def people(self) -> PossibleOwners:
        """The colleagues whom the sender may name in an own field."""
        active = User.objects.filter(is_active=True)  # unscoped: a command may name everybody
        return PossibleOwners(active if self.user is None else selectors.colleagues(self.user))

    def reads_all(self) -> bool:
        """Whether phones and e-mails of all customers that the person may change are shown in full."""
        if self.user is None:
            return True
        everywhere = reach_of(self.user).everywhere("customer.change")
        relations = policy.RELATIONS if everywhere else ("own", "team")
        modes = {mode_for(self.user, name, relation) for name in ("phone", "email") for relation in relations}
        return modes == {policy.FULL}


def reach_sql(user: User | None, permission: str = "order.add") -> tuple[str, Sequence[Any]] | None:
    """(SQL of the customer ids, parameters) on which `user` holds the permission; None = all of them."""
    if user is None or reach_of(user).everywhere(permission):
        return None
    rows = Customer.all_objects.for_user(user, permission).order_by().values("pk")
    if rows.query.is_empty():
        return "SELECT 0", ()
    return rows.query.sql_with_params()


class ForeignHints:
    """How often a person is shown today that rows of this model belong to somebody else: as often as by the form.

    Beyond that no row says whether something exists, new things included: a file of telephone numbers must not become
    a directory. Must be used inside a transaction, because a hint is counted and written down in one.
    """

    def __init__(self, user: User, model: type[Model] = Customer) -> None:
        self.user, self.model = user, model
        self.ids = selectors.hints_of_today(user, model)

    @property
    def are_used_up(self) -> bool:
        """Whether no new one may be given today."""
        return len(self.ids) >= number("hints_a_day")

    def show(self, pk: int) -> bool:
        """Whether the person may learn of this row; the first time it is written down."""
        if pk not in self.ids:
            if self.are_used_up:
                return False
            audit.record(selectors.HINT_ACT, by=self.user, on=self.model(pk=pk))
            self.ids.add(pk)
        return True
