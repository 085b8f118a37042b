"""The steps of an order import: put the lines aside, compare, make customers and products, write the orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock, company, sql
from customers.imports import newcomers
from customers.imports.catalogues import channel_ensure, may_make_channels
from customers.imports.newcomers import HOME, NewCustomer, brought_by, remember
from customers.imports.owners import Owners, PossibleOwners, check_owner
from customers.imports.sender import Sender
from customers.kinds import usual_kind
from customers.models import Channel
from customers.models import Kind as CustomerKind
from customers.services.files import numbers_next
from intake import record, stage
from intake.kinds import COMPARING, ERRORS, READING, ROWS, UNCHANGED, UPDATED, Kind, Run, Step
from intake.models import ImportJob
from intake.understood import asked_for, reading
from sales.imports import columns, judge
from sales.imports.buyers import find_buyers, name_new
from sales.imports.layouts import LAYOUTS
from sales.imports.options import OPTIONS
from sales.imports.parse import STAGED, STAGED_TYPES, Context, LineReader
from sales.imports.questions import FIGURES, QUESTIONS
from sales.imports.recorded import ORDER, PRODUCT, STAGE
from sales.imports.tables import Tables, currency_of, money_of, reach_part
from sales.imports.undo import ORDER_PARTS, ORDER_PERMISSIONS
from sales.models import ExchangeRate
from sales.services.facts import order_facts_refresh

LINES_A_BATCH = 20_000
ORDERS_A_BATCH = 4_000
PEOPLE_A_BATCH = 2_000
# What a file says about a customer that is new with it.
ATTRIBUTES = ("customer_name", "customer_kind", "company", "phone", "email", "owner_email", "region")
# Product numbers and names of what isn't goods, as shops write them.
FEES = ("POST", "DOT", "C2", "M", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "运费", "邮费", "手续费", "快递费")
DISCOUNTS = ("D", "DISCOUNT", "折扣", "优惠", "优惠券", "满减")


# --- 1: lines into the stage -----------------------------------------------------------------------------------------
def stage_lines(run: Run) -> Iterator[None]:
    """COPY the file's lines, refused ones with their reason, in batches from where the last process stopped."""
    tables = Tables(run.job)
    run.table.require(run.job.mapping.values())
    check_owner(run.job.options, run.user)  # before any work, not after it
    if not run.job.next_row:
        with transaction.atomic():
            stage.create(tables.lines, STAGED_TYPES)
            run.move(total_rows=run.table.lines)
    read = LineReader(run.table.columns, run.job.mapping, _context(run))
    rows = run.rows()
    while batch := [read(number, run.table.place, cells) for number, cells in islice(rows, LINES_A_BATCH)]:
        with transaction.atomic():
            sql.copy(tables.lines, STAGED, batch, empty_is_null=True)
            run.move(next_row=run.job.next_row + len(batch))
        yield
    run.move(total_rows=run.job.next_row)


def _context(run: Run) -> Context:
    currency = currency_of(run.job)
    rates = None
    if currency != company.currency():
        rates = dict(ExchangeRate.objects.filter(code=currency).values_list("date", "rate"))
    channels = None
    if not may_make_channels(run.user):
        names = Channel.objects.values_list("code", "name_en", "name_zh")
        channels = frozenset(name.lower() for row in names for name in row)
    return Context(
        zone=ZoneInfo(run.job.options.get("timezone") or company.company().time_zone),
        company_zone=company.zone(),
        currency=currency,
        rates=rates,
        owners=PossibleOwners.of(run.user),
        channels=channels,
        amount_counts=bool(run.job.options.get("amount_counts")),
        date_order=run.job.options.get("date_format", ""),
    )


