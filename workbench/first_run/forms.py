"""The shortest way to a first customer."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from core.company import company
from customers.forms import NewCustomerForm
from customers.kinds import usual_kind
from customers.models import Kind

ASKED = ("kind", "name", "phone", "channel", "anyway", "idempotency_key")


class FirstCustomerForm(NewCustomerForm):
    """A name, a mobile number and where the customer comes from; the rest has a page of its own."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.usual = usual_kind(company())
        for name in [name for name in self.fields if name not in ASKED]:
            del self.fields[name]
        if self.usual != Kind.UNKNOWN:
            del self.fields["kind"]
        self.fields["phone"].required = True

    def file(self) -> dict[str, Any]:
        """The fields of the new file."""
        data = self.cleaned_data
        return {"kind": data.get("kind", self.usual), **{name: data[name] for name in ("name", "phone", "channel")}}
