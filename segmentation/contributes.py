"""What this app gives to the pages and jobs of the whole: scores, tiers and churn warnings."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import Collection, Contribution, Resource
from segmentation.night import NIGHTLY

RESOURCES = (
    Resource(
        "score",
        _("scores"),
        order=80,
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view"},
        },
    ),
    Resource(
        "warning",
        _("churn warnings"),
        order=90,
        grants={
            "rep": {OWN: "view change"},
            "team_lead": {TEAM: "view change"},
            "manager": {TEAM: "view change"},
            "service_agent": {ALL: "view", OWN: "change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
    Resource(
        "dashboard",
        _("dashboards"),
        order=100,
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view"},
            "service_agent": {OWN: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view"},
        },
    ),
    Resource(
        "tier_rule",
        _("tier rules"),
        order=120,
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view add change delete"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="segmentation",
    resources=RESOURCES,
    nightly_jobs=(NIGHTLY,),
    collections=(
        Collection("scores", "segmentation.api.ScoreViewSet", "score"),
        Collection("tiers", "segmentation.api.TierViewSet", "tier"),
        Collection("churn-warnings", "segmentation.api.WarningViewSet", "warning"),
    ),
)
