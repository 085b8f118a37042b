"""Customers brought in from files: new ones are made, known ones get the filled cells."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.refusals import ROW_ERRORS, Refusals
from core.tabular import DamagedRow
from core.words import word
from customers import birthdays
from customers.identity import email_key, names_fit, number_key, tidy
from customers.imports import people, stage, totals, values
from customers.imports.engine import Run, go_on
from customers.imports.kinds import Column, Kind, Step
from customers.imports.layouts import LAYOUTS
from customers.imports.matching import CONTACT_TEXTS, PHONES, TEXTS, Match, Matcher, Row, filled, without_repeats
from customers.imports.understood import SHOWN_NAMES, SHOWN_ROWS
from customers.imports.values import BadCellError
from customers.imports.words import CALENDARS, GENDERS, customer_kind
from customers.models import Contact, Customer, Gender, ImportJob, Stage, Tag
from customers.models import Kind as CustomerKind
from customers.phones import MOST_IN_A_CELL, checked_phone, checked_phones
from customers.services.facts import contacts_for_tokens, derived
from customers.services.files import numbers_next
from customers.services.owners import customer_transfer
from ui.formatting import labelled

BATCH = 1_000
KNOWN_NAMES = 1_000
OLDEST_FIRM = 1000
COLUMNS = (
    Column(
        "number",
        gettext_lazy("customer number"),
        ("客户编号", "客户号", "会员号", "会员卡号", "编号", "customerid", "customerno", "customernumber", "id"),
        near=("no", "账号", "recordid", "accountnumber"),
        holds="number",
        also=("customer_no",),
    ),
    Column(
        "name",
        gettext_lazy("customer name"),
        (
            *("客户名称", "客户姓名", "公司名称", "姓名", "名称", "客户", "公司"),
            *("company", "companyname", "fullname", "customer"),
        ),
        near=("accountname", "account", "单位", "企业"),
        holds="name",
    ),
    Column("first_name", gettext_lazy("first name"), ("firstname", "givenname", "名"), holds="name"),
    Column("last_name", gettext_lazy("last name"), ("lastname", "surname", "familyname", "姓"), holds="name"),
    Column("kind", gettext_lazy("customer kind"), ("客户类型", "类型", "类别", "type", "customertype"), holds="kind"),
    Column(
        "phone",
        gettext_lazy("phone"),
        ("手机", "手机号", "手机号码", "电话", "联系电话", "联系手机", "mobile", "tel", "telephone", "phonenumber"),
        holds="phone",
    ),
    Column("phone2", gettext_lazy("second phone"), ("电话2", "备用电话", "座机", "mobile2"), holds="phone"),
    Column("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "邮件", "mail", "emailaddress"), holds="email"),
    Column("wechat", gettext_lazy("WeChat"), ("微信", "微信号")),
    Column("address", gettext_lazy("address"), ("地址", "联系地址", "详细地址", "street"), several_lines=True),
    Column(
        "region",
        gettext_lazy("region"),
        ("地区", "区域", "省份", "城市", "国家", "country", "city", "province"),
        near=("state", "省"),
        holds="name",
    ),
    Column("industry", gettext_lazy("industry"), ("行业", "所属行业")),
    Column("company_size", gettext_lazy("company size"), ("规模", "公司规模", "人数", "employees")),
    Column("business_scope", gettext_lazy("business scope"), ("经营范围", "主营业务"), several_lines=True),
    Column("credit_code", gettext_lazy("credit code"), ("统一社会信用代码", "信用代码", "税号", "taxid")),
    Column("occupation", gettext_lazy("occupation"), ("职业",)),
    Column("hobbies", gettext_lazy("hobbies"), ("爱好", "兴趣"), several_lines=True),
    Column("gender", gettext_lazy("sex"), ("性别", "gender")),
    Column("birthday", gettext_lazy("birthday"), ("生日", "出生日期", "birthdate", "dateofbirth"), holds="birthday"),
    Column(
        "lunar_birthday",
        gettext_lazy("lunar birthday"),
        ("农历生日", "阴历生日", "旧历生日", "lunarbirthdate", "lunardateofbirth"),
        holds="birthday",
    ),
    Column(
        "birthday_calendar",
        gettext_lazy("calendar of the birthday"),
        ("历法", "生日类型", "生日历法", "是否农历", "农历", "birthdayislunar", "lunar", "islunar"),
    ),
    Column("founded_on", gettext_lazy("founded on"), ("成立日期", "founded"), holds="date"),
    Column("notes", gettext_lazy("notes"), ("备注", "说明", "comment", "comments", "remarks"), several_lines=True),
    Column("channel", gettext_lazy("source channel"), ("渠道", "来源", "客户来源", "source", "channel", "leadsource")),
    Column("tags", gettext_lazy("tags"), ("标签", "labels")),
    Column(
        "owner_email",
        gettext_lazy("owner (e-mail or mobile or name)"),
        ("负责人邮箱", "业务员邮箱", "负责人", "业务员", "owner", "salesemail"),
        near=("销售", "accountowner", "contactowner", "companyowner", "salesrep"),
    ),
    Column("contact_name", gettext_lazy("contact person"), ("联系人", "联系人姓名", "contact"), holds="name"),
    Column("contact_first_name", gettext_lazy("contact's first name"), ("联系人名",), holds="name"),
    Column("contact_last_name", gettext_lazy("contact's last name"), ("联系人姓",), holds="name"),
    Column(
        "contact_position", gettext_lazy("contact's position"), ("职位", "职务", "联系人职位", "position", "jobtitle")
    ),
    Column("contact_phone", gettext_lazy("contact's phone"), ("联系人电话", "联系人手机"), holds="phone"),
    Column("contact_email", gettext_lazy("contact's e-mail"), ("联系人邮箱",), holds="email"),
)
LABELS = {column.name: column.label for column in COLUMNS}
LIMITS = {name: Customer._meta.get_field(name).max_length for name in TEXTS}
LIMITS |= {name: Contact._meta.get_field(field).max_length for name, field in CONTACT_TEXTS.items()}
LIMITS |= dict.fromkeys(PHONES, 100)  # two numbers in a cell
LONGEST_CELL = 1_000  # of the other fields
STAGED = ("row_no", "place", "error", "data", "read")
STAGED_TYPES = "row_no integer PRIMARY KEY, place integer, error text, data jsonb, read boolean"


def missing(mapping: Mapping[str, str]) -> str:
    """What this mapping lacks, as a sentence."""
    if not {"number", "name", "first_name", "last_name"} & set(mapping):
        return _("Choose the column with the customer's name (name) or number (number).")
    named = {"contact_name", "contact_first_name", "contact_last_name"} & set(mapping)
    if not named and any(name in mapping for name in CONTACT_TEXTS):
        return _("Choose the column with the contact person's name (contact_name) too.")
    return ""


# --- one row ---------------------------------------------------------------------------------------------------------
class RowReader:
    """Callable: (row number, place, cells) -> STAGED: reason or None, JSON of the filled fields, whether it is read."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], order: str = "") -> None:
        self.order = order
        self.at = {name: columns.index(column) for name, column in mapping.items()}
        self.refusal = Refusals()

    def __call__(self, row_no: int, place: int, cells: Sequence[str]) -> tuple[int, int, str | None, str | None, bool]:
        try:
            return row_no, place, None, json.dumps(self._data(cells), ensure_ascii=False), True
        except ROW_ERRORS as error:
            return row_no, place, self.refusal(row_no, error), None, False

    def _data(self, cells: Sequence[str]) -> dict[str, Any]:
        if isinstance(cells, DamagedRow):
            raise BadCellError(cells.reason)
        read = {
            name: _told(name, partial(self._read, name), cells[index])
            for name, index in self.at.items()
            if cells[index] and cells[index] not in values.FILLERS
        }
        data = _with_names({name: value for name, value in read.items() if value})
        _refuse_sum(data, cells)
        if not data.get("number") and not data.get("name"):
            raise BadCellError(_("Neither a name nor a number stands in the row."))
        _two_phones(data)
        self._one_birthday(data)
        return data

    def _read(self, name: str, text: str) -> Any:
        if text in values.ERRORS:
            raise values.error_refused(text)
        if name == "notes":
            return values.paragraphs(text)
        text = values.short(text, LIMITS.get(name, LONGEST_CELL))
        special = getattr(self, f"_{name}", None) or getattr(self, f"_{name.removeprefix('contact_')}", None)
        return special(text) if text and special else text

    def _number(self, text: str) -> str:
        return "" if text in values.ZEROS else number_key(values.undamaged(text))

    def _credit_code(self, text: str) -> str:
        return values.undamaged(text)

    def _name(self, text: str) -> str:
        return tidy(text)

    def _phone(self, text: str) -> list[str]:
        return checked_phones(text)

    _phone2 = _phone

    def _email(self, text: str) -> str:
        return values.email(text)

    def _kind(self, text: str) -> str:
        return customer_kind(text)

    def _gender(self, text: str) -> str:
        return GENDERS.get(word(text), Gender.NONE)

    def _birthday_calendar(self, text: str) -> str:
        if word(text) not in CALENDARS:
            raise BadCellError(_("“%(value)s” is no calendar. Write lunar or solar.") % {"value": text[:40]})
        return word(text)

    def _one_birthday(self, data: dict[str, Any]) -> None:
        """The birthday as it is stored; beside a solar one a lunar one must say the same day."""
        lunar = CALENDARS.get(data.pop("birthday_calendar", ""), False)
        found = [
            _told(name, partial(birthdays.read, lunar=is_lunar, order=self.order), data.pop(name))
            for name, is_lunar in (("lunar_birthday", True), ("birthday", lunar))
            if name in data
        ]
        if len(found) > 1 and not birthdays.fit(*found):
            raise BadCellError(_("The birthday and the lunar birthday are different days. Leave one of them empty."))
        if found:
            data |= found[0].fields

    def _founded_on(self, text: str) -> str:
        return values.past_day(text, self.order, oldest=OLDEST_FIRM).isoformat()

    def _contact_phone(self, text: str) -> str:
        return checked_phone(text)

    def _channel(self, text: str) -> str:
        return tidy(values.short(text, 80))

    def _tags(self, text: str) -> list[str]:
        names = [tidy(part) for part in re.split(r"[,，;；、|]", text) if part.strip()]
        return [values.short(name, 40) for name in names]


