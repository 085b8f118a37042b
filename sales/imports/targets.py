"""Targets from files: what people are to reach in a month. A sender sets those of people for whom he may by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import company
from core.refusals import BadCellError
from customers.imports.owners import PossibleOwners
from intake import record, stage, values
from intake.kinds import Column, Kind, Run
from intake.plain import CHANGES, COUNTS, Read, Row, needed, plain_steps
from intake.spelling import word
from sales import money
from sales.imports.recorded import TARGET
from sales.imports.undo import TargetPart
from sales.models import Target
from sales.services import target_set

METRICS = {
    "销售额": "revenue", "业绩": "revenue", "金额": "revenue", "sales": "revenue", "amount": "revenue",
    "订单": "orders", "订单数": "orders", "单数": "orders", "order": "orders",
    "新客户": "new", "新客户数": "new", "newcustomers": "new",
    "留存率": "retention", "保留率": "retention", "客户留存": "retention",
    "满意度": "csat", "客户满意度": "csat", "satisfaction": "csat",
    "拜访": "visits", "拜访数": "visits", "拜访量": "visits", "visit": "visits",
}  # fmt: skip
COLUMNS = (
    Column("user_email", gettext_lazy("person"), ("邮箱", "员工邮箱", "业务员", "姓名", "email", "user")),
    Column("month", gettext_lazy("month"), ("月份", "月")),
    Column("metric", gettext_lazy("metric"), ("指标", "目标类型")),
    Column("value", gettext_lazy("target"), ("目标", "目标值", "数值", "target")),
)


def target_reader(run: Run) -> Read:
    """Reads one target; whose it may be is asked once for each process."""
    people = PossibleOwners.of(run.user, "target.add")

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        metric = METRICS.get(word(cells["metric"]), word(cells["metric"]))
        if metric not in Target.Metric.values:
            known = ", ".join(Target.Metric.values)
            raise BadCellError(
                _("“%(metric)s” is no metric. Possible are %(known)s.") % {"metric": metric, "known": known}
            )
        try:
            person = people.find(cells["user_email"])
        except BadCellError:
            unknown = _("There is not exactly one active person %(name)s. Write the e-mail or mobile number.")
            raise BadCellError(unknown % {"name": values.shown(cells["user_email"])}) from None
        return {
            "user": person.pk,
            "month": _month(cells["month"]).isoformat(),
            "metric": metric,
            "value": _value(metric, cells["value"]),
        }

    return read


def _month(text: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})月?", values.plain(text))
    return values.day(f"{found[1]}-{found[2]}-01" if found else text).replace(day=1)


def _value(metric: str, text: str) -> int:
    return target_value(metric, text.rstrip("%％ ") if metric == Target.Metric.RETENTION else text)


def target_value(metric: str, text: str) -> int:
    """What somebody has typed as Target keeps it; BadCellError says what is wrong. 58万 is an amount like any other."""
    currency = company.currency() if metric == Target.Metric.REVENUE else ""
    digits = money.digits(currency) if currency else 2 if metric == Target.Metric.SATISFACTION else 0
    value = values.bounded(values.number(text, currency), decimals=digits, whole=15, text=text)
    if value < 0:
        raise BadCellError(_("A target can't be below zero."))
    if metric == Target.Metric.RETENTION and value > 100:
        raise BadCellError(_("Nobody keeps more than 100 % of the customers."))
    if metric == Target.Metric.SATISFACTION and value > 5:
        raise BadCellError(_("Satisfaction has marks from 1 to 5."))
    return int(Decimal(value).scaleb(digits).quantize(Decimal(1), ROUND_HALF_UP))


def write_targets(run: Run, rows: Sequence[Row]) -> None:
    """Set them; one that is there already is changed by who may change it."""
    people = User.objects.in_bulk({row.data["user"] for row in rows})
    known = {(row.user_id, row.month, row.metric): row for row in Target.objects.filter(user__in=people)}
    mine = known.values() if run.user is None else Target.objects.for_user(run.user, "change").filter(user__in=people)
    changeable = {row.pk for row in mine}
    for row in rows:
        month = date.fromisoformat(row.data["month"])
        key = (row.data["user"], month, row.data["metric"])
        before = known.get(key)
        if before is not None and before.value == row.data["value"]:
            row.outcome = "unchanged"
        elif before is not None and before.pk not in changeable:
            row.reason = _("This person has a target for the month already, and you may not change it.")
        else:
            user = people[row.data["user"]]
            record.before(run.job, TARGET, [before.pk] if before else [])
            target = target_set(user=user, month=month, metric=key[2], value=row.data["value"], by=run.user)
            row.outcome, known[key] = "created" if before is None else "updated", target
            changeable.add(target.pk)
            (record.after if before else record.made)(run.job, TARGET, [target.pk])


TARGETS = Kind(
    code="targets",
    label=gettext_lazy("targets"),
    permission="target.add",
    columns=COLUMNS,
    steps=plain_steps(target_reader, write_targets),
    check=needed(COLUMNS, "user_email", "month", "metric", "value"),
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    chosen=True,
    undo=(TargetPart(),),
    undo_permissions=("target.delete", "target.change"),
)
