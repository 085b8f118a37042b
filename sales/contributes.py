"""What this app gives to the pages and jobs of the whole: orders, products and targets."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import Collection, Contribution, NightlyJob, Resource
from sales.services import end_after_sale

RESOURCES = (
    Resource(
        "order",
        _("orders"),
        order=40,
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete export"},
            "manager": {TEAM: "view add change delete export"},
            "service_agent": {ALL: "view add", OWN: "change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete export"},
        },
    ),
    Resource(
        "target",
        _("targets"),
        order=110,
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {OWN: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "product",
        _("products"),
        order=160,
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
    app="sales",
    resources=RESOURCES,
    # Before the plans, which go by the stage.
    nightly_jobs=(NightlyJob("stages", end_after_sale, _("Stages after a sale")),),
    collections=(
        Collection("orders", "sales.api.OrderViewSet", "order"),
        Collection("products", "sales.api.ProductViewSet", "product"),
        Collection("targets", "sales.api.TargetViewSet", "target"),
    ),
)
