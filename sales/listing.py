"""The list of products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.contributions import ExportColumn
from sales import money, selectors
from sales.models import Product
from ui import cells
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Listing, Words
from ui.templatetags import ui


@dataclass(frozen=True)
class ProductRow:
    """A product; `edit_url` is empty for who may not change it."""

    pk: int
    product: Product
    edit_url: str


def _rows(asked: Asked) -> QuerySet[Product]:
    return selectors.products(asked.user, asked.q, inactive="inactive" in asked.given)


def _draw(asked: Asked, page: list[Product]) -> Iterable[ProductRow]:
    may_change = asked.user.can("product.change")
    for product in page:
        yield ProductRow(product.pk, product, cells.row_url("product_edit", product.pk) if may_change else "")


def _name(row: ProductRow) -> SafeString:
    name = cells.typed(row.product.name)
    return name if row.product.is_active else format_html("{} {}", name, ui.tag(_("inactive"), "line"))


def _price(row: ProductRow) -> str:
    return cells.DASH if row.product.unit_price is None else money.written(row.product.unit_price)


def _edit(row: ProductRow) -> SafeString:
    return format_html(
        '<a class="button small quiet" href="{0}" data-icon="pencil" aria-label="{1} {2}">{1}</a>',
        row.edit_url,
        _("Edit"),
        row.product.name,
    )


def _empty(asked: Asked) -> Empty:
    if not asked.user.can("product.add"):
        return Empty(_("No products yet"), _("They come with the first import of orders."))
    text = _("They come with the first import of orders, or enter one.")
    return Empty(_("No products yet"), text, reverse("product_new"), _("New product"), "plus")


def _not_found(asked: Asked) -> Empty:
    text = _("Try another part of the name or number.")
    return Empty(_("No product found"), text, reverse("product_list"), _("Show all products"))


def _narrowed(asked: Asked) -> list[tuple[Words, Words]]:
    return [(_("Inactive ones"), _("yes"))] if "inactive" in asked.given else []


PRODUCT_EXPORT = Export(
    permission="product.export",
    audit_act="product.export",
    home="product_list",
    page="product_export",
    title=gettext_lazy("Products"),
    counted=lambda n: ngettext("%(n)s product", "%(n)s products", n) % {"n": f"{n:,}"},
    load=lambda rows: rows,
    sheets=(
        Sheet(
            gettext_lazy("Products"),
            Product,
            (
                ExportColumn(gettext_lazy("product number"), lambda row: row.sku),
                ExportColumn(gettext_lazy("name"), lambda row: row.name),
                ExportColumn(gettext_lazy("unit price"), lambda row: money.plain(row.unit_price)),
                ExportColumn(gettext_lazy("counts as"), lambda row: row.get_flag_display()),
                ExportColumn(gettext_lazy("active"), lambda row: row.is_active),
            ),
        ),
    ),
    also=_narrowed,
)
PRODUCTS = Listing(
    permission="product.view",
    rows=_rows,
    draw=_draw,
    search=lambda asked, rows: rows,  # `products` has looked for it
    hint=gettext_lazy("Number or name"),
    caption=gettext_lazy("Products by name"),
    orders={"name": ("name", "id")},
    columns=(
        Column(gettext_lazy("Name"), _name),
        Column(gettext_lazy("Number"), lambda row: row.product.sku, css="digits", typed=True, phone=""),
        Column(gettext_lazy("Unit price"), _price, css="number"),
        Column(gettext_lazy("Counts as"), lambda row: row.product.get_flag_display()),
        Column(
            gettext_lazy("Actions"),
            _edit,
            css="acts",
            spoken=True,
            shown=lambda asked: asked.user.can("product.change"),
        ),
    ),
    empty=_empty,
    not_found=_not_found,
    export=PRODUCT_EXPORT,
)
