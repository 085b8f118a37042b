"""Routes of the area "segmentation"; how to write an entry: docs/access.md."""

from typing import Any

from tests.access.matrix import Route, exported, scope_of


def _tier(row: Any, world: Any) -> dict[str, str]:
    return {"tier": "A", "ends": "3", "reason": "key account"}


def _scheme(row: Any, world: Any) -> dict[str, str]:
    return {"scheme": "b2b"}


def _way(row: Any, world: Any) -> dict[str, Any]:
    return {"pk": row.pk, "way": "up"}


def _first_version(row: Any, world: Any) -> dict[str, str]:
    return {"version": "1"}


def _of_version(row: Any, world: Any) -> dict[str, str]:
    return {"scheme": "b2b", "version": "1"}


def _segment(row: Any, world: Any) -> dict[str, str]:
    kept = {"nmatch": "all", "n0_field": "kind", "n0_how": "in", "n0_codes": "person", "press": "0"}
    return {"act": "save", "name": "Persons", **kept}


def _owners(world: Any) -> set[str]:
    """Whose segment it is: the people on rows that one may see are named."""
    return {row.owner.name for (kind, _owner, _role), row in world.rows.items() if kind == "segment"}


def _shared_with_all(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Whoever may build segments copies any that is shared with everybody, as all of these are."""
    may = role is not None and scope_of(role, "segment.add") is not None
    return {302} if may else None


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
    Route("segment_list", {"GET": "segment.view"}, shows=_owners),
    Route("segment", {"GET": "segment.view"}, kind="segment", shows=_owners),
    Route("conditions_new", {"GET": "segment.view", "POST": "segment.view"}, data=_segment),
    Route("segment_new", {"GET": "segment.add", "POST": "segment.add"}, data=_segment),
    Route("segment_edit", {"GET": "segment.change", "POST": "segment.change"}, kind="segment", data=_segment),
    Route("segment_copy", {"POST": "segment.add"}, kind="segment", expect=_shared_with_all),
    Route("segment_share", {"POST": "segment.change"}, kind="segment"),
    Route("segment_unshare", {"POST": "segment.change"}, kind="segment"),
    Route("segment_retire", {"POST": "segment.change"}, kind="segment"),
    Route("segment_restore", {"POST": "segment.change"}, kind="segment"),
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
    Route("tier_policy_move", {"POST": "tier_rule.change"}, kind="tier_policy", kwargs=_way),
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
        "forecast_export",
        {"GET": "customer.export", "POST": "customer.export"},  # they all may see warnings
        kind="forecast",
        data=lambda row, world: {"reason": "for the year's talk", "file": "csv"},
    ),
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
    Route("scoring_preview", {"GET": "tier_rule.change"}, query=lambda row, world: {"window": "90"}),
    Route(
        "scoring_publish",
        {"GET": "tier_rule.change", "POST": "tier_rule.change"},
        query=lambda row, world: {"window": "90"},
        data=lambda row, world: {"reason": ""},
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
        "class_settings",
        {"GET": "tier_rule.view", "POST": "tier_rule.change"},
        data=lambda row, world: {"frequency_high": "0", "version": 1},
        ok={422},
    ),
    Route(
        "warning_settings",
        {"GET": "tier_rule.view", "POST": "tier_rule.change"},
        data=lambda row, world: {"horizon_days": "60", "version": 1},
        ok={422},
    ),
]
