from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        # Models must be ready first.
        from intake import kinds  # noqa: PLC0415
        from sales.imports.rates import RATES  # noqa: PLC0415
        from sales.imports.steps import ORDERS  # noqa: PLC0415
        from sales.imports.targets import TARGETS  # noqa: PLC0415

        for kind in (ORDERS, TARGETS, RATES):
            kinds.register(kind)
