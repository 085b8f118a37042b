from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        # Models must be ready first.
        from accounts import holdings, scope  # noqa: PLC0415
        from customers import selectors  # noqa: PLC0415
        from customers.imports.customer_file import CUSTOMERS  # noqa: PLC0415
        from intake import kinds  # noqa: PLC0415

        kinds.register(CUSTOMERS)
        holdings.register("customers", selectors.owned_count)
        scope.sharing_register(selectors.shared_with)
