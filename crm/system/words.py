"""The words of the administration pages: resources, actions, scopes, reading modes, acts."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import policy

Words = Mapping[str, Promise]

RESOURCES: Words = {
    "customer": _("customers"),
    "contact": _("contacts"),
    "interaction": _("interaction log"),
    "order": _("orders"),
    "follow_up": _("follow-ups"),
    "reminder": _("reminders"),
    "complaint": _("complaints"),
    "score": _("scores"),
    "warning": _("churn warnings"),
    "dashboard": _("dashboards"),
    "target": _("targets"),
    "tier_rule": _("tier rules"),
    "plan_rule": _("follow-up plans"),
    "import": _("imports"),
    "notification": _("notices"),
    "product": _("products"),
    "tag": _("tags"),
    "channel": _("channels"),
    "user": _("users"),
    "team": _("teams"),
    "role": _("roles"),
    "setting": _("settings"),
    "health": _("system health"),
    "audit": _("audit log"),
}
ACTIONS: Words = {
    "view": _("view"),
    "add": _("add"),
    "change": _("change"),
    "delete": _("delete"),
    "assign": _("assign"),
    "merge": _("merge"),
    "claim": _("claim"),
    "export": _("export"),
    "reveal": _("reveal"),
}
SCOPES: Words = {"": _("none"), policy.OWN: _("own"), policy.TEAM: _("team"), policy.ALL: _("all")}
MODES: Words = {policy.FULL: _("in full"), policy.MASK: _("masked"), policy.HIDDEN: _("hidden")}
FIELD_CLASSES: Words = {"phone": _("Phone, WeChat"), "email": _("E-mail"), "address": _("Address")}
SAMPLES = {"phone": "138****5678", "email": "l****@example.com", "address": "苏州****"}
RELATIONS: Words = {"own": _("own or shared"), "team": _("own team"), "rest": _("all others")}

ACTS: Words = {
    "sign_in": _("signed in"),
    "sign_in_failed": _("sign-in failed"),
    "sign_out": _("signed out"),
    "denied": _("refused"),
    "password.change": _("changed the password"),
    "password.reset": _("reset the password"),
    "password.reset_request": _("asked for a reset link"),
    "profile.change": _("changed the profile"),
    "user.create": _("new user"),
    "user.change": _("changed a user"),
    "user.activate": _("switched a user on"),
    "user.deactivate": _("switched a user off"),
    "user.sign_out": _("signed out everywhere"),
    "user.password_renew": _("temporary password"),
    "team.create": _("new team"),
    "team.rename": _("renamed a team"),
    "role.change": _("changed rights"),
    "mask.change": _("changed masking"),
    "token.create": _("new API token"),
    "audit.export": _("exported the audit log"),
    "customer.create": _("new customer"),
    "customer.change": _("changed a customer"),
    "customer.delete": _("deleted a customer"),
    "customer.restore": _("restored a customer"),
    "customer.purge": _("deleted a customer for good"),
    "customer.assign": _("assigned a customer"),
    "customer.claim": _("claimed a customer"),
    "customer.share": _("shared a customer"),
    "customer.unshare": _("ended a share"),
    "customer.tag": _("tagged a customer"),
    "contact.create": _("new contact"),
    "contact.change": _("changed a contact"),
    "contact.delete": _("deleted a contact"),
    "contact.restore": _("restored a contact"),
    "interaction.create": _("logged a contact"),
    "interaction.undo": _("took a log entry back"),
    "order.create": _("new order"),
    "order.change": _("changed an order"),
    "order.delete": _("deleted an order"),
    "order.restore": _("restored an order"),
    "follow_up.create": _("planned a follow-up"),
    "follow_up.change": _("changed a follow-up"),
    "follow_up.reschedule": _("rescheduled a follow-up"),
    "follow_up.reopen": _("reopened a follow-up"),
    "follow_up.done": _("follow-up done"),
    "follow_up.skipped": _("skipped a follow-up"),
    "reminder.create": _("new reminder"),
    "reminder.change": _("changed a reminder"),
    "reminder.cancel": _("cancelled a reminder"),
    "complaint.create": _("took a complaint in"),
    "complaint.assign": _("assigned a complaint"),
    "complaint.delete": _("deleted a complaint"),
    "import.upload": _("uploaded a file"),
    "import.start": _("started an import"),
    "import.finish": _("import finished"),
    "import.cancel": _("cancelled an import"),
    "target.set": _("set a target"),
    "target.delete": _("deleted a target"),
    "tier_rules.change": _("changed tier rules"),
    "tier.override": _("set a tier by hand"),
    "tier.override_end": _("ended a tier by hand"),
    "plan_rule.change": _("changed a follow-up plan"),
    "scoring_settings.change": _("changed the scoring settings"),
    "cut_points.change": _("changed cut-points"),
    "warning.start": _("began a win-back"),
    "warning.close": _("closed a warning"),
    "health.job_retry": _("ran a job again"),
    "health.mail_retry": _("sent a mail again"),
}
# Acts that a security review looks at first.
TONES = {"denied": "danger", "sign_in_failed": "danger", "user.deactivate": "warn", "customer.purge": "danger"}
TONES |= dict.fromkeys(("role.change", "mask.change", "user.create", "user.change", "token.create"), "warn")
TONES |= dict.fromkeys(("audit.export", "user.password_renew", "password.reset"), "warn")
OBJECTS: Words = {
    "accounts.user": _("user"),
    "accounts.role": _("role"),
    "accounts.team": _("team"),
    "customers.customer": _("customer"),
    "customers.contact": _("contact"),
    "customers.interaction": _("log entry"),
    "customers.tag": _("tag"),
    "customers.importjob": _("import"),
    "sales.order": _("order"),
    "sales.product": _("product"),
    "sales.target": _("target"),
    "followups.followup": _("follow-up"),
    "followups.reminder": _("reminder"),
    "followups.planrule": _("follow-up plan"),
    "feedback.complaint": _("complaint"),
    "segmentation.churncase": _("churn warning"),
}
DETAILS: Words = {
    "fields": _("fields"),
    "role": _("role"),
    "team": _("team"),
    "status": _("status"),
    "method": _("method"),
    "page": pgettext_lazy("of the audit log", "page"),
    "of": _("of"),
    "customer": _("customer"),
    "number": _("number"),
    "reason": _("reason"),
    "remembered": _("remembered device"),
    "tokens": _("API tokens ended"),
    "rows": _("rows"),
    "user": _("user"),
    "state": _("state"),
}
