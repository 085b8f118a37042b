"""Writes of follow-ups, plans, reminders and notices: one verb, one function, one transaction, one audit line.

Callers authorise first (accounts.access.row_for); these functions keep the data right.
"""

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
)
from followups.services.moves import correction_plan, owners_plan, restored_plan, stages_plan, wishes_plan
from followups.services.next_step import first_contact_plan, interaction_answer, interaction_take_back
from followups.services.notices import (
    day_notices_make,
    handover_notices,
    leaver_notice,
    notice_read,
    notice_tell,
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
from followups.services.reminders import reminder_cancel, reminder_change, reminder_create, reminders_pass_on
from followups.services.rhythms import rhythm_remove, rhythm_set
from followups.services.snooze import follow_up_snooze, follow_up_wake
from followups.services.together import follow_ups_put_back, follow_ups_reschedule
from followups.services.visit_notices import visit_notices_make

__all__ = [
    "AlreadyClosedError",
    "cadence_rule_add",
    "cadence_rule_change",
    "cadence_rule_delete",
    "cadence_rule_restore",
    "cadence_rules_change",
    "correction_plan",
    "customer_follow_ups_cancel",
    "customers_replan",
    "day_notices_make",
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
    "follow_ups_put_back",
    "follow_ups_reschedule",
    "handover_notices",
    "interaction_answer",
    "interaction_take_back",
    "leaver_notice",
    "notice_read",
    "notice_tell",
    "notices_read_all",
    "occasion_add",
    "occasion_change",
    "occasion_delete",
    "owners_plan",
    "reminder_cancel",
    "reminder_change",
    "reminder_create",
    "reminders_pass_on",
    "restored_plan",
    "rhythm_remove",
    "rhythm_set",
    "share_notice",
    "stages_plan",
    "user_zone_changed",
    "visit_notices_make",
    "warning_notices_make",
    "win_back_plan",
    "wishes_plan",
]
