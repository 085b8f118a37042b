from django.apps import AppConfig

from ui import hooks


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Registers the start-up checks; models are ready only now.
        from accounts import checks, heldposts, masking  # noqa: F401, PLC0415
        from accounts.saved_views import selectors  # noqa: PLC0415

        hooks.register(held_data=heldposts.held_data, masked_copy=masking.masked_copy, saved_views=selectors.tabs_of)