def _refuse_sum(data: Mapping[str, Any], cells: Sequence[str]) -> None:
    """No customer is called 合计 unless the row also says how to reach it."""
    if totals.is_total_of_number(data.get("number", "")):
        raise totals.refusal(data["number"])
    if any(data.get(name) for name in (*PHONES, "email")):
        return
    first, name = totals.first_filled(cells), data.get("name", "")
    if totals.is_total(first) or totals.is_remark(cells):
        raise totals.refusal(first)
    if totals.is_total(name) and not data.get("number"):
        raise totals.refusal(name)


def _two_phones(data: dict[str, Any]) -> None:
    """The numbers of both cells into both fields; a cell may hold two."""
    numbers = list(dict.fromkeys(number for name in PHONES for number in data.get(name, ())))
    if len(numbers) > MOST_IN_A_CELL:
        raise BadCellError(_("phone: at most two phone numbers. Write the others into the notes."))
    if numbers and (data.get("phone") or len(numbers) == MOST_IN_A_CELL):
        data.update(zip(PHONES, numbers, strict=False))
        if len(numbers) == 1:
            data.pop("phone2", None)
    elif numbers:
        data["phone2"] = numbers[0]


def _with_names(data: dict[str, Any]) -> dict[str, Any]:
    """First and last names joined: beside a company they are its contact's, without one they are the customer's."""
    for name in ("name", "contact_name"):
        prefix = name.removesuffix("name")
        whole = values.joined_name(data.pop(f"{prefix}first_name", ""), data.pop(f"{prefix}last_name", ""))
        if whole and not data.get(name):
            data[name] = values.short(whole, LIMITS[name])
        elif whole and name == "name" and not names_fit(data[name], whole):
            data.setdefault("contact_name", values.short(whole, LIMITS["contact_name"]))
    if data.get("contact_name") and not data.get("name") and not data.get("number"):
        contact = {field: data.pop(f"contact_{field}", "") for field in ("name", "phone", "email", "position")}
        own = {"name": contact["name"], "email": contact["email"], "phone": [contact["phone"]] * bool(contact["phone"])}
        own |= {"occupation": contact["position"], "kind": CustomerKind.PERSON.value}
        data = {field: value for field, value in own.items() if value} | data
    return data


