from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        # Models must be ready first.
        from intake import kinds  # noqa: PLC0415
        from sales.imports.steps import ORDERS  # noqa: PLC0415

        kinds.register(ORDERS)
