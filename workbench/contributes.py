"""What this app gives to the pages and jobs of the whole: the health of the installation."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL
from core.contributions import Contribution, Resource

RESOURCES = (
    Resource(
        "health",
        _("system health"),
        order=230,
        grants={
            "manager": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="workbench",
    resources=RESOURCES,
)