# --- 2: compare with what is stored ----------------------------------------------------------------------------------
def compare(run: Run) -> Iterator[None]:
    """Build the orders and new customers of the file and count what would happen."""
    tables = Tables(run.job)
    with transaction.atomic():
        stage.drop(tables.orders, tables.people, tables.buyers)
        stage.execute("SET LOCAL work_mem = '64MB'")
        tables.change("reset_errors")
        tables.change("number_rows")
        judge.refuse_lines(run, tables)
        tables.change("orders", money_of(run))
        judge.refuse_torn(run, tables)
        tables.change("compare", {"source": run.job.source, "first": 0, "last": 2**62})
        find_buyers(run, tables)
        judge.refuse_stored(run, tables)
        tables.change("drop_refused")
        # A new customer gets of each attribute what the first line says that says anything.
        mapped = _mapped(run)
        first = "(array_agg(l.{0} ORDER BY l.row_no) FILTER (WHERE l.{0} IS NOT NULL))[1] AS {0}"
        attributes = [(first if name in mapped else "NULL::text AS {0}").format(name) for name in ATTRIBUTES]
        tables.change("people", attributes=attributes)
        understood = _understood(run, tables)
        run.move(counts=_counts(run, tables) | {"understood": understood, "questions": _questions(run, tables)})
    yield


def _mapped(run: Run) -> set[str]:
    """What the file brings; first and last names are read as one name."""
    mapped = set(run.job.mapping)
    return mapped | {"customer_name"} if mapped & {"first_name", "last_name"} else mapped


def _counts(run: Run, tables: Tables) -> dict[str, Any]:
    orders, returns, updated, same, last, since = tables.rows("counts")[0]
    rows, without, errors = tables.rows("row_counts")[0]
    new = stage.value(f"SELECT count(*) FROM {tables.people}")  # noqa: S608
    found = {"rows": rows, "rows_without_customer": without, "errors": errors, "unchanged": same, "last": last}
    found["since"] = since and since.isoformat()
    outcome = {"orders": orders, "returns": returns, "updated": updated, "customers_created": new}
    if run.dry:
        return {**found, **outcome}
    # What an interrupted run has already written stays counted.
    return {**found, **{name: run.job.counts.get(name, 0) for name in outcome}, "planned": outcome}


def _understood(run: Run, tables: Tables) -> dict[str, Any]:
    """What the file says as a whole; money in minor units of its currency."""
    sales, returned, uncounted, first, last, customers = tables.rows("understood")[0]
    return {
        "sales": int(sales or 0),
        "returned": int(returned or 0),
        "uncounted": None if uncounted is None else int(uncounted),
        "states": dict(tables.rows("states")),
        "currency": currency_of(run.job),
        "first": first and first.isoformat(),
        "last": last and last.isoformat(),
        "customers": customers,
        **reading(run.job, run.table),
    }


def _questions(run: Run, tables: Tables) -> list[dict[str, Any]]:
    """What a person should look at before it is written."""
    mapped = _mapped(run)
    named = sorted(mapped & {"customer_name", "company", "phone", "email"})
    somebody = f"num_nonnulls({', '.join(f'l.{name}' for name in named)}) > 0" if named else "false"
    found = [("people_dropped", tables.text("rows_without_customer", which=somebody))]
    found += [("no_customer", tables.text("rows_without_customer", which=f"NOT ({somebody})"))]
    found += [("no_order_number", tables.text("unnumbered"))] if "order_no" in mapped else []
    found += [("nameless", tables.text("nameless"))]
    found += [("new_channels", tables.text("new_channels"))] if "channel" in mapped else []
    if "sku" in mapped and may_write_products(run.user):
        found.append(("new_products", tables.text("new_products")))
    if "amount" in mapped and "unit_price" not in mapped:
        found.append(("same_amounts", tables.text("same_amounts")))
    twins = _twins(run, tables) if mapped & {"phone", "email"} else []
    return [asked for code, text in found for asked in asked_for(code, text)] + twins


def _twins(run: Run, tables: Tables) -> list[dict[str, Any]]:
    """New numbers for people who seem to be there; only of customers whose phone and e-mail the sender reads."""
    reach = reach_part(run.user)
    if not Sender(run.user).reads_all():
        return []
    within, params = ("true", {}) if reach is None else (f"c.id IN ({reach[0]})", reach[1])
    return asked_for("possible_duplicates", tables.text("twins", within=within), params or None)


