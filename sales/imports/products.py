"""Products from files: known by their number, else by their whole name; what a file says of a known one counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import company
from core.refusals import BadCellError
from customers.identity import name_key, number_key, tidy
from intake import cellkinds, record, stage, values
from intake.cells import Cells
from intake.kinds import Column, Kind, Layout, Run
from intake.plain import CHANGES, COUNTS, Read, Row, needed, plain_steps
from intake.spelling import word
from sales.imports.recorded import PRODUCT
from sales.imports.undo import ProductPart
from sales.models import Product
from ui import formatting

FLAGS = {
    **dict.fromkeys(("fee", "fees", "shipping", "费用", "运费", "服务费", "手续费"), Product.Flag.FEE),
    **dict.fromkeys(("discount", "coupon", "折扣", "优惠", "优惠券"), Product.Flag.DISCOUNT),
    **dict.fromkeys(("goods", "service", "product", "商品", "服务", "产品", "货物"), Product.Flag.NONE),
}
SOLD = {
    **dict.fromkeys(("yes", "y", "1", "true", "active", "published", "onsale", "是", "在售", "上架", "启用"), True),
    **dict.fromkeys(("no", "n", "0", "false", "draft", "archived", "inactive", "否", "停售", "下架", "停用"), False),
}
COLUMNS = (
    Column(
        "sku",
        gettext_lazy("product number"),
        (
            *("货号", "商品编码", "商家编码", "规格编码", "产品编号", "产品编码", "商品货号", "编码"),
            *("sku", "productcode", "itemnumber", "productid", "variantsku"),
        ),
        holds=cellkinds.NUMBER,
    ),
    Column(
        "name",
        gettext_lazy("product name"),
        (
            *("商品名称", "产品名称", "商品标题", "宝贝标题", "宝贝名称", "品名", "名称"),
            *("product", "productname", "title", "item", "itemname"),
        ),
    ),
    Column(
        "unit_price",
        gettext_lazy("unit price"),
        ("单价", "价格", "售价", "销售价", "京东价", "一口价", "商品价格", "price", "saleprice", "variantprice"),
        holds=cellkinds.FIGURE,
    ),
    Column(
        "unit_cost",
        gettext_lazy("unit cost"),
        ("成本", "成本价", "进价", "进货价", "cost", "costperitem", "costprice"),
        holds=cellkinds.FIGURE,
    ),
    Column("flag", gettext_lazy("counts as"), ("计为", "产品类型", "producttype")),
    Column("is_active", gettext_lazy("in sale"), ("在售", "状态", "是否在售", "active", "status", "published")),
)
LAYOUTS = (
    Layout(
        "Shopify",
        ("Handle", "Title", "Variant SKU", "Variant Price"),
        {
            "sku": "Variant SKU",
            "name": "Title",
            "unit_price": "Variant Price",
            "unit_cost": "Cost per item",
            "is_active": ("Status", "Published"),
        },
    ),
    Layout(
        "WooCommerce",
        ("ID", "Type", "SKU", "Name", "Regular price"),
        {"sku": "SKU", "name": "Name", "unit_price": "Regular price", "is_active": "Published"},
    ),
    Layout(
        "淘宝 / 天猫",
        ("宝贝名称", "宝贝价格", "商家编码"),
        {"sku": "商家编码", "name": "宝贝名称", "unit_price": "宝贝价格"},
    ),
    Layout(
        "京东",
        ("商品名称", "京东价", "货号"),
        {"sku": "货号", "name": "商品名称", "unit_price": "京东价", "unit_cost": "成本价", "is_active": "商品状态"},
        without=("订单号",),
    ),
    Layout(
        "有赞",
        ("商品名称", "商品价格", "规格编码"),
        {"sku": "规格编码", "name": "商品名称", "unit_price": "商品价格", "unit_cost": "成本价"},
        without=("订单号",),
    ),
)
WRITTEN = ("name", "unit_price", "unit_cost", "flag", "is_active")


def product_reader(run: Run) -> Read:
    """Reads one product."""

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        cell = Cells(COLUMNS, cells)
        data = {
            "sku": cell("sku", lambda text: values.short(number_key(values.undamaged(text)), 60)),
            "name": cell("name", lambda text: values.short(tidy(text), 200)),
            "unit_price": cell("unit_price", _price),
            "unit_cost": cell("unit_cost", _price),
            "flag": cell("flag", lambda text: _meaning(text, FLAGS, dict(Product.Flag.choices))),
            "is_active": cell("is_active", lambda text: _meaning(text, SOLD, {})),
        }
        if not data["sku"] and not data["name"]:
            raise BadCellError(_("Neither a product number nor a name stands in the row."))
        return {name: value for name, value in data.items() if value != "" or (name == "flag" and cells.get(name))}

    return read


def _price(text: str) -> str:
    value = values.bounded(values.number(text, company.currency()), decimals=4, whole=14, text=text)
    if value < 0:
        raise BadCellError(_("A price can't be below zero."))
    return str(value)


def _meaning(text: str, words: Mapping[str, Any], labels: Mapping[str, Any]) -> Any:
    known = {word(str(label)): code for code, label in labels.items()} | dict(words)
    if word(text) not in known:
        possible = formatting.listed(list(known)[:8])
        unknown = _("“%(value)s” isn't known. Possible are %(known)s.")
        raise BadCellError(unknown % {"value": values.shown(text), "known": possible})
    return known[word(text)]


def write_products(run: Run, rows: Sequence[Row]) -> None:
    """Make new ones, and change those that are there as far as the sender may."""
    may_change = run.user is None or run.user.can("product.change")
    by_sku = Product.objects.in_bulk({row.data["sku"] for row in rows if "sku" in row.data}, field_name="sku")
    nameless = {row.data["name"] for row in rows if "sku" not in row.data}
    by_name: dict[str, list[Product]] = {}
    at_hand = {product.pk: product for product in by_sku.values()}
    for product in Product.objects.filter(name__in=nameless):
        by_name.setdefault(name_key(product.name), []).append(at_hand.get(product.pk, product))
    new: dict[str, Product] = {}
    changed: dict[int, Product] = {}
    for row in rows:
        if "sku" in row.data:
            known = by_sku.get(row.data["sku"]) or new.get(row.data["sku"])
        else:
            called = by_name.get(name_key(row.data["name"]), [])
            if len(called) > 1:
                row.reason = _("Several products have this name. Add the product number.")
                continue
            known = called[0] if called else None
        said = {name: _stored(name, row.data[name]) for name in WRITTEN if name in row.data}
        if known is None and ("sku" not in row.data or "name" not in row.data):
            row.reason = _("A new product needs a number and a name. Fill in both.")
        elif known is None:
            product = Product(sku=row.data["sku"], **said)
            new[product.sku] = product
            row.outcome = "created"
        elif all(getattr(known, name) == value for name, value in said.items()):
            row.outcome = "unchanged"
        elif known.pk is not None and not may_change:
            row.reason = _("This product is there already, and you may not change it.")
        else:
            for name, value in said.items():
                setattr(known, name, value)
            row.outcome = "updated"
            if known.pk is not None:
                changed[known.pk] = known
    record.before(run.job, PRODUCT, list(changed))
    Product.objects.bulk_update(changed.values(), WRITTEN)
    record.after(run.job, PRODUCT, list(changed))
    Product.objects.bulk_create(new.values())
    record.made(run.job, PRODUCT, [product.pk for product in new.values()])


def _stored(name: str, value: Any) -> Any:
    return Decimal(value) if name in ("unit_price", "unit_cost") else value


def _check(mapping: Mapping[str, str]) -> str:
    return "" if {"sku", "name"} & set(mapping) else needed(COLUMNS, "sku")(mapping)


PRODUCTS = Kind(
    code="products",
    label=gettext_lazy("products"),
    permission="product.add",
    columns=COLUMNS,
    steps=plain_steps(product_reader, write_products),
    check=_check,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    layouts=LAYOUTS,
    chosen=True,
    home=("product_list", gettext_lazy("To the products")),
    undo=(ProductPart(),),
    undo_permissions=("product.change",),
)
