from django.apps import AppConfig

from accounts.scope import handling_register


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        from feedback.selectors import handled_customers  # noqa: PLC0415 (models are ready only now)

        handling_register(handled_customers)
