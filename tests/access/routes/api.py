"""Routes of the area "api"; how to write an entry: docs/access.md."""

from typing import Any

from tests.access.matrix import SIGNED_IN, Route, rest
from tests.access.routes.customers import corrected, masked_stay_out
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


def _corrected(row: Any, world: Any) -> dict[str, Any]:
    return {"customer": row.customer_id, "kind": "call", "result": "reached", "summary": "changed"}


def _correction(role: str | None, owner: str, method: str) -> set[int | str] | None:
    return corrected(role, owner, method) if method in ("PUT", "PATCH") else None


def _acts(*names: str, kind: str, grant: str) -> list[Route]:
    return [Route(f"api:{kind}-{name}", {"POST": grant}, kind=kind, json=True) for name in names]


ROUTES: list[Route] = [
    Route("api:schema", {"GET": SIGNED_IN}),
    Route("api:docs", {"GET": SIGNED_IN}),
    *rest("api:customer", kind="customer", data=_words),
    *_acts("assign", kind="customer", grant="customer.assign"),
    *_acts("claim", kind="customer", grant="customer.claim"),
    *_acts("follow", "unfollow", kind="customer", grant="customer.view"),
    *rest("api:contact", kind="contact", data=_words),
    *rest("api:relation", kind="relation", data=_words),
    Route("api:interaction-list", {"GET": "interaction.view", "POST": "interaction.add"}, json=True, data=_words),
    Route(
        "api:interaction-detail",
        {"GET": "interaction.view", "DELETE": "interaction.delete"}
        | dict.fromkeys(("PUT", "PATCH"), "interaction.add"),
        kind="interaction",
        json=True,
        data=_corrected,
        expect=_correction,
    ),
    *rest("api:attachment", kind="attachment", data=_words),
    Route("api:attachment-download", {"GET": "attachment.view"}, kind="attachment", expect=masked_stay_out),
    *rest("api:order", kind="order", data=_words),
    Route("api:need-list", {"GET": "need.view", "POST": "need.add"}, json=True, data=_words),
    Route(
        "api:need-detail",
        {"GET": "need.view"} | dict.fromkeys(("PUT", "PATCH"), "need.change"),
        kind="need",
        json=True,
        data=_words,
    ),
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
    Route("api:consent-list", {"GET": "consent.view", "POST": "consent.add"}, json=True, data=_words),
    Route("api:consent-detail", {"GET": "consent.view"}, kind="consent", json=True),
    Route("api:message-list", {"GET": "message.view", "POST": "message.add"}, json=True, data=_words),
    Route("api:message-detail", {"GET": "message.view"}, kind="message", json=True),
    Route("api:incoming-list", {"GET": "incoming.view"}, json=True),
    Route("api:incoming-detail", {"GET": "incoming.view"}, kind="incoming", json=True),
    *_acts("sent", "again", "cancel", kind="message", grant="message.change"),
    Route("api:template-list", {"GET": "template.view", "POST": "template.add"}, json=True, data=_words),
    Route(
        "api:template-detail",
        {"GET": "template.view", "PUT": "template.change", "PATCH": "template.change"},
        kind="template",
        json=True,
        data=_words,
    ),
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
    Route("api:segment-list", {"GET": "segment.view", "POST": "segment.add"}, json=True, data=_words),
    Route(
        "api:segment-detail",
        {"GET": "segment.view"} | dict.fromkeys(("PUT", "PATCH", "DELETE"), "segment.change"),
        kind="segment",
        json=True,
        data=_words,
    ),
    *_reading("notification", PATCH="notification.change"),
    *_reading("warning", PATCH="warning.change"),
    Route("api:warning_action-list", {"GET": "warning.view", "POST": "warning.change"}, json=True, data=_words),
    Route(
        "api:warning_action-detail",
        {"GET": "warning.view", "DELETE": "warning.change"},
        kind="warning",
        kwargs=lambda row, world: {"pk": row.actions.get().pk},
        json=True,
    ),
    *_reading("churn_cause", resource="tier_rule", kind="cause"),
    Route(
        "api:tier_override-list",
        {"GET": "tier_override.view", "POST": "tier_override.change"},
        json=True,
        data=_words,
    ),
    Route(
        "api:tier_override-detail",
        {"GET": "tier_override.view", "DELETE": "tier_override.change"},
        kind="tier_override",
        json=True,
    ),
    *_reading("score"),
    *_reading("tier_effect", resource="dashboard"),
    *_reading("tier_comparison", resource="dashboard"),
    *_reading("scoring_run", resource="dashboard"),
    Route("api:scoring_run-tiers", {"GET": "dashboard.view"}, kind="scoring_run"),
    Route("api:scoring_run-purchases", {"GET": "dashboard.view"}, kind="scoring_run"),
    Route("api:scoring_run-preferences", {"GET": "dashboard.view"}, kind="scoring_run"),
    Route("api:scoring_run-retention", {"GET": "score.view"}),
    Route("api:scoring_run-channels", {"GET": "dashboard.view"}),
    *_reading("economics", resource="cost"),
    Route("api:cost-list", {"GET": "cost.view", "POST": "cost.change"}, json=True, data=_words),
    Route("api:cost-detail", {"GET": "cost.view", "DELETE": "cost.change"}, kind="cost", json=True, data=_words),
    Route("api:score-buying", {"GET": "order.view"}, kind="customer", query=lambda row, world: {"customer": row.pk}),
    Route("api:score-now", {"GET": "score.view"}, kind="customer", query=lambda row, world: {"customer": row.pk}),
    Route(
        "api:qualification-list", {"GET": "qualification.view", "POST": "qualification.change"}, json=True, data=_words
    ),
    Route(
        "api:qualification-detail",
        {"GET": "qualification.view"} | dict.fromkeys(("PUT", "PATCH"), "qualification.change"),
        kind="qualification",
        json=True,
        data=_words,
    ),
    *_reading("churn_forecast", resource="warning", kind="forecast"),
    Route("api:churn_forecast-model", {"GET": "warning.view"}),
    *_reading("tier", resource="tier_rule", kind="tier", PATCH="tier_rule.change"),
    Route("api:rule_set-list", {"GET": "tier_rule.view", "POST": "tier_rule.change"}, json=True, data=_words),
    Route("api:rule_set-preview", {"POST": "tier_rule.change"}, json=True, data=_words),
    Route("api:rule_set-preview-version", {"GET": "tier_rule.change"}, kind="rule_set", json=True, ok=frozenset({409})),
    Route("api:rule_set-detail", {"GET": "tier_rule.view"}, kind="rule_set", json=True),
    Route("api:tier_policy-list", {"GET": "tier_rule.view", "POST": "tier_rule.change"}, json=True, data=_words),
    Route(
        "api:tier_policy-detail",
        {"GET": "tier_rule.view"} | dict.fromkeys(("PUT", "PATCH", "DELETE"), "tier_rule.change"),
        kind="tier_policy",
        json=True,
        data=_words,
    ),
    *_reading("tier_scheme", resource="tier_rule", kind="tier_scheme", PATCH="tier_rule.change"),
    Route("api:cut_points-list", {"GET": "tier_rule.view", "POST": "tier_rule.change"}, json=True, data=_words),
    Route("api:cut_points-preview", {"POST": "tier_rule.change"}, json=True, data=_words),
    Route("api:cut_points-detail", {"GET": "tier_rule.view"}, kind="cut_points", json=True),
    *_reading("scoring_settings", resource="tier_rule", PATCH="tier_rule.change"),
    *_reading("cost_settings", resource="tier_rule", PATCH="tier_rule.change"),
    Route("api:import-list", {"GET": "import.view", "POST": "import.add"}, json=True),
    Route("api:import-detail", {"GET": "import.view"}, kind="import", json=True),
    *_acts("check", "start", "cancel", kind="import", grant="import.view"),
    *_reading("user"),
    Route("api:user-me", {"GET": SIGNED_IN}),
    Route("api:user-ways", {"GET": SIGNED_IN, "PATCH": SIGNED_IN}, json=True, data=lambda row, world: {"digest": True}),
    *_reading("team"),
    *_reading("role"),
]
