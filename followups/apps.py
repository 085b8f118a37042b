from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ui import nav


class FollowupsConfig(AppConfig):
    name = "followups"

    def ready(self) -> None:
        nav.register(_("Follow-ups"), "follow_up_list", "calendar", "follow_up.view", order=30)
        nav.register(_("Notices"), "inbox", "bell", "notification.view", order=60, badge="inbox", urgent=True)
        nav.register(_("Default plans"), "plan_settings", "calendar-clock", "plan_rule.view", group="rules", order=20)
        nav.register_action(_("Plan a contact"), "follow_up_new", "calendar-plus", "follow_up.add", order=30)
        nav.register_action(_("Reminder"), "reminder_new", "alarm-clock", "reminder.add", order=35)
