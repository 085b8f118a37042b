"""What this app gives to the pages and jobs of the whole: scores, tiers and churn warnings."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import (
    Act,
    ChoiceName,
    Collection,
    Contribution,
    CustomerTouch,
    Detail,
    Event,
    Handler,
    MenuEntry,
    Named,
    Resource,
)
from segmentation import services
from segmentation.classes import IN_THE_CUSTOMERS_FILE
from segmentation.models import ChurnCase, Tier, TierOverride
from segmentation.night import NIGHTLY
from segmentation.panels import PANELS
from segmentation.past import PAST_MONTHS, import_finished, import_undone
from segmentation.timeline import TIER_MOVES
from ui import formatting

# Rows that are called like their customer and stand on that page.
OF_CUSTOMER: dict[str, Any] = {"page": "customer", "of": "customer_id", "related": ("customer",)}

RESOURCES = (
    Resource(
        "score",
        _("scores"),
        order=80,
        opens={
            "view": _(
                "Tier, points and their reasons on a customer's page, its moves in the history, and scores by the API."
            ),
        },
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
        opens={
            "view": _("The list of churn warnings, and the warning on a customer's page."),
            "change": _("Begin a win-back, or close a churn warning."),
            "export": _("Take the list of churn warnings out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view change"},
            "team_lead": {TEAM: "view change export"},
            "manager": {TEAM: "view change export"},
            "service_agent": {ALL: "view", OWN: "change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change export"},
        },
    ),
    Resource(
        "dashboard",
        _("dashboards"),
        order=100,
        opens={
            "view": _("The tier dashboard and the team board."),
            "appear": _("Stand on the team board with one's own figures."),
        },
        grants={
            "rep": {OWN: "view appear"},
            "team_lead": {TEAM: "view", OWN: "appear"},
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
        opens={
            "view": _("Read the tiers and their rules by the API."),
        },
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="segmentation",
    urls=("segmentation.urls",),
    resources=RESOURCES,
    menu=(
        MenuEntry(
            _("Tier dashboard"), "segmentation", "chart-column", "dashboard.view", group="manage", order=10, key="d"
        ),
        MenuEntry(_("Churn warnings"), "warning_list", "triangle-alert", "warning.view", group="manage", order=20),
    ),
    customer_panels=PANELS,
    timeline=(TIER_MOVES,),
    acts=(
        Act("tier_rules.change", _("changed tier rules")),
        Act("tier.override", _("set a tier by hand")),
        Act("tier.override_end", _("ended a tier by hand")),
        Act("scoring_settings.change", _("changed the scoring settings")),
        Act("cut_points.change", _("changed cut-points")),
        Act("warning.export", _("exported churn warnings"), tone="warn"),
        Act("warning.start", _("began a win-back")),
        Act("warning.give", _("gave somebody a warning")),
        Act("warning.close", _("closed a warning")),
    ),
    details=(
        Detail("state", _("state"), codes=lambda: dict(ChurnCase.State.choices)),
        Detail("scheme", _("customer kind"), codes=lambda: dict(Tier.Scheme.choices)),
        Detail("tier", _("tier"), codes=lambda: {tier.code: tier.name for tier in Tier.objects.all()}),
        Detail("until", _("until"), read=lambda line, value: formatting.written_day(value)),
        # Of the scoring settings, whose columns have no form.
        Detail("window_days", _("days that count")),
        Detail("yellow_p", _("yellow warning below the chance")),
        Detail("yellow_drop", _("yellow warning from the drop")),
        Detail("red_p", _("red warning below the chance")),
        Detail("red_drop", _("red warning from the drop")),
        Detail("red_falls_p", _("red warning stays below the chance")),
        Detail("eased_p", _("all-clear above the chance")),
        Detail("eased_drop", _("all-clear below the drop")),
        Detail("cycle_ratio", _("warning from so many of the usual intervals")),
        Detail("openers", _("reasons that open a warning")),
    ),
    named=(
        Named("segmentation.churncase", _("churn warning"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.scoreinterval", _("score of a time"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.tiermove", _("change of tier"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.cutpoints", _("cut-points")),
        Named("segmentation.scoringsettings", _("scoring settings")),
    ),
    export_parts=(IN_THE_CUSTOMERS_FILE,),
    nightly_jobs=(NIGHTLY, PAST_MONTHS),
    events=(Event("warning_given", ("case", "to", "due_on", "by")),),
    handlers=(
        Handler("import_finished", import_finished),
        Handler("import_undone", import_undone),
        Handler("customers_transferred", services.warnings_go_along),
        Handler("user_left_things", services.warnings_let_go),
    ),
    customer_touches=(
        CustomerTouch(
            "segmentation.TierOverride",
            _("has a tier that was set by hand"),
            lambda: TierOverride.objects.all(),
            by="by",
        ),
        CustomerTouch(
            "segmentation.ChurnCase",
            _("has a churn warning that somebody has worked on"),
            lambda: ChurnCase.objects.filter(Q(state=ChurnCase.State.WORKING) | Q(closed_by__isnull=False)),
        ),
    ),
    customer_traces=("segmentation.ScoreInterval", "segmentation.TierMove"),
    choice_names=(
        ChoiceName("WarningStateEnum", ChurnCase.State),
        ChoiceName("TierSchemeEnum", Tier.Scheme),
    ),
    collections=(
        Collection("scores", "segmentation.api.ScoreViewSet", "score"),
        Collection("tiers", "segmentation.api.TierViewSet", "tier"),
        Collection("churn-warnings", "segmentation.api.WarningViewSet", "warning"),
    ),
)
