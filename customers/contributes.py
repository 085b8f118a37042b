"""What this app gives to the pages and jobs of the whole: customers, their contacts and log, and files with them."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import Collection, Contribution, Event, Handler, Resource
from customers.services import customers_follow_team

RESOURCES = (
    Resource(
        "customer",
        _("customers"),
        order=10,
        grants={
            "rep": {OWN: "view add change delete", ALL: "claim"},
            "team_lead": {TEAM: "view add change delete assign merge export", ALL: "claim"},
            "manager": {TEAM: "view add change delete assign merge export", ALL: "claim"},
            "service_agent": {ALL: "view claim", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete assign merge export reveal claim"},
        },
    ),
    Resource(
        "contact",
        _("contacts"),
        order=20,
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {ALL: "view", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete reveal"},
        },
    ),
    Resource(
        "interaction",
        _("interaction log"),
        order=30,
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {ALL: "view add", OWN: "change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "import",
        _("imports"),
        order=140,
        grants={
            "rep": {OWN: "view add"},
            "team_lead": {OWN: "view", TEAM: "add"},
            "manager": {OWN: "view", TEAM: "add"},
            "administrator": {ALL: "view add"},
        },
    ),
    Resource(
        "tag",
        _("tags"),
        order=170,
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view add change delete"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "channel",
        _("channels"),
        order=180,
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
    app="customers",
    resources=RESOURCES,
    events=(
        Event("customer_transferred", ("customer", "from_user", "to_user", "by")),
        Event("interaction_logged", ("interaction", "by", "next_step")),  # next_step: choice of the log form or None
        Event("interaction_undone", ("interaction", "by")),  # taken back within 10 minutes
    ),
    handlers=(Handler("user_moved", customers_follow_team),),
    collections=(
        Collection("customers", "customers.api.CustomerViewSet", "customer"),
        Collection("contacts", "customers.api.ContactViewSet", "contact"),
        Collection("interactions", "customers.api.InteractionViewSet", "interaction"),
        Collection("imports", "customers.imports.api.ImportViewSet", "import"),
    ),
)
