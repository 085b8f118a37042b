"""What this app gives to the pages and jobs of the whole: the pool, allocation, hand-overs of many."""

from django.utils.translation import gettext_lazy as _

from core.contributions import (
    Act,
    Contribution,
    Detail,
    Handler,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    SettingsCard,
)
from responsibility.allocation.services import file_allocate, newcomer_allocate
from responsibility.hand_overs.services import hand_over_note
from responsibility.pool.panel import LEAVING_PANEL
from responsibility.pool.services import WARNED, reclaim
from responsibility.pool.words import days_changed, warned_said

CONTRIBUTION = Contribution(
    app="responsibility",
    urls=(
        "responsibility.pool.urls",
        "responsibility.targets.urls",
        "responsibility.allocation.urls",
        "responsibility.hand_overs.urls",
    ),
    menu=(
        MenuEntry(_("Assignment"), "hand_over_list", "arrow-left-right", "customer.assign", group="manage", order=58),
    ),
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
        Detail("pool_tier_days", _("protection by tier"), pairs=days_changed),
        Detail("pool_lifecycle_days", _("protection by lifecycle"), pairs=days_changed),
    ),
    named=(
        Named("responsibility.reclaimwarning", _("customer that goes back into the pool")),
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
            "reclaim",
            reclaim,
            _("Customers that go back into the pool"),
            after=("plans",),
            counts={"reclaim_warned": _("%(n)s warned"), "reclaimed": _("%(n)s taken back")},
        ),
    ),
)
