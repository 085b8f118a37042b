"""What this app gives to the pages and jobs of the whole: complaints."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import (
    Act,
    Badge,
    Begin,
    ChoiceName,
    Collection,
    Contribution,
    CustomerAction,
    CustomerTouch,
    Detail,
    FileHolder,
    HandledCustomers,
    Handler,
    MenuEntry,
    Named,
    Resource,
    SegmentEvents,
    SettingsCard,
    TimelineTab,
)
from feedback import today
from feedback.facts import merged_complaints_count
from feedback.found import COMPLAINTS as FOUND_COMPLAINTS
from feedback.holding import HELD
from feedback.models import Complaint, ComplaintHours, ComplaintStep
from feedback.notices import NOTICE_KINDS
from feedback.panels import PANELS
from feedback.selectors import handled_customers, owners_move
from feedback.services import keep_customer
from feedback.team import SATISFACTION
from feedback.tier_effect import TIER_FIGURES
from feedback.timeline import COMPLAINTS, CONTACTS, STEPS, TOLD

RESOURCES = (
    Resource(
        "complaint",
        _("complaints"),
        order=70,
        opens={
            "view": _("The list of complaints and each case."),
            "add": _("Take in a complaint."),
            "change": _("Work on a complaint: grade it, answer, hand it over, close it."),
            "delete": _("Move a complaint into the recycle bin, and bring it back."),
            "export": _("Take the list of complaints out as CSV or XLSX, with a reason."),
            "handle": _("Read a customer in full while working on an open complaint of theirs."),
        },
        grants={
            "rep": {OWN: "view add change"},
            "team_lead": {TEAM: "view add change delete export"},
            "manager": {TEAM: "view add change delete export"},
            "service_agent": {ALL: "view add change", OWN: "handle"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete export"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="feedback",
    urls=("feedback.urls",),
    resources=RESOURCES,
    segment_events=(
        SegmentEvents(
            "complaints",
            _("number of complaints"),
            "complaint.view",
            lambda: Complaint.all_objects.filter(deleted_at=None),
            "received_at",
        ),
    ),
    menu=(
        MenuEntry(
            _("Feedback"),
            "complaint_list",
            "message-circle",
            "complaint.view",
            order=40,
            badge="complaints",
            urgent=True,
            phone=3,
            key="f",
        ),
    ),
    begin=(Begin(_("Complaint"), "complaint_new", "message-circle-warning", "complaint.add", order=40),),
    search=(FOUND_COMPLAINTS,),
    settings_cards=(
        SettingsCard(
            "complaint_hours",
            _("Complaint hours"),
            _("How soon the first response and the solution are due"),
            "clock",
            "setting.view",
            order=50,
        ),
    ),
    badges=(Badge("complaints", owners_move),),
    handled_customers=(
        HandledCustomers(
            "complaint.handle",
            handled_customers,
            _("A service agent reads customers with an open complaint as own."),
        ),
    ),
    timeline_tabs=(TimelineTab("feedback", _("Feedback"), order=30),),
    timeline=(COMPLAINTS, CONTACTS, STEPS),
    told=(TOLD,),
    today=(today.COMPLAINTS,),
    team_columns=(SATISFACTION,),
    tier_figures=TIER_FIGURES,
    notice_kinds=NOTICE_KINDS,
    customer_panels=PANELS,
    file_holders=(
        FileHolder(
            "complaint",
            _("complaint"),
            "complaint.view",
            Complaint.objects.all,
            lambda row, customer: reverse("complaint", args=[row]),
        ),
    ),
    customer_actions=(CustomerAction(_("Complaint"), "complaint_new", "message-circle", "complaint.add", order=40),),
    acts=(
        Act("complaint.export", _("exported complaints"), tone="warn"),
        Act("complaint.create", _("took in a complaint")),
        Act("complaint.move", _("moved a complaint on")),
        Act("complaint.respond", _("noted the first response")),
        Act("complaint.change", _("changed a complaint")),
        Act("complaint.assign", _("handed over a complaint")),
        Act("complaint.delete", _("deleted a complaint")),
        Act("complaint.restore", _("restored a complaint")),
        Act("complaint_hours.change", _("changed the complaint hours"), tone="warn"),
    ),
    details=(
        Detail("state", _("state"), codes=lambda: dict(Complaint.State.choices)),
        Detail("first_response_at", _("first response")),
        Detail("severity", _("severity"), codes=lambda: dict(Complaint.Severity.choices)),
        Detail("response", _("first response within"), before_after=True),
        Detail("solution", _("solution within"), before_after=True),
        *(
            Detail(name, word, codes=lambda: dict(ComplaintHours.Unit.choices), before_after=True)
            for name, word in (
                ("response_unit", _("the first response counts in")),
                ("solution_unit", _("the solution counts in")),
            )
        ),
    ),
    handlers=(Handler("customer_deleting", keep_customer), Handler("customers_merged", merged_complaints_count)),
    merge_moves=("feedback.Complaint",),
    holdings=(HELD,),
    named=(Named("feedback.complaint", _("complaint"), lambda row: row.number, page="complaint"),),
    customer_touches=(
        CustomerTouch(
            "feedback.Complaint",
            _("has complaints"),
            lambda: Complaint.all_objects.all(),
            by="created_by",
            at="created_at",
        ),
    ),
    choice_names=(
        ChoiceName("ComplaintStateEnum", Complaint.State),
        ChoiceName("ComplaintChannelEnum", Complaint.Channel),
        ChoiceName("StepKindEnum", ComplaintStep.Kind),
    ),
    collections=(Collection("complaints", "feedback.api.ComplaintViewSet", "complaint"),),
)
