"""Costs from files: what was paid for customers and channels. A file that comes again changes nothing.

A row with an outside number is the entry of that number, and changes it where the file says something else. Rows
without one are told apart by what they say: of equal rows as many are noted as the file has, less those that are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from core import clock, company, sql
from core.refusals import BadCellError
from customers.identity import name_key, number_key
from customers.imports.catalogues import Entries
from customers.models import Channel, Customer
from customers.words import sort_key
from intake import cellkinds, record, stage, values
from intake.cells import Cells
from intake.forms import DATE_ORDER
from intake.kinds import Column, Kind, Run
from intake.models import ImportedRow
from intake.parts import BEYOND, Look, Part, Stay
from intake.plain import CHANGES, COUNTS, Read, Row, needed, plain_steps
from intake.record import Recorded
from intake.spelling import word
from segmentation.costs.counting import economics_again
from segmentation.costs.models import FIRST_YEAR, MOST_ENTERED, CostEntry, CostKind
from segmentation.costs.services import above_most
from ui import formatting

BATCH = 2_000
KINDS = {
    "获客": "acquisition", "获客费用": "acquisition", "获客成本": "acquisition", "推广": "acquisition",
    "广告": "acquisition", "advertising": "acquisition",
    "礼品": "gift", "赠品": "gift", "礼物": "gift", "gifts": "gift",
    "差旅": "travel", "差旅费": "travel", "出差": "travel", "travel expenses": "travel",
    "服务": "service", "服务费": "service", "services": "service",
    "其他": "other", "其它": "other", "others": "other",
}  # fmt: skip
COLUMNS = (
    Column(
        "number",
        gettext_lazy("outside number"),
        ("外部编号", "费用编号", "单号", "凭证号", "报销单号", "voucher", "expense number", "reference"),
        holds=cellkinds.NUMBER,
    ),
    Column("customer_no", gettext_lazy("customer number"), ("客户号", "客户id", "customer id"), holds=cellkinds.NUMBER),
    Column("customer_name", gettext_lazy("customer name"), ("客户", "客户姓名", "customer"), holds=cellkinds.NAME),
    Column("channel", gettext_lazy("channel"), ("来源渠道", "source channel")),
    Column("kind", gettext_lazy("kind of cost"), ("费用类别", "类型", "cost type", "expense type", "kind")),
    Column("amount", gettext_lazy("amount"), ("费用", "费用金额", "支出金额", "cost", "sum"), holds=cellkinds.FIGURE),
    Column("date", gettext_lazy("spent on"), ("日期", "发生日期", "费用日期", "date", "day"), holds=cellkinds.DATE),
    Column("note", gettext_lazy("note"), ("说明", "摘要", "remark", "remarks", "memo")),
)
COST = Recorded(
    "cost",
    "segmentation_costentry",
    mark="md5(ROW(t.kind, t.amount, t.spent_on, t.note, t.removed_at)::text)",
    stamped=False,
)
SAID = ("kind", "amount", "spent_on", "note")  # what an entry says beside whose it is
Identity = tuple[Any, ...]  # customer, channel, and what is said


# --- reading ---------------------------------------------------------------------------------------------------------
def cost_reader(run: Run) -> Read:
    """Reads one cost; each refusal names its column."""
    order = run.job.options.get("date_format", "")

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        cell = Cells(COLUMNS, cells)
        data = {
            "number": cell("number", lambda text: values.short(values.undamaged(text), 64)),
            "customer_no": cell("customer_no", lambda text: number_key(values.undamaged(text))),
            "customer_name": cell("customer_name", lambda text: values.short(text, 200)),
            "channel": cell("channel", lambda text: values.short(text, 80)),
            "kind": cell("kind", _kind, wanted=True),
            "amount": cell("amount", _amount, wanted=True),
            "spent_on": cell(
                "date", lambda text: values.past_day(text, order, oldest=FIRST_YEAR).isoformat(), wanted=True
            ),
            "note": cell("note", lambda text: values.short(text, 300)),
        }
        if bool(data["customer_no"] or data["customer_name"]) == bool(data["channel"]):
            raise BadCellError(_("Name a customer or a channel, not both."))
        return data

    return read


def _kind(text: str) -> str:
    called = {word(str(label)): code for code, label in CostKind.choices} | KINDS
    code = called.get(word(text), word(text))
    if code not in CostKind.values:
        known = formatting.listed([str(label) for label in CostKind.labels])
        raise BadCellError(
            _("“%(value)s” is no kind of cost. Possible are %(known)s.") % {"value": values.shown(text), "known": known}
        )
    return code


def _amount(text: str) -> int:
    """In minor units of the company's currency."""
    code = company.currency()
    amount = values.number(text, code)
    minor = formatting.minor(values.bounded(amount, decimals=formatting.minor_digits(code), whole=15, text=text), code)
    if minor <= 0:
        raise BadCellError(_("Enter an amount above zero."))
    if minor > MOST_ENTERED:
        raise BadCellError(above_most())
    return minor


