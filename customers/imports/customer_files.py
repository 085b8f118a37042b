"""Customers brought in from files: new ones are made, known ones get the filled cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from core import clock, events
from core.refusals import ROW_ERRORS, Refusals
from customers import selectors
from customers.imports import people, stage, values
from customers.imports.engine import Run
from customers.imports.kinds import Column, Kind, Step
from customers.imports.values import BadCellError
from customers.models import Channel, Contact, Customer, Gender, ImportJob, Stage, Tag
from customers.models import Kind as CustomerKind
from customers.phones import looks_like_phone, normal_phone, phone_digits
from customers.services.facts import contacts_for_tokens, derived
from customers.services.files import numbers_next
from customers.services.owners import customer_transfer

BATCH = 1_000
OLDEST_FIRM = 1000
COLUMNS = (
    Column(
        "number",
        gettext_lazy("customer number"),
        ("客户编号", "客户号", "会员号", "编号", "customerid", "customerno", "id", "no"),
    ),
    Column(
        "name",
        gettext_lazy("customer name"),
        ("客户名称", "公司名称", "姓名", "名称", "客户", "公司", "company", "fullname", "customer"),
    ),
    Column("kind", gettext_lazy("customer kind"), ("客户类型", "类型", "类别", "type", "customertype")),
    Column("phone", gettext_lazy("phone"), ("手机", "手机号", "电话", "联系电话", "mobile", "tel", "telephone")),
    Column("phone2", gettext_lazy("second phone"), ("电话2", "备用电话", "座机", "mobile2")),
    Column("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "邮件", "mail", "emailaddress")),
    Column("wechat", gettext_lazy("WeChat"), ("微信", "微信号")),
    Column("address", gettext_lazy("address"), ("地址", "联系地址", "street")),
    Column("region", gettext_lazy("region"), ("地区", "区域", "省份", "城市", "国家", "country", "city", "province")),
    Column("industry", gettext_lazy("industry"), ("行业", "所属行业")),
    Column("company_size", gettext_lazy("company size"), ("规模", "公司规模", "人数", "employees")),
    Column("business_scope", gettext_lazy("business scope"), ("经营范围", "主营业务")),
    Column("credit_code", gettext_lazy("credit code"), ("统一社会信用代码", "信用代码", "税号", "taxid")),
    Column("occupation", gettext_lazy("occupation"), ("职业",)),
    Column("hobbies", gettext_lazy("hobbies"), ("爱好", "兴趣")),
    Column("gender", gettext_lazy("sex"), ("性别", "gender")),
    Column("birthday", gettext_lazy("birthday"), ("生日", "出生日期", "birthdate", "dateofbirth")),
    Column("founded_on", gettext_lazy("founded on"), ("成立日期", "founded")),
    Column("notes", gettext_lazy("notes"), ("备注", "说明", "comment", "remarks")),
    Column("channel", gettext_lazy("source channel"), ("渠道", "来源", "客户来源", "source", "channel")),
    Column("tags", gettext_lazy("tags"), ("标签", "labels")),
    Column("owner_email", gettext_lazy("owner's e-mail"), ("负责人邮箱", "业务员邮箱", "owner", "salesemail")),
    Column("contact_name", gettext_lazy("contact person"), ("联系人", "联系人姓名", "contact")),
    Column("contact_position", gettext_lazy("contact's position"), ("职位", "联系人职位", "position", "jobtitle")),
    Column("contact_phone", gettext_lazy("contact's phone"), ("联系人电话", "联系人手机")),
    Column("contact_email", gettext_lazy("contact's e-mail"), ("联系人邮箱",)),
)
LABELS = {column.name: column.label for column in COLUMNS}
TEXTS = (
    "number", "name", "phone", "phone2", "email", "wechat", "address", "region", "industry", "company_size",
    "business_scope", "credit_code", "occupation", "hobbies",
)  # fmt: skip
CONTACT_TEXTS = {
    "contact_name": "name",
    "contact_position": "position",
    "contact_phone": "phone",
    "contact_email": "email",
}
LIMITS = {name: Customer._meta.get_field(name).max_length for name in TEXTS}
LIMITS |= {name: Contact._meta.get_field(field).max_length for name, field in CONTACT_TEXTS.items()}
LONGEST_CELL = 1_000  # of the other fields
KINDS = {
    "person": CustomerKind.PERSON, "individual": CustomerKind.PERSON, "b2c": CustomerKind.PERSON,
    "个人": CustomerKind.PERSON, "company": CustomerKind.COMPANY, "business": CustomerKind.COMPANY,
    "b2b": CustomerKind.COMPANY, "公司": CustomerKind.COMPANY, "企业": CustomerKind.COMPANY,
    "unknown": CustomerKind.UNKNOWN, "未知": CustomerKind.UNKNOWN,
}  # fmt: skip
GENDERS = {"f": Gender.FEMALE, "female": Gender.FEMALE, "女": Gender.FEMALE, "m": Gender.MALE, "male": Gender.MALE}
GENDERS |= {"男": Gender.MALE}
STAGED_TYPES = "row_no integer PRIMARY KEY, error text, data jsonb, read boolean"


def missing(mapping: Mapping[str, str]) -> str:
    """What this mapping lacks, as a sentence."""
    if not {"number", "name"} & set(mapping):
        return _("Choose the column with the customer's name (name) or number (number).")
    if "contact_name" not in mapping and any(name in mapping for name in CONTACT_TEXTS):
        return _("Choose the column with the contact person's name (contact_name) too.")
    return ""


# --- one row ---------------------------------------------------------------------------------------------------------
class RowReader:
    """Callable: (row number, cells) -> (row number, reason or None, JSON of the filled fields)."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], user: Any) -> None:
        self.width = len(columns)
        self.at = {name: columns.index(column) for name, column in mapping.items()}
        self.refusal = Refusals()
        self.owners = frozenset(people.possible_owners(user))
        self.channels = None if people.may_make_channels(user) else _names(Channel, "code", "name_en", "name_zh")
        self.tags = None if user is None or user.can("tag.add") else _names(Tag, "name")

    def __call__(self, row_no: int, cells: Sequence[str]) -> tuple[int, str | None, str | None, bool]:
        try:
            return row_no, None, json.dumps(self._data(cells), ensure_ascii=False), True
        except ROW_ERRORS as error:
            return row_no, self.refusal(row_no, error), None, False

    def _data(self, cells: Sequence[str]) -> dict[str, Any]:
        if any(cells[self.width :]):
            raise BadCellError(_("The row has more cells than the header has columns. Is a quotation mark missing?"))
        read = {
            name: _told(name, partial(self._read, name), cells[index])
            for name, index in self.at.items()
            if cells[index]
        }
        data = {name: value for name, value in read.items() if value}
        if not data.get("number") and not data.get("name"):
            raise BadCellError(_("Neither a name nor a number stands in the row."))
        return data

    def _read(self, name: str, text: str) -> Any:
        if name == "notes":
            return values.paragraphs(text)
        text = values.short(text, LIMITS.get(name, LONGEST_CELL))
        special = getattr(self, f"_{name.removeprefix('contact_')}", None)
        return special(text) if text and special else text

    def _phone(self, text: str) -> str:
        if not looks_like_phone(text):
            raise BadCellError(_("“%(value)s” isn't a phone number.") % {"value": text})
        return normal_phone(text)

    _phone2 = _phone

    def _email(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError as error:
            raise BadCellError(_("“%(value)s” isn't an e-mail address.") % {"value": text}) from error
        return text

    def _kind(self, text: str) -> str:
        found = KINDS.get(values.plain(text).lower())
        if found is None:
            raise BadCellError(_("“%(value)s” is no kind. Write person, company or unknown.") % {"value": text[:40]})
        return found

    def _gender(self, text: str) -> str:
        return GENDERS.get(values.plain(text).lower(), Gender.NONE)

    def _birthday(self, text: str) -> str:
        return values.past_day(text).isoformat()

    def _founded_on(self, text: str) -> str:
        return values.past_day(text, oldest=OLDEST_FIRM).isoformat()

    def _owner_email(self, text: str) -> str:
        if text.lower() not in self.owners:
            raise BadCellError(
                _("there is no active person %(email)s to whom you may give customers.") % {"email": text}
            )
        return text.lower()

    def _channel(self, text: str) -> str:
        return _known(values.short(text, 80), self.channels, _("“%(name)s” is no channel of the company."))

    def _tags(self, text: str) -> list[str]:
        names = [" ".join(part.split()) for part in re.split(r"[,，;；、|]", text) if part.strip()]
        return [_known(values.short(name, 40), self.tags, _("there is no tag “%(name)s”.")) for name in names]


def _told(name: str, read: Any, text: str) -> Any:
    try:
        return read(text)
    except BadCellError as error:
        raise BadCellError(f"{LABELS[name]}: {error}") from error


def _names(model: Any, *fields: str) -> frozenset[str]:
    return frozenset(name.lower() for row in model.objects.values_list(*fields) for name in row)


def _known(name: str, names: frozenset[str] | None, sentence: str) -> str:
    if names is not None and name.lower() not in names:
        raise BadCellError(f"{sentence % {'name': name}} " + _("A manager can add it."))
    return name


# --- who it is -------------------------------------------------------------------------------------------------------
@dataclass
class Match:
    """One row and the customer it means: `customer` None = new; `reason` = refused."""

    row_no: int
    data: dict[str, Any]
    customer: Customer | None = None
    reason: str = ""
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What makes two rows of a file the same new customer."""
        return identity(self.data)


def identity(data: Mapping[str, Any]) -> tuple[str, str]:
    """By number; without one by phone, else e-mail, else the exact name."""
    for name in ("number", "phone", "email", "name"):
        if data.get(name):
            return name, phone_digits(data[name]) if name == "phone" else str(data[name]).lower()
    return "name", ""


class Matcher:
    """Finds the customers that rows mean, a batch at a time."""

    def __init__(self, user: Any, stop: int | None = None, *, locking: bool = False) -> None:
        self.user, self.locking = user, locking
        self.reach = people.reach_sql(user, "customer.change")
        self.told: set[int] = set()
        self.stop = stop

    def __call__(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> list[Match]:
        """Must be called inside a transaction: what a person was told is counted and written in one."""
        if self.reach is not None:
            self.told = selectors.told_today(self.user)
            if self.stop is None and len(self.told) >= selectors.HINTS_A_DAY:
                self.stop = rows[0][0] if rows else 0
        by_key = self._candidates([data for _number, data in rows])
        foreign = self._foreign_of({row.pk for found in by_key.values() for row in found})
        return [self._match(row_no, data, by_key.get(identity(data), []), foreign) for row_no, data in rows]

    def _foreign_of(self, ids: set[int]) -> set[int]:
        """Those of the customers that the person may not change."""
        if self.reach is None or not ids:
            return set()
        sql, params = self.reach
        found = stage.rows(f"SELECT id FROM ({sql}) r(id) WHERE id = ANY(%s)", [*params, list(ids)])  # noqa: S608
        return ids - {pk for (pk,) in found}

    def _is_over(self, row_no: int) -> bool:
        return self.stop is not None and row_no >= self.stop

    def _told(self, row_no: int, customer: Customer) -> str:
        """Whom to ask, for as many customers as a form tells of in a day. From there on no row says whether a customer
        exists, new ones included: a file of telephone numbers must not become a directory."""
        if customer.pk not in self.told:
            if len(self.told) >= selectors.HINTS_A_DAY and not self._is_over(row_no):
                self.stop = row_no
            if self._is_over(row_no):
                return str(NOT_LOOKED_UP)
            audit.record(selectors.HINT_ACT, by=self.user, on=customer)
            self.told.add(customer.pk)
        return _foreign(customer)

    def _candidates(self, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Customer]]:
        wanted: dict[str, list[str]] = {"number": [], "phone": [], "email": [], "name": []}
        for data in rows:
            wanted[identity(data)[0]].append(data.get(identity(data)[0], ""))
        condition = Q(number__in=wanted["number"])
        for name in ("phone", "email", "name"):
            if wanted[name]:
                condition |= Q(**{f"{name}__in": wanted[name], "deleted_at": None})
        found: dict[tuple[str, str], list[Customer]] = {}
        rows = Customer.all_objects.filter(condition).select_related("owner").defer("search_tokens")
        # Who edits one of them waits, and then learns that the version has moved on.
        for customer in rows.order_by("pk").select_for_update(of=("self",)) if self.locking else rows:
            for name in wanted:
                if getattr(customer, name):
                    found.setdefault(identity({name: getattr(customer, name)}), []).append(customer)
        return found

    def _match(self, row_no: int, data: dict[str, Any], found: Sequence[Customer], foreign: set[int]) -> Match:
        elsewhere = next((row for row in found if row.pk in foreign), None)
        if elsewhere is not None:
            return Match(row_no, data, reason=self._told(row_no, elsewhere))
        if not found and self._is_over(row_no):
            return Match(row_no, data, reason=str(NOT_LOOKED_UP))
        if len(found) > 1:
            text = _("Several customers have this %(field)s. Add the customer number to the row.")
            return Match(row_no, data, reason=text % {"field": LABELS[identity(data)[0]]})
        if not found and not data.get("name") and not data.get("number"):
            return Match(row_no, data, reason=_("A new customer needs a name."))
        if found and found[0].deleted_at is not None:
            return Match(row_no, data, reason=_("The customer lies in the recycle bin. Restore it first."))
        return Match(row_no, data, customer=found[0] if found else None)


NOT_LOOKED_UP = gettext_lazy(
    "Not looked up: your files named many customers of colleagues today. Import again tomorrow or ask your team lead."
)


def _foreign(customer: Customer) -> str:
    if customer.owner is None:
        return _("The customer is in the unassigned pool. Claim it first, then import again.")
    return _("The customer exists already. Ask %(name)s.") % {"name": customer.owner.name}


def differing(match: Match, channels: Mapping[str, Channel]) -> dict[str, Any]:
    """The model fields of a known customer that the row changes; empty cells change nothing."""
    changes: dict[str, Any] = {}
    for name in (*TEXTS, "kind", "gender", "birthday", "founded_on", "notes"):
        value = match.data.get(name)
        if value and name != "number":
            value = values.day(value) if name in ("birthday", "founded_on") else value
            changes[name] = value
    if match.data.get("channel"):
        changes["channel_id"] = channels[match.data["channel"].lower()].pk
    return {name: value for name, value in changes.items() if getattr(match.customer, name) != value}


# --- steps -----------------------------------------------------------------------------------------------------------
def stage_rows(run: Run) -> Iterator[None]:
    """Read and check the file's rows and put them aside."""
    table = stage.name(run.job)
    run.table.require(run.job.mapping.values())
    people.owner_turn(run.job.options.get("owner", ""), run.user)
    if not run.job.next_row:
        with transaction.atomic():
            stage.create(table, STAGED_TYPES)
            run.move(total_rows=run.table.lines)
    read = RowReader(run.table.columns, run.job.mapping, run.user)
    rows = run.table.rows(start=run.job.next_row)
    while batch := [read(number, cells) for number, cells in islice(rows, BATCH * 5)]:
        with transaction.atomic():
            stage.copy(table, ("row_no", "error", "data", "read"), batch)
            run.move(next_row=run.job.next_row + len(batch))
        yield
    run.move(total_rows=run.job.next_row)


def _batch(run: Run, after: int) -> list[tuple[int, dict[str, Any]]]:
    found = stage.rows(
        f"SELECT row_no, data FROM {stage.name(run.job)} WHERE read AND row_no > %s ORDER BY row_no LIMIT %s",  # noqa: S608
        [after, BATCH],
    )
    return [(row_no, data if isinstance(data, dict) else json.loads(data)) for row_no, data in found]


def compare(run: Run) -> Iterator[None]:
    """Count what would happen."""
    if not run.dry:
        run.move(counts={"last": run.job.next_row, "rows": run.job.next_row})
        yield
        return
    counts = {"customers_created": 0, "updated": 0, "unchanged": 0, "errors": 0}
    matcher, after = Matcher(run.user), 0
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    run.move(cursor=0, counts={"last": run.job.next_row, "rows": run.job.next_row})
    while rows := _batch(run, after):
        with transaction.atomic():
            matches = matcher(rows)
            channels = _channels_of(matches)
            for match in matches:
                counts[_verdict(match, seen, channels)] += 1
                _note(run, match)
            after = rows[-1][0]
            run.move(cursor=after)
        yield
    stopped = {} if matcher.stop is None else {"looked_up_to": matcher.stop}
    run.move(counts={**run.job.counts, **counts, **stopped})


def _verdict(match: Match, seen: dict[tuple[str, str], dict[str, Any]], channels: Mapping[str, Channel]) -> str:
    """Under which figure the row counts; `seen` remembers new customers that the file names more than once."""
    if match.reason:
        return "errors"
    if match.customer is not None:
        return "updated" if _differs(match, channels) else "unchanged"
    known = seen.get(match.key)
    seen[match.key] = {**(known or {}), **match.data}
    if known is None:
        return "customers_created"
    return "unchanged" if seen[match.key] == known else "updated"


def _differs(match: Match, channels: Mapping[str, Channel]) -> bool:
    wanted = match.data.get("channel", "").lower()
    if wanted and wanted not in channels:
        return True
    owner = match.data.get("owner_email")
    moved = bool(owner) and owner != (getattr(match.customer.owner, "email", "") or "").lower()
    return bool(moved or differing(match, channels))


def _note(run: Run, match: Match) -> None:
    """Write the reason into the stage, or take an earlier one back."""
    stage.execute(
        f"UPDATE {stage.name(run.job)} SET error = %s WHERE row_no = %s AND error IS DISTINCT FROM %s",  # noqa: S608
        [match.reason or None, match.row_no, match.reason or None],
    )


def _judged(run: Run) -> int | None:
    """From which row on the dry run looked nobody up; a file without dry run is looked up to its end."""
    return run.job.counts.get("looked_up_to", run.job.next_row + 1 if run.user else None)


def write_customers(run: Run) -> Iterator[None]:
    """Make and change customers in batches; a row that comes again in the file changes what the first one made."""
    owners, matcher = people.Owners.of(run.job), Matcher(run.user, stop=_judged(run), locking=True)
    while rows := _batch(run, run.job.cursor):
        with transaction.atomic():
            stage.write_alone()
            counts = _write(run, rows, matcher, owners)
            run.move(cursor=rows[-1][0], counts=run.counted(**counts))
        yield


def _write(run: Run, rows: list[tuple[int, dict[str, Any]]], matcher: Matcher, owners: people.Owners) -> dict[str, int]:
    counts = {"customers_created": 0, "updated": 0, "unchanged": 0}
    while rows:
        first, rows = _without_repeats(rows)
        matches = matcher(first)
        for match in matches:
            _note(run, match)
        kept = [match for match in matches if not match.reason]
        new, known = [m for m in kept if m.customer is None], [m for m in kept if m.customer is not None]
        channels = _channels_of(kept, make=True)
        _make(run, new, owners, channels)
        changed = _change(run, known, owners, channels)
        counts["customers_created"] += len(new)
        counts["updated"] += changed
        counts["unchanged"] += len(known) - changed
    return counts


def _without_repeats(rows: list[tuple[int, dict[str, Any]]]) -> tuple[list, list]:
    """(rows of different customers, the rest for another round)."""
    seen: set[tuple[str, str]] = set()
    first, rest = [], []
    for row in rows:
        key = identity(row[1])
        (rest if key in seen else first).append(row)
        seen.add(key)
    return first, rest


def _channels_of(matches: Sequence[Match], *, make: bool = False) -> dict[str, Channel]:
    names = {match.data["channel"] for match in matches if match.data.get("channel")}
    if make:
        return {name.lower(): people.channel_ensure(name) for name in sorted(names)}
    known = {text.lower(): row for row in Channel.objects.all() for text in (row.code, row.name_en, row.name_zh)}
    return {name.lower(): known[name.lower()] for name in names if name.lower() in known}


def _make(run: Run, matches: Sequence[Match], owners: people.Owners, channels: Mapping[str, Channel]) -> None:
    """New customers with their contacts, tags, facts and tokens; owners in turn by the row's place in the file."""
    numbers = iter(numbers_next(sum(not match.data.get("number") for match in matches)) if matches else [])
    made = []
    for match in matches:
        owner = owners.pick(match.row_no - 1, match.data.get("owner_email"))
        customer = Customer(number=match.data.get("number") or next(numbers), owner=owner)
        customer.team = getattr(owner, "team", None)
        customer.kind = CustomerKind.COMPANY if match.data.get("contact_name") else CustomerKind.UNKNOWN
        customer.name = match.data.get("name") or customer.number
        customer.source, customer.stage, customer.stage_since = (
            run.job.source,
            Stage.FIRST_CONTACT,
            clock.business_date(),
        )
        customer.created_by = customer.updated_by = run.user
        match.customer, made = customer, [*made, customer]
        for name, value in differing(match, channels).items():
            setattr(customer, name, value)
        _derive(customer, [_contact_data(match)] if match.data.get("contact_name") else [])
    Customer.all_objects.bulk_create(made)
    people.finish_new(made, by=run.user)
    for match in matches:
        _write_contact(match, run.user)
        _write_tags(match)
    if made:
        events.publish("customers_imported", customer_ids=[customer.pk for customer in made])


def _change(run: Run, matches: Sequence[Match], owners: people.Owners, channels: Mapping[str, Channel]) -> int:
    """The filled cells over what is stored; returns how many customers really changed."""
    changed: list[Customer] = []
    contacts = contacts_for_tokens([match.customer.pk for match in matches])
    moved: set[int] = set()
    for match in matches:
        customer = match.customer
        touched = _write_contact(match, run.user)
        touched |= _write_tags(match)
        changes = differing(match, channels)
        for name, value in changes.items():
            setattr(customer, name, value)
        if changes or touched:
            if touched:
                contacts |= contacts_for_tokens([customer.pk])
            _derive(customer, contacts[customer.pk])
            customer.version += 1
            customer.updated_at, customer.updated_by = clock.now(), run.user
            changed.append(customer)
        if _give(match, owners, run.user):
            moved.add(customer.pk)
    fields = (*(n for n in TEXTS if n != "number"), "kind", "gender", "birthday", "founded_on", "notes", "channel")
    fields = (*fields, "name_sort", "search_tokens", "version", "updated_at", "updated_by")
    Customer.all_objects.bulk_update(changed, fields, batch_size=200)
    return len({customer.pk for customer in changed} | moved)


def _give(match: Match, owners: people.Owners, by: Any) -> bool:
    """A named owner gets the customer, with history and event."""
    email = match.data.get("owner_email")
    owner = owners.pick(0, email) if email else None
    if owner is None or owner.pk == match.customer.owner_id:
        return False
    customer_transfer(customer=match.customer, to=owner, by=by, reason=_("import"))
    return True


def _derive(customer: Customer, contacts: Sequence[Mapping[str, str]]) -> None:
    for name, value in derived(customer, contacts).items():
        setattr(customer, name, value)


def _contact_data(match: Match) -> dict[str, str]:
    return {model: match.data.get(name, "") for name, model in CONTACT_TEXTS.items()}


def _write_contact(match: Match, by: Any) -> bool:
    """The row's contact person, known by name; True when something changed."""
    if not match.data.get("contact_name"):
        return False
    wanted = {name: value for name, value in _contact_data(match).items() if value}
    there = Contact.all_objects.filter(customer=match.customer, deleted_at=None)
    contact = there.filter(name=wanted["name"]).first()
    if contact is None:
        first = not there.exists()
        Contact.all_objects.create(customer=match.customer, created_by=by, updated_by=by, is_primary=first, **wanted)
        return True
    changes = {name: value for name, value in wanted.items() if getattr(contact, name) != value}
    if changes:
        stamps = {"version": contact.version + 1, "updated_by": by, "updated_at": clock.now()}
        Contact.all_objects.filter(pk=contact.pk).update(**changes, **stamps)
    return bool(changes)


def _write_tags(match: Match) -> bool:
    """Tags are added, never taken away."""
    names = match.data.get("tags") or []
    have = {tag.name.lower() for tag in match.customer.tags.all()} if names else set()
    new = [name for name in names if name.lower() not in have]
    for name in new:
        tag = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
        match.customer.tags.add(tag)
    return bool(new)


# --- the kind --------------------------------------------------------------------------------------------------------
def _errors(job: ImportJob) -> Iterator[tuple[int, str]]:
    return stage.errors(stage.name(job))


def _intact(job: ImportJob) -> bool:
    table = stage.name(job)
    return stage.exists(table) and stage.value(f"SELECT count(*) FROM {table}") == job.next_row  # noqa: S608


def _clear(job: ImportJob) -> None:
    stage.drop(stage.name(job))


CUSTOMERS = Kind(
    code="customers",
    label=gettext_lazy("customers"),
    permission="customer.add",
    columns=COLUMNS,
    steps=(
        Step("stage", stage_rows, final=False),
        Step("compare", compare, final=False),
        Step("customers", write_customers),
    ),
    check=missing,
    errors=_errors,
    intact=_intact,
    clear=_clear,
)
