"""Writes of follow-ups, plans, reminders and notices: one verb, one function, one transaction, one audit line.

Callers authorise first (accounts.access.row_for); these functions keep the data right.
"""

from followups.services.appointments import (
    appointment_call_off,
    appointment_invite,
    appointments_follow,
    guest_answer,
)
from followups.services.automatic import (
    automatic_prepare,
    automatic_release,
    automatic_stop,
    message_setting_change,
    message_setting_row,
)
from followups.services.autoplan import Accepted, plan_accept
from followups.services.calendar import calendar_setting_change, calendar_setting_row
from followups.services.check_ins import check_in, place_remove, place_set
from followups.services.escalation import Answered, escalate, escalation_days_change, late_answer
from followups.services.feeds import calendar_feed_end, calendar_feed_make, calendar_feed_used, calendar_feeds_end
from followups.services.follow_ups import (
    AlreadyClosedError,
    customer_follow_ups_cancel,
    follow_up_cancel,
    follow_up_change,
    follow_up_complete,
    follow_up_create,
    follow_up_reopen,
    follow_up_reschedule,
    follow_up_skip,
    follow_ups_go_along,
    follow_ups_pass_on,
    user_zone_changed,
    win_back_plan,
    win_back_unplan,
)
from followups.services.hours import (
    absence_add,
    absence_change,
    absence_remove,
    chosen_on_days_off,
    working_hours_set,
)
from followups.services.incoming import (
    handle_forget,
    incoming_assign,
    incoming_customer,
    incoming_discard,
    incoming_discard_many,
    incoming_release,
    incoming_restore,
    incoming_take,
)
from followups.services.inlets import inlet_add, inlet_change, inlet_end, inlet_renew, mailbox_inlet
from followups.services.many import Wanted, follow_ups_plan, sorted_out
from followups.services.message_templates import template_add, template_change
from followups.services.messages import message_again, message_cancel, message_send, message_sent, messages_settle
from followups.services.moves import (
    correction_plan,
    left_out_plan,
    owners_plan,
    restored_plan,
    stages_plan,
    tiers_plan,
    urgency_plan,
    wishes_plan,
)
from followups.services.next_step import first_contact_plan, interaction_answer, interaction_take_back
from followups.services.notices import (
    day_notice_oldest,
    day_notices_make,
    handover_notices,
    leaver_notice,
    notice_read,
    notice_tell,
    notices_add,
    notices_read_all,
    share_notice,
    warning_notices_make,
)
from followups.services.occasions import occasion_add, occasion_change, occasion_delete
from followups.services.plans import (
    cadence_rule_add,
    cadence_rule_change,
    cadence_rule_delete,
    cadence_rule_restore,
    cadence_rules_change,
    customers_replan,
)
from followups.services.readers import reader_chooses, reader_refuses, reader_takes_back, refused_call_off
from followups.services.reminders import reminder_cancel, reminder_change, reminder_create, reminders_pass_on
from followups.services.reviews import reviews_close, reviews_reopen
from followups.services.rhythms import rhythm_remove, rhythm_set
from followups.services.rules import contact_rules_change
from followups.services.snooze import follow_up_snooze, follow_up_wake
from followups.services.together import follow_ups_put_back, follow_ups_reschedule
from followups.services.visit_notices import visit_notice_oldest, visit_notices_make

__all__ = [
    "Accepted",
    "AlreadyClosedError",
    "Answered",
    "Wanted",
    "absence_add",
    "absence_change",
    "absence_remove",
    "appointment_call_off",
    "appointment_invite",
    "appointments_follow",
    "automatic_prepare",
    "automatic_release",
    "automatic_stop",
    "cadence_rule_add",
    "cadence_rule_change",
    "cadence_rule_delete",
    "cadence_rule_restore",
    "cadence_rules_change",
    "calendar_feed_end",
    "calendar_feed_make",
    "calendar_feed_used",
    "calendar_feeds_end",
    "calendar_setting_change",
    "calendar_setting_row",
    "check_in",
    "chosen_on_days_off",
    "contact_rules_change",
    "correction_plan",
    "customer_follow_ups_cancel",
    "customers_replan",
    "day_notice_oldest",
    "day_notices_make",
    "escalate",
    "escalation_days_change",
    "first_contact_plan",
    "follow_up_cancel",
    "follow_up_change",
    "follow_up_complete",
    "follow_up_create",
    "follow_up_reopen",
    "follow_up_reschedule",
    "follow_up_skip",
    "follow_up_snooze",
    "follow_up_wake",
    "follow_ups_go_along",
    "follow_ups_pass_on",
    "follow_ups_plan",
    "follow_ups_put_back",
    "follow_ups_reschedule",
    "guest_answer",
    "handle_forget",
    "handover_notices",
    "incoming_assign",
    "incoming_customer",
    "incoming_discard",
    "incoming_discard_many",
    "incoming_release",
    "incoming_restore",
    "incoming_take",
    "inlet_add",
    "inlet_change",
    "inlet_end",
    "inlet_renew",
    "interaction_answer",
    "interaction_take_back",
    "late_answer",
    "leaver_notice",
    "left_out_plan",
    "mailbox_inlet",
    "message_again",
    "message_cancel",
    "message_send",
    "message_sent",
    "message_setting_change",
    "message_setting_row",
    "messages_settle",
    "notice_read",
    "notice_tell",
    "notices_add",
    "notices_read_all",
    "occasion_add",
    "occasion_change",
    "occasion_delete",
    "owners_plan",
    "place_remove",
    "place_set",
    "plan_accept",
    "reader_chooses",
    "reader_refuses",
    "reader_takes_back",
    "refused_call_off",
    "reminder_cancel",
    "reminder_change",
    "reminder_create",
    "reminders_pass_on",
    "restored_plan",
    "reviews_close",
    "reviews_reopen",
    "rhythm_remove",
    "rhythm_set",
    "share_notice",
    "sorted_out",
    "stages_plan",
    "template_add",
    "template_change",
    "tiers_plan",
    "urgency_plan",
    "user_zone_changed",
    "visit_notice_oldest",
    "visit_notices_make",
    "warning_notices_make",
    "win_back_plan",
    "win_back_unplan",
    "wishes_plan",
    "working_hours_set",
]
