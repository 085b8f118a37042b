"""Which customer a row of a file means, and what of the row may be written: as much as the person could by hand.

Rows are judged a batch at a time inside one transaction: by the dry run, which counts, and by the writing, which locks
the customers. Who is the same: docs/adr/0008-who-is-the-same.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, policy
from accounts.masking import may_read, mode_for
from accounts.models import User
from accounts.scope import reach_of
from customers import birthdays, selectors
from customers.identity import email_key, fit_key, is_generated, name_key
from customers.imports import people, stage
from customers.imports.engine import Run
from customers.imports.values import BadCellError
from customers.models import Contact, Customer, Tag
from customers.phones import phone_digits, phone_keys
from customers.words import sort_key

Key = tuple[str, str]
TEXTS = (
    "number", "name", "phone", "phone2", "email", "wechat", "address", "region", "industry", "company_size",
    "business_scope", "credit_code", "occupation", "hobbies",
)  # fmt: skip
PHONES = ("phone", "phone2")
DATES = ("founded_on",)
FILLED = (*(name for name in TEXTS if name not in ("number", *PHONES)), "kind", "gender", "birthday", *DATES, "notes")
CONTACT_TEXTS = {
    "contact_name": "name",
    "contact_position": "position",
    "contact_phone": "phone",
    "contact_email": "email",
}
ENOUGH = 20  # of a thousand new customers at one switchboard these are compared
NOT_LOOKED_UP = gettext_lazy(
    "Not looked up: your files named many customers of colleagues today. Import again tomorrow or ask your team lead."
)
# What a dry run asks the person, for all rows that have it in common (customers.imports.understood says it in words).
OTHER_NAME, TWIN, MASKED_TWIN, SEVERAL, ELSEWHERE, NO_OWNER, NEW_CHANNEL, NAMELESS, KEPT = (
    "other_names", "twins", "masked_twins", "several", "elsewhere", "no_owners", "new_channels", "nameless",
    "masked_kept",
)  # fmt: skip


class Row(NamedTuple):
    """A row of the file: its number among the rows, its place as a spreadsheet counts it, and its filled fields."""

    row_no: int
    place: int
    data: dict[str, Any]


@dataclass
class NewRow:
    """A customer that the file itself makes: what its rows have said so far."""

    place: int
    data: dict[str, Any]

    @property
    def name(self) -> str:
        return self.data.get("name") or self.data["number"]

    @property
    def number(self) -> str:
        return self.data.get("number", "")


Known = Customer | NewRow


@dataclass
class Match:
    """One row, the customer it means and what it changes. `customer` None = new; `reason` = refused."""

    row_no: int
    place: int
    data: dict[str, Any]
    customer: Customer | None = None
    earlier: NewRow | None = None  # the file made this customer further up; only while nothing is written
    reason: str = ""
    asks: list[tuple[str, str]] = field(default_factory=list)  # (code, what the rows have in common)
    changes: dict[str, Any] = field(default_factory=dict)
    owner: User | None = None  # who gets the customer, if it moves or is new
    contact: Contact | None = None
    contact_changes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    def refuse(self, reason: str, code: str = "", value: str = "") -> None:
        """The row isn't written; `code` groups rows that are refused for the same thing."""
        self.reason = reason
        self.asks = [(code, value)] if code else []

    def keep(self) -> None:
        """The row fills a field that the person reads masked: it stays as it is."""
        if (KEPT, "") not in self.asks:
            self.asks.append((KEPT, ""))

    @property
    def touches_file(self) -> bool:
        """Whether fields, contact or tags of the known customer change."""
        return bool(self.changes or self.contact_changes or self.tags)