# --- 3: customers, channels and products -----------------------------------------------------------------------------
def make_people(run: Run) -> Iterator[None]:
    """The new customers in the file's order, so that round-robin comes out the same however often it is interrupted."""
    tables = Tables(run.job)
    owners = Owners.of(run.job)
    while rows := tables.rows(
        "people_batch", {"after": run.job.cursor, "limit": PEOPLE_A_BATCH}, attributes=ATTRIBUTES
    ):
        with transaction.atomic():
            stage.write_alone()
            new, usual = _numbered(rows, tables), usual_kind(company.company_now())
            made = newcomers.create([_person(row, owners, run, usual) for row in new], by=run.user, job=run.job)
            run.move(cursor=rows[-1][0], counts=run.counted(customers_created=made))
        yield


def _numbered(rows: Sequence[tuple], tables: Tables) -> list[tuple]:
    """The rows with customer numbers of ours for people whom the file names by phone or e-mail."""

    def claimed(numbers: Sequence[str]) -> set[str]:
        """Those of the numbers that the file itself gives to a customer."""
        return {number for (number,) in tables.rows("claimed", {"numbers": list(numbers)})}

    unnumbered = sum(by_who for _seq, by_who, *_rest in rows)
    drawn = iter(numbers_next(unnumbered, claimed=claimed))
    numbers = {row[2]: next(drawn) for row in rows if row[1]}
    name_new(tables, list(numbers.items()))
    return [(seq, numbers.get(number, number), *rest) for seq, _by_who, number, *rest in rows]


def _person(row: tuple, owners: Owners, run: Run, usual: CustomerKind) -> NewCustomer:
    """A new customer. At a company the person becomes its contact; without any name the number is the name."""
    seq, number, name, kind, company_name, phone, email, owner_email, region, bought_on = row
    if kind in (None, CustomerKind.UNKNOWN) and company_name:
        kind = CustomerKind.COMPANY
    is_company = kind == CustomerKind.COMPANY and bool(company_name)
    return NewCustomer(
        number=number,
        kind=kind or usual,
        name=(company_name if is_company else name or company_name) or number,
        contact=name if is_company and name and name != company_name else "",
        phone=phone or "",
        email=email or "",
        region=region or "",
        owner=owners.pick(seq - 1, owner_email),
        bought_on=bought_on,
        source=run.job.source,
    )


def may_write_products(user: User | None) -> bool:
    """Whether products of an order file become or complete those of the catalogue."""
    return user is None or (user.can("product.add") and user.can("product.change"))


def make_products(run: Run) -> Iterator[None]:
    """Channels and products that the file names; a line of an unknown product keeps its words where the sender may
    not write the catalogue."""
    tables = Tables(run.job)
    with transaction.atomic():
        stage.write_alone()
        for (name,) in tables.rows("channels"):
            channel_ensure(name, run.job)
        own = currency_of(run.job) == company.currency()
        if may_write_products(run.user):
            known = [pk for (pk,) in tables.rows("products_of_file")]
            record.before(run.job, PRODUCT, known)
            tables.change(
                "products",
                {"fees": list(FEES), "discounts": list(DISCOUNTS)},
                price="unit_price" if own else "NULL::numeric",
                price_cost="unit_cost" if own else "NULL::numeric",
            )
            record.after(run.job, PRODUCT, known)
            there = {pk for (pk,) in tables.rows("products_of_file")}
            record.made(run.job, PRODUCT, there.difference(known))
        run.move(cursor=1)
    yield


# --- 4: orders -------------------------------------------------------------------------------------------------------
def write_orders(run: Run) -> Iterator[None]:
    """The orders in batches: rows, lines, links of returns, facts of their customers, all in one transaction each."""
    tables = Tables(run.job)
    while run.job.cursor < run.job.counts["last"]:
        last = run.job.cursor + ORDERS_A_BATCH
        with transaction.atomic():
            stage.write_alone()
            counts = _write_batch(run, tables, run.job.cursor + 1, last)
            run.move(cursor=last, counts=run.counted(**counts))
        if last == ORDERS_A_BATCH or last >= run.job.counts["last"]:
            # The planner would take the tables for nearly empty ones.
            stage.execute("ANALYZE sales_order, sales_orderline, customers_customer, customers_customerfacts")
        yield


