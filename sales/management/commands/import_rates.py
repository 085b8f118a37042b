"""import_rates FILE: exchange rates by day (date, code, rate)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from core import company
from core.refusals import BadCellError
from intake import values
from intake.filecommand import FileCommand
from sales.models import ExchangeRate


class Command(FileCommand):
    help = "Import exchange rates: columns date, code, rate (company currency for one unit of code)."
    fields = ("date", "code", "rate")
    headers: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "date": ("日期", "day"),
        "code": ("币种", "货币", "currency", "currency code"),
        "rate": ("汇率", "exchange rate"),
    }

    def read(self, cells: Mapping[str, str]) -> tuple[str, date, Decimal]:
        code = cells["code"].upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise BadCellError(_("“%(code)s” is no currency code. Write three letters like USD.") % {"code": code})
        if code == company.currency():
            raise BadCellError(_("%(code)s is the company's own currency, its rate is always 1.") % {"code": code})
        rate = values.bounded(values.number(cells["rate"]), decimals=8, whole=10, text=cells["rate"])
        if rate <= 0:
            raise BadCellError(_("A rate must be above zero."))
        return code, values.day(cells["date"]), rate

    def write(self, rows: list[tuple[str, date, Decimal]]) -> dict[str, int]:
        latest = {(code, day): rate for code, day, rate in rows}
        known = {(row.code, row.date): row.rate for row in ExchangeRate.objects.all()}
        ExchangeRate.objects.bulk_create(
            [ExchangeRate(code=code, date=day, rate=rate) for (code, day), rate in latest.items()],
            update_conflicts=True,
            unique_fields=["code", "date"],
            update_fields=["rate"],
            batch_size=5000,
        )
        changed = sum(known.get(key, rate) != rate for key, rate in latest.items())
        return {"created": len(set(latest) - set(known)), "updated": changed}
