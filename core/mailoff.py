"""The mail backend of an installation without EMAIL_URL: it connects to nothing and refuses every mail."""

from collections.abc import Sequence
from typing import NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MailIsOffError(RuntimeError):
    """This installation sends no mail."""


class RefusingBackend(BaseEmailBackend):
    """Raises MailIsOffError whoever sends; a library that mails behind our back is noticed, and nothing leaves."""

    def open(self) -> NoReturn:
        raise MailIsOffError("This installation sends no mail: EMAIL_URL names no server.")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> NoReturn:
        self.open()
