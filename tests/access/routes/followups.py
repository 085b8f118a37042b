"""Routes of the areas "followups" and "today"; how to write an entry: docs/access.md."""

from typing import Any

from customers.models import ContactRules
from followups.cadence_table.numbers import GROUPS
from tests.access.matrix import OPEN, Route, exported

CHANGE = {"POST": "follow_up.change"}
NOBODY: dict[str, Any] = {"kwargs": lambda row, world: {"pk": 0}, "ok": frozenset({404})}
ROUTES: list[Route] = [
    Route("today", {"GET": "follow_up.view"}),
    Route("today_next", {"GET": "follow_up.view"}),
    exported("follow_up_export", "follow_up.export"),
    Route("follow_up_list", {"GET": "follow_up.view"}),
    Route("follow_up_calendar", {"GET": "follow_up.view"}),
    # Oneself, and people whose follow-ups one may change.
    Route(
        "working_hours",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kwargs=lambda row, world: {"pk": world.people["rep"].pk},
        data=lambda row, world: {f"way_{day}": "company" for day in range(1, 8)},
        ok=frozenset({403, 404}),
    ),
    Route(
        "absence_new",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kwargs=lambda row, world: {"pk": world.people["rep"].pk},
        data=lambda row, world: {"first_on": "2026-12-07", "last_on": "2026-12-08", "note": "changed"},
        ok=frozenset({403, 404}),
    ),
    # no such absence: refused before it is looked for
    Route(
        "absence_edit",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
    Route("absence_remove", CHANGE, kwargs=lambda row, world: {"pk": 0}, ok=frozenset({404})),
    Route("week_plan", {"GET": "follow_up.change"}),
    # An empty form: who is let in is told so.
    Route("week_plan_accept", CHANGE),
    Route("late_list", {"GET": "customer.assign"}),
    # Nothing is ticked: who is let in is told so.
    Route("late_answer", {"POST": "customer.assign"}),
    Route(
        "plan_numbers",
        {"GET": "plan_rule.view", "POST": "plan_rule.change"},
        data=lambda row, world: {
            **{name: ContactRules._meta.get_field(name).default for group in GROUPS for name in group},
            "touches": "6",
            "version": 0,
        },
    ),
    Route(
        "escalation_settings",
        {"GET": "plan_rule.view", "POST": "plan_rule.change"},
        data=lambda row, world: {
            "lead_after": "2",
            "manager_after": "4",
            "proposal_after": "6",
            "is_on": "on",
            "version": 0,
        },
    ),
    Route(
        "appointment",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kind="follow_up",
        data=lambda row, world: {"place": "here"},
    ),
    # nobody is invited: refused before it is looked for
    Route("appointment_call_off", CHANGE, kind="follow_up", ok=frozenset({404})),
    # whoever has the address of the mail; nobody has this one
    Route(
        "appointment_answer",
        {"GET": OPEN, "POST": OPEN},
        kwargs=lambda row, world: {"token": "none"},
        ok=frozenset({404, 429}),
    ),
    Route("calendar_feed_page", {"GET": "follow_up.view", "POST": "follow_up.view"}),
    Route("calendar_feed_end", {"POST": "follow_up.view"}),
    # whoever has the secret; nobody has this one
    Route("calendar_feed", {"GET": OPEN}, kwargs=lambda row, world: {"secret": "none"}, ok=frozenset({404, 429})),
    Route(
        "calendar_settings",
        {"GET": "plan_rule.change", "POST": "plan_rule.change"},
        data=lambda row, world: {"per_day": "7", "version": 0},
    ),
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
    Route("review_list", {"GET": "follow_up.view"}),
    Route("reviews_look", CHANGE, data=lambda row, world: {"ids": "0"}),
    Route("reviews_skip", CHANGE, data=lambda row, world: {"ids": "0"}),
    Route("review_look", CHANGE, kind="follow_up"),
    Route("review_skip", CHANGE, kind="follow_up"),
    Route("reviews_back", CHANGE, kind="follow_up"),
    Route(
        "own_plan",
        {"GET": "follow_up.change", "POST": "follow_up.change"},
        kind="customer",
        data=lambda row, world: {"every_days": "11", "method": "", "version": 0},
    ),
    Route("message_list", {"GET": "message.view"}),
    Route(
        "message_new",
        {"GET": "message.add", "POST": "message.add"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk, "template": "none", "channel": "wechat"},
        data=lambda row, world: {"text": "hello", "topic": "service"},
    ),
    Route("automatic_messages", {"GET": "message.assign"}),
    Route("automatic_release", {"POST": "message.assign"}, data=lambda row, world: {"day": "2026-11-20"}),
    Route("automatic_stop", {"POST": "message.assign"}, data=lambda row, world: {"day": "2026-11-20"}),
    Route(
        "message_settings",
        {"GET": "template.change", "POST": "template.change"},
        data=lambda row, world: {"automatic": "off", "send_from": "09:00", "send_until": "18:00", "version": 1},
    ),
    Route("message", {"GET": "message.view"}, kind="message"),
    Route("message_sent", {"POST": "message.change"}, kind="message"),
    Route("message_again", {"POST": "message.change"}, kind="message"),
    Route("message_cancel", {"POST": "message.change"}, kind="message"),
    Route("incoming_list", {"GET": "incoming.assign"}),
    Route("incoming_discard_many", {"POST": "incoming.assign"}),
    Route("incoming", {"GET": "incoming.view"}, kind="incoming"),
    Route("incoming_release", {"POST": "incoming.change"}, kind="incoming"),
    # Of unknown senders there is none with this number: refused before it is looked for.
    Route("incoming_assign", dict.fromkeys(("GET", "POST"), "incoming.assign"), **NOBODY),
    Route("incoming_customer", dict.fromkeys(("GET", "POST"), "incoming.assign"), **NOBODY),
    Route("incoming_discard", {"POST": "incoming.assign"}, **NOBODY),
    Route("incoming_restore", {"POST": "incoming.assign"}, **NOBODY),
    Route("sender_forget", {"POST": "customer.change"}, **NOBODY),
    Route("address_works", {"POST": "customer.change"}, **NOBODY),
    Route("inlet_list", {"GET": "setting.view"}),
    Route(
        "inlet_new",
        dict.fromkeys(("GET", "POST"), "setting.change"),
        data=lambda row, world: {"kind": "webhook", "name": "New", "network": "sms"},
    ),
    Route("inlet_edit", dict.fromkeys(("GET", "POST"), "setting.change"), **NOBODY),
    Route("inlet_renew", {"POST": "setting.change"}, **NOBODY),
    Route("inlet_end", {"POST": "setting.change"}, **NOBODY),
    # Programs of others: who knows the secret and signs; nobody has this one.
    Route(
        "incoming_webhook",
        {"POST": OPEN},
        kwargs=lambda row, world: {"secret": "none"},
        ok=frozenset({404, 429}),
        key=True,
    ),
    Route(
        "incoming_wecom",
        {"GET": OPEN, "POST": OPEN},
        kwargs=lambda row, world: {"secret": "none"},
        ok=frozenset({404, 429}),
        key=True,
    ),
    # Without sign-in: who knows the token of a message is its reader.
    Route(
        "reader",
        {"GET": OPEN, "POST": OPEN},
        kwargs=lambda row, world: {"token": "none"},
        ok=frozenset({404}),
        key=True,
    ),
    Route("template_list", {"GET": "template.view"}),
    Route(
        "template_new",
        {"GET": "template.add", "POST": "template.add"},
        data=lambda row, world: {"name_en": "hello"},
    ),
    Route(
        "template_edit",
        {"GET": "template.change", "POST": "template.change"},
        kind="template",
        data=lambda row, world: {"name_en": "hello", "version": 1},
    ),
    Route("own_plan_remove", CHANGE, kind="customer"),
    Route(
        "check_in",
        {"GET": "interaction.add", "POST": "interaction.add"},
        data=lambda row, world: {"customer": "0", "reason": "refused"},
        ok=frozenset({404}),  # no such customer
    ),
    Route("manifest", {"GET": OPEN}),
    Route("service_worker", {"GET": OPEN}),
    Route("offline", {"GET": OPEN}),
    Route("offline_key", {"GET": "interaction.add"}),
    Route("offline_send", {"POST": "interaction.add"}, json=True, data=lambda row, world: {"key": "0"}),
    Route("check_in_near", {"POST": "interaction.add"}),
    Route(
        "customer_place",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
        data=lambda row, world: {"latitude": "31.2", "longitude": "121.4", "version": 0},
    ),
    Route("customer_place_remove", {"POST": "customer.change"}, kind="customer"),
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
    Route("question_frames", {"GET": "plan_rule.view"}),
    Route(
        "question_frame_new",
        {"GET": "plan_rule.change", "POST": "plan_rule.change"},
        data=lambda row, world: {"name": "fair", "prompts": "Stand: which one?"},
    ),
    # no such questions: refused before they are looked for
    Route(
        "question_frame_edit",
        {"GET": "plan_rule.change", "POST": "plan_rule.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
    Route(
        "question_frame_reset",
        {"POST": "plan_rule.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
    Route(
        "question_frame_delete",
        {"POST": "plan_rule.change"},
        kwargs=lambda row, world: {"pk": 0},
        ok=frozenset({404}),
    ),
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
