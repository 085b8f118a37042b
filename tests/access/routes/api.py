"""Routes of the area "api"; how to write an entry: docs/access.md."""

from typing import Any

from tests.access.matrix import SIGNED_IN, Route, rest
from tests.access.routes.feedback import never_binned


def _reading(name: str, resource: str = "", kind: str = "", **detail: str) -> list[Route]:
    """A collection that is read; `detail` are further methods of its rows with their permissions."""
    resource = resource or name
    view = f"{resource}.view"
    return [
        Route(f"api:{name}-list", {"GET": view}, json=True),
        Route(f"api:{name}-detail", {"GET": view} | detail, kind=kind or name, json=True, data=_words),
    ]


def _words(row: Any, world: Any) -> dict[str, Any]:
    """A body that would change something if it were let in."""
    return {"name": "changed", "text": "changed", "state": "working", "read": True, "purpose": "changed"}


def _acts(*names: str, kind: str, grant: str) -> list[Route]:
    return [Route(f"api:{kind}-{name}", {"POST": grant}, kind=kind, json=True) for name in names]


ROUTES: list[Route] = [
    Route("api:schema", {"GET": SIGNED_IN}),
    Route("api:docs", {"GET": SIGNED_IN}),
    *rest("api:customer", kind="customer", data=_words),
    *_acts("assign", kind="customer", grant="customer.assign"),
    *_acts("claim", kind="customer", grant="customer.claim"),
    *rest("api:contact", kind="contact", data=_words),
    Route("api:interaction-list", {"GET": "interaction.view", "POST": "interaction.add"}, json=True, data=_words),
    Route(
        "api:interaction-detail",
        {"GET": "interaction.view", "DELETE": "interaction.delete"},
        kind="interaction",
        json=True,
    ),
    *rest("api:order", kind="order", data=_words),
    *rest("api:follow_up", kind="follow_up", data=_words),
    *_acts("complete", "skip", kind="follow_up", grant="follow_up.change"),
    Route("api:own_plan-list", {"GET": "follow_up.view", "POST": "follow_up.change"}, json=True, data=_words),
    Route(
        "api:own_plan-detail",
        {"GET": "follow_up.view"} | dict.fromkeys(("PUT", "PATCH", "DELETE"), "follow_up.change"),
        kind="follow_up",
        kwargs=lambda row, world: {"pk": row.customer_id},  # an own plan is numbered like its customer
        json=True,
        data=_words,
    ),
    Route("api:cadence_rule-list", {"GET": "plan_rule.view", "POST": "plan_rule.change"}, json=True, data=_words),
    Route(
        "api:cadence_rule-detail",
        {"GET": "plan_rule.view"} | dict.fromkeys(("PUT", "PATCH", "DELETE"), "plan_rule.change"),
        kwargs=lambda row, world: {"pk": 0},  # no such line: refused before it is looked for
        ok=frozenset({404}),
        json=True,
        data=_words,
    ),
    *rest("api:reminder", kind="reminder", data=_words),
    *rest("api:complaint", kind="complaint", data=_words),
    Route("api:complaint-binned", {"GET": "complaint.delete"}),
    Route("api:complaint-restore", {"POST": "complaint.delete"}, kind="complaint", expect=never_binned),
    Route("api:complaint-steps", {"GET": "complaint.view"}, kind="complaint"),
    *rest("api:target", kind="target", data=_words),
    Route("api:product-list", {"GET": "product.view", "POST": "product.add"}, json=True, data=_words),
    Route(
        "api:product-detail",
        {"GET": "product.view", "PUT": "product.change", "PATCH": "product.change"},
        kind="product",
        json=True,
        data=_words,
    ),
    *_reading("notification", PATCH="notification.change"),
    *_reading("warning", PATCH="warning.change"),
    *_reading("score"),
    *_reading("tier", resource="tier_rule", kind="tier"),
    Route("api:import-list", {"GET": "import.view", "POST": "import.add"}, json=True),
    Route("api:import-detail", {"GET": "import.view"}, kind="import", json=True),
    *_acts("check", "start", "cancel", kind="import", grant="import.view"),
    *_reading("user"),
    Route("api:user-me", {"GET": SIGNED_IN}),
    *_reading("team"),
    *_reading("role"),
]
