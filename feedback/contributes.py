"""What this app gives to the pages and jobs of the whole: complaints."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import Collection, Contribution, Resource

RESOURCES = (
    Resource(
        "complaint",
        _("complaints"),
        order=70,
        grants={
            "rep": {OWN: "view add change"},
            "team_lead": {TEAM: "view add change delete"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {ALL: "view add change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="feedback",
    resources=RESOURCES,
    collections=(Collection("complaints", "feedback.api.ComplaintViewSet", "complaint"),),
)
