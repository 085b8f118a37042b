"""Routes of the area "responsibility"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route

ROUTES: list[Route] = [
    Route("hand_over_list", {"GET": "customer.assign"}),
    Route("hand_over", {"GET": "customer.assign"}, kind="hand_over"),
    Route("hand_over_undo", {"POST": "customer.assign"}, kind="hand_over"),
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
