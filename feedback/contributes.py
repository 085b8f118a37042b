"""What this app gives to the pages and jobs of the whole: complaints."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import Act, Collection, Contribution, Detail, Named, Resource
from feedback.models import Complaint

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
    acts=(
        Act("complaint.create", _("took in a complaint")),
        Act("complaint.move", _("moved a complaint on")),
        Act("complaint.respond", _("noted the first response")),
        Act("complaint.change", _("changed a complaint")),
        Act("complaint.assign", _("assigned a complaint")),
        Act("complaint.delete", _("deleted a complaint")),
        Act("complaint.restore", _("restored a complaint")),
    ),
    details=(Detail("state", _("state"), codes=lambda: dict(Complaint.State.choices)),),
    named=(Named("feedback.complaint", _("complaint"), lambda row: row.number, page="complaint"),),
    collections=(Collection("complaints", "feedback.api.ComplaintViewSet", "complaint"),),
)
