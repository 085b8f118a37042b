"""The words of shops for how far an order has come, and what they mean here. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.refusals import BadCellError
from intake.spelling import bare

# A refunded purchase doesn't count; a return whose money went back is what it says.
OPEN, COMPLETED, CANCELLED, REFUNDED = "open", "completed", "cancelled", "refunded"
NAMES = {
    OPEN: gettext_lazy("open"),
    COMPLETED: gettext_lazy("completed"),
    CANCELLED: gettext_lazy("cancelled"),
    REFUNDED: gettext_lazy("refunded"),
}
WORDS = {
    OPEN: (
        "open", "unpaid", "pending", "pending payment", "payment pending", "awaiting payment", "waiting for payment",
        "on hold", "holded", "draft", "checkout draft", "authorized", "authorised", "partially paid", "quotation",
        "new", "待付款", "未付款", "等待付款", "等待买家付款", "买家待付款", "待支付", "未支付", "等待支付",
        "等待买家支付", "部分付款", "待确认", "草稿", "已下单", "未完成", "退款中", "申请退款", "待退款",
        "退款处理中", "refund requested", "refund pending", "refunding",
    ),
    COMPLETED: (
        "completed", "complete", "done", "paid", "processing", "shipped", "partially shipped", "dispatched", "sent",
        "delivered", "fulfilled", "partially fulfilled", "success", "succeeded", "finished", "awaiting shipment",
        "awaiting fulfillment", "ready to ship", "已付款", "买家已付款", "已支付", "支付成功", "付款成功", "待发货",
        "等待卖家发货", "买家已付款,等待卖家发货", "等待发货", "待出库", "已出库", "部分发货", "已发货", "卖家已发货",
        "卖家已发货,等待买家确认", "等待买家确认收货", "等待确认收货", "待收货", "已收货", "已签收", "待评价",
        "已评价", "交易成功", "交易完成", "已完成", "完成", "成功", "订单完成", "确认收货", "备货中",
    ),
    CANCELLED: (
        "closed", "cancelled", "canceled", "cancelled by customer", "voided", "void", "failed", "payment failed",
        "expired", "declined", "rejected", "abandoned", "trash", "已关闭", "关闭", "交易关闭", "订单关闭", "已取消",
        "取消", "交易取消", "订单取消", "用户取消", "系统取消", "已作废", "作废", "失效", "已失效", "支付失败",
        "付款失败", "拒收", "付款以后用户退款成功,交易自动关闭", "付款以前,卖家或买家主动关闭交易",
    ),
    REFUNDED: (
        "refunded", "fully refunded", "returned", "charged back", "chargeback", "已退款", "退款成功", "全额退款",
        "已全额退款", "退款完成", "退款关闭交易", "已退货", "退货成功", "退货退款", "已退货退款", "退款",
    ),
}  # fmt: skip
PARTLY = (
    "partially refunded",
    "partial refund",
    "partly refunded",
    "部分退款",
    "已部分退款",
    "部分退款成功",
    "部分退货",
)
_KNOWN = {bare(word): state for state, words in WORDS.items() for word in words}
_PARTLY = frozenset(map(bare, PARTLY))


def state_of(text: str) -> str:
    """open, completed, cancelled or refunded for a word of a shop; BadCellError for what isn't known."""
    known_by = bare(text)
    if known_by in _PARTLY:
        raise BadCellError(
            _("“%(value)s” doesn't say how much came back. Write completed, and the money that came back as a return.")
            % {"value": text[:40]}
        )
    if known_by not in _KNOWN:
        raise BadCellError(
            _("“%(value)s” isn't a known status. Write open, completed, cancelled or refunded.") % {"value": text[:40]}
        )
    return _KNOWN[known_by]
