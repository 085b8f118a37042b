"""What this app gives to the pages and jobs of the whole: orders, products and targets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.policy import ALL, OWN, TEAM
from core import company
from core.contributions import (
    Act,
    AuditLine,
    Begin,
    ChoiceName,
    Collection,
    Contribution,
    CustomerAction,
    CustomerTouch,
    Detail,
    Handler,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    Resource,
    TimelineTab,
)
from sales.first_step import FIRST_STEP
from sales.found import ORDERS as FOUND_ORDERS
from sales.found import PRODUCTS as FOUND_PRODUCTS
from sales.imports.products import PRODUCTS
from sales.imports.rates import RATES
from sales.imports.steps import ORDERS as ORDER_FILES
from sales.imports.targets import TARGETS
from sales.models import Order, Target
from sales.needs.found import NEEDS as FOUND_NEEDS
from sales.needs.models import Need
from sales.needs.reading import PANEL as NEEDS_PANEL
from sales.needs.reading import TIMELINE as NEEDS_STEPS
from sales.needs.services import need_follows_entry, need_goes_with_entry, need_of_entry
from sales.panels import PANELS
from sales.services import end_after_sale
from sales.services.facts import merged_orders_count
from sales.services.followers import NEW_ORDER, imported_orders_told, new_order_said
from sales.timeline import ORDERS
from sales.today import CARDS
from ui import formatting

RESOURCES = (
    Resource(
        "order",
        _("orders"),
        order=40,
        opens={
            "view": _("The list of orders, each order and the purchases on a customer's page."),
            "add": _("Enter an order or a return."),
            "change": _("Edit an order."),
            "delete": _("Move an order into the recycle bin, and bring it back."),
            "export": _("Take the list of orders out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete export"},
            "manager": {TEAM: "view add change delete export"},
            "service_agent": {ALL: "view add", OWN: "change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete export"},
        },
    ),
    Resource(
        "need",
        pgettext_lazy("of customers", "needs"),
        order=38,
        opens={
            "view": _("The list of needs, and those on a customer's page and in its history."),
            "add": _("Note a need of a customer."),
            "change": _("Say that a need was offered, met or dropped, and put its words right."),
            "export": _("Take the list of needs out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view add change"},
            "team_lead": {TEAM: "view add change export"},
            "manager": {TEAM: "view add change export"},
            "service_agent": {ALL: "view add", OWN: "change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change export"},
        },
    ),
    Resource(
        "target",
        _("targets"),
        order=110,
        opens={
            "view": _("Read targets by the API; the team board shows them to all who see it."),
            "add": _("Set targets from a file or by the API."),
            "change": _("Set targets on the team board, and take over last month's."),
            "delete": _("Delete a target by the API, and take back targets from a file."),
        },
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {OWN: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "product",
        _("products"),
        order=160,
        opens={
            "view": _("The list of products, and products to choose in an order."),
            "add": _("Enter a new product."),
            "change": _("Edit a product, and take it out of sale."),
            "export": _("Take the list of products out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view export"},
            "manager": {ALL: "view add change export"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change export"},
        },
    ),
)


def target_value(line: AuditLine, value: int) -> str:
    """A target: money in minor units, or a count."""
    money = line.details.get("metric", Target.Metric.REVENUE) == Target.Metric.REVENUE
    return formatting.money_round(value, company.currency()) if money else formatting.number(value)


CONTRIBUTION = Contribution(
    app="sales",
    urls=("sales.urls", "sales.needs.urls"),
    resources=RESOURCES,
    menu=(
        MenuEntry(_("Orders"), "order_list", "receipt", "order.view", order=35),
        MenuEntry(
            pgettext_lazy("of a customer", "Needs"), "need_list", "lightbulb", "need.view", group="manage", order=48
        ),
        MenuEntry(_("Products"), "product_list", "package", "product.view", group="manage", order=50),
    ),
    begin=(Begin(_("New order"), "order_new", "receipt", "order.add", order=40),),
    search=(FOUND_ORDERS, FOUND_PRODUCTS, FOUND_NEEDS),
    first_steps=(FIRST_STEP,),
    import_kinds=(ORDER_FILES, PRODUCTS, TARGETS, RATES),
    timeline_tabs=(TimelineTab("orders", _("Orders"), order=20),),
    timeline=(ORDERS, NEEDS_STEPS),
    handlers=(
        Handler("import_finished", imported_orders_told),
        Handler("customers_merged", merged_orders_count),
        Handler("interaction_logged", need_of_entry),
        Handler("interaction_corrected", need_follows_entry),
        Handler("interaction_undone", need_goes_with_entry),
    ),
    notice_kinds=(
        NoticeKind(NEW_ORDER, _("Customers you follow: orders"), new_order_said, order=92, permission="order.view"),
    ),
    today_cards=CARDS,
    customer_panels=(*PANELS, NEEDS_PANEL),
    customer_actions=(CustomerAction(_("Order"), "order_new", "shopping-bag", "order.add", order=30),),
    acts=(
        Act("order.export", _("exported orders"), tone="warn"),
        Act("order.create", _("new order")),
        Act("order.change", _("changed an order")),
        Act("order.delete", _("deleted an order")),
        Act("order.restore", _("restored an order")),
        Act("need.export", _("exported needs"), tone="warn"),
        Act("need.create", _("noted a need")),
        Act("need.change", _("changed a need")),
        Act("need.move", _("moved a need")),
        Act("need.remove", _("removed a need with its log entry")),
        Act("product.export", _("exported products"), tone="warn"),
        Act("product.create", _("new product")),
        Act("product.change", _("changed a product")),
        Act("target.set", _("set a target")),
        Act("target.delete", _("deleted a target")),
    ),
    details=(
        Detail("kind", _("kind"), codes=lambda: dict(Order.Kind.choices)),
        Detail("lines", _("lines")),
        Detail("orders", _("new orders")),
        Detail("returns", _("returns")),
        Detail("rows_without_customer", _("rows without customer")),
        Detail("return_of", _("return of")),
        Detail("sku", _("product number")),
        Detail("need_state", _("state"), codes=lambda: dict(Need.State.choices), before_after=True),
        Detail("month", _("month"), read=lambda line, value: formatting.written_month(value)),
        Detail("metric", _("metric"), codes=lambda: dict(Target.Metric.choices)),
        Detail("value", _("target"), read=target_value),
    ),
    named=(
        Named("sales.order", _("order"), lambda row: row.number, page="order"),
        Named("sales.product", _("product"), lambda row: row.name, page="product_edit", right="product.change"),
        Named(
            "sales.need",
            pgettext_lazy("of a customer", "need"),
            lambda row: row.text,
            page="need",
            right="need.change",
        ),
        Named(
            "sales.target",
            _("target"),
            lambda row: f"{row.user.name}, {formatting.month(row.month)}",
            related=("user",),
        ),
    ),
    merge_moves=("sales.Order", "sales.Need"),
    customer_touches=(
        CustomerTouch(
            "sales.Order",
            _("has orders that stay"),
            lambda: Order.all_objects.all(),
            by="updated_by",
            at="updated_at",
            part="order",
            version=True,
        ),
        CustomerTouch("sales.Need", _("has needs"), lambda: Need.all_objects.all(), by="updated_by", at="updated_at"),
    ),
    # Before the plans, which go by the stage.
    nightly_jobs=(NightlyJob("stages", end_after_sale, _("Stages after a sale")),),
    choice_names=(
        ChoiceName("OrderKindEnum", Order.Kind),
        ChoiceName("OrderStateEnum", Order.State),
        ChoiceName("NeedKindEnum", Need.Kind),
        ChoiceName("NeedStateEnum", Need.State),
    ),
    collections=(
        Collection("orders", "sales.api.OrderViewSet", "order"),
        Collection("needs", "sales.needs.api.NeedViewSet", "need"),
        Collection("products", "sales.api.ProductViewSet", "product"),
        Collection("targets", "sales.api.TargetViewSet", "target"),
    ),
)
