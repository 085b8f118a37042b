"""A company begins anew: everything about customers goes; company, people, roles and settings stay.

Every table of the installation stands in one of two lists; a table that stands in none fails a test.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import audit
from accounts.models import User
from core import company
from core.files import store
from core.jobs import NIGHT_LOCK
from core.locks import only_one
from core.models import FileSpace, StoredFile
from customers.models import Customer, Interaction
from feedback.models import Complaint
from followups.models import FollowUp, Reminder
from intake import engine, files, stage
from intake.kinds import kind_of
from intake.models import ImportJob
from sales.models import Order, Product
from segmentation.models import ScoreRun

ACT = "company.start_over"
GONE = (
    "core.Draft", "core.HeldPost", "core.IdempotencyKey", "core.OutboxMail", "core.StoredFile",
    "intake.ImportJob", "intake.ImportedRow", "intake.RowEdit",
    "customers.Customer", "customers.Customer_tags", "customers.CustomerEvent", "customers.CustomerFacts",
    "customers.Contact", "customers.ContactEvent", "customers.Interaction", "customers.InteractionEvent",
    "customers.Comment", "customers.Mention", "customers.Attachment", "customers.Follower", "customers.Consent",
    "customers.Registration", "customers.Relation", "customers.Verification", "customers.QualitySum",
    "customers.ReviewSheet",
    "customers.PaperOriginal", "customers.OriginalMove", "customers.MatchKey", "customers.ToMatch",
    "customers.DuplicatePair", "customers.CustomerMerge",
    "customers.Handle", "customers.DeadAddress",
    "customers.CustomerShare", "customers.OwnerChange", "customers.StageMove", "customers.ImportedCustomer",
    "customers.ManyChange", "customers.ManyChangeRow",
    "sales.Product", "sales.Order", "sales.OrderEvent", "sales.OrderLine",
    "sales.Need", "sales.NeedStep",
    "sales.ToSum", "sales.SoldShare", "sales.SoldSum", "sales.SoldSince",
    "segmentation.ChurnParams", "segmentation.TierOverride", "segmentation.ScoreRun", "segmentation.PastOrders",
    "segmentation.ScoreInterval", "segmentation.ScoreBasis", "segmentation.RunSum", "segmentation.PotentialSum",
    "segmentation.TierMove", "segmentation.ChurnCase", "segmentation.ChurnReason", "segmentation.CaseAction",
    "segmentation.CaseStep", "segmentation.BuyingRhythm", "segmentation.UsualGap", "segmentation.RetentionSum",
    "segmentation.CohortSum", "segmentation.AmountSum", "segmentation.CohortLook", "segmentation.CohortShare",
    "segmentation.ToCount", "segmentation.PreferenceCount", "segmentation.PreferenceSum",
    "segmentation.CostEntry", "segmentation.CostCount", "segmentation.Economics", "segmentation.EconomicsSum",
    "segmentation.CustomersCame", "segmentation.Arrival", "segmentation.ArrivalCount", "segmentation.ToArrive",
    "segmentation.EffectMonth", "segmentation.EffectSum", "segmentation.EffectPart",
    "segmentation.HoldOut", "segmentation.HoldOutMember", "segmentation.Comparison", "segmentation.Compared",
    "segmentation.Forecast", "segmentation.ForecastRow", "segmentation.ForecastSum",
    "segmentation.Qualification", "segmentation.RuleDraft", "segmentation.RulePreview", "segmentation.ScoreLook",
    "segmentation.ToRate", "segmentation.RateOn", "segmentation.SumShare",
    "segmentation.QualificationEvent",
    "followups.FollowUp", "followups.Rhythm", "followups.RhythmEvent", "followups.Reminder", "followups.Notice",
    "followups.Rescheduling", "followups.Appointment", "followups.Guest",
    "followups.Escalation", "followups.Place", "followups.CheckIn", "followups.Outcome",
    "followups.Message", "followups.Incoming", "followups.PlanLook",
    "feedback.Complaint", "feedback.ComplaintEvent", "feedback.ComplaintStep",
    "responsibility.HandOver", "responsibility.ReclaimWarning",
)  # fmt: skip
STAYS = (
    "accounts", "auth", "contenttypes", "sessions", "pghistory",
    "core.Company", "core.CompanyLogo", "core.WorkDay", "core.JobRun", "core.ClockMark", "core.Heartbeat",
    "core.BackupPlan", "core.BackupRun", "core.MailChannel", "core.PushDevice", "core.FileSpace",
    "core.NumberChange",
    "customers.Channel", "customers.Industry", "customers.CompanySize", "customers.MarketStanding",
    "customers.IncomeBand", "customers.DecisionStyle", "customers.RelationKind", "customers.Tag",
    "customers.RequiredFields", "customers.OwnField", "customers.PoolRules", "customers.CaptureForm",
    "customers.VerificationRules", "customers.DataSteward",
    "customers.EntryTemplate", "customers.EntryTemplate_tags", "customers.EntryTemplateEvent", "customers.LastTemplate",
    "customers.ConsentText", "customers.ConsentWording",
    "intake.RememberedColumns", "sales.ExchangeRate", "sales.Target",
    "segmentation.CostSettings",
    "segmentation.ScoringSettings", "segmentation.ScoringSettingsEvent", "segmentation.CutPoints", "segmentation.Tier",
    "segmentation.Segment", "segmentation.Recounted",
    "segmentation.ChurnCause", "segmentation.TierScheme", "segmentation.TierPolicy", "segmentation.RuleSet",
    "customers.ContactRules", "customers.ContactRulesEvent",
    "followups.CadenceRule", "followups.CadenceRuleEvent",
    "followups.Occasion", "followups.OccasionEvent", "followups.CalendarSetting", "followups.CalendarSettingEvent",
    "followups.CalendarFeed", "followups.EscalationDays", "followups.MessageSetting", "followups.MessageTemplate",
    "followups.MessageTemplateEvent", "followups.QuestionFrame", "followups.QuestionFrameEvent",
    "feedback.ComplaintHours", "responsibility.AllocationRule",
    "responsibility.Post", "responsibility.DutySheet", "responsibility.Acceptance",
    "responsibility.Appraisal", "responsibility.Measure", "responsibility.Review", "responsibility.Decision",
    "followups.Inlet", "followups.MailboxMark", "followups.OutboxKey", "followups.WorkingHours", "followups.Absence",
)  # fmt: skip
PATIENCE = "10s"  # for those at work; then it isn't done
# What people count, in words and as the audit log names it.
COUNTED: tuple[tuple[str, Any, Any], ...] = (
    ("customers", Customer, ngettext_lazy("%(n)s customer", "%(n)s customers", "n")),
    ("orders", Order, ngettext_lazy("%(n)s order", "%(n)s orders", "n")),
    ("products", Product, ngettext_lazy("%(n)s product", "%(n)s products", "n")),
    ("interactions", Interaction, ngettext_lazy("%(n)s log entry", "%(n)s log entries", "n")),
    ("follow_ups", FollowUp, ngettext_lazy("%(n)s follow-up", "%(n)s follow-ups", "n")),
    ("reminders", Reminder, ngettext_lazy("%(n)s reminder", "%(n)s reminders", "n")),
    ("complaints", Complaint, ngettext_lazy("%(n)s complaint", "%(n)s complaints", "n")),
    ("imports", ImportJob, ngettext_lazy("%(n)s import", "%(n)s imports", "n")),
    ("score_runs", ScoreRun, ngettext_lazy("scores of %(n)s day", "scores of %(n)s days", "n")),
)
KEPT_WORDS = gettext_lazy(
    "Company, logo and calendar; accounts, teams and roles; channels, tags, tiers, plans, targets, exchange rates and "
    "all other settings; the audit log and the backups."
)


class StartOverRefusedError(Exception):
    """It can't be done; the text says why and what to do."""


