"""Names of our cookies: under https with the prefix that keeps other hosts of the domain from setting them."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


def host_name(plain: str) -> str:
    """The name to set and to read; plain where the browser couldn't check the prefix."""
    return f"__Host-{plain}" if settings.HTTPS else plain


class MessageCookies(CookieStorage):
    """Toasts on their way to the next page."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # known only when the settings are
        return host_name("messages")


class MessageStorage(FallbackStorage):
    """In a cookie, in the session where they are too long."""

    storage_classes = (MessageCookies, SessionStorage)
