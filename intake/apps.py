from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        # Models must be ready first.
        from intake import kinds  # noqa: PLC0415
        from intake.users import USERS  # noqa: PLC0415

        kinds.register(USERS)