def refusal() -> str:
    """Why this installation can't start over, or nothing."""
    if company.company_now().is_demo:
        return _("This is the demo company. Whoever runs the installation empties it with bin/manage clear_demo.")
    return ""


def counts() -> dict[str, int]:
    """How many rows of what there are, also in the recycle bin."""
    # unscoped: all of it goes, whoever may see it
    return {name: model._base_manager.count() for name, model, _words in COUNTED}


def in_words(found: dict[str, int]) -> list[str]:
    """`420 customers`, of what there is any of."""
    return [str(words % {"n": found[name]}) for name, _model, words in COUNTED if found[name]]


def start_over(*, typed: str, by: User | None) -> dict[str, int]:
    """Empty the installation; `typed` must be the company's name. Waits for a night; all or nothing."""
    if reason := refusal():
        raise StartOverRefusedError(reason)
    if " ".join(typed.split()) != " ".join(company.company_now().name.split()):
        raise StartOverRefusedError(_("This isn't the company's name. Nothing was removed."))
    with only_one(NIGHT_LOCK, wait=True):
        try:
            jobs, tokens, found = _empty(by)
        except OperationalError as error:
            busy = _("Somebody is at work, or an import runs. Nothing was removed; try again in a moment.")
            raise StartOverRefusedError(busy) from error
    for job in jobs:
        files.remove_upload(job)
        files.remove_error_file(job)
    for token in tokens:
        store.remove(token)
    return found


@transaction.atomic
def _empty(by: User | None) -> tuple[list[ImportJob], list[str], dict[str, int]]:
    stage.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    stage.write_alone()
    found = counts()
    # unscoped: all of it goes, whoever may see it
    jobs = list(ImportJob.objects.all())
    for job in jobs:
        if job.state in engine.OPEN:
            kind_of(job.kind).clear(job)
    tokens = list(StoredFile.objects.values_list("token", flat=True))
    # Ids go on: lines of the audit log name rows by them.
    tables = ", ".join(sorted(apps.get_model(label)._meta.db_table for label in GONE))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come can't be emptied
        cursor.execute(f"TRUNCATE {tables}")
    FileSpace.objects.update(used=0)
    audit.record(ACT, by=by, on=company.company(), **found)
    return jobs, tokens, found
