from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ui import nav


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        # Models must be ready first.
        from customers.imports import kinds  # noqa: PLC0415
        from sales.imports.steps import ORDERS  # noqa: PLC0415

        kinds.register(ORDERS)
        nav.register(_("Products"), "product_list", "package", "product.view", group="manage", order=50)
        nav.register_action(_("New order"), "order_new", "receipt", "order.add", order=40)