def _told(name: str, read: Any, text: str) -> Any:
    try:
        return read(text)
    except BadCellError as error:
        raise BadCellError(labelled(LABELS[name], error)) from error


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
    read = RowReader(run.table.columns, run.job.mapping, run.job.options.get("date_format", ""))
    rows = run.rows()
    while batch := [read(number, run.table.place, cells) for number, cells in islice(rows, BATCH * 5)]:
        with transaction.atomic():
            stage.copy(table, STAGED, batch)
            run.move(next_row=run.job.next_row + len(batch))
        yield
    with transaction.atomic():
        _refuse_one_number_for_two(table)
        run.move(total_rows=run.job.next_row)


def _refuse_one_number_for_two(table: str) -> None:
    """Rows that give one customer number to different names: which one is meant, only a person knows."""
    several = stage.rows(
        f"""SELECT data->>'number', array_agg(place ORDER BY place), array_agg(data->>'name' ORDER BY place)
            FROM {table} WHERE read AND data->>'number' <> '' GROUP BY 1
            HAVING count(DISTINCT data->>'name') > 1"""  # noqa: S608
    )
    for number, places, names in several:
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


def _batch(run: Run, after: int) -> list[Row]:
    found = stage.rows(
        f"SELECT row_no, place, data FROM {stage.name(run.job)} WHERE read AND row_no > %s ORDER BY row_no LIMIT %s",  # noqa: S608
        [after, BATCH],
    )
    return [Row(row_no, place, data if isinstance(data, dict) else json.loads(data)) for row_no, place, data in found]