def _write_batch(run: Run, tables: Tables, first: int, last: int) -> dict[str, int]:
    params = {
        "first": first,
        "last": last,
        "source": run.job.source,
        "currency": currency_of(run.job),
        "now": clock.now(),
        "user": getattr(run.user, "pk", None),
    }
    # Somebody may have stored some of them since they were compared: is that theirs to change?
    known = tables.rows("known", params)
    tables.change("compare", params)
    if tables.rows("known", params) != known:
        judge.refuse_foreign_orders(run, tables)
        tables.change("drop_refused")
    before = _touched(tables, params, ["changed"])
    changed = [pk for (pk,) in tables.rows("order_ids", {**params, "action": "changed"})]
    record.before(run.job, ORDER, changed)
    source_rows = tables.text("source_rows")
    tables.change("insert_orders", params, source_rows=source_rows)
    tables.change("update_orders", params, source_rows=source_rows)
    for name in ("delete_lines", "insert_lines", "link_returns", "cancel_returns"):
        tables.change(name, params)
    record.made(run.job, ORDER, [pk for (pk,) in tables.rows("order_ids", {**params, "action": "new"})])
    record.after(run.job, ORDER, changed)
    customers = sorted(before | _touched(tables, params, ["new", "changed"]))
    record.before(run.job, STAGE, newcomers.known_before(run.job, customers))
    order_facts_refresh(customers)
    remember(run.job, customers)
    orders, returns, updated = tables.rows("batch_counts", params)[0]
    return {"orders": orders, "returns": returns, "updated": updated}


def _touched(tables: Tables, params: dict[str, Any], actions: list[str]) -> set[int]:
    return {pk for (pk,) in tables.rows("touched", {**params, "actions": actions})}


# --- the kind --------------------------------------------------------------------------------------------------------
def _since(job: ImportJob) -> date | None:
    """The first day whose sales the file changed."""
    return date.fromisoformat(job.counts["since"]) if job.counts.get("since") else None


def _clear(job: ImportJob) -> None:
    tables = Tables(job)
    stage.drop(tables.buyers, tables.people, tables.orders, tables.lines)


ORDERS = Kind(
    code="orders",
    label=gettext_lazy("orders"),
    permission="order.add",
    columns=columns.COLUMNS,
    steps=(
        Step("stage", stage_lines, READING, final=False),
        Step("compare", compare, COMPARING, final=False),
        Step("people", make_people, gettext_lazy("making new customers")),
        Step("products", make_products, gettext_lazy("making new products")),
        Step("orders", write_orders, gettext_lazy("writing the orders")),
    ),
    check=columns.missing,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=_clear,
    counts={
        "rows": ROWS,
        "orders": gettext_lazy("new orders"),
        "returns": gettext_lazy("returns"),
        "customers_created": gettext_lazy("new customers"),
        "updated": UPDATED,
        "unchanged": UNCHANGED,
        "rows_without_customer": gettext_lazy("rows without customer"),
        "errors": ERRORS,
    },
    new="orders",
    changes=("orders", "returns", "updated", "customers_created"),
    asks_for_a_night=True,
    since=_since,
    layouts=LAYOUTS,
    options=OPTIONS,
    check_options=check_owner,
    questions=QUESTIONS,
    figures=FIGURES,
    brought=brought_by,
    undo=ORDER_PARTS,
    undo_permissions=ORDER_PERMISSIONS,
    home=HOME,
    notes=(
        gettext_lazy(
            "An order that comes again with other lines is replaced as a whole; equal lines of one order are kept."
        ),
        gettext_lazy("A negative quantity or amount is a return."),
    ),
)
