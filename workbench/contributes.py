"""What this app gives to the pages and jobs of the whole: the health of the installation."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.policy import ALL
from core import jobs
from core.contributions import Act, Contribution, Detail, Resource
from ui import formatting
from workbench.audit.details import fields_in_words, filters_in_words

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
    acts=(
        Act("audit.export", _("exported the audit log"), tone="warn"),
        Act("health.job_retry", _("ran a job again")),
        Act("health.mail_retry", _("sent a mail again")),
        Act("health.clock_confirm", _("confirmed the clock")),
        Act("health.runs_withdraw", _("took back nights")),
        Act("health.mail_test", _("sent a test mail")),
    ),
    details=(
        Detail("fields", _("fields"), read=fields_in_words),
        Detail("rows", _("rows")),
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
)
