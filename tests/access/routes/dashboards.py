"""Routes of the area "dashboards"; how to write an entry: docs/access.md."""

from typing import Any
from uuid import UUID

from tests.access.matrix import Route, covers, exported, scope_of

NO_BATCH = UUID(int=7)


def _action(row: Any, world: Any) -> dict[str, Any]:
    """What was done for the warning."""
    return {"pk": row.actions.get().pk}


def _gives(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """A right on one's own warnings alone gives none of them away."""
    return {403} if role and scope_of(role, "warning.change") == "own" and owner in ("own", "") else None


def _rules_and_scores(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Who may set the rules of tiers, for a customer whose scores they see."""
    if role is None or scope_of(role, "tier_rule.change") is None:
        return None
    if covers(scope_of(role, "score.view"), owner):
        return None
    return {403} if owner == "none" else {404}  # of the pool everybody knows


ROUTES: list[Route] = [
    Route("segmentation", {"GET": "dashboard.view"}),
    Route("purchases", {"GET": "dashboard.view"}),
    Route("preferences", {"GET": "dashboard.view"}),
    Route("costs", {"GET": "cost.view"}),
    Route("economics_list", {"GET": "cost.view"}),
    exported("economics_export", "cost.export"),
    exported("tier_effect_customers_export", "customer.export"),
    Route("customer_costs", {"GET": "cost.view"}, kind="customer"),
    Route("cost_list", {"GET": "cost.view"}),
    exported("cost_export", "cost.export"),
    Route(
        "cost_new",
        {"GET": "cost.change", "POST": "cost.change"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
        data=lambda row, world: {"kind": "gift", "amount": "12", "spent_on": "2026-11-01"},
    ),
    Route("cost_entry", {"GET": "cost.view"}, kind="cost"),
    Route("cost_remove", {"POST": "cost.change"}, kind="cost"),
    Route("cost_restore", {"POST": "cost.change"}, kind="cost"),
    Route(
        "cost_settings",
        {"GET": "tier_rule.view", "POST": "tier_rule.change"},
        data=lambda row, world: {"hourly_cost": "99", "version": 1},
    ),
    Route("channel_quality", {"GET": "dashboard.view"}),
    Route("channel_customers", {"GET": "score.view"}),
    exported("channel_customers_export", "customer.export"),
    Route("tier_effect", {"GET": "dashboard.view"}),
    Route("tier_effect_customers", {"GET": "score.view"}),
    Route("tier_control", {"GET": "dashboard.view"}),
    Route("control_customers", {"GET": "score.view"}),
    Route(
        "hold_out_new",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        data=lambda row, world: {"tier": "b2b:B", "share": "10", "starts_on": "2027-01-05"},
    ),
    Route("hold_out", {"GET": "dashboard.view"}, kind="hold_out"),
    Route("hold_out_withdraw", {"POST": "tier_rule.change"}, kind="hold_out"),
    Route("hold_out_restore", {"POST": "tier_rule.change"}, kind="hold_out"),
    Route("hold_out_end", {"POST": "tier_rule.change"}, kind="hold_out"),
    Route("hold_out_resume", {"POST": "tier_rule.change"}, kind="hold_out"),
    Route("hold_out_take_in", {"POST": "tier_rule.change"}, kind="customer", expect=_rules_and_scores),
    Route("hold_out_leave_out", {"POST": "tier_rule.change"}, kind="customer", expect=_rules_and_scores),
    exported("warning_export", "warning.export"),
    Route("warning_list", {"GET": "warning.view"}),
    Route("warning_board", {"GET": "warning.view"}),
    Route("warning_results", {"GET": "warning.view"}),
    Route(
        "warning",
        {"GET": "warning.view", "POST": "warning.change"},
        kind="warning",
        data=lambda row, world: {"act": "action", "kind": "gift", "done_on": row.opened_on, "cost": "12"},
    ),
    Route(
        "warning_change",
        {"POST": "warning.change"},
        kind="warning",
        data=lambda row, world: {"version": row.version, "state": "working"},
    ),
    Route("warning_reopen", {"POST": "warning.change"}, kind="warning", data=lambda row, world: {"version": 1}),
    Route("warning_undo", {"POST": "warning.change"}, kind="warning"),
    Route("case_action_remove", {"POST": "warning.change"}, kind="warning", kwargs=_action),
    Route("case_action_restore", {"POST": "warning.change"}, kind="warning", kwargs=_action),
    # Takes back only what this person gave.
    Route("warnings_given_undo", {"POST": "warning.change"}, kwargs=lambda row, world: {"batch": str(NO_BATCH)}),
    Route("retention", {"GET": "score.view"}),
    Route("second_purchase", {"GET": "score.view"}),
    exported("second_purchase_export", "customer.export"),
    Route("rising", {"GET": "score.view"}),
    exported("rising_export", "customer.export"),
    Route("cause_list", {"GET": "tier_rule.view"}),
    Route(
        "cause_new",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        data=lambda row, world: {"name_en": "Taste", "name_zh": "口味"},
    ),
    Route(
        "cause_edit",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kind="cause",
        data=lambda row, world: {"name_en": "Taste", "name_zh": "口味", "version": 1},
    ),
    Route("cause_retire", {"POST": "tier_rule.change"}, kind="cause"),
    Route("cause_restore", {"POST": "tier_rule.change"}, kind="cause"),
    # A right on others' warnings gives them away; a rep's own ones are taken on.
    Route(
        "warning_give",
        {"POST": "warning.change"},
        kind="warning",
        data=lambda row, world: {"version": row.version, "to": "", "due_on": "2027-01-04"},
        expect=_gives,
    ),
    Route("warnings_give", {"POST": "warning.change"}, data=lambda row, world: {"ids": ["0"]}, expect=_gives),
    Route("prospect_list", {"GET": "qualification.view"}),
    exported("prospect_export", "qualification.export"),
    Route(
        "qualification",
        {"GET": "qualification.change", "POST": "qualification.change"},
        kind="customer",
        data=lambda row, world: {"version": 1, "need": "1"},
    ),
    Route(
        "qualification_answer",
        {"POST": "qualification.change"},
        kind="customer",
        data=lambda row, world: {"version": 1, "need": "1"},
    ),
    Route("effect", {"GET": "dashboard.view"}),
    Route("effect_activities", {"GET": "dashboard.view"}),
    Route("team", {"GET": "dashboard.view"}),
    Route("team_visits", {"GET": "dashboard.view"}),
    # The person is named by the form, and only people on the own board can be named.
    Route("target_save", {"POST": "target.change"}, data=lambda row, world: {"user": 0, "value": "1"}, ok={404}),
    Route("targets_copy", {"POST": "target.change"}, data=lambda row, world: {"month": "2026-11"}),
]
