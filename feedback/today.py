"""What waits in a person's Today of this app: complaints that are theirs to move on."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Window
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from core.composed import composed
from core.contributions import TodayRow, TodaySection
from feedback import look
from feedback.models import Complaint
from feedback.selectors import OPEN, waiting_on
from ui import cells
from ui.templatetags.ui import sla

SHOWN_OF_TEXT = 120


def _waiting(user: User, most: int) -> tuple[list[TodayRow], int]:
    found = _first(user, most)
    return [_row(complaint) for complaint in found], found[0].total if found else 0


@composed
def _first(user: User, most: int) -> QuerySet[Any, Any]:
    return waiting_on(user).annotate(total=Window(Count("pk")))[:most]


def _row(complaint: Complaint) -> TodayRow:
    """Its clock, number and severity come before the customer's words."""
    clock = sla(complaint.clock_due, complaint.received_at)
    lead = '{}<span class="digits">{}</span> {}<span class="visually-hidden">{}</span>'
    word = _("Severity: %(word)s") % {"word": complaint.get_severity_display()}
    severity = cells.tag(word, "danger" if complaint.severity in look.SEVERE else "line")
    return TodayRow(
        complaint.customer,
        lead=format_html(lead, clock, complaint.number, severity, pgettext("after a label", ": ")),
        text=complaint.text[:SHOWN_OF_TEXT],
        url=reverse("complaint", args=[complaint.pk]),
        label=_("Answer"),
        spoken=complaint.number,
    )


@composed
def _by_owner(user: User) -> QuerySet[Complaint, tuple[int, str, int]]:
    """The open complaints in reach, as the list counts them, by whose they are."""
    rows = Complaint.objects.for_user(user).filter(OPEN).order_by()
    return rows.values_list("owner", "owner__name").annotate(n=Count("pk"))


COMPLAINTS = TodaySection(
    "complaint",
    gettext_lazy("Complaints waiting on me"),
    "fill-danger",
    page="complaint_list",
    query="tab=waiting",
    find=_waiting,
    works="complaint.change",
    nothing=gettext_lazy("No complaint and no follow-up waits for you."),
    all_label=gettext_lazy("All open complaints"),
    icon="message-circle",
    short=gettext_lazy("Complaints"),
    by_person=_by_owner,
)
