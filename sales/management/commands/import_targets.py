"""import_targets FILE --map user_email,month,metric,value: what people are to reach in a month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.models import User
from core import company
from core.refusals import BadCellError
from customers.imports.owners import PossibleOwners
from intake import values
from intake.filecommand import FileCommand
from intake.spelling import word
from sales import money
from sales.models import Target
from sales.services import target_set

METRICS = {
    "销售额": "revenue", "业绩": "revenue", "金额": "revenue", "sales": "revenue", "amount": "revenue",
    "订单": "orders", "订单数": "orders", "单数": "orders", "order": "orders",
    "拜访": "visits", "拜访数": "visits", "拜访量": "visits", "visit": "visits",
}  # fmt: skip


class Command(FileCommand):
    help = "Import targets: columns user_email, month (2026-11), metric (revenue, orders, visits), value (major units)."
    fields = ("user_email", "month", "metric", "value")
    headers: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "user_email": ("邮箱", "员工邮箱", "业务员", "姓名", "email", "user"),
        "month": ("月份", "月"),
        "metric": ("指标", "目标类型"),
        "value": ("目标", "目标值", "数值", "target"),
    }

    def handle(self, *args: Any, **options: Any) -> None:
        self.people = PossibleOwners.of(None)
        super().handle(*args, **options)

    def _user(self, text: str) -> User:
        try:
            return self.people.find(text)
        except BadCellError:
            raise BadCellError(
                _("There is not exactly one active person %(name)s. Write the e-mail or mobile number.")
                % {"name": values.shown(text)}
            ) from None

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        metric = METRICS.get(word(cells["metric"]), word(cells["metric"]))
        if metric not in Target.Metric.values:
            known = ", ".join(Target.Metric.values)
            raise BadCellError(
                _("“%(metric)s” is no metric. Possible are %(known)s.") % {"metric": metric, "known": known}
            )
        return {
            "user": self._user(cells["user_email"]),
            "month": _month(cells["month"]),
            "metric": metric,
            "value": _value(metric, cells["value"]),
        }

    def write(self, rows: list[dict[str, Any]]) -> dict[str, int]:
        before = {(t.user_id, t.month, t.metric): t.value for t in Target.objects.all()}
        for row in rows:
            target_set(**row, by=None)
        keys = {(row["user"].pk, row["month"], row["metric"]): row["value"] for row in rows}
        created = sum(key not in before for key in keys)
        return {"created": created, "updated": sum(before.get(k, v) != v for k, v in keys.items())}


def _month(text: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})月?", values.plain(text))
    return values.day(f"{found[1]}-{found[2]}-01" if found else text).replace(day=1)


def _value(metric: str, text: str) -> int:
    currency = company.currency() if metric == Target.Metric.REVENUE else ""
    digits = money.digits(currency) if currency else 0
    value = values.bounded(values.number(text, currency), decimals=digits, whole=15, text=text)
    if value < 0:
        raise BadCellError(_("A target can't be below zero."))
    return int(Decimal(value).scaleb(digits).quantize(Decimal(1), ROUND_HALF_UP))