def without_repeats(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """(the first rows, of which none can mean what another one makes, the rest for another round)."""
    seen: set[Key] = set()
    unnumbered: set[Key] = set()
    for at, row in enumerate(rows):
        keys = row_keys(row.data)
        if is_imported(row.data):  # who brings a number is known by it, however many share a phone
            met = keys[0] in seen or unnumbered.intersection(keys[1:])
        else:
            met = seen.intersection([key for key in keys if key[0] != "name"] or keys)
            unnumbered.update(keys if len(keys) == 1 else [key for key in keys if key[0] != "name"])
        if met:
            return list(rows[:at]), list(rows[at:])
        seen.update(keys)
    return list(rows), []


def is_imported(data: Mapping[str, Any]) -> bool:
    """Whether the row brings a customer number that isn't one of ours."""
    return bool(data.get("number")) and not is_generated(data["number"])


def row_keys(data: Mapping[str, Any]) -> list[Key]:
    """By what two rows of a file may mean the same customer."""
    found = [("number", data["number"])] if data.get("number") else []
    found += [("phone", phone_digits(data[name])) for name in PHONES if data.get(name)]
    if data.get("email"):
        found.append(("email", email_key(data["email"])))
    if data.get("name"):
        found.append(("name", name_key(data["name"])))
    return found


def fitting_keys(name: str, ways: Iterable[Key]) -> list[Key]:
    """Phones and addresses together with the name."""
    return [(f"{way} and name", f"{value} {fit_key(name) if name else ''}") for way, value in ways]


# --- what the person may do ------------------------------------------------------------------------------------------
class Sender:
    """What the sender of a file may do by hand, as of now; None = a command, which may do everything."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.owners = people.PossibleOwners.of(user)
        self.channels = people.channels_by_key()
        self.may_make_channels = people.may_make_channels(user)
        self.tags = None if user is None or user.can("tag.add") else _tag_names()
        self.made: set[int] = set()

    def within(self, ids: Iterable[int], permission: str) -> set[int]:
        """Those of the customers on which the person holds the permission."""
        wanted = set(ids)
        reach = people.reach_sql(self.user, permission)
        if reach is None or not wanted:
            return wanted
        sql, params = reach
        found = stage.rows(f"SELECT id FROM ({sql}) r(id) WHERE id = ANY(%s)", [*params, list(wanted)])  # noqa: S608
        return {pk for (pk,) in found}

    def reads(self, obj: Model, name: str) -> bool:
        """Whether the field is shown in full: what isn't is neither written nor compared. What this very file has made
        is known to its sender."""
        return self.user is None or getattr(obj, "customer_id", obj.pk) in self.made or may_read(self.user, obj, name)

    def reads_all(self) -> bool:
        """Whether phones and e-mails of all customers that the person may change are shown in full."""
        if self.user is None:
            return True
        everywhere = reach_of(self.user).everywhere("customer.change")
        relations = policy.RELATIONS if everywhere else ("own", "team")
        modes = {mode_for(self.user, name, relation) for name in ("phone", "email") for relation in relations}
        return modes == {policy.FULL}


def _tag_names() -> frozenset[str]:
    return frozenset(name_key(name) for name in Tag.objects.values_list("name", flat=True))


# --- who it is -------------------------------------------------------------------------------------------------------
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
        self.told: set[int] = set()
        self.new: dict[Key, list[NewRow]] = {}
        self.moved: dict[Key, set[int]] = {}  # customers to whom the file has given this phone or address
        self.changed: dict[int, dict[str, Any]] = {}

    def __call__(self, rows: Sequence[Row]) -> list[Match]:
        """Whom each row means and what it changes.

        Must be called inside a transaction: what a person was told is counted and written in one.
        """
        self.sender = Sender(self.run.user)
        if self.sender.user is not None:
            self.told = selectors.told_today(self.sender.user)
            if self.stop is None and len(self.told) >= selectors.HINTS_A_DAY:
                self.stop = rows[0].row_no if rows else 0
        self._look_up([row.data for row in rows])
        plan = Plan(self.sender, [row for row in self.found if row.pk in self.mine], [row.data for row in rows])
        matches = []
        for row in rows:
            match = Match(*row)
            self._find(match)
            if not match.reason:
                plan.fill(match)
            if self.remembers and not match.reason:
                self._remember(match)
            matches.append(match)
        return matches

    # --- candidates --------------------------------------------------------------------------------------------------
    def _look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Fetch, and lock if it will be written, everybody whom these rows may mean."""
        ids = set(_ids_by_number(rows)) | set(_ids_by_words(rows)) | set(_ids_by_name(self._by_name(rows)))
        ids |= {pk for data in rows for key in row_keys(data) for pk in self.moved.get(key, ())}
        found = Customer.all_objects.filter(pk__in=ids).select_related("owner", "facts").defer("search_tokens")
        # Who edits one of them waits, and then learns that the version has moved on.
        self.found = list(found.order_by("pk").select_for_update(of=("self",)) if self.locking else found)
        for customer in self.found:
            for name, value in self.changed.get(customer.pk, {}).items():
                setattr(customer, name, value)
        self.mine = self.sender.within((row.pk for row in self.found), "customer.change")
        made = self.run.job.customers.filter(customer__in=ids, made=True)
        self.sender.made = set(made.values_list("customer_id", flat=True)) if self.locking else set()
        self.by: dict[Key, list[Customer]] = {}
        for customer in self.found:
            for key in self._stored_keys(customer):
                self.by.setdefault(key, []).append(customer)

    def _by_name(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Names to be looked up: of rows that say nothing else, and of all where phones are shown masked."""
        narrow = self.sender.reads_all()
        return [
            data["name"]
            for data in rows
            if data.get("name")
            and not data.get("number")
            and not (narrow and any(data.get(way) for way in (*PHONES, "email")))
        ]

    def _stored_keys(self, customer: Customer) -> Iterator[Key]:
        """By what a row may find this customer. A field that is shown masked finds nobody: a file isn't a way to
        try out numbers. What lies beyond reach is told of like in the form, so often a day."""
        yield "number", customer.number
        if customer.deleted_at is not None:
            return
        yield "name", name_key(customer.name)
        told = customer.pk not in self.mine
        ways: set[Key] = set()
        if told or self.sender.reads(customer, "phone"):
            ways |= {("phone", key) for name in PHONES for key in phone_keys(getattr(customer, name))}
        if customer.email and (told or self.sender.reads(customer, "email")):
            ways.add(("email", email_key(customer.email)))
        yield from ways
        yield from fitting_keys(_own_name(customer), ways)

    def _known(self, key: Key) -> list[Known]:
        return [*self.by.get(key, ()), *self.new.get(key, ())]

    # --- one row -----------------------------------------------------------------------------------------------------
    def _find(self, match: Match) -> None:
        data = match.data
        found = self._by_number(match) if data.get("number") else self._without_number(match)
        if match.reason:
            return
        if found is None:
            if self._is_over(match.row_no):
                match.refuse(str(NOT_LOOKED_UP))
            return
        if isinstance(found, NewRow):
            match.earlier = found
        elif found.pk not in self.mine:
            self._tell(match, found)
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
        phones = [key for key in row_keys(data) if key[0] == "phone"]
        same = self._fitting(data["name"], phones) if data.get("name") else self._all(phones)
        twins = [row for row in same if _numberless(row)]
        reachable = next((row for row in twins if self._reached(row)), None)
        if reachable is not None:
            match.refuse(
                _("Possible duplicate: %(name)s has the same name and phone. If it is the same, write that number.")
                % {"name": _named(reachable)},
                TWIN,
                reachable.name,
            )
        elif twins:
            return twins[0]  # told of, as in the form
        return None

    def _without_number(self, match: Match) -> Known | None:
        """By phone and a fitting name, else e-mail and a fitting name; with neither of both by the name."""
        data = match.data
        ways = [data.get(way) for way in (*PHONES, "email") if data.get(way)]
        same_name = self._known(("name", name_key(data["name"])))
        if not ways:
            return self._only_one(match, same_name, _("Several customers have this name. Add the customer number."))
        keys = row_keys(data)
        phones, emails = [key for key in keys if key[0] == "phone"], [key for key in keys if key[0] == "email"]
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
            match.refuse(text % {"name": _named(hidden[0])}, MASKED_TWIN, hidden[0].name)
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
        """One's own before those of others, of whom only the owner is told."""
        own = [row for row in rows if self._reached(row)]
        if len(own) > 1:
            match.refuse(several, SEVERAL, match.data["name"])
        return own[0] if own else next(iter(rows), None)

    def _other_name(self, match: Match, rows: Sequence[Known]) -> Known | None:
        """Families and switchboards share numbers: who it is, is asked, and nobody is renamed."""
        own = next((row for row in rows if self._reached(row)), None)
        if own is None:
            return rows[0]
        text = _(
            "Another name under the same phone or e-mail: %(name)s has it. If it is the same customer, add that number;"
            " if it is somebody else, give the row a number of its own."
        )
        match.refuse(text % {"name": _named(own)}, OTHER_NAME, own.name)
        return None

    def _hides(self, customer: Customer, data: Mapping[str, Any]) -> bool:
        phone = any(data.get(name) for name in PHONES) and not self.sender.reads(customer, "phone")
        return phone or bool(data.get("email") and not self.sender.reads(customer, "email"))

    # --- what is told ------------------------------------------------------------------------------------------------
    def _is_over(self, row_no: int) -> bool:
        return self.stop is not None and row_no >= self.stop

    def _tell(self, match: Match, customer: Customer) -> None:
        """Whom to ask, for as many customers as a form tells of in a day. From there on no row says whether a customer
        exists, new ones included: a file of telephone numbers must not become a directory."""
        if customer.pk not in self.told:
            if len(self.told) >= selectors.HINTS_A_DAY and not self._is_over(match.row_no):
                self.stop = match.row_no
            if self._is_over(match.row_no):
                match.refuse(str(NOT_LOOKED_UP))
                return
            audit.record(selectors.HINT_ACT, by=self.sender.user, on=customer)
            self.told.add(customer.pk)
        if customer.owner is None:
            text = _("The customer is in the unassigned pool. Claim it first, then import again.")
            match.refuse(text, ELSEWHERE, _("Unassigned pool"))
        else:
            text = _("The customer exists already. Ask %(name)s.") % {"name": customer.owner.name}
            match.refuse(text, ELSEWHERE, customer.owner.name)

    # --- the file itself ---------------------------------------------------------------------------------------------
    def _remember(self, match: Match) -> None:
        """What later rows of the file will meet once this one is written."""
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


def _numberless(row: Known) -> bool:
    return not row.number if isinstance(row, NewRow) else is_generated(row.number)


def _own_name(customer: Customer) -> str:
    """The name; empty for who is stored without one and bears the number instead."""
    return "" if customer.name == customer.number else customer.name


def _named(row: Known) -> str:
    if isinstance(row, NewRow):
        return _("%(name)s in row %(row)s") % {"name": row.name, "row": row.place}
    return f"{row.name} ({row.number})"


def _ids_by_number(rows: Sequence[Mapping[str, Any]]) -> QuerySet:
    numbers = {data["number"] for data in rows if data.get("number")}
    return Customer.all_objects.filter(number__in=numbers).values_list("pk", flat=True)


def _ids_by_words(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """By the stored search words, whatever way phone and address were written."""
    phones = {data[name] for data in rows for name in PHONES if data.get(name)}
    emails = {email_key(data["email"]) for data in rows if data.get("email")}
    tokens = [f"p:{phone_digits(phone)[:40]}" for phone in phones] + [f"e:{email[:70]}" for email in emails]
    if not tokens:
        return []
    # Word by word through the index: asked for any of two thousand words at once, the database would rather compare
    # every customer with each of them.
    found = stage.rows(
        "SELECT c.id FROM unnest(%s::varchar[]) AS t(word)"
        " JOIN customers_customer c ON c.search_tokens @> ARRAY[t.word] AND c.deleted_at IS NULL",
        [tokens],
    )
    # Rows that came into the table past the services have no words yet.
    wordless = Customer.all_objects.filter(deleted_at=None, search_tokens=[]).order_by()
    wordless = wordless.filter(Q(phone__in=phones) | Q(phone2__in=phones) | Q(email__in=emails))
    return [pk for (pk,) in found] + list(wordless.values_list("pk", flat=True))


def _ids_by_name(names: Sequence[str]) -> list[int]:
    if not names:
        return []
    living = Customer.all_objects.filter(deleted_at=None).order_by()
    found = living.filter(Q(name_sort__in={sort_key(name) for name in names}) | Q(name_sort="", name__in=names))
    return list(found.values_list("pk", flat=True))


# --- what it changes -------------------------------------------------------------------------------------------------
class Plan:
    """What rows change on these customers, and whether the person may change it by hand."""

    def __init__(self, sender: Sender, customers: Sequence[Customer], rows: Sequence[Mapping[str, Any]]) -> None:
        def mentioned(name: str) -> dict[int, Customer]:
            return {row.pk: row for row in customers} if any(data.get(name) for data in rows) else {}

        self.sender = sender
        self.assignable = sender.within(mentioned("owner_email"), "customer.assign")
        self._read_contacts(mentioned("contact_name"))
        self._read_tags(mentioned("tags"))

    def fill(self, match: Match) -> None:
        """Work out the changes of one row, or refuse it."""
        try:
            self._channel(match)
            self._owner(match)
            if match.customer is not None:
                match.changes |= self._differing(match)
            elif match.earlier is None and not match.data.get("name"):
                match.asks.append((NAMELESS, ""))
            self._contact(match)
            self._tags(match)
        except BadCellError as error:
            match.refuse(str(error))

    def _differing(self, match: Match) -> dict[str, Any]:
        """The model fields of a known customer that the row changes. Empty cells change nothing, and what is shown
        masked stays as it is, whatever it is: the counts must not tell. Who was found by phone or e-mail isn't renamed.
        """
        customer, changes = match.customer, {}
        phones = {digits for name in PHONES for digits in phone_keys(getattr(customer, name))}
        for name, value in filled(match.data).items():
            stored = getattr(customer, name)
            if name == "name" and not match.data.get("number") and customer.name != customer.number:
                continue
            if not self.sender.reads(customer, name):
                match.keep()
            elif name in PHONES:
                if phone_digits(value) not in phones or _respelled(stored, value):
                    changes[name] = value
            elif stored != value and not (name == "email" and email_key(stored) == email_key(value)):
                changes[name] = value
        return changes

    def _channel(self, match: Match) -> None:
        name = match.data.get("channel")
        if not name:
            return
        channel = self.sender.channels.get(name_key(name))
        if channel is None and not self.sender.may_make_channels:
            raise BadCellError(
                _("source channel: “%(name)s” is no channel of the company. A manager can add it.") % {"name": name}
            )
        if channel is None:
            match.asks.append((NEW_CHANNEL, name))
            match.changes["channel_id"] = None  # known once it is made
        elif match.customer is None or match.customer.channel_id != channel.pk:
            match.changes["channel_id"] = channel.pk

    def _owner(self, match: Match) -> None:
        """The owner's cell against the present owner; only who may assign this customer by hand gives it away."""
        text = match.data.get("owner_email")
        if not text or (match.customer is not None and people.is_called(match.customer.owner, text)):
            return
        try:
            owner = self.sender.owners.find(text)
        except BadCellError as error:
            match.refuse(_("owner: %(problem)s") % {"problem": error}, NO_OWNER, text)
            return
        if match.customer is not None and owner.pk == match.customer.owner_id:
            return
        if match.customer is not None and match.customer.pk not in self.assignable:
            raise BadCellError(
                _("owner: you may not give this customer to somebody else. Leave the cell empty, or ask your lead.")
            )
        match.owner = owner

    # --- contacts ----------------------------------------------------------------------------------------------------
    def _read_contacts(self, customers: Mapping[int, Customer]) -> None:
        self.may_add = self.sender.within(customers, "contact.add")
        self.may_change = self.sender.within(customers, "contact.change")
        self.contacts: dict[tuple[int, str], Contact] = {}
        if customers:
            for contact in Contact.all_objects.filter(customer_id__in=customers, deleted_at=None).order_by("pk"):
                contact.customer = customers[contact.customer_id]
                self.contacts.setdefault((contact.customer_id, name_key(contact.name)), contact)

    def _contact(self, match: Match) -> None:
        """The row's contact person, known by name."""
        if not match.data.get("contact_name"):
            return
        wanted = {to: match.data[name] for name, to in CONTACT_TEXTS.items() if match.data.get(name)}
        if match.customer is None:
            allowed = self.sender.user is None or self.sender.user.can("contact.add")
        else:
            match.contact = self.contacts.get((match.customer.pk, name_key(wanted["name"])))
            wanted = self._contact_changes(match, wanted) if match.contact else wanted
            allowed = match.customer.pk in (self.may_change if match.contact else self.may_add)
        if wanted and not allowed:
            raise BadCellError(
                _("contact person: you may not change contacts of this customer. Leave the cells empty.")
                if match.contact
                else _("contact person: you may not add contacts. Leave the cells empty.")
            )
        match.contact_changes = wanted

    def _contact_changes(self, match: Match, wanted: Mapping[str, str]) -> dict[str, str]:
        changes = {}
        for name, value in wanted.items():
            if not self.sender.reads(match.contact, name):
                match.keep()
            elif name != "name" and getattr(match.contact, name) != value:
                changes[name] = value
        return changes

    # --- tags --------------------------------------------------------------------------------------------------------
    def _read_tags(self, customers: Mapping[int, Customer]) -> None:
        self.tags: dict[int, set[str]] = {}
        if customers:
            rows = Customer.tags.through.objects.filter(customer_id__in=customers)
            for customer_id, name in rows.values_list("customer_id", "tag__name"):
                self.tags.setdefault(customer_id, set()).add(name_key(name))

    def _tags(self, match: Match) -> None:
        """Tags are added, never taken away."""
        have = set(self.tags.get(match.customer.pk, ())) if match.customer is not None else set()
        for name in match.data.get("tags") or ():
            if self.sender.tags is not None and name_key(name) not in self.sender.tags:
                raise BadCellError(_("tags: there is no tag “%(name)s”. A manager can add it.") % {"name": name})
            if name_key(name) not in have:
                have.add(name_key(name))
                match.tags.append(name)


def filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """The model fields that the row fills, as they are stored."""
    found = {name: data[name] for name in (*FILLED, *PHONES) if data.get(name)}
    found |= {name: date.fromisoformat(data[name]) for name in DATES if data.get(name)}
    return found | {name: data.get(name, False) for name in birthdays.FIELDS[1:] if data.get("birthday")}


def _respelled(stored: str, value: str) -> bool:
    """The same number in another spelling, or with another extension."""
    return stored != value and phone_keys(stored) == [phone_digits(value)]
