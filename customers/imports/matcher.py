"""Which customer a row of a file means: docs/adr/0008-who-is-the-same.md, and 0054 of rows that may mean one.

Rows are judged a batch at a time inside one transaction: by the dry run, which counts, and by the writing, which locks
the customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core import sql
from core.phones import phone_digits, phone_keys
from customers.duplicates import likeness
from customers.duplicates.moved import survivors
from customers.duplicates.sweep import MOST
from customers.identity import email_key, fit_key, is_generated, name_key
from customers.imports.changes import Plan
from customers.imports.nameless import BY_NUMBER, NAMELESS_OPTION
from customers.imports.rows import (
    ALIKE,
    ELSEWHERE,
    LEFT_OUT,
    MADE,
    MASKED_TWIN,
    OTHER_NAME,
    SEVERAL,
    TAKEN,
    TWIN,
    Key,
    Known,
    Match,
    NewRow,
    Row,
    addresses_in,
    code_key,
    fitting_keys,
    numbers_in,
    row_keys,
)
from customers.imports.sender import NOT_LOOKED_UP, ForeignHints, Sender
from customers.imports.settling import (
    CREDIT_CODE,
    EMAIL,
    KEYS,
    MAKE,
    MATCH_OPTION,
    NAME,
    PHONE,
    RULE_OPTION,
    SKIP,
    UPDATE,
)
from customers.models import Customer, Kind
from customers.words import normalized, sort_key
from intake.kinds import Run

ENOUGH = 20  # of a thousand new customers at one switchboard these are compared


class Matcher:
    """Finds the customers that rows mean, a batch at a time.

    The person's rights are asked for each batch anew: they may change while a file is read. A dry run `remembers` the
    customers that the file would make; the writing finds them in the database.
    """

    def __init__(
        self,
        run: Run,
        stop: int | None = None,
        *,
        locking: bool = False,
        remembers: bool = False,
    ) -> None:
        self.run, self.stop = run, stop
        self.locking, self.remembers = locking, remembers
        self.new: dict[Key, list[NewRow]] = {}
        self.moved: dict[Key, set[int]] = {}  # customers to whom the file has given this phone or address
        self.changed: dict[int, dict[str, Any]] = {}
        self.keys = frozenset(run.job.options.get(MATCH_OPTION) or KEYS)
        self.rule = run.job.options.get(RULE_OPTION, "")

    def __call__(self, rows: Sequence[Row]) -> list[Match]:
        """Whom each row means and what it changes.

        Must be called inside a transaction, because hints are counted and written down in one.
        """
        self.sender = Sender(self.run.user)
        if self.run.user is not None:
            self.hints = ForeignHints(self.run.user)
            if self.stop is None and self.hints.are_used_up:
                self.stop = rows[0].row_no if rows else 0
        self._look_up([row.data for row in rows])
        self.said = self.run.said_of([row.row_no for row in rows])
        plan = Plan(
            self.sender,
            [row for row in self.found if row.pk in self.mine],
            [row.data for row in rows],
            numbers_for_names=self.run.job.options.get(NAMELESS_OPTION) == BY_NUMBER,
        )
        matches = []
        for row in rows:
            match = Match(*row)
            self._find(match)
            if self.said.get(match.row_no) == SKIP:
                match.skipped, match.reason = True, ""  # even if an earlier row has settled the question
            if not match.reason and not match.skipped:
                plan.fill(match)
            if self.remembers and not match.reason and not match.skipped:
                self._remember(match)
            matches.append(match)
        return matches

    # --- candidates --------------------------------------------------------------------------------------------------
    def _look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Fetch, and lock if it will be written, everybody whom these rows may mean."""
        ids = {*_ids_by_words(rows), *self._ids_by_company(rows)}
        numbers = {data["number"] for data in rows if data.get("number")}
        ids |= set(Customer.all_objects.filter(number__in=numbers).values_list("pk", flat=True))
        names = self._by_name(rows)
        if names:
            called = Q(name_sort__in={sort_key(name) for name in names}) | Q(name_sort="", name__in=names)
            living = Customer.all_objects.filter(called, deleted_at=None).order_by()
            ids |= set(living.values_list("pk", flat=True))
        ids |= {pk for data in rows for key in row_keys(data) for pk in self.moved.get(key, ())}
        now = survivors(ids)  # whose number leads to the customer that they went up in
        ids |= set(now.values())
        found = Customer.all_objects.filter(pk__in=ids).select_related("owner", "facts").defer("search_tokens")
        # Who edits one of them waits, and then learns that the version has moved on.
        self.found = list(found.order_by("pk").select_for_update(of=("self",), no_key=True) if self.locking else found)
        for customer in self.found:
            for name, value in self.changed.get(customer.pk, {}).items():
                setattr(customer, name, value)
        self.mine = self.sender.within((row.pk for row in self.found), "customer.change")
        made = self.run.job.customers.filter(customer__in=ids, made=True)
        self.sender.made = set(made.values_list("customer_id", flat=True)) if self.locking else set()
        self.by: dict[Key, list[Customer]] = {}
        by_id = {customer.pk: customer for customer in self.found}
        for customer in self.found:
            if customer.pk in now:
                self.by.setdefault(("number", customer.number), []).append(by_id[now[customer.pk]])
                continue
            for key in self._stored_keys(customer):
                self.by.setdefault(key, []).append(customer)

    def _by_name(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Names to be looked up: of rows that give nothing else, and of all rows where phones are shown masked."""
        narrow = self.sender.reads_all()
        return [
            data["name"]
            for data in rows
            if data.get("name") and not data.get("number") and not (narrow and self._ways(data))
        ]

    def _ids_by_company(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Who bears the name of a company of the file, in the spelling of this moment or by the keys of the last night.
        A name that many share says nothing."""
        names = {data["name"] for data in rows if self._asks_for_name(data)}
        if not names:
            return []
        keys = sorted({f"{likeness.NAME}:{fit_key(name)}"[: likeness.LONGEST_KEY] for name in names})
        sorted_by = sorted({sort_key(name) for name in names})
        values = {"keys": keys, "sorted": sorted_by, "most": MOST, "person": Kind.PERSON.value}
        return [pk for (pk,) in sql.fetch("customers", "companies_of_names", values)]

    def _asks_for_name(self, data: Mapping[str, Any]) -> bool:
        """Whether a row is compared by its name, too: those that say no number and don't name a person."""
        return bool(
            NAME in self.keys and data.get("name") and not data.get("number") and data.get("kind") != Kind.PERSON
        )

    def _ways(self, data: Mapping[str, Any]) -> list[Key]:
        """Phones and addresses of the row, of those kinds that tell who it is."""
        return [key for key in row_keys(data) if key[0] in (PHONE, EMAIL) and key[0] in self.keys]

    def _stored_keys(self, customer: Customer) -> Iterator[Key]:
        """By what a row may find this customer. A field that is shown masked finds nobody: a file isn't a way to
        try out numbers. Of customers beyond reach a hint is given as by the form, a limited number of times a day."""
        yield "number", customer.number
        if customer.deleted_at is not None:
            return
        yield "name", name_key(customer.name)
        yield "fit", fit_key(customer.name)
        if customer.credit_code:
            yield "credit code", code_key(customer.credit_code)
        foreign = customer.pk not in self.mine
        ways: set[Key] = set()
        if foreign or self.sender.reads(customer, "phone"):
            ways |= {("phone", key) for number in customer.phones for key in phone_keys(number)}
        if foreign or self.sender.reads(customer, "email"):
            ways |= {("email", email_key(address)) for address in customer.emails}
        yield from ways
        yield from fitting_keys(_own_name(customer), ways)

    def _known(self, key: Key) -> list[Known]:
        return [*self.by.get(key, ()), *self.new.get(key, ())]

    # --- one row -----------------------------------------------------------------------------------------------------
    def _find(self, match: Match) -> None:
        data = match.data
        found = self._by_number(match) if data.get("number") else self._without_number(match)
        if match.reason or match.skipped:
            return
        if found is None:
            if self._is_over(match.row_no):
                match.refuse(str(NOT_LOOKED_UP))
            return
        if isinstance(found, NewRow):
            match.earlier = found
        elif found.pk not in self.mine:
            self._refuse_foreign(match, found)
        elif found.deleted_at is not None:
            match.refuse(_("The customer lies in the recycle bin. Restore it first."))
        else:
            match.customer = found

    def _by_number(self, match: Match) -> Known | None:
        """The customer of this number; a new number with phone and name of somebody without one is a question."""
        data = match.data
        found = self._known(("number", data["number"]))
        if found:
            return found[0]
        phones = [key for key in self._ways(data) if key[0] == PHONE]
        same = self._fitting(data["name"], phones) if data.get("name") else self._all(phones)
        same += [row for row in self._coded(data) if row not in same]
        # Who has no number of the company's own: new with this file, or stored under one of ours.
        twins = [row for row in same if (not row.number if isinstance(row, NewRow) else is_generated(row.number))]
        own = [row for row in twins if self._reached(row)]
        if own:
            text = _("Possible duplicate: %(name)s has the same name and phone. If it is the same, write that number.")
            return self._settle(match, TWIN, own, text)
        return twins[0] if twins else None  # somebody else's: refused later, with a hint as by the form

    def _without_number(self, match: Match) -> Known | None:
        """By credit code, else phone and a fitting name, else e-mail and a fitting name; with none of them by the
        name."""
        data = match.data
        if coded := self._coded(data):
            text = _("Several customers have this credit code. Add the customer number.")
            return self._only_one(match, coded, text)
        ways = self._ways(data)
        same_name = self._known(("name", name_key(data["name"])))
        if not ways:
            text = _("Several customers have this name. Add the customer number.")
            return self._only_one(match, same_name, text) if NAME in self.keys else None
        phones, emails = [key for key in ways if key[0] == PHONE], [key for key in ways if key[0] == EMAIL]
        for some in (phones, emails):
            fitting = self._fitting(data["name"], some)
            if fitting:
                text = _("Several customers have this name and phone or e-mail. Add the customer number.")
                return self._only_one(match, fitting, text)
        others = self._all(phones or emails)
        if others:
            return self._other_name(match, others)
        hidden = [
            row for row in same_name if isinstance(row, Customer) and row.pk in self.mine and self._hides(row, data)
        ]
        if hidden:
            text = _(
                "There is a customer of this name already, %(name)s, whose phone or e-mail is shown to you masked."
                " If it is the same, add its number."
            )
            return self._settle(match, MASKED_TWIN, hidden, text)
        if alike := self._alike(data):
            text = _(
                "Possible duplicate: %(name)s has the same company name. If it is the same, add that number; if it is"
                " another company, give the row a number of its own."
            )
            return self._settle(match, ALIKE, alike, text)
        return None

    def _coded(self, data: Mapping[str, Any]) -> list[Known]:
        """Who has the row's credit code."""
        code = data.get("credit_code") if CREDIT_CODE in self.keys else None
        return self._known(("credit code", code_key(code))) if code else []

    def _alike(self, data: Mapping[str, Any]) -> list[Customer]:
        """Companies in reach, not of this very file, that are called as the row is: as a night would find them.
        Of those of others nothing is told by a name alone."""
        if not self._asks_for_name(data):
            return []
        company = data.get("kind") == Kind.COMPANY or bool(data.get("contact_name"))
        place = likeness.place_of(data.get("region", ""))
        found = []
        for row in self.by.get(("fit", fit_key(data["name"])), ()):
            of_companies = row.kind == Kind.COMPANY or (company and row.kind != Kind.PERSON)
            if row.pk not in self.mine or row.pk in self.sender.made or not of_companies:
                continue
            same_place = {likeness.PLACE} if place and place == likeness.place_of(row.region) else set()
            if likeness.strength({likeness.NAME, *same_place}, companies=True):
                found.append(row)
        return found

    def _settle(self, match: Match, code: str, twins: Sequence[Known], text: str) -> Known | None:
        """Whom a row means that may be one of these, as a person has said of it, or of all such rows; else it is
        refused with the question."""
        match.question, match.twins = code, list(twins)
        said, _sign, wanted = (self.said.get(match.row_no) or self.rule).partition(":")
        if said == MAKE:
            match.asks.append((MADE, ""))
            return None
        if said == SKIP:
            match.skipped = True
            match.asks.append((LEFT_OUT, ""))
            return None
        fitting = [row for row in twins if not wanted or str(getattr(row, "pk", "")) == wanted]
        if said == UPDATE and len(fitting) == 1:
            match.asks.append((TAKEN, fitting[0].name))
            return fitting[0]
        match.refuse(text % {"name": _named(twins[0])}, code, twins[0].name)
        return None

    def _all(self, ways: Iterable[Key]) -> list[Known]:
        return [row for key in ways for row in self._known(key)]

    def _fitting(self, name: str, ways: Sequence[Key]) -> list[Known]:
        """Who has one of these and this name, or is stored without a name; each once."""
        found: list[Known] = []
        for row in self._all([*fitting_keys(name, ways), *fitting_keys("", ways)]):
            if row not in found:
                found.append(row)
        return found

    def _reached(self, row: Known) -> bool:
        return isinstance(row, NewRow) or row.pk in self.mine

    def _only_one(self, match: Match, rows: Sequence[Known], several: str) -> Known | None:
        """One's own before those of others, of whom only the owner's name is shown."""
        own = [row for row in rows if self._reached(row)]
        if len(own) > 1:
            return self._settle(match, SEVERAL, own, several)
        return own[0] if own else next(iter(rows), None)

    def _other_name(self, match: Match, rows: Sequence[Known]) -> Known | None:
        """Another name under a known number is refused with a question: families and switchboards share numbers."""
        own: list[Known] = []
        for row in rows:
            if self._reached(row) and row not in own:
                own.append(row)
        if not own:
            return rows[0]
        text = _(
            "Another name under the same phone or e-mail: %(name)s has it. If it is the same customer, add that number;"
            " if it is somebody else, give the row a number of its own."
        )
        return self._settle(match, OTHER_NAME, own, text)

    def _hides(self, customer: Customer, data: Mapping[str, Any]) -> bool:
        phone = bool(numbers_in(data)) and not self.sender.reads(customer, "phone")
        return phone or (bool(addresses_in(data)) and not self.sender.reads(customer, "email"))

    # --- hints of foreign customers ----------------------------------------------------------------------------------
    def _is_over(self, row_no: int) -> bool:
        return self.stop is not None and row_no >= self.stop

    def _refuse_foreign(self, match: Match, customer: Customer) -> None:
        """With a hint whom to ask, for as many customers a day as by a form."""
        beyond = self._is_over(match.row_no) and customer.pk not in self.hints.ids
        if beyond or not self.hints.show(customer.pk):
            self.stop = self.stop if beyond else match.row_no
            match.refuse(str(NOT_LOOKED_UP))
            return
        if customer.owner is None:
            text = _("The customer is in the unassigned pool. Claim it first, then import again.")
            match.refuse(text, ELSEWHERE, _("Unassigned pool"))
        else:
            text = _("The customer exists already. Ask %(name)s.") % {"name": customer.owner.name}
            match.refuse(text, ELSEWHERE, customer.owner.name)

    # --- the file itself ---------------------------------------------------------------------------------------------
    def _remember(self, match: Match) -> None:
        """Let later rows of the file find what this one will write."""
        keys = row_keys(match.data)
        if match.customer is None:
            row = match.earlier or NewRow(match.place, dict(match.data))
            ways = [key for key in keys if key[0] in ("phone", "email")]
            for key in [*keys, *fitting_keys(row.data.get("name", ""), ways)]:
                there = self.new.setdefault(key, [])
                if len(there) < ENOUGH and row not in there:
                    there.append(row)
            return
        for name, value in match.changes.items():
            setattr(match.customer, name, value)
        self.changed.setdefault(match.customer.pk, {}).update(match.changes)
        ways = [key for key in keys if key[0] in ("phone", "email")]
        for key in [*ways, *fitting_keys(_own_name(match.customer), ways)]:
            self.moved.setdefault(key, set()).add(match.customer.pk)
            if match.customer not in self.by.setdefault(key, []):
                self.by[key].append(match.customer)


def _own_name(customer: Customer) -> str:
    """The name; empty for who is stored without one and bears the number instead."""
    return "" if customer.name == customer.number else customer.name


def _named(row: Known) -> str:
    if isinstance(row, NewRow):
        return _("%(name)s in row %(row)s") % {"name": row.name, "row": row.place}
    return f"{row.name} ({row.number})"


def _ids_by_words(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """By the stored search words, whatever way phone and address were written."""
    phones = {number for data in rows for number in numbers_in(data)}
    emails = {email_key(address) for data in rows for address in addresses_in(data)}
    said = {data["credit_code"] for data in rows if data.get("credit_code")}
    codes = {spelling(code) for code in said for spelling in (normalized, code_key)}
    tokens = [f"p:{phone_digits(phone)[:40]}" for phone in phones] + [f"e:{email[:70]}" for email in emails]
    tokens += [f"n:{code}" for code in codes]
    if not tokens:
        return []
    found = sql.fetch("customers", "customers_of_tokens", {"tokens": tokens})
    # Rows that came into the table past the services have no words yet.
    wordless = Customer.all_objects.filter(deleted_at=None, search_tokens=[]).order_by()
    wordless = wordless.filter(Q(phone__in=phones) | Q(phone2__in=phones) | Q(email__in=emails) | Q(email2__in=emails))
    return [pk for _token, pk in found] + list(wordless.values_list("pk", flat=True))
