"""Exchange rates by day from files: company currency for one unit of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import company
from core.refusals import BadCellError
from intake import cellkinds, record, stage, values
from intake.forms import DATE_ORDER
from intake.kinds import Column, Kind, Run
from intake.plain import CHANGES, COUNTS, Read, Row, needed, plain_steps
from sales.imports.recorded import RATE
from sales.imports.undo import RatePart
from sales.models import ExchangeRate

COLUMNS = (
    Column("date", gettext_lazy("date"), ("日期", "day"), holds=cellkinds.DATE),
    Column("code", gettext_lazy("currency"), ("币种", "货币", "currency", "currency code")),
    Column("rate", gettext_lazy("exchange rate"), ("汇率", "exchange rate")),
)


def rate_reader(run: Run) -> Read:
    """Reads one rate."""
    order = run.job.options.get("date_format", "")

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        code = cells["code"].upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise BadCellError(_("“%(code)s” is no currency code. Write three letters like USD.") % {"code": code})
        if code == company.currency():
            raise BadCellError(_("%(code)s is the company's own currency, its rate is always 1.") % {"code": code})
        rate = values.bounded(values.number(cells["rate"]), decimals=8, whole=10, text=cells["rate"])
        if rate <= 0:
            raise BadCellError(_("A rate must be above zero."))
        return {"code": code, "date": values.day(cells["date"], order).isoformat(), "rate": str(rate)}

    return read


def write_rates(run: Run, rows: Sequence[Row]) -> None:
    """Store them; of two rates of one day the last counts."""
    codes, days = {row.data["code"] for row in rows}, {row.data["date"] for row in rows}
    stored = ExchangeRate.objects.filter(code__in=codes, date__in=days)
    known = {(row.code, row.date.isoformat()): row.rate for row in stored}
    there = [row.pk for row in stored]
    record.before(run.job, RATE, there)
    latest = {}
    for row in rows:
        key, rate = (row.data["code"], row.data["date"]), Decimal(row.data["rate"])
        row.outcome = "created" if key not in known else "unchanged" if known[key] == rate else "updated"
        known[key] = latest[key] = rate
    ExchangeRate.objects.bulk_create(
        [ExchangeRate(code=code, date=date.fromisoformat(day), rate=rate) for (code, day), rate in latest.items()],
        update_conflicts=True,
        unique_fields=["code", "date"],
        update_fields=["rate"],
    )
    record.after(run.job, RATE, there)
    record.made(run.job, RATE, set(stored.all().values_list("pk", flat=True)).difference(there))


RATES = Kind(
    code="rates",
    label=gettext_lazy("exchange rates"),
    permission="setting.change",
    columns=COLUMNS,
    steps=plain_steps(rate_reader, write_rates, batch=5_000),
    check=needed(COLUMNS, "date", "code", "rate"),
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    options=(DATE_ORDER,),
    chosen=True,
    undo=(RatePart(),),
    undo_permissions=("setting.change",),
)
