"""import_targets FILE --map user_email,month,metric,value: what people are to reach in a month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import normal_name
from core import company
from core.filecommand import FileCommand
from customers.imports import values
from sales import money
from sales.models import Target
from sales.services import target_set

METRICS = {
    "销售额": "revenue",
    "sales": "revenue",
    "订单": "orders",
    "订单数": "orders",
    "拜访": "visits",
    "拜访数": "visits",
}


class Command(FileCommand):
    help = "Import targets: columns user_email, month (2026-11), metric (revenue, orders, visits), value (major units)."
    fields = ("user_email", "month", "metric", "value")

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        metric = METRICS.get(cells["metric"].lower(), cells["metric"].lower())
        if metric not in Target.Metric.values:
            known = ", ".join(Target.Metric.values)
            raise ValueError(
                _("“%(metric)s” is no metric. Possible are %(known)s.") % {"metric": metric, "known": known}
            )
        user = User.objects.filter(email=normal_name(cells["user_email"]), is_active=True).first()
        if user is None:
            raise ValueError(_("There is no active person with the e-mail %(email)s.") % {"email": cells["user_email"]})
        return {
            "user": user,
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
        raise ValueError(_("A target can't be below zero."))
    return int(Decimal(value).scaleb(digits).quantize(Decimal(1), ROUND_HALF_UP))
