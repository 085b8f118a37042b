from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        # Models must be ready first.
        from accounts.scope import handling_register  # noqa: PLC0415
        from feedback.selectors import handled_customers  # noqa: PLC0415

        handling_register("complaint.handle", handled_customers)
