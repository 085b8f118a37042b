from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.scope import handling_register
from ui import nav


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        from feedback.selectors import handled_customers  # noqa: PLC0415 (models are ready only now)

        handling_register(handled_customers)
        nav.register(
            _("Feedback"),
            "complaint_list",
            "message-circle",
            "complaint.view",
            order=40,
            badge="complaints",
            urgent=True,
            phone=3,
            key="f",
        )
        nav.register_action(_("Complaint"), "complaint_new", "message-circle-warning", "complaint.add", order=40)