def compare(run: Run) -> Iterator[None]:
    """Count what would happen, and what the person should know or decide before."""
    if not run.dry:
        run.move(counts={"last": run.job.next_row, "rows": run.job.next_row})
        yield
        return
    counts = {"customers_created": 0, "updated": 0, "unchanged": 0, "errors": 0}
    matcher, after, questions = Matcher(run, remembers=True), 0, Questions()
    run.move(cursor=0, counts={"last": run.job.next_row, "rows": run.job.next_row})
    # In one go: what earlier rows of the file would make is remembered by this process alone.
    while rows := _batch(run, after):
        with transaction.atomic():
            matches = matcher(rows)
            for match in matches:
                counts[_verdict(match)] += 1
                questions.note(match)
                _note(run, match)
            after = rows[-1].row_no
            run.move(cursor=after)
        go_on(run)
    stopped = {} if matcher.stop is None else {"looked_up_to": matcher.stop}
    run.move(counts={**run.job.counts, **counts, **stopped, "questions": questions.told()})
    yield


def _verdict(match: Match) -> str:
    """Under which figure the row counts; for a customer whom the file itself makes, the new row joins the earlier."""
    if match.reason:
        return "errors"
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
    """Whether what an earlier row says stays, as it would once that row is stored: nobody is renamed without a number,
    and another spelling of an address is the same one."""
    if name == "name":
        return bool(before.get("name")) and not data.get("number")
    return name == "email" and email_key(before.get("email", "")) == email_key(data["email"])


class Questions:
    """What a dry run tells of rows that have something in common: how many, the first of them, the commonest names."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._first: dict[str, list[int]] = {}
        self._names: dict[str, Counter[str]] = {}

    def note(self, match: Match) -> None:
        """Count the row under what it asks."""
        for code, name in match.asks:
            self._rows[code] = self._rows.get(code, 0) + 1
            first = self._first.setdefault(code, [])
            if len(first) < SHOWN_ROWS:
                first.append(match.place)
            names = self._names.setdefault(code, Counter())
            if name and (name in names or len(names) < KNOWN_NAMES):
                names[name] += 1

    def told(self) -> list[dict[str, Any]]:
        """As understood.asked_by reads it."""
        return [
            {"code": code, "count": count, "rows": self._first[code], "names": self._commonest(code)}
            for code, count in self._rows.items()
        ]

    def _commonest(self, code: str) -> list[str]:
        return [name for name, _times in self._names[code].most_common(SHOWN_NAMES + 1)]


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
    matcher = Matcher(run, stop=_judged(run), locking=True)
    while rows := _batch(run, run.job.cursor):
        with transaction.atomic():
            stage.write_alone()
            counts = _write(run, rows, matcher)
            run.move(cursor=rows[-1].row_no, counts=run.counted(**counts))
        yield


def _write(run: Run, rows: list[Row], matcher: Matcher) -> dict[str, int]:
    counts = {"customers_created": 0, "updated": 0, "unchanged": 0}
    owners = people.Owners.of(run.job)
    while rows:
        first, rows = without_repeats(rows)
        matches = matcher(first)
        for match in matches:
            _note(run, match)
        kept = [match for match in matches if not match.reason]
        _make_channels(kept)
        new, known = [m for m in kept if m.customer is None], [m for m in kept if m.customer is not None]
        _make(run, new, owners)
        changed = _change(run, known)
        counts["customers_created"] += len(new)
        counts["updated"] += changed
        counts["unchanged"] += len(known) - changed
    return counts


def _make_channels(matches: Sequence[Match]) -> None:
    """Channels that the rows name for the first time."""
    for match in matches:
        if match.changes.get("channel_id", 0) is None:
            match.changes["channel_id"] = people.channel_ensure(match.data["channel"]).pk


def _make(run: Run, matches: Sequence[Match], owners: people.Owners) -> None:
    """New customers with their contacts, tags, facts and tokens; owners in turn by the row's place in the file."""
    nameless = sum(not match.data.get("number") for match in matches)
    numbers = iter(numbers_next(nameless, claimed=partial(_claimed, run)))
    made = []
    for match in matches:
        owner = match.owner or owners.pick(match.row_no - 1)
        customer = Customer(number=match.data.get("number") or next(numbers), owner=owner)
        customer.team = getattr(owner, "team", None)
        customer.kind = CustomerKind.COMPANY if match.data.get("contact_name") else CustomerKind.UNKNOWN
        customer.name = customer.number
        customer.source, customer.stage, customer.stage_since = (
            run.job.source,
            Stage.FIRST_CONTACT,
            clock.business_date(),
        )
        customer.created_by = customer.updated_by = run.user
        for name, value in {**filled(match.data), **match.changes}.items():
            setattr(customer, name, value)
        match.customer, made = customer, [*made, customer]
        _derive(customer, [_contact_data(match)] if match.data.get("contact_name") else [])
    Customer.all_objects.bulk_create(made)
    people.finish_new(made, by=run.user)
    people.remember(run.job, [customer.pk for customer in made], made=True)
    for match in matches:
        _write_contact(match, run.user)
        _write_tags(match)


