"""What this app gives to the pages and jobs of the whole: scores, tiers and churn warnings."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core import company
from core.contributions import (
    Act,
    ChoiceName,
    Collection,
    Contribution,
    CustomerAction,
    CustomerTouch,
    Detail,
    Event,
    Handler,
    Keep,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    Number,
    Resource,
)
from segmentation import classes, further
from segmentation.buying.panel import PANELS as BUYING_PANELS
from segmentation.buying.profile import PANEL as BUYING_PROFILE
from segmentation.by_hand.panel import BY_HAND_PANEL
from segmentation.by_hand.telling import TIER_ENDS, end_said, ends_told
from segmentation.cases import services as cases
from segmentation.cases.models import ActionKind
from segmentation.channels.counting import ARRIVALS
from segmentation.cohorts.nightly import COHORTS
from segmentation.control.counting import JOB as CONTROL
from segmentation.control.counting import control_count
from segmentation.control.panel import LEFT_OUT_PANEL
from segmentation.control.services import JOB as HOLD_OUTS
from segmentation.control.services import hold_outs_begin
from segmentation.control.words import hold_out_name
from segmentation.costs.counting import ECONOMICS
from segmentation.costs.imports import COST_FILES
from segmentation.costs.models import CostEntry, CostKind, Verdict
from segmentation.effect.models import Standing
from segmentation.following import NEW_TIER, NEW_WARNING, new_tier_said, new_warning_said
from segmentation.models import ChurnCase, Tier, TierOverride
from segmentation.night import NIGHTLY
from segmentation.panels import PANELS
from segmentation.past import PAST_MONTHS, import_finished, import_undone
from segmentation.policies.models import PolicyKind
from segmentation.policies.panel import ENTITLED
from segmentation.preferences.nightly import PREFERENCES
from segmentation.proof import nightly as proof
from segmentation.proof.nightly import KEPT
from segmentation.proof.replay import REPLAYS
from segmentation.qualification.listing import IN_THE_CUSTOMERS_FILE
from segmentation.qualification.models import Frame, Qualification
from segmentation.qualification.panel import PANEL
from segmentation.retention.nightly import RETENTION
from segmentation.rules.checks import SHARES
from segmentation.rules.words import openers_in_words, share
from segmentation.segments.narrowing import BY_SEGMENT
from segmentation.timeline import PARTS as TIMELINE
from segmentation.whatif.figures import REQUESTED
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
        "tier_override",
        _("tiers set by hand"),
        order=85,
        opens={
            "view": _("See on customers' pages and in a list which tiers were set by hand, why and until when."),
            "change": _("Set a customer's tier by hand with a reason and a last day, and end that."),
            "export": _("Take the list of tiers set by hand out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view export"},
            "manager": {TEAM: "view change export"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change export"},
        },
    ),
    Resource(
        "warning",
        _("churn warnings"),
        order=90,
        opens={
            "view": _("The list of churn warnings, and the warning on a customer's page."),
            "change": _("Begin a win-back, plan it, note what was done, and close a churn warning."),
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
        "qualification",
        _("qualifications of prospects"),
        order=95,
        opens={
            "view": _("The list of prospects, BANT or FAINT on the page of each, and by the API."),
            "change": _("Answer the letters of a prospect, with notes."),
            "export": _("Take the list of prospects out as CSV or XLSX, with a reason."),
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
        "cost",
        _("costs of customers"),
        order=97,
        opens={
            "view": _("Margin, upkeep and contribution of customers and tiers, and the list of cost entries."),
            "change": _("Note what was paid for a customer or a channel, and remove it."),
            "export": _("Take the lists of costs out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view change"},
            "team_lead": {TEAM: "view change export"},
            "manager": {TEAM: "view change export"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change export"},
        },
    ),
    Resource(
        "dashboard",
        _("dashboards"),
        order=100,
        opens={
            "view": _("The tier dashboard, the purchase analysis and the team board."),
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
        "segment",
        _("segments"),
        order=110,
        opens={
            "view": _("See one's own segments and the shared ones, and how many of one's customers each means."),
            "add": _("Build segments, and copy shared ones."),
            "change": _("Edit, share and retire segments: one's own, or shared ones of one's people."),
        },
        grants={
            "rep": {ALL: "view", OWN: "add change"},
            "team_lead": {ALL: "view", TEAM: "add change"},
            "manager": {ALL: "view", TEAM: "add change"},
            "service_agent": {ALL: "view", OWN: "add change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change"},
        },
    ),
    Resource(
        "tier_rule",
        _("tier rules"),
        order=120,
        opens={
            "view": _("Read the tiers, their rules, privileges and offers, and the limits of warnings."),
            "change": _(
                "Set the tiers, their rules, privileges and offers, cut-points, the limits of warnings and the causes"
                " of churn."
            ),
        },
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view change"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="segmentation",
    urls=("segmentation.urls", "segmentation.rules.urls", "segmentation.segments.urls"),
    resources=RESOURCES,
    import_kinds=(COST_FILES,),
    menu=(
        MenuEntry(
            _("Tier dashboard"), "segmentation", "chart-column", "dashboard.view", group="manage", order=10, key="d"
        ),
        MenuEntry(_("Channel quality"), "channel_quality", "route", "dashboard.view", group="manage", order=12),
        MenuEntry(_("Prospects"), "prospect_list", "user-plus", "qualification.view", group="manage", order=15),
        MenuEntry(
            _("Churn warnings"),
            "warning_list",
            "triangle-alert",
            "warning.view",
            group="manage",
            order=20,
            also=("churn_model",),
        ),
        MenuEntry(_("Tier rules"), "tier_rules", "sliders-horizontal", "tier_rule.view", group="rules", order=10),
    ),
    customer_actions=(CustomerAction(_("Tier by hand"), "tier_by_hand", "hand", "tier_override.change", order=80),),
    customer_panels=(*PANELS, *BUYING_PANELS, BUYING_PROFILE, BY_HAND_PANEL, LEFT_OUT_PANEL, PANEL, ENTITLED),
    timeline=TIMELINE,
    acts=(
        Act("tier_rules.change", _("published tier rules")),
        Act("tier_rules.withdraw", _("withdrew tier rules")),
        Act("rule_preview.export", _("exported who would move by other tier rules"), tone="warn"),
        Act("tier.rename", _("changed a tier")),
        Act("tier_scheme.rename", _("renamed a tier scheme")),
        Act("tier_policy.create", _("new privilege or offer of a tier")),
        Act("tier_policy.change", _("changed a privilege or offer of a tier")),
        Act("tier_policy.move", _("moved a privilege or offer of a tier")),
        Act("tier_policy.remove", _("removed a privilege or offer of a tier")),
        Act("tier_policy.restore", _("brought back a privilege or offer of a tier")),
        Act("hold_out.create", _("set a hold-out of a tier")),
        Act("hold_out.withdraw", _("withdrew a hold-out of a tier")),
        Act("hold_out.restore", _("took back the withdrawal of a hold-out")),
        Act("hold_out.begin", _("began a hold-out of a tier")),
        Act("hold_out.end", _("ended a hold-out of a tier")),
        Act("hold_out.resume", _("took back the end of a hold-out")),
        Act("hold_out.take_in", _("took a customer who was left out into the plans")),
        Act("hold_out.leave_out", _("left a customer out of the plans again")),
        Act("tier.override", _("set a tier by hand")),
        Act("tier.override_end", _("ended a tier by hand")),
        Act("tier.override_undo", _("took back a tier by hand")),
        Act("tier_override.export", _("exported tiers set by hand"), tone="warn"),
        Act("scoring_settings.change", _("changed the scoring settings")),
        Act("cut_points.change", _("changed cut-points")),
        Act("forecast.export", _("exported customers of a forecast"), tone="warn"),
        Act("replay.ask", _("had a past day of the warnings replayed")),
        Act("replay.remove", _("removed a replay of the warnings")),
        Act("segment.create", _("new segment")),
        Act("segment.change", _("changed a segment")),
        Act("segment.retire", _("retired a segment")),
        Act("segment.restore", _("put a segment into use again")),
        Act("warning.export", _("exported churn warnings"), tone="warn"),
        Act("warning.start", _("began a win-back")),
        Act("warning.give", _("gave somebody a warning")),
        Act("cause.create", _("new cause of churn")),
        Act("cause.change", _("renamed a cause of churn")),
        Act("cause.retire", _("retired a cause of churn")),
        Act("cause.restore", _("put a cause of churn into use again")),
        Act("warning.plan", _("planned a win-back")),
        Act("warning.close", _("closed a warning")),
        Act("warning.reopen", _("opened a warning again")),
        Act("warning.undo", _("took back a step of a warning")),
        Act("warning.action", _("noted what was done for a warning")),
        Act("warning.action_remove", _("removed what was noted for a warning")),
        Act("cost.add", _("noted a cost")),
        Act("cost.remove", _("removed a cost")),
        Act("cost.restore", _("put a cost back")),
        Act("cost.export", _("exported cost entries"), tone="warn"),
        Act("economics.export", _("exported what customers cost"), tone="warn"),
        Act("cost_settings.change", _("changed what time costs"), tone="warn"),
        Act("qualification.export", _("exported prospects"), tone="warn"),
        Act("qualification.set", _("qualified a prospect")),
    ),
    details=(
        Detail("state", _("state"), codes=lambda: dict(ChurnCase.State.choices)),
        Detail("scheme", _("customer kind"), codes=lambda: dict(Tier.Scheme.choices)),
        Detail("rule_set", _("version")),
        Detail("as_of", _("day"), read=lambda line, value: formatting.written_day(value)),
        Detail("undone", _("taken back")),
        Detail("effective_on", _("counts from"), read=lambda line, value: formatting.written_day(value)),
        Detail("tier", _("tier"), codes=lambda: {tier.code: tier.name for tier in Tier.objects.all()}),
        Detail("action", _("what was done"), codes=lambda: dict(ActionKind.choices)),
        Detail("cost", _("cost"), read=lambda line, value: formatting.money(value, company.currency())),
        Detail("cost_kind", _("kind of cost"), codes=lambda: dict(CostKind.choices)),
        Detail("spent_on", _("spent on"), read=lambda line, value: formatting.written_day(value)),
        Detail("share", _("left out (%)")),
        Detail("starts_on", _("starts on"), read=lambda line, value: formatting.written_day(value)),
        Detail("customers", _("customers")),
        Detail("until", _("until"), read=lambda line, value: formatting.written_day(value)),
        Detail("qualification", _("score of 100")),
        Detail("changed", _("changed")),
        Detail("limits_r", _("limits of R for the scores 2 to 5, in days")),
        Detail("limits_f", _("limits of F for the scores 2 to 5, in orders")),
        Detail("limits_m", _("limits of M for the scores 2 to 5, in minor units")),
        *(Detail(name, read=lambda line, value: share(value)) for name in SHARES),
        Detail("openers", read=lambda line, value: openers_in_words(value)),
    ),
    named=(
        Named(
            "segmentation.churncase",
            _("churn warning"),
            lambda row: row.customer.name,
            page="warning",
            related=("customer",),
        ),
        Named("segmentation.churncause", _("cause of churn"), lambda row: row.name, page="cause_edit"),
        Named(
            "segmentation.caseaction",
            _("action against churn"),
            lambda row: row.case.customer.name,
            page="warning",
            of="case_id",
            related=("case__customer",),
        ),
        Named("segmentation.scoreinterval", _("score of a time"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.scorebasis", _("further scores"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.buyingrhythm", _("rhythm of purchases"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.tiermove", _("change of tier"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.qualification", _("qualification"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.tieroverride", _("tier set by hand"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.tierscheme", _("tier scheme"), lambda row: row.name, page="scheme_names"),
        Named("segmentation.ruleset", _("version of tier rules")),
        Named("segmentation.tier", _("tier"), lambda row: row.name, page="tier_names"),
        Named(
            "segmentation.tierpolicy", _("privilege or offer of a tier"), lambda row: row.name, page="tier_policy_edit"
        ),
        Named("segmentation.holdout", _("hold-out of a tier"), lambda row: hold_out_name(row), page="hold_out"),
        Named("segmentation.holdoutmember", _("member of a hold-out"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.compared", _("compared customer"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.forecast", _("forecast of a past day")),
        Named("segmentation.forecastrow", _("forecast of a customer"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.segment", _("segment"), lambda row: row.name, page="segment"),
        Named("segmentation.cutpoints", _("cut-points")),
        Named(
            "segmentation.costentry",
            _("cost entry"),
            lambda row: row.customer.name if row.customer else row.channel.name,
            page="cost_entry",
            related=("customer", "channel"),
        ),
        Named("segmentation.costsettings", _("what time costs")),
        Named("segmentation.economics", _("margin and upkeep"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.arrival", _("arrival of a customer"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("segmentation.effectsum", _("effect of a tier")),
        Named("segmentation.scoringsettings", _("scoring settings")),
    ),
    export_parts=(classes.IN_THE_CUSTOMERS_FILE, further.IN_THE_CUSTOMERS_FILE, IN_THE_CUSTOMERS_FILE),
    customer_filters=(BY_SEGMENT,),
    nightly_jobs=(
        NIGHTLY,
        PAST_MONTHS,
        RETENTION,
        COHORTS,
        PREFERENCES,
        ECONOMICS,
        ARRIVALS,
        REQUESTED,
        KEPT,
        REPLAYS,
        NightlyJob(
            HOLD_OUTS,
            hold_outs_begin,
            _("Hold-outs that begin"),
            after=(NIGHTLY.name,),
            counts={"begun": _("%(n)s begun"), "left_out": _("%(n)s customers left out")},
        ),
        NightlyJob(
            CONTROL,
            control_count,
            _("Comparisons with a control"),
            after=(NIGHTLY.name, PAST_MONTHS.name, HOLD_OUTS, KEPT.name),
            counts={"hold_outs": _("%(n)s hold-outs counted"), "months": _("%(n)s months paired")},
        ),
        NightlyJob("tiers_by_hand", ends_told, _("Tells of tiers set by hand that end soon"), after=(NIGHTLY.name,)),
    ),
    numbers=(
        Number(
            "win_back_days",
            "work",
            _("Days to settle a churn warning"),
            _("From its first follow-up on, where whoever takes it on sets no other day."),
            *(14, 1, 180),
            _("days"),
        ),
        Number(
            "served_factor",
            "work",
            _("Served too much or too little from"),
            _(
                "So many times the upkeep that the margin bears is too much; of a high-value customer, less than that"
                " part of it is too little. It counts from the next weekly count on."
            ),
            *(3, 2, 20),
            _("times"),
        ),
        Number(
            "served_hours",
            "work",
            _("Served too much needs at least"),
            _("Whoever took fewer hours of work, at what an hour costs, isn't called served too much."),
            *(2, 0, 200),
            _("hours"),
        ),
        Number(
            "served_known",
            "work",
            _("Costs known of at least"),
            _("Of the sales of a customer. Of less than that nobody is judged."),
            *(80, 1, 100),
            _("per cent"),
        ),
    ),
    keeps=(Keep("segmentation.RulePreview", "asked_at", days=30), Keep("segmentation.Forecast", "asked_at", days=1830)),
    events=(
        Event("warning_given", ("case", "to", "due_on", "by", "method", "purpose", "before")),
        Event("warning_ungiven", ("case", "before", "by")),
        Event("tier_set", ("customer_ids", "by")),
        Event("qualified", ("customer_ids", "by")),
        Event("left_out_changed", ("customer_ids", "by")),
    ),
    notice_kinds=(
        NoticeKind(
            TIER_ENDS, _("Tiers set by hand that end soon"), end_said, order=94, permission="tier_override.view"
        ),
        NoticeKind(NEW_TIER, _("Customers you follow: tiers"), new_tier_said, order=93, permission="score.view"),
        NoticeKind(
            NEW_WARNING,
            _("Customers you follow: churn warnings"),
            new_warning_said,
            order=94,
            permission="warning.view",
        ),
    ),
    handlers=(
        Handler("import_finished", import_finished),
        Handler("import_undone", import_undone),
        Handler("import_finished", proof.import_finished),
        Handler("import_undone", proof.import_undone),
        Handler("customers_transferred", cases.warnings_go_along),
        Handler("user_left_things", cases.warnings_let_go),
    ),
    merge_moves=(
        *("segmentation.TierOverride", "segmentation.ChurnCase", "segmentation.CostEntry"),
        "segmentation.Qualification",
    ),
    merge_keeps=(  # what a night reckons, for the file that stays as well
        *("segmentation.ScoreInterval", "segmentation.ScoreBasis", "segmentation.TierMove", "segmentation.Economics"),
        *("segmentation.BuyingRhythm", "segmentation.ForecastRow", "segmentation.Compared", "segmentation.Arrival"),
        "segmentation.HoldOutMember",  # who was drawn was drawn
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
            lambda: ChurnCase.objects.filter(
                Q(state=ChurnCase.State.WORKING) | Q(closed_by__isnull=False) | Q(steps__isnull=False)
            ),
        ),
        CustomerTouch(
            "segmentation.CostEntry",
            _("has costs that were noted"),
            lambda: CostEntry.objects.all(),
            by="created_by",
            at="created_at",
        ),
        CustomerTouch(
            "segmentation.Qualification",
            _("has been qualified"),
            lambda: Qualification.objects.all(),
            by="updated_by",
            at="updated_at",
        ),
    ),
    customer_traces=(
        "segmentation.ScoreInterval",
        "segmentation.ScoreBasis",
        "segmentation.BuyingRhythm",
        "segmentation.Economics",
        "segmentation.TierMove",
        "segmentation.ForecastRow",
        "segmentation.HoldOutMember",
        "segmentation.Compared",
        "segmentation.Arrival",
    ),
    choice_names=(
        ChoiceName("WarningStateEnum", ChurnCase.State),
        ChoiceName("WinBackEnum", ActionKind),
        ChoiceName("TierSchemeEnum", Tier.Scheme),
        ChoiceName("FrameEnum", Frame),
        ChoiceName("StandingEnum", Standing),
        ChoiceName("CostKindEnum", CostKind),
        ChoiceName("VerdictEnum", Verdict),
        ChoiceName("TierPolicyEnum", PolicyKind),
    ),
    collections=(
        Collection("scores", "segmentation.api.ScoreViewSet", "score"),
        Collection("tiers", "segmentation.api.TierViewSet", "tier"),
        Collection("tier-rules", "segmentation.rules.api.RuleSetViewSet", "rule_set"),
        Collection("tier-policies", "segmentation.policies.api.TierPolicyViewSet", "tier_policy"),
        Collection("tier-schemes", "segmentation.rules.api.TierSchemeViewSet", "tier_scheme"),
        Collection("tier-overrides", "segmentation.api.OverrideViewSet", "tier_override"),
        Collection("scoring-runs", "segmentation.pages.api.ScoreRunViewSet", "scoring_run"),
        Collection("tier-effect", "segmentation.effect.api.TierEffectViewSet", "tier_effect"),
        Collection("tier-comparisons", "segmentation.control.api.ComparisonViewSet", "tier_comparison"),
        Collection("cost-entries", "segmentation.costs.api.CostViewSet", "cost"),
        Collection("economics", "segmentation.costs.api.EconomicsViewSet", "economics"),
        Collection("cost-settings", "segmentation.costs.api.CostSettingsViewSet", "cost_settings"),
        Collection("cut-points", "segmentation.rules.api.CutPointsViewSet", "cut_points"),
        Collection("scoring-settings", "segmentation.rules.api.ScoringSettingsViewSet", "scoring_settings"),
        Collection("segments", "segmentation.segments.api.SegmentViewSet", "segment"),
        Collection("churn-warnings", "segmentation.cases.api.WarningViewSet", "warning"),
        Collection("warning-actions", "segmentation.cases.api.ActionViewSet", "warning_action"),
        Collection("churn-forecasts", "segmentation.proof.api.ForecastViewSet", "churn_forecast"),
        Collection("churn-causes", "segmentation.cases.api.CauseViewSet", "churn_cause"),
        Collection("qualifications", "segmentation.qualification.api.QualificationViewSet", "qualification"),
    ),
)
