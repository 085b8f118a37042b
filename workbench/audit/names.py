"""Names and addresses of the rows that audit lines speak of: one query a kind, only what the reader may open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from accounts.masking import masked
from accounts.models import AuditEntry, Role, User
from ui import formatting

# Under these names details keep the id of a row.
ROWS_IN_DETAILS = dict.fromkeys(("user", "from", "to", "from_user", "to_user"), "accounts.user")
ROWS_IN_DETAILS |= {"customer": "customers.customer", "customers": "customers.customer", "tags": "customers.tag"}
ROWS_IN_DETAILS |= dict.fromkeys(("team", "parent"), "accounts.team")


@dataclass(frozen=True)
class Named:
    """What a row is called, and its page; no address without one."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class _Source:
    name: Callable[[Any], str]
    url: Callable[[Any], str] = lambda row: ""
    right: str = ""  # what else the page asks for
    related: tuple[str, ...] = ()


def _page(name: str, of: str = "pk") -> Callable[[Any], str]:
    return lambda row: reverse(name, args=[getattr(row, of)])


def _customer_name(row: Any) -> str:
    return row.customer.name if row.customer_id else ""


def _customer_page(row: Any) -> str:
    return reverse("customer", args=[row.customer_id]) if row.customer_id else ""


# Rows that are called like their customer and stand on that page.
OF_CUSTOMER = _Source(_customer_name, _customer_page, related=("customer",))

SOURCES: Mapping[str, _Source] = {
    "accounts.user": _Source(lambda row: row.name, _page("user_edit"), "user.change"),
    "accounts.role": _Source(lambda row: row.name, lambda row: f"{reverse('role_list')}?role={row.code}", "role.view"),
    "accounts.team": _Source(lambda row: row.name, _page("team_edit"), "team.change"),
    "customers.customer": _Source(lambda row: row.name, _page("customer")),
    "customers.contact": _Source(lambda row: row.name, _customer_page),
    "customers.interaction": OF_CUSTOMER,
    "customers.tag": _Source(lambda row: row.name),
    "customers.importjob": _Source(lambda row: row.file_name, _page("import_job"), "import.view"),
    "sales.order": _Source(lambda row: row.number, _page("order")),
    "sales.product": _Source(lambda row: row.name, _page("product_edit"), "product.change"),
    "sales.target": _Source(lambda row: f"{row.user.name}, {formatting.month(row.month)}", related=("user",)),
    "followups.followup": OF_CUSTOMER,
    "followups.reminder": OF_CUSTOMER,
    "feedback.complaint": _Source(lambda row: row.number, _page("complaint")),
    "segmentation.churncase": OF_CUSTOMER,
}


class Names:
    """Looks all rows of a page of lines up at once."""

    def __init__(self, reader: User, entries: Iterable[AuditEntry]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            if entry.object_id is not None:
                wanted[entry.object_type].add(entry.object_id)
            for name, value in entry.details.items():
                wanted[ROWS_IN_DETAILS.get(name, "")].update(_ids(value))
        self.reader = reader
        self.found = {label: self._look_up(label, ids) for label, ids in wanted.items() if label in SOURCES}

    def of(self, label: str, pk: Any) -> Named | None:
        return self.found.get(label, {}).get(pk)

    def _look_up(self, label: str, ids: set[int]) -> dict[int, Named]:
        source, model = SOURCES[label], apps.get_model(label)
        opens = not source.right or self.reader.can(source.right)
        rows = _in_reach(model, self.reader).filter(pk__in=ids).select_related(*source.related)
        return {row.pk: Named(source.name(row), source.url(row) if opens else "") for row in map(self._masked, rows)}

    def _masked(self, row: Any) -> Any:
        if getattr(row, "customer_id", None):
            masked(self.reader, row.customer)
        return masked(self.reader, row)


def _in_reach(model: type[Model], reader: User) -> Any:
    rows: Any = model._default_manager.all()  # unscoped: narrowed in the next line where the model knows a reach
    return rows.for_user(reader) if hasattr(model, "scope_resource") else rows


def _ids(value: Any) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, int) and not isinstance(one, bool)]


def role_names() -> dict[str, str]:
    """Code -> name: details keep the code of a role."""
    return {role.code: role.name for role in Role.objects.all()}
