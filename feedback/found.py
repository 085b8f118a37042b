"""What the search finds of complaints."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import Hit, SearchSource
from feedback import look, selectors
from feedback.models import Complaint
from ui.templatetags import ui


def _complaint(user: User, row: Complaint, text: str) -> Hit:
    return Hit(
        reverse("complaint", args=[row.pk]),
        row.number,
        [row.customer.name, row.headline, row.get_state_display()],
        mark=ui.icon("message-circle"),
        tag=look.severity(row),
        exact=row.number.casefold() == text.casefold(),
    )


COMPLAINTS = SearchSource(
    "complaints",
    _("Complaints"),
    _("complaint number"),
    "complaint.view",
    find=selectors.complaints_numbered,
    draw=_complaint,
    page="complaint_list",
    order=40,
)
