"""The SMTP side of outgoing mail: one connection for a batch, and what each failure means for the mail."""

import smtplib
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address

from core import outbox
from core.models import OutboxMail
from core.sending import Begin, LostError, SendError, Trouble

SERVICE_CLOSING = 421


class Mailer:
    """An SMTP connection that is opened when first needed and again after it broke."""

    def __init__(self, timeout: int | None = None) -> None:
        self._options: dict[str, Any] = {"timeout": timeout} if timeout else {}
        self._backend: Any = None

    @property
    def _smtp(self) -> smtplib.SMTP | None:
        """The protocol, where the configured backend speaks it (tests and consoles don't)."""
        return getattr(self._backend, "connection", None)

    def deliver(self, mail: OutboxMail, begin: Begin) -> None:
        """All of it, `begin` asked right before the server may have the mail; LostError when it isn't ours any more."""
        self.prepare(mail)
        if not begin():
            self.forget()
            raise LostError
        self.send(mail)

    def prepare(self, mail: OutboxMail) -> None:
        """Connect and name sender and recipient: everything that surely sends nothing yet."""
        fresh = self._connect()
        try:
            self._envelope(mail)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            if fresh:
                raise SendError(Trouble.CHANNEL, _said(error)) from error
            self.prepare(mail)  # the server had closed the idle connection

    def _connect(self) -> bool:
        """True when a new connection had to be opened."""
        if self._backend is not None:
            return False
        backend = get_connection(**self._options)
        try:
            backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise SendError(Trouble.CHANNEL, _said(error)) from error
        self._backend = backend
        return True

    def _envelope(self, mail: OutboxMail) -> None:
        smtp = self._smtp
        if smtp is None:
            return
        smtp.ehlo_or_helo_if_needed()
        self._expect(smtp.mail(sanitize_address(EmailMessage().from_email, "utf-8")), refused=Trouble.CHANNEL)
        self._expect(smtp.rcpt(sanitize_address(mail.address, "utf-8")))

    def send(self, mail: OutboxMail) -> None:
        """Hand over the data after `prepare`; returns when the server has taken the mail, else raises SendError."""
        smtp = self._smtp
        if smtp is None:
            self._backend.send_messages([_message(mail)])
            return
        try:
            answer: tuple[int, bytes | str] = smtp.data(_message(mail).message().as_bytes(linesep="\r\n"))
        except smtplib.SMTPDataError as error:
            answer = error.smtp_code, error.smtp_error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise SendError(Trouble.UNSURE, _said(error)) from error
        self._expect(answer)

    def _expect(self, answer: tuple[int, bytes | str], refused: Trouble = Trouble.REJECTED) -> None:
        code, text = answer
        if 200 <= code < 300:
            return
        if code == SERVICE_CLOSING:
            self.close()
            raise SendError(Trouble.CHANNEL, f"{code} {_text(text)}")
        self.forget()
        raise SendError(refused if code >= 500 else Trouble.LATER, f"{code} {_text(text)}")

    def forget(self) -> None:
        """Drop a prepared mail that won't be sent after all."""
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def close(self) -> None:
        """Say goodbye; never raises."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.fail_silently = True
            try:
                backend.close()
            except (OSError, smtplib.SMTPException):
                return


def _message(mail: OutboxMail) -> EmailMessage:
    """As it goes out. A kind's own headers may say of themselves that a person has written it."""
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated", **outbox.headers_to_send(mail)}
    if (calendar := outbox.calendar_to_send(mail)) is None:
        return EmailMessage(subject=mail.subject, body=mail.body, to=[mail.address], headers=headers)
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.body, to=[mail.address], headers=headers)
    method, content = calendar
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")  # what programs show buttons for
    return message


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
