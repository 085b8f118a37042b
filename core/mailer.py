"""The SMTP side of outgoing mail: one connection for a batch, and what each failure means for the mail."""

import smtplib
from enum import Enum
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import sanitize_address

from core.models import OutboxMail

SERVICE_CLOSING = 421


class Trouble(Enum):
    """What a failure means for the mail."""

    REJECTED = "rejected"  # 5xx: this mail will never be taken
    LATER = "later"  # 4xx: not now
    CHANNEL = "channel"  # no connection, no sign-in, our sender refused: the fault of no single mail
    UNSURE = "unsure"  # the answer to the data never came: perhaps sent


class SendError(Exception):
    """A mail didn't go out, or perhaps did; `trouble` says which, the text is for the record."""

    def __init__(self, trouble: Trouble, text: str) -> None:
        super().__init__(text[:500])
        self.trouble = trouble


class Mailer:
    """An SMTP connection that is opened when first needed and again after it broke."""

    def __init__(self, timeout: int | None = None) -> None:
        self._options: dict[str, Any] = {"timeout": timeout} if timeout else {}
        self._backend: Any = None

    @property
    def _smtp(self) -> smtplib.SMTP | None:
        """The protocol, where the configured backend speaks it (tests and consoles don't)."""
        return getattr(self._backend, "connection", None)

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
        self._expect(smtp.mail(sanitize_address(_message(mail).from_email, "utf-8")), refused=Trouble.CHANNEL)
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
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject=mail.subject, body=mail.body, to=[mail.address], headers=headers)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