def _check(mapping: Mapping[str, str]) -> str:
    if not {"customer_no", "customer_name", "channel"} & set(mapping):
        return _("Choose the column of the customer (number or name) or of the channel.")
    return needed(COLUMNS, "kind", "amount", "date")(mapping)


# --- writing ---------------------------------------------------------------------------------------------------------
def write_costs(run: Run, rows: Sequence[Row]) -> None:
    """Note them, as far as they aren't there; those of a number are changed by who may change them."""
    whose = _whose(run.user, rows)
    named = [row for row in rows if not row.reason]
    mine = CostEntry.objects.all() if run.user is None else CostEntry.objects.for_user(run.user, "change")
    numbers = {row.data["number"] for row in named} - {""}
    # unscoped: a number is used once in the company; whose entry it is isn't told
    known = {entry.reference: entry for entry in CostEntry.objects.filter(reference__in=numbers)}
    changeable = set(mine.filter(reference__in=numbers).order_by().values_list("pk", flat=True))
    stored = [entry.pk for entry in known.values()]
    here = set(
        ImportedRow.objects.filter(job=run.job, what=COST.what, row_id__in=stored).values_list("row_id", flat=True)
    )  # by an earlier batch
    there, turns = _there(mine, [whose[row.row_no] for row in named], named), _turns(run, rows)
    new: list[CostEntry] = []
    for row in named:
        customer, channel = whose[row.row_no]
        number, identity = row.data["number"], _identity(row, customer, channel)
        entry = known.get(number) if number else None
        if entry is not None:
            brought = entry.pk is None or entry.pk in here
            foreign = entry.pk is not None and entry.pk not in changeable
            if foreign or (entry.customer_id, entry.channel_id) != (customer, channel):
                row.reason = _("The number %(number)s is used by another cost. Write another number.") % {
                    "number": number
                }
            elif entry.removed_at is not None or _said(entry) == identity[2:]:
                row.outcome = "unchanged"
            elif brought:
                row.reason = _("The number %(number)s stands in the file twice. Write each cost once.") % {
                    "number": number
                }
            else:
                _change(run, entry, row)
                here.add(entry.pk)
        elif not number and there[identity] > turns[row.row_no]:
            row.outcome = "unchanged"
        else:
            entry = _entry(run.user, row, customer, channel)
            new.append(entry)
            there[identity] += 1
            row.outcome = "created"
            if number:
                known[number] = entry
    CostEntry.objects.bulk_create(new)
    record.made(run.job, COST, [entry.pk for entry in new])


def _whose(user: User | None, rows: Sequence[Row]) -> dict[int, tuple[int | None, int | None]]:
    """Row -> (customer, channel), one of both; a row that names nobody in reach gets its reason."""
    reach = Customer.objects.all() if user is None else Customer.objects.for_user(user, "cost.change")
    numbers = {row.data["customer_no"] for row in rows} - {""}
    by_number = dict(reach.filter(number__in=numbers).order_by().values_list("number", "pk"))
    sorts = {sort_key(row.data["customer_name"]) for row in rows if not row.data["customer_no"]} - {""}
    by_name: dict[str, list[int]] = {}
    names = {row.data["customer_name"] for row in rows}
    called = Q(name_sort__in=sorts) | Q(name_sort="", name__in=names)
    for pk, name in reach.filter(called).order_by().values_list("pk", "name"):
        by_name.setdefault(name_key(name), []).append(pk)
    channels = Entries(Channel)
    found: dict[int, tuple[int | None, int | None]] = {}
    for row in rows:
        number, name, channel = (row.data[key] for key in ("customer_no", "customer_name", "channel"))
        if channel:
            meant = channels.find(channel)
            found[row.row_no] = (None, meant.pk if meant else None)
            if meant is None:
                unknown = _(
                    "There is no channel %(name)s. Add it under Settings › Channels first, or correct the name."
                )
                row.reason = unknown % {"name": channel}
            continue
        fitting = [by_number[number]] if number in by_number else [] if number else by_name.get(name_key(name), [])
        found[row.row_no] = (fitting[0] if fitting else None, None)
        if len(fitting) > 1:
            row.reason = _("Several customers have this name. Add the customer number.")
        elif not fitting:
            unknown = _(
                "There is no customer %(name)s among those of whom you may note costs. Correct the number or the name."
            )
            row.reason = unknown % {"name": number or name}
    return found


