"""What this app gives to the pages and jobs of the whole: plans, reminders and notices."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    Handler,
    Keep,
    Mail,
    MenuEntry,
    Named,
    NightlyJob,
    Resource,
    SettingsCard,
)
from customers.models import InteractionKind
from followups import night
from followups import services as follow_ups
from followups.cadence_table.words import AMOUNT, FREQUENCY
from followups.forms import METHODS
from followups.holding import HELD
from followups.letters import LETTER, letter_subject, letter_text, letter_wanted
from followups.models import Category, FollowUp, PhaseWord, Policy, Reminder, Rhythm
from followups.notice_kinds import NOTICE_KINDS
from followups.occasions.planning import occasions_plan
from followups.panels import PANELS
from followups.selectors import due_now, notice_choices, unread
from followups.services.notices import day_mail_wanted
from followups.services.plans import PLANS
from followups.services.reminders import KIND as REMINDER_MAIL
from followups.services.reminders import reminder_wanted
from followups.timeline import FOLLOW_UPS
from followups.today import CARDS
from ui import formatting

# Rows that are called like their customer and stand on that page.
OF_CUSTOMER: dict[str, Any] = {"page": "customer", "of": "customer_id", "related": ("customer",)}

RESOURCES = (
    Resource(
        "follow_up",
        _("follow-ups"),
        order=50,
        opens={
            "view": _("Today, the list of follow-ups and the next step on a customer's page."),
            "add": _("Plan a follow-up with a customer."),
            "change": _("Reschedule, edit, complete, skip or cancel a follow-up."),
            "delete": _("Delete a follow-up by the API."),
            "export": _("Take the list of follow-ups out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete export"},
            "manager": {TEAM: "view add change delete export"},
            "service_agent": {ALL: "view", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete export"},
        },
    ),
    Resource(
        "reminder",
        _("reminders"),
        order=60,
        opens={
            "view": _("The reminders on Today and on a customer's page."),
            "add": _("Set a reminder on a customer."),
            "change": _("Cancel a reminder on its page, or change it by the API."),
            "delete": _("Delete a reminder by the API."),
        },
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {ALL: "view", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "plan_rule",
        _("follow-up plans"),
        order=130,
        opens={
            "view": _("The default plans: how often each tier and stage is contacted."),
            "change": _("Change how often each tier and stage is contacted."),
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
    Resource(
        "notification",
        _("notices"),
        order=150,
        opens={
            "view": _("One's own notices."),
            "change": _("Mark one's own notices as read."),
        },
        grants={
            "rep": {OWN: "view change"},
            "team_lead": {OWN: "view change"},
            "manager": {OWN: "view change"},
            "service_agent": {OWN: "view change"},
            "auditor": {OWN: "view change"},
            "administrator": {OWN: "view change"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="followups",
    urls=(
        "followups.urls",
        "followups.together.urls",
        "followups.log.urls",
        "followups.cadence_table.urls",
        "followups.rhythm.urls",
        "followups.occasions.urls",
    ),
    resources=RESOURCES,
    menu=(
        MenuEntry(_("Follow-ups"), "follow_up_list", "calendar", "follow_up.view", order=30),
        MenuEntry(_("Notices"), "inbox", "bell", "notification.view", order=60, badge="inbox", urgent=True),
        MenuEntry(_("Default plans"), "plan_settings", "calendar-clock", "plan_rule.view", group="rules", order=20),
    ),
    settings_cards=(
        SettingsCard(
            "occasion_list",
            _("Birthdays and other occasions"),
            _("Days of the year on which customers hear from you, by tier"),
            "cake",
            "plan_rule.view",
            order=48,
        ),
    ),
    begin=(
        Begin(_("Plan a follow-up"), "follow_up_new", "calendar-plus", "follow_up.add", order=30),
        Begin(_("Reminder"), "reminder_new", "alarm-clock", "reminder.add", order=35),
    ),
    badges=(Badge("today", due_now), Badge("inbox", unread)),
    timeline=(FOLLOW_UPS,),
    today_cards=CARDS,
    customer_panels=PANELS,
    customer_actions=(
        CustomerAction(
            pgettext_lazy("verb", "Plan"), "follow_up_new", "calendar", "follow_up.add", order=20, on_phone=True
        ),
        CustomerAction(_("Reminder"), "reminder_new", "bell", "reminder.add", order=50),
    ),
    acts=(
        Act("follow_up.export", _("exported follow-ups"), tone="warn"),
        Act("follow_up.create", _("planned a follow-up")),
        Act("follow_up.change", _("changed a follow-up")),
        Act("follow_up.reschedule", _("rescheduled a follow-up")),
        Act("follow_up.snooze", _("put a follow-up off until later in the day")),
        Act("follow_up.wake", _("took back that a follow-up was put off")),
        Act("follow_up.move_together", _("moved follow-ups together")),
        Act("follow_up.put_back", _("put follow-ups back where they stood")),
        Act("follow_up.reopen", _("reopened a follow-up")),
        Act("follow_up.complete", _("follow-up done")),
        Act("follow_up.skip", _("skipped a follow-up")),
        Act("follow_up.cancel", _("cancelled a follow-up")),
        Act("reminder.create", _("new reminder")),
        Act("reminder.change", _("changed a reminder")),
        Act("reminder.cancel", _("cancelled a reminder")),
        Act("plan_rule.create", _("added a line to the follow-up plans")),
        Act("plan_rule.change", _("changed a follow-up plan")),
        Act("plan_rule.delete", _("deleted a line of the follow-up plans")),
        Act("plan_rule.restore", _("brought a line of the follow-up plans back")),
        Act("occasion.add", _("added an occasion")),
        Act("occasion.change", _("changed an occasion")),
        Act("occasion.delete", _("deleted an occasion"), tone="warn"),
        Act("own_plan.set", _("set a customer's own plan")),
        Act("own_plan.remove", _("removed a customer's own plan")),
    ),
    details=(
        Detail("source", _("reason"), codes=lambda: dict(FollowUp.Source.choices)),
        Detail("method", _("method"), codes=lambda: dict(InteractionKind.choices)),
        Detail("due_on", _("due on"), read=lambda line, value: formatting.written_day(value)),
        Detail("snoozed_until", _("until"), read=lambda line, value: formatting.moment(datetime.fromisoformat(value))),
        Detail("together", _("follow-ups")),
        Detail("spread", _("spread over the coming days"), read=lambda line, value: str(_("yes"))),
        Detail("category", _("plan"), codes=lambda: dict(Category.choices)),
        Detail("every_days", _("every days")),
        Detail("occasion", _("occasion")),
        Detail("days_before", _("days before")),
        Detail("at_time", _("best time")),
        Detail("phase", _("stage"), codes=lambda: dict(PhaseWord.choices)),
        Detail("shortest", _("from days")),
        Detail("longest", _("to days")),
        Detail("other_method", _("without an answer"), codes=lambda: dict(InteractionKind.choices)),
        Detail("content", _("content")),
        Detail("frequency", _("frequency class"), codes=lambda: FREQUENCY),
        Detail("amount", _("amount class"), codes=lambda: AMOUNT),
        Detail("policy", _("by itself"), codes=lambda: dict(Policy.choices)),
        Detail("is_active", _("active")),
        Detail("changed", _("changed")),
    ),
    named=(
        Named("followups.followup", _("follow-up"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named(
            "followups.reminder", _("reminder"), lambda row: row.customer.name if row.customer else "", **OF_CUSTOMER
        ),
        Named("followups.notice", _("notice")),
        Named("followups.rescheduling", _("follow-ups moved together")),
        Named("followups.cadencerule", _("follow-up plan")),
        Named("followups.occasion", _("occasion"), str),
        Named("followups.rhythm", _("own plan"), lambda row: row.customer.name, **OF_CUSTOMER),
    ),
    nightly_jobs=(
        NightlyJob(
            PLANS,
            night.make_plans,
            _("Follow-up plans"),
            after=("scoring", "stages", "pauses"),
            counts={"made": _("%(n)s planned")},
        ),
        NightlyJob(
            "occasions",
            occasions_plan,
            _("Birthdays and other occasions"),
            after=("plans",),
            counts={"occasions": _("%(n)s planned")},
        ),
        NightlyJob("warning_notices", night.tell_of_warnings, _("Notices of new warnings"), after=("scoring",)),
        NightlyJob("day_notices", night.prepare_the_morning, _("Notices of the morning"), after=("plans", "occasions")),
    ),
    mails=(
        Mail(REMINDER_MAIL, wanted=reminder_wanted),
        Mail("day", wanted=day_mail_wanted),
        Mail(LETTER, wanted=letter_wanted, text=letter_text, subject=letter_subject),
    ),
    keeps=(Keep("followups.Rescheduling", "at", days=1),),
    notice_kinds=NOTICE_KINDS,
    holdings=(HELD,),
    handlers=(
        Handler("told", follow_ups.notice_tell),
        Handler("customer_created", follow_ups.first_contact_plan),
        Handler("customer_restored", follow_ups.restored_plan),
        Handler("interaction_logged", follow_ups.interaction_answer),
        Handler("interaction_corrected", follow_ups.correction_plan),
        Handler("interaction_undone", follow_ups.interaction_take_back),
        Handler("warning_given", follow_ups.win_back_plan),
        Handler("customers_transferred", follow_ups.follow_ups_go_along),
        Handler("customers_transferred", follow_ups.owners_plan),
        Handler("stage_moved", follow_ups.stages_plan),
        Handler("contact_wish_changed", follow_ups.wishes_plan),
        Handler("customers_handed_over", follow_ups.handover_notices),
        Handler("customer_shared", follow_ups.share_notice),
        Handler("user_left_things", follow_ups.leaver_notice),
        Handler("user_zone_changed", follow_ups.user_zone_changed),
    ),
    customer_touches=(
        CustomerTouch(
            "followups.FollowUp",
            _("has follow-ups that somebody has planned, moved or done"),
            lambda: FollowUp.objects.filter(
                Q(source=FollowUp.Source.MANUAL)
                | Q(state__in=(FollowUp.State.DONE, FollowUp.State.SKIPPED))
                | Q(updated_by__isnull=False)
            ),
            by="updated_by",
            at="updated_at",
        ),
        CustomerTouch(
            "followups.Rhythm",
            _("has a plan of their own"),
            lambda: Rhythm.objects.all(),
            by="updated_by",
            at="updated_at",
        ),
        CustomerTouch(
            "followups.Reminder",
            _("has reminders"),
            lambda: Reminder.objects.all(),
            by="user",
            at="created_at",
        ),
    ),
    customer_traces=("followups.Notice",),
    choice_names=(
        ChoiceName("FollowUpStateEnum", FollowUp.State),
        ChoiceName("FollowUpSourceEnum", FollowUp.Source),
        ChoiceName("ReminderStateEnum", Reminder.State),
        ChoiceName("ReminderChannelEnum", Reminder.Channel),
        ChoiceName("NoticeKindEnum", notice_choices),
        ChoiceName("PlannedMethodEnum", METHODS),
    ),
    collections=(
        Collection("follow-ups", "followups.api.FollowUpViewSet", "follow_up"),
        Collection("own-plans", "followups.api.RhythmViewSet", "own_plan"),
        Collection("cadence-rules", "followups.cadence_table.api.CadenceRuleViewSet", "cadence_rule"),
        Collection("reminders", "followups.api.ReminderViewSet", "reminder"),
        Collection("notifications", "followups.api.NoticeViewSet", "notification"),
    ),
)
