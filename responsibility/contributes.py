"""What this app gives to the pages and jobs of the whole: the pool, allocation, hand-overs of many."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.policy import ALL, OWN, TEAM
from core.contributions import (
    Act,
    Contribution,
    Detail,
    Handler,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    Number,
    Resource,
    SettingsCard,
)
from responsibility.allocation.services import file_allocate, newcomer_allocate
from responsibility.appraisals.services import TO_SIGN
from responsibility.appraisals.words import to_sign, to_sign_said
from responsibility.duties.selectors import open_sheets
from responsibility.duties.services import NEW_DUTIES
from responsibility.duties.today import CARD as DUTIES_CARD
from responsibility.duties.today import new_duties_said
from responsibility.hand_overs.services import hand_over_note
from responsibility.pool.panel import LEAVING_PANEL
from responsibility.pool.services import WARNED, reclaim
from responsibility.pool.words import days_changed, warned_said
from responsibility.reviews.models import Decision
from responsibility.reviews.services import DUE, GIVEN, decisions_remind
from responsibility.reviews.today import CARD as REVIEWS_CARD
from responsibility.reviews.today import decision_due_said, decision_given_said
from ui import formatting

RESOURCES = (
    Resource(
        "duty",
        _("duties in writing"),
        order=262,
        opens={
            "view": _("The duties of one's posts, to accept them; and who of one's people has."),
            "change": _("Write down what is asked of a post, and retire it."),
        },
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view", ALL: "change"},
            "service_agent": {OWN: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
    Resource(
        "appraisal",
        _("appraisals"),
        order=264,
        opens={
            "view": _("The sheets of oneself and one's people; signing one's own."),
            "add": _("Begin the sheet of somebody."),
            "change": _("Write and sign the sheets of one's people."),
            "reward": _("See and set the incentive in a sheet; everybody sees their own."),
        },
        grants={
            "rep": {OWN: "view"},
            "team_lead": {TEAM: "view add change"},
            "manager": {TEAM: "view add change reward"},
            "service_agent": {OWN: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change reward"},
        },
    ),
    Resource(
        "system_review",
        _("reviews of the whole"),
        order=266,
        opens={
            "view": _("What was looked at and decided; seeing one's own decisions through."),
            "change": _("Write a review down, decide, and close decisions of others."),
        },
        grants={
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
)
CONTRIBUTION = Contribution(
    app="responsibility",
    numbers=(
        Number(
            "hand_over_undo_hours",
            "kept",
            _("Hours that a hand-over of many can be taken back"),
            _("Of customers who haven't changed hands since."),
            *(24, 1, 720),
            _("hours"),
        ),
    ),
    urls=(
        "responsibility.pool.urls",
        "responsibility.targets.urls",
        "responsibility.allocation.urls",
        "responsibility.hand_overs.urls",
        "responsibility.duties.urls",
        "responsibility.appraisals.urls",
        "responsibility.reviews.urls",
    ),
    resources=RESOURCES,
    menu=(
        MenuEntry(_("Assignment"), "hand_over_list", "arrow-left-right", "customer.assign", group="manage", order=58),
        MenuEntry(
            _("Duties"),
            "duty_list",
            "clipboard-list",
            "duty.view",
            group="manage",
            order=61,
            also=("appraisal_list", "system_review_list"),
        ),
        MenuEntry(
            _("System reviews"), "system_review_list", "clipboard-check", "system_review.view", group="manage", order=63
        ),
    ),
    today_cards=(DUTIES_CARD, REVIEWS_CARD),
    settings_cards=(
        SettingsCard(
            "pool_settings",
            _("Unassigned pool"),
            _("How many customers one may open and claim, how long they are protected, and who goes back"),
            "waves-ladder",
            "setting.view",
            order=47,
        ),
        SettingsCard(
            "allocation_list",
            _("Allocation"),
            _("Who gets new customers without an owner: rules by industry, size, tier, region and need"),
            "split",
            "setting.view",
            order=47,
        ),
    ),
    customer_panels=(LEAVING_PANEL,),
    customer_traces=("responsibility.ReclaimWarning",),
    merge_keeps=("responsibility.ReclaimWarning",),  # of how that file was looked after
    acts=(
        Act("pool_rules.change", _("changed the rules of the pool"), tone="warn"),
        Act("duty.create", _("wrote the duties of a post"), tone="warn"),
        Act("duty.change", _("changed the duties of a post"), tone="warn"),
        Act("duty.retire", _("retired the duties of a post"), tone="warn"),
        Act("duty.restore", _("put the duties of a post into use again")),
        Act("duty.accept", _("accepted the duties of a post")),
        Act("appraisal.begin", _("began an appraisal")),
        Act("appraisal.figures", _("filled the figures of an appraisal in")),
        Act("appraisal.change", _("wrote in an appraisal")),
        Act("appraisal.measure", _("agreed on a measure in an appraisal")),
        Act("appraisal.unmeasure", _("removed a measure from an appraisal")),
        Act("appraisal.measure_done", _("did an agreed measure")),
        Act("appraisal.sign", _("signed an appraisal"), tone="warn"),
        Act("system_review.create", _("wrote a review down")),
        Act("system_review.change", _("changed a review")),
        Act("system_review.decide", _("decided something in a review")),
        Act("system_review.done", _("saw a decision through")),
        Act("system_review.reopen", _("opened a decision again")),
        Act("hand_over.undo", _("took a hand-over back"), tone="warn"),
        Act("allocation_rule.create", _("new rule of allocation"), tone="warn"),
        Act("allocation_rule.change", _("changed a rule of allocation"), tone="warn"),
        Act("allocation_rule.move", _("moved a rule of allocation")),
        Act("allocation_rule.remove", _("removed a rule of allocation"), tone="warn"),
        Act("allocation.share_out", _("shared the pool out by the rules")),
    ),
    handlers=(
        Handler("customers_handed_over", hand_over_note),
        Handler("customer_created", newcomer_allocate),
        Handler("import_finished", file_allocate),
    ),
    details=(
        *(
            Detail(f"pool_{name}", word, before_after=True)
            for name, word in (
                ("claims_a_day", _("customers that one person may claim a day")),
                ("looks_a_day", _("customers of the pool that one person may open a day")),
                ("quota", _("customers up to which one person may claim")),
                ("reclaims", _("take customers back whose protection is over")),
                ("warned_days", _("days of warning")),
                ("protected_days", _("days of protection")),
                ("deal_days", _("with an open order")),
            )
        ),
        Detail("rule_name", _("rule")),
        Detail("duty_version", _("version")),
        Detail("decision_owner", _("owner"), row="accounts.user"),
        Detail("due_on", _("due"), read=lambda line, value: formatting.written_day(value)),
        Detail("month", _("period from"), read=lambda line, value: formatting.written_month(value)),
        Detail("user", _("person"), row="accounts.user"),
        Detail("pool_tier_days", _("protection by tier"), pairs=days_changed),
        Detail("pool_lifecycle_days", _("protection by lifecycle"), pairs=days_changed),
    ),
    named=(
        Named("responsibility.reclaimwarning", _("customer that goes back into the pool")),
        Named("responsibility.post", pgettext_lazy("of a post", "post"), lambda row: row.name, page="duties"),
        Named(
            "responsibility.appraisal",
            _("appraisal"),
            lambda row: f"{row.person.name}, {formatting.month(row.begins)}",
            page="appraisal",
            related=("person",),
        ),
        Named(
            "responsibility.review",
            pgettext_lazy("of the whole", "review"),
            lambda row: row.subject,
            page="system_review",
        ),
        Named("responsibility.allocationrule", _("rule of allocation"), lambda row: row.name),
        Named(
            "responsibility.handover",
            _("hand-over"),
            lambda row: row.reason,
            page="hand_over",
            right="customer.assign",
        ),
    ),
    notice_kinds=(
        NoticeKind(
            TO_SIGN,
            _("Appraisals that wait for your signature"),
            to_sign_said,
            order=59,
            rows=to_sign,
            always=True,
            permission="appraisal.view",
        ),
        NoticeKind(
            GIVEN,
            _("Decisions of reviews that are given to you"),
            decision_given_said,
            order=61,
            rows=lambda user: Decision.objects.filter(owner=user),
            permission="system_review.view",
        ),
        NoticeKind(
            DUE,
            _("Decisions of reviews that are due"),
            decision_due_said,
            order=62,
            rows=lambda user: Decision.objects.filter(owner=user, done_at=None),
            permission="system_review.view",
        ),
        NoticeKind(
            NEW_DUTIES,
            _("Duties of your post, to be accepted"),
            new_duties_said,
            order=58,
            rows=open_sheets,
            always=True,
            permission="duty.view",
        ),
        NoticeKind(
            WARNED,
            _("Customers of yours that go back into the pool"),
            warned_said,
            order=60,
            mail=True,
            stays=True,
            permission="customer.change",
        ),
    ),
    nightly_jobs=(
        NightlyJob(
            "decisions",
            decisions_remind,
            _("Decisions that are due"),
            counts={"decisions_reminded": _("%(n)s reminded")},
        ),
        NightlyJob(
            "reclaim",
            reclaim,
            _("Customers that go back into the pool"),
            after=("plans",),
            counts={"reclaim_warned": _("%(n)s warned"), "reclaimed": _("%(n)s taken back")},
        ),
    ),
)
