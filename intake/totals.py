"""Rows below and between the data that programs add by themselves: sums, and remarks on who printed it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.refusals import BadCellError
from intake.spelling import word

LONGEST = 60
_OF_WHAT = (
    "客户数|订单数|本页|本页面|当页|每页|本日|当日|本月|当月|本年|本期|全年"
    "|全部|年度|月度|月|日|客户|订单|销售|金额|数量|人数|户数"
)
_SUM = (
    "合计|总计|小计|共计|累计|总和|汇总|合計|總計|小計|総計|합계|소계|총계|итого|всего"
    "|gesamt|gesamtsumme|zwischensumme"
    "|sum total|grand total|sub-?total|total general|total général|totals?"
)
_IN_WHAT = "金额|数量|销售额|人数|户数|数|行|amount|sales|quantity|rows?"
_TOTAL = re.compile(rf"(?:(?:{_OF_WHAT}) ?)*(?:{_SUM})(?: ?(?:{_IN_WHAT}))? ?(?:[:(].*)?")
_HINT = re.compile("[计計总總汇계]|total|count|итого|всего|summe|gesamt", re.IGNORECASE)  # nearly all cells stop here
_TOTAL_OF = re.compile(r".+ (?:汇总|小计|合计|总计|计数)")  # 王一 汇总: how Excel's own subtotals are named
_TOTAL_OF_NUMBER = re.compile(r".+ (?:total|subtotal|count)")
_REMARK = re.compile(
    r"(?:制表|制单|审核|复核|经办|填表|打印|导出|生成|统计)(?:人|员|时间|日期)?[:].*|数据来源[:].*"
    r"|以上(?:数据|信息|内容|为).*|共 ?\d+ ?[条行家个位名笔户].*"
    r"|(?:printed|exported|generated|created) (?:by|on|at)\b.*|\d+ (?:rows|records|entries)\b.*"
)


def is_total(text: str) -> bool:
    """Whether the cell names a sum: 合计, 本页小计：, Grand Total, 王一 汇总."""
    if not _HINT.search(text):
        return False
    spaced = _plain(text)
    return bool(_TOTAL.fullmatch(spaced.replace(" ", "")) or _TOTAL.fullmatch(spaced) or _TOTAL_OF.fullmatch(spaced))


def is_total_of_number(text: str) -> bool:
    """The same for a cell that holds a number of ours, where MX1 Total can be nothing else."""
    return bool(_HINT.search(text)) and (is_total(text) or bool(_TOTAL_OF_NUMBER.fullmatch(_plain(text))))


def is_remark(cells: Iterable[str]) -> bool:
    """Whether the row is nothing but a remark in one cell: 制表人：张三, 共 2 条记录."""
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and len(filled[0]) <= LONGEST and bool(_REMARK.fullmatch(_plain(filled[0])))


def first_filled(cells: Sequence[str]) -> str:
    """What the row begins with."""
    return next(filter(None, cells), "")


def refusal(text: str) -> BadCellError:
    """Why such a row doesn't come in."""
    return BadCellError(
        _("“%(value)s”: this row is a sum or a remark of the table. Leave it out. If it isn't, give it another name.")
        % {"value": text[:LONGEST]}
    )


def _plain(text: str) -> str:
    return "" if len(text) > LONGEST else word(text)
