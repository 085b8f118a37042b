"""Why a backup or a restore isn't done, for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext


class BackupError(Exception):
    """The reason in the reader's language; `as_json` keeps it for a reader of another one."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text)
        self.text, self.values = text, values

    def __str__(self) -> str:
        return gettext(self.text) % self.values

    def as_json(self) -> dict[str, Any]:
        """What `from_json` makes an error of again."""
        return {"text": self.text, "values": {name: str(value) for name, value in self.values.items()}}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> BackupError:
        """The error that was kept."""
        return cls(kept["text"], **kept["values"])
