"""What a file of order lines may bring, and the words by which its columns are recognised."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.meanings import CUSTOMER_KIND
from intake.cellkinds import DATE, EMAIL, FIGURE, NAME, NUMBER, PHONE, QUANTITY, SUM
from intake.kinds import Column

COLUMNS = (
    Column(
        "order_no",
        gettext_lazy("order number"),
        (
            "订单号",
            "单号",
            "订单编号",
            "单据编号",
            "单据号",
            "发票号",
            "invoice",
            "invoiceno",
            "orderid",
            "ordernumber",
            "bill no",
        ),
        holds=NUMBER,
    ),
    Column(
        "ordered_at",
        gettext_lazy("ordered at"),
        (
            "下单时间",
            "订单日期",
            "下单日期",
            "订单时间",
            "订单创建时间",
            "日期",
            "时间",
            "成交时间",
            "购买日期",
            "invoicedate",
            "orderdate",
            "purchasedate",
            "date",
            "datetime",
        ),
        near=("付款时间", "支付时间", "createdat", "paidat", "created"),
        holds=DATE,
    ),
    Column(
        "customer_no",
        gettext_lazy("customer number"),
        ("客户编号", "客户号", "会员号", "会员卡号", "客户id", "customerid", "customernumber", "memberid", "clientid"),
        near=("customer", "client", "会员"),
        holds=NUMBER,
    ),
    Column(
        "customer_name",
        gettext_lazy("customer name"),
        ("客户名称", "客户姓名", "姓名", "客户", "收货人", "收货人姓名", "买家", "买家姓名", "buyer", "buyername"),
        near=("name", "customer", "client"),
        holds=NAME,
    ),
    Column("first_name", gettext_lazy("first name"), ("firstname", "givenname", "名"), holds=NAME),
    Column("last_name", gettext_lazy("last name"), ("lastname", "surname", "familyname", "姓"), holds=NAME),
    Column(
        "customer_kind", gettext_lazy("customer kind"), ("客户类型", "客户类别", "customertype"), holds=CUSTOMER_KIND
    ),
    Column(
        "company",
        gettext_lazy("company"),
        ("公司", "公司名称", "单位", "单位名称", "企业", "companyname", "organisation", "organization"),
        holds=NAME,
    ),
    Column(
        "phone",
        gettext_lazy("phone"),
        (
            "手机",
            "手机号",
            "手机号码",
            "电话",
            "联系电话",
            "联系手机",
            "收货人电话",
            "收货人手机",
            "收货人手机号",
            "mobile",
            "tel",
            "telephone",
        ),
        holds=PHONE,
    ),
    Column("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "邮件", "mail", "emailaddress"), holds=EMAIL),
    Column(
        "owner_email",
        gettext_lazy("owner (e-mail or mobile or name)"),
        ("负责人邮箱", "业务员邮箱", "归属人邮箱", "salesemail"),
        near=("业务员", "负责人", "销售", "owner", "salesrep"),
    ),
    Column(
        "sku",
        gettext_lazy("product number"),
        (
            "商品编码",
            "产品编号",
            "商品编号",
            "商家编码",
            "货号",
            "sku",
            "stockcode",
            "itemcode",
            "productcode",
            "productid",
        ),
    ),
    Column(
        "product",
        gettext_lazy("product"),
        ("商品", "商品名称", "商品标题", "产品", "产品名称", "品名", "description", "productname", "item", "itemname"),
        holds=NAME,
    ),
    Column(
        "quantity",
        gettext_lazy("quantity"),
        ("数量", "件数", "购买数量", "商品数量", "qty", "units"),
        holds=QUANTITY,
    ),
    Column("unit_price", gettext_lazy("unit price"), ("单价", "售价", "price"), near=("价格", "rate"), holds=FIGURE),
    Column("unit_cost", gettext_lazy("unit cost"), ("成本", "单位成本", "成本价", "cost"), holds=FIGURE),
    Column(
        "discount",
        gettext_lazy("discount"),
        ("优惠金额", "折扣金额"),
        near=("折扣", "优惠"),
        holds=SUM,
        single=True,
    ),
    Column(
        "amount",
        gettext_lazy("amount"),
        (
            "金额",
            "总额",
            "总价",
            "小计",
            "实付金额",
            "订单金额",
            "成交金额",
            "销售额",
            "total",
            "sum",
            "revenue",
            "sales",
        ),
        holds=FIGURE,
        single=True,
    ),
    Column(
        "payment_method", gettext_lazy("payment method"), ("支付方式", "付款方式", "paymenttype"), near=("payment",)
    ),
    Column("status", gettext_lazy("status"), ("订单状态", "交易状态", "状态", "orderstatus", "financialstatus")),
    Column("cancelled_at", gettext_lazy("cancelled at"), ("取消时间", "取消日期", "canceled at"), holds=DATE),
    Column("currency", gettext_lazy("currency"), ("币种", "货币", "货币代码", "currency code", "order currency")),
    Column("channel", gettext_lazy("channel"), ("渠道", "来源", "平台", "销售渠道", "source")),
    Column(
        "region",
        gettext_lazy("region"),
        ("地区", "区域", "省份", "国家", "城市", "country", "province", "city"),
        near=("state", "省"),
        holds=NAME,
    ),
)
LABELS = {column.name: column.label for column in COLUMNS}


def missing(mapping: Mapping[str, str]) -> str:
    """What this mapping lacks, as a sentence; empty when it will do."""
    if "ordered_at" not in mapping:
        return _("Choose the column with the date of the order (ordered_at).")
    if not {"amount", "unit_price"} & set(mapping):
        return _("Choose the column with the amount (amount), or those with quantity and unit price.")
    if not {"amount", "quantity"} & set(mapping):
        return _("Choose the column with the quantity (quantity) beside the unit price.")
    return ""