def _claimed(run: Run, numbers: Sequence[str]) -> set[str]:
    """Those of the numbers that rows of the file give to their customers."""
    text = f"SELECT data->>'number' FROM {stage.name(run.job)} WHERE read AND data->>'number' = ANY(%s)"  # noqa: S608
    return {number for (number,) in stage.rows(text, [list(numbers)])}


def _change(run: Run, matches: Sequence[Match]) -> int:
    """The filled cells over what is stored; returns how many customers really changed."""
    changed: list[Customer] = []
    contacts = contacts_for_tokens([match.customer.pk for match in matches])
    moved: set[int] = set()
    for match in matches:
        customer = match.customer
        if match.touches_file:
            for name, value in match.changes.items():
                setattr(customer, name, value)
            _write_tags(match)
            if _write_contact(match, run.user):
                contacts |= contacts_for_tokens([customer.pk])
            _derive(customer, contacts[customer.pk])
            customer.version += 1
            customer.updated_at, customer.updated_by = clock.now(), run.user
            changed.append(customer)
        if match.owner is not None:
            customer_transfer(customer=customer, to=match.owner, by=run.user, reason=_("import"))
            moved.add(customer.pk)
    fields = (
        *(n for n in TEXTS if n != "number"),
        "kind",
        "gender",
        *birthdays.FIELDS,
        "founded_on",
        "notes",
        "channel",
    )
    fields = (*fields, "name_sort", "search_tokens", "version", "updated_at", "updated_by")
    Customer.all_objects.bulk_update(changed, fields, batch_size=200)
    touched = moved | {customer.pk for customer in changed}
    people.remember(run.job, touched)
    return len(touched)


def _derive(customer: Customer, contacts: Sequence[Mapping[str, str]]) -> None:
    for name, value in derived(customer, contacts).items():
        setattr(customer, name, value)


def _contact_data(match: Match) -> dict[str, str]:
    return {model: match.data.get(name, "") for name, model in CONTACT_TEXTS.items()}


def _write_contact(match: Match, by: Any) -> bool:
    """The row's contact person; True when something changed."""
    if not match.contact_changes:
        return False
    if match.contact is None:
        first = not Contact.all_objects.filter(customer=match.customer, deleted_at=None).exists()
        Contact.all_objects.create(
            customer=match.customer, created_by=by, updated_by=by, is_primary=first, **match.contact_changes
        )
        return True
    stamps = {"version": match.contact.version + 1, "updated_by": by, "updated_at": clock.now()}
    Contact.all_objects.filter(pk=match.contact.pk).update(**match.contact_changes, **stamps)
    return True


def _write_tags(match: Match) -> None:
    """Tags are added, never taken away."""
    for name in match.tags:
        tag = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
        match.customer.tags.add(tag)


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
    layouts=LAYOUTS,
)
