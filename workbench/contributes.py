"""What this app gives to the pages and jobs of the whole: the health of the installation."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.audit_details import fields_in_words, filters_in_words
from accounts.policy import ALL
from core import jobs
from core.contributions import (
    Act,
    Contribution,
    CustomerList,
    Detail,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    Resource,
    SettingsCard,
    registry,
)
from core.models import Company
from followups.outcomes.counting import JOB as OUTCOMES
from segmentation.effect.counting import JOB as TIER_EFFECT
from segmentation.effect.counting import effect_keep
from segmentation.night import NIGHTLY
from segmentation.past import PAST_MONTHS
from ui import formatting
from workbench.backup.first_step import FIRST_STEP as BACKUP_STEP
from workbench.customer_list.listing import place_of
from workbench.first_run.steps import STEPS
from workbench.search.sources import CUSTOMERS, PEOPLE
from workbench.settings.calendar.weekdays import in_words
from workbench.settings.first_step import FIRST_STEP as COMPANY_STEP
from workbench.settings.numbers.groups import GROUPS
from workbench.settings.numbers.services import ACT as NUMBER
from workbench.settings.services import LOGO_ACT, LOGO_REMOVE_ACT
from workbench.start_over.services import ACT as START_OVER

RESOURCES = (
    Resource(
        "health",
        _("system health"),
        order=230,
        opens={
            "view": _("System health: background work, nights, mail, storage and backups."),
            "change": _("Run the night, jobs and mails again, and set up backups."),
        },
        grants={
            "manager": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="workbench",
    urls=(
        "workbench.first_run.urls",
        "workbench.today.urls",
        "workbench.search.urls",
        "workbench.customer_list.urls",
        "workbench.customer_page.urls",
        "workbench.team.urls",
        "workbench.quality.urls",
        "workbench.settings.urls",
        "workbench.settings.calendar.urls",
        "workbench.settings.numbers.urls",
        "workbench.audit.urls",
        "workbench.backup.urls",
        "workbench.start_over.urls",
        "workbench.health.urls",
        "workbench.help.urls",
        "workbench.tier_policies.urls",
    ),
    resources=RESOURCES,
    notice_kinds=(
        NoticeKind(
            "backup",
            _("Failed backups"),
            lambda numbers: gettext("The backup failed"),
            order=110,
            always=True,
            permission="health.change",
            prompt=True,
        ),
    ),
    menu=(
        MenuEntry(_("Today"), "today", "calendar-check", "follow_up.view", order=10, badge="today", phone=1, key="t"),
        MenuEntry(_("Team and targets"), "team", "layout-grid", "dashboard.view", group="manage", order=30),
        MenuEntry(
            _("Data quality"),
            "quality_board",
            "circle-alert",
            "customer.change",
            group="manage",
            order=60,
            also=("duplicate_list", "duplicate_pair", "merge_list", "merge_undo"),
        ),
        MenuEntry(_("Settings"), "settings", "settings", "setting.view", group="system", order=10),
        MenuEntry(_("Audit log"), "audit_list", "file-text", "audit.view", group="system", order=30),
        MenuEntry(_("System health"), "health", "activity", "health.view", group="system", order=40),
    ),
    # It adds up what several apps count, so it waits for all of them.
    nightly_jobs=(
        NightlyJob(
            TIER_EFFECT,
            effect_keep,
            _("Whether tiering works"),
            after=(NIGHTLY.name, PAST_MONTHS.name, OUTCOMES),
        ),
    ),
    search=(CUSTOMERS, PEOPLE),
    customer_lists=(CustomerList(place_of),),
    first_steps=(COMPANY_STEP, *STEPS, BACKUP_STEP),
    settings_cards=(
        *(
            SettingsCard(group.page, group.title, group.text, group.icon, "setting.view", order=group.order)
            for group in GROUPS.values()
        ),
        SettingsCard(
            "first_run",
            _("First steps"),
            _("What a new company does before its first useful morning"),
            "list-checks",
            "setting.change",
            order=1,
        ),
        SettingsCard(
            "company_settings",
            _("Company"),
            _("Its name, its logo, and to whom you sell"),
            "building-2",
            "setting.view",
            order=5,
        ),
        SettingsCard(
            "file_settings",
            _("Files"),
            _("How large files may be, how much room there is, and how much is used"),
            "paperclip",
            "setting.view",
            order=8,
        ),
        SettingsCard(
            "calendar",
            _("Work calendar"),
            _("Working week, holidays, own days off"),
            "calendar",
            "setting.view",
            order=7,
        ),
        SettingsCard(
            "audit_list",
            _("Audit log"),
            _("Sign-ins, changes of rights, hand-overs, refusals"),
            "file-text",
            "audit.view",
            order=80,
        ),
        SettingsCard(
            "backup_settings", _("Backup"), _("When, how many, and the last ones"), "archive", "health.view", order=85
        ),
        SettingsCard(
            "start_over",
            _("Start over"),
            _("Empty the company after a trial: customers, orders, imports"),
            "trash-2",
            "setting.delete",
            order=99,
        ),
        SettingsCard("health", _("System health"), _("Workers, nights, mail"), "activity", "health.view", order=90),
    ),
    acts=(
        Act(NUMBER, _("set a number of the company"), tone="warn"),
        Act(LOGO_ACT, _("changed the logo"), tone="warn"),
        Act(LOGO_REMOVE_ACT, _("removed the logo"), tone="warn"),
        Act("company.first_steps_close", _("put the first steps away")),
        Act("company.first_steps_reopen", _("opened the first steps again")),
        Act("company.files", _("changed the room for files"), tone="warn"),
        Act("company.change", _("changed the company"), tone="warn"),
        Act(START_OVER, _("emptied the company to start over"), tone="danger"),
        Act("calendar.week", _("changed the working week"), tone="warn"),
        Act("calendar.add", _("entered days of the calendar")),
        Act("calendar.name", _("renamed a day of the calendar")),
        Act("calendar.remove", _("took days out of the calendar")),
        Act("calendar.import", _("imported days of the calendar")),
        Act("audit.export", _("exported the audit log"), tone="warn"),
        Act("backup.change", _("changed the backups"), tone="warn"),
        Act("backup.request", _("asked for a backup")),
        Act("health.job_retry", _("ran a job again")),
        Act("health.night_request", _("ran the night now")),
        Act("health.mail_retry", _("sent a mail again")),
        Act("health.clock_confirm", _("confirmed the clock")),
        Act("health.runs_withdraw", _("took back nights")),
        Act("health.mail_test", _("sent a test mail")),
    ),
    details=(
        Detail("number", _("which number"), codes=lambda: {one.key: one.title for one in registry().numbers.values()}),
        Detail("value", _("value"), before_after=True),
        # What is changed of the company.
        Detail("name", _("company name"), before_after=True),
        Detail("check_in_radius", _("radius of check-ins, in metres"), before_after=True),
        Detail("largest_mb", _("largest file (MB)"), before_after=True),
        Detail("quota_mb", _("room for all files (MB)"), before_after=True),
        Detail("sells_to", _("we sell to"), codes=lambda: dict(Company.SellsTo.choices), before_after=True),
        Detail("working_week", _("working week"), read=lambda line, value: in_words(value), before_after=True),
        Detail("work_from", _("work begins"), before_after=True),
        Detail("quiet_from", _("quiet from"), before_after=True),
        Detail("quiet_until", _("quiet until"), before_after=True),
        Detail("work_until", _("work ends"), before_after=True),
        Detail("day", pgettext_lazy("of the calendar", "day"), read=lambda line, value: formatting.written_day(value)),
        Detail("last_day", _("up to and including"), read=lambda line, value: formatting.written_day(value)),
        Detail("day_is", _("the day is"), codes=lambda: {"off": _("day off"), "working": _("working day")}),
        Detail("day_name", pgettext_lazy("of a day", "name"), before_after=True),
        Detail("days", _("days")),
        Detail("fields", _("fields"), read=fields_in_words),
        Detail("rows", _("rows")),
        # What is changed of the backups.
        Detail("enabled", _("back up every night"), before_after=True),
        Detail("at", _("at"), before_after=True),
        Detail("keep", _("backups kept"), before_after=True),
        # What went when the company started over.
        Detail("products", _("products")),
        Detail("interactions", _("log entries")),
        Detail("follow_ups", _("follow-ups")),
        Detail("reminders", _("reminders")),
        Detail("complaints", _("complaints")),
        Detail("imports", _("imports")),
        Detail("score_runs", _("scored days")),
        # The filters of an export.
        Detail("filter", _("filter"), read=filters_in_words),
        Detail("act", _("act")),
        Detail("by", pgettext_lazy("did it", "who")),
        Detail("object", pgettext_lazy("acted on", "on")),
        Detail("address", _("address")),
        Detail("since", _("from")),
        Detail("until", _("until")),
        # What is done on the page of the installation's health.
        Detail("job", _("job"), read=lambda line, value: jobs.title_of(value)),
        Detail("mail", _("mail"), read=lambda line, value: f"#{value}"),
        Detail(
            "business_date",
            pgettext_lazy("of a nightly job", "day"),
            read=lambda line, value: formatting.written_day(value),
        ),
    ),
    named=(Named("core.company", _("company"), lambda row: row.name),),
)
