from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Registers the start-up checks.
        from accounts import checks  # noqa: F401, PLC0415
