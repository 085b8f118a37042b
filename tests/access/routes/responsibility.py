"""Routes of the area "responsibility"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route

ROUTES: list[Route] = [
    Route("hand_over_list", {"GET": "customer.assign"}),
    Route("hand_over", {"GET": "customer.assign"}, kind="hand_over"),
    Route("hand_over_undo", {"POST": "customer.assign"}, kind="hand_over"),
    Route("allocation_list", {"GET": "setting.view"}),
    Route(
        "allocation_new",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"name": "East", "people": [world.people["mate"].pk], "how": "turn", "is_on": "on"},
    ),
    Route(
        "allocation_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kind="allocation_rule",
        data=lambda row, world: {"name": "changed", "people": row.people, "how": "load", "version": row.version},
    ),
    Route("allocation_move", {"POST": "setting.change"}, kind="allocation_rule", data=lambda row, world: {"up": "1"}),
    Route("allocation_remove", {"POST": "setting.change"}, kind="allocation_rule"),
    # Of people on the board whose targets one may change; the page of anybody else isn't known.
    Route(
        "person_targets",
        {"GET": "target.change", "POST": "target.change"},
        kwargs=lambda row, world: {"pk": world.people["rep"].pk},
        data=lambda row, world: {"revenue": "1000"},
        ok=frozenset({404}),
    ),
    Route("pool_share_out", {"POST": "customer.assign"}),
    Route("leaving_list", {"GET": "customer.view"}),
    Route(
        "pool_settings",
        {"GET": "setting.view", "POST": "setting.change"},
        data=lambda row, world: {
            **{"claims_a_day": "5", "looks_a_day": "50", "warned_days": "7", "protected_days": "90"},
            "version": 0,
        },
    ),
]
