"""Routes of the area "segmentation"; how to write an entry: docs/access.md."""

from typing import Any

from tests.access.matrix import Route, exported


def _tier(row: Any, world: Any) -> dict[str, str]:
    return {"tier": "A", "ends": "3", "reason": "key account"}


def _scheme(row: Any, world: Any) -> dict[str, str]:
    return {"scheme": "b2b"}


def _first_version(row: Any, world: Any) -> dict[str, str]:
    return {"version": "1"}


def _of_version(row: Any, world: Any) -> dict[str, str]:
    return {"scheme": "b2b", "version": "1"}


ROUTES: list[Route] = [
    Route("tiers_by_hand", {"GET": "tier_override.view"}),
    exported("tiers_by_hand_export", "tier_override.export"),
    Route(
        "tier_by_hand",
        {"GET": "tier_override.change", "POST": "tier_override.change"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
        data=_tier,
    ),
    Route("score_now", {"GET": "score.view"}, kind="customer"),
    Route("tier_by_hand_end", {"POST": "tier_override.change"}, kind="customer"),
    Route("tier_by_hand_undo", {"POST": "tier_override.change"}, kind="customer"),
    Route("tier_rules", {"GET": "tier_rule.view"}),
    Route(
        "tier_names",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kind="tier",
        data=lambda row, world: {"name_en": "Changed", "name_zh": "改名", "letter": "A", "slot": "2", "version": 0},
    ),
    Route(
        "scheme_names",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kind="tier_scheme",
        data=lambda row, world: {"name_en": "Changed", "name_zh": "改名", "version": 0},
    ),
    Route("tier_policies", {"GET": "tier_rule.view"}, kwargs=_scheme),
    Route(
        "tier_policy_new",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kwargs=lambda row, world: {"scheme": "b2b", "kind": "offer"},
        data=lambda row, world: {"name_en": "Free samples", "name_zh": "免费样品", "limit": "5"},
    ),
    Route(
        "tier_policy_edit",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kind="tier_policy",
        data=lambda row, world: {"name_en": "Changed", "name_zh": "改名", "version": 1},
    ),
    Route("tier_policy_remove", {"POST": "tier_rule.change"}, kind="tier_policy"),
    Route("tier_policy_restore", {"POST": "tier_rule.change"}, kind="tier_policy"),
    Route("rule_set_versions", {"GET": "tier_rule.view"}, kwargs=_scheme),
    Route(
        "rule_set_edit",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kwargs=_scheme,
        data=lambda row, world: {"act": "drop"},
    ),
    Route("churn_model", {"GET": "warning.view"}),
    Route("forecast_list", {"GET": "warning.view"}, kind="forecast"),
    Route(
        "replay_new",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        data=lambda row, world: {"as_of": "2020-01-01"},
    ),
    Route("replay_remove", {"POST": "tier_rule.change"}, kind="forecast"),
    Route(
        "limit_use",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        data=lambda row, world: {"yellow_p": "45", "red_p": "35", "red_falls_p": "45", "eased_p": "60", "reason": "x"},
    ),
    Route("limit_undo", {"POST": "tier_rule.change"}),
    Route("rule_preview", {"GET": "tier_rule.change"}, kwargs=_scheme, query=_first_version),
    Route("rule_preview_list", {"GET": "tier_rule.change"}, query=_of_version),
    # the file asks for the right to export customers besides, which all who may change rules have
    Route(
        "rule_preview_export",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        query=_of_version,
        data=lambda row, world: {"reason": "for the year's talk", "file": "csv"},
    ),
    # 404: nobody has a draft
    Route(
        "rule_set_publish", {"GET": "tier_rule.change", "POST": "tier_rule.change"}, kwargs=_scheme, ok=frozenset({404})
    ),
    Route(
        "rule_set_roll_back",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        kind="rule_set",
        data=lambda row, world: {"reason": ""},
    ),
    Route("rule_set_withdraw", {"POST": "tier_rule.change"}, kind="rule_set"),
    Route(
        "cut_points",
        {"GET": "tier_rule.view", "POST": "tier_rule.change"},
        data=lambda row, world: {"manual_cuts": "on", "version": 1},
    ),
    Route(
        "cut_points_new",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        data=lambda row, world: {"r5": "x"},
        ok={422},
    ),
    Route(
        "warning_settings",
        {"GET": "tier_rule.view", "POST": "tier_rule.change"},
        data=lambda row, world: {"horizon_days": "60", "version": 1},
        ok={422},
    ),
]