def _there(mine: QuerySet[CostEntry], whose: Iterable[tuple[int | None, int | None]], rows: Sequence[Row]) -> Counter:
    """How many entries in reach, removed ones too, say what a row says."""
    customers, channels = ({one for one in ids if one} for ids in zip(*whose, strict=True)) if rows else (set(), set())
    days = {row.data["spent_on"] for row in rows}
    shown = ("customer", "channel", *SAID)
    found: Counter[Identity] = Counter()
    for where in ({"customer__in": customers}, {"channel__in": channels}):
        stored = mine.filter(**where, spent_on__in=days).order_by().values_list(*shown)
        found.update((*row[:4], row[4].isoformat(), row[5]) for row in stored)
    return found


def _turns(run: Run, rows: Sequence[Row]) -> dict[int, int]:
    """How many rows before it say the same as a row."""
    span = {"first": rows[0].row_no, "last": rows[-1].row_no}
    return dict(sql.fetch("segmentation", "costs_alike", span, table=stage.name(run.job)))


def _identity(row: Row, customer: int | None, channel: int | None) -> Identity:
    return (customer, channel, *(row.data[name] for name in SAID))


def _said(entry: CostEntry) -> Identity:
    day = entry.spent_on if isinstance(entry.spent_on, str) else entry.spent_on.isoformat()
    return (entry.kind, entry.amount, day, entry.note)


def _entry(user: User | None, row: Row, customer: int | None, channel: int | None) -> CostEntry:
    return CostEntry(
        customer_id=customer,
        channel_id=channel,
        reference=row.data["number"],
        booked_by=user if channel else None,
        created_by=user,
        updated_by=user,
        **{name: row.data[name] for name in SAID},
    )


def _change(run: Run, entry: CostEntry, row: Row) -> None:
    """What the file says of the entry counts from now on."""
    record.before(run.job, COST, [entry.pk])
    said = {name: row.data[name] for name in SAID}
    CostEntry.objects.filter(pk=entry.pk).update(**said, updated_at=clock.now(), updated_by=run.user)
    record.after(run.job, COST, [entry.pk])
    for name, value in said.items():
        setattr(entry, name, value)
    row.outcome = "updated"


# --- taking back -----------------------------------------------------------------------------------------------------
class CostPart(Part):
    """New entries go, changed ones say again what they said; what their customers cost is counted anew."""

    rows = COST
    model = CostEntry
    made_words = back_words = kept_words = ngettext_lazy("%(n)s cost entry", "%(n)s cost entries", "n")
    columns: ClassVar[tuple[str, ...]] = SAID

    def touched(self, look: Look) -> Iterable[Stay]:
        if look.by is not None:
            reach = CostEntry.objects.for_user(look.by, "change").order_by().values("pk")
            outside = look.recorded(self.what).exclude(row_id__in=reach)
            yield from (Stay(pk, BEYOND) for pk in outside.values_list("row_id", flat=True))

    def remove(self, look: Look, ids: Sequence[int]) -> None:
        # unscoped: judged before
        rows = CostEntry.objects.filter(pk__in=ids)
        customers = set(rows.filter(customer__isnull=False).values_list("customer", flat=True))
        super().remove(look, ids)
        economics_again(customers)

    def put_back(self, look: Look, ids: Sequence[int]) -> None:
        super().put_back(look, ids)
        CostEntry.objects.filter(pk__in=ids).update(updated_at=clock.now(), updated_by=look.by)  # counted tonight


COST_FILES = Kind(
    code="costs",
    label=gettext_lazy("costs of customers"),
    permission="cost.change",
    columns=COLUMNS,
    steps=plain_steps(cost_reader, write_costs, batch=BATCH),
    check=_check,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    asks_for_a_night=True,
    options=(DATE_ORDER,),
    chosen=True,
    home=("cost_list", gettext_lazy("Cost entries")),
    notes=(
        gettext_lazy("Each row is a cost of a customer or of a channel, in the company's currency."),
        gettext_lazy(
            "A file that comes again changes nothing. With an outside number a row that says something else changes its"
            " entry; entries that were removed stay removed."
        ),
    ),
    undo=(CostPart(),),
    undo_permissions=("cost.change",),
)
