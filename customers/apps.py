from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ui import nav


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        # Models must be ready first.
        from accounts import holdings, scope  # noqa: PLC0415
        from customers import selectors  # noqa: PLC0415
        from customers.imports import kinds  # noqa: PLC0415
        from customers.imports.customer_files import CUSTOMERS  # noqa: PLC0415

        kinds.register(CUSTOMERS)
        holdings.register("customers", selectors.owned_count)
        scope.sharing_register(selectors.shared_with)
        nav.register(
            _("Customers"), "customer_list", "users", "customer.view", order=20, badge="customers", phone=2, key="c"
        )
        nav.register_action(_("New customer"), "customer_new", "user-plus", "customer.add", order=20, key="n")
        nav.register_action(
            _("Log a contact"), "interaction_new", "plus", "interaction.add", order=10, key="l", primary=True
        )
        nav.register(_("Data quality"), "data_quality", "circle-alert", "customer.change", group="manage", order=60)
        nav.register(_("Imports"), "import_list", "upload", "import.add", group="system", order=10)
