"""Routes of the areas "followups" and "today"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route, exported

CHANGE = {"POST": "follow_up.change"}
ROUTES: list[Route] = [
    Route("today", {"GET": "follow_up.view"}),
    Route("today_next", {"GET": "follow_up.view"}),
    exported("follow_up_export", "follow_up.export"),
    Route("follow_up_list", {"GET": "follow_up.view"}),
    Route(
        "follow_up_new",
        {"GET": "follow_up.add", "POST": "follow_up.add"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
        data=lambda row, world: {"due_on": "2099-01-01", "method": "call", "purpose": "changed"},
    ),
    Route("follow_up_plan", {"POST": "follow_up.add"}, kind="customer", data=lambda row, world: {"days": "3"}),
    Route(
        "follow_up_edit",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kind="follow_up",
        data=lambda row, world: {"due_on": "2027-01-04", "method": "call", "purpose": "changed", "version": 1},
    ),
    Route("follow_up_move", CHANGE, kind="follow_up", data=lambda row, world: {"days": "7"}),
    Route("follow_up_snooze", CHANGE, kind="follow_up", data=lambda row, world: {"until": "hour"}),
    Route("follow_up_wake", CHANGE, kind="follow_up"),
    Route("follow_up_done", CHANGE, kind="follow_up"),
    Route("follow_up_skip", CHANGE, kind="follow_up"),
    Route("follow_up_cancel", CHANGE, kind="follow_up"),
    Route("follow_up_reopen", CHANGE, kind="follow_up"),
    Route("follow_ups_move", CHANGE, data=lambda row, world: {"ids": "0"}),
    # nobody's move: one's own only, and there is none
    Route("follow_ups_put_back", CHANGE, kwargs=lambda row, world: {"pk": 0}, ok=frozenset({404})),
    Route(
        "own_plan",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kind="customer",
        data=lambda row, world: {"every_days": "11", "method": "", "version": 0},
    ),
    Route("own_plan_remove", CHANGE, kind="customer"),
    Route(
        "plan_settings",
        {"GET": "plan_rule.view", "POST": "plan_rule.change"},
        data=lambda row, world: {"rule1-every_days": "1"},
    ),
    Route(
        "plan_line_new",
        {"GET": "plan_rule.change", "POST": "plan_rule.change"},
        kwargs=lambda row, world: {"phase": "needs"},
        data=lambda row, world: {"amount": "large"},
    ),
    # no such line: refused before it is looked for
    Route(
        "plan_line_delete",
        {"POST": "plan_rule.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
    Route("plan_line_restore", {"POST": "plan_rule.change"}, kwargs=lambda row, world: {"pk": 0}),
    Route("occasion_list", {"GET": "plan_rule.view"}),
    Route(
        "occasion_new",
        {"GET": "plan_rule.change", "POST": "plan_rule.change"},
        data=lambda row, world: {"name": "fair", "on": "2099-01-01", "days_before": "3", "method": "call"},
    ),
    # no such occasion: refused before it is looked for
    Route(
        "occasion_edit",
        {"GET": "plan_rule.change", "POST": "plan_rule.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
    Route(
        "occasion_delete",
        {"POST": "plan_rule.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
    Route(
        "reminder_new",
        {"GET": "reminder.add", "POST": "reminder.add"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
        data=lambda row, world: {"day": "2099-01-01", "time": "09:00", "text": "changed", "channel": "in_app"},
    ),
    Route("reminder_cancel", {"POST": "reminder.change"}, kind="reminder"),
    Route("inbox", {"GET": "notification.view"}),
    Route("inbox_read", {"POST": "notification.change"}),
    Route("notice_open", {"GET": "notification.view"}, kind="notification"),
    Route("notice_read", {"POST": "notification.change"}, kind="notification"),
]
