"""Company, calendar, job runs, outgoing mail, idempotency keys and kept form entries."""

import uuid
from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MEGABYTE = 1024 * 1024


class Company(models.Model):
    """The one company of this installation. Time zone and currency are fixed at the first start.

    To whom it sells and when it works stand here too, so that all it says of itself is one row: one form, one
    conflict, one memory.
    """

    class SellsTo(models.TextChoices):
        PERSONS = "persons", _("persons")
        COMPANIES = "companies", _("companies")
        BOTH = "both", pgettext_lazy("we sell to", "both")

    name = models.CharField(_("company name"), max_length=120, default="Keben")
    sells_to = models.CharField(_("we sell to"), max_length=10, choices=SellsTo, default=SellsTo.BOTH)
    logo = models.CharField(_("logo"), max_length=40, blank=True, default="")  # the name of its picture, with its size
    time_zone = models.CharField(_("time zone"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    # The weekdays that are worked, Monday = 1 to Sunday = 7, in order: "12345". Single days differ (WorkDay).
    working_week = models.CharField(_("working week"), max_length=7, default="12345", db_default="12345")
    work_from = models.TimeField(_("work begins"), default=time(9), db_default=time(9))
    work_until = models.TimeField(_("work ends"), default=time(18), db_default=time(18))
    # Between these nothing leaves for people who set no quiet hours of their own; empty: no quiet hours.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    # How far from a customer's place a check-in still counts as on site.
    check_in_radius = models.PositiveSmallIntegerField(
        _("radius of check-ins, in metres"),
        default=300,
        db_default=300,
        validators=[MinValueValidator(50), MaxValueValidator(5000)],
    )
    is_demo = models.BooleanField(default=False)
    first_steps_closed_at = models.DateTimeField(null=True)  # an administrator has put the list of first steps away
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_company"),
            models.CheckConstraint(condition=Q(working_week__regex="^1?2?3?4?5?6?7?$"), name="weekdays_once_in_order"),
            models.CheckConstraint(condition=~Q(working_week=""), name="a_week_has_a_working_day"),
            models.CheckConstraint(condition=Q(work_from__lt=models.F("work_until")), name="work_begins_and_ends"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_begins_and_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_size(self) -> tuple[int, int]:
        """Width and height of the picture, for pages that keep its place free."""
        width, _x, height = self.logo.partition("-")[2].partition("x")
        return int(width), int(height)


class CompanyLogo(models.Model):
    """The company's picture, some kilobytes: in the database, so that every host and every backup has it."""

    name = models.CharField(max_length=40)  # HASH-WIDTHxHEIGHT, as Company.logo says
    data = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_company_logo")]


class NumberChange(models.Model):
    """Somebody set a number of the company's own (core/numbers.py). Rows never change: the newest of a key holds."""

    key = models.CharField(max_length=40)
    value = models.IntegerField()
    before = models.IntegerField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["key", "-id"], name="numbers_newest_first")]


class WorkDay(models.Model):
    """One date of the work calendar that differs from the libraries' answer or was confirmed by a person."""

    date = models.DateField(_("date"), primary_key=True)
    working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"


class JobRun(models.Model):
    """One nightly job for one business date; unique decides races. To be run until its state is done.

    `published_at` tells when it was last done. A night that somebody wants once more is due and stays published.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    job = models.CharField(max_length=40)
    business_date = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "business_date"], name="one_run_per_business_date")]


class ClockMark(models.Model):
    """The last time known to be right, and a leap of the clock that isn't believed yet (core/clockguard.py)."""

    seen_at = models.DateTimeField()
    leapt_to = models.DateTimeField(null=True)  # when the leap was first seen, by the leapt clock
    leap_seen_at = models.DateTimeField(null=True)  # and last

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_clock_mark")]


class Heartbeat(models.Model):
    """Last sign of life of a background process, e.g. `worker:host`, `beat`, `dispatch`; read by the health page."""

    name = models.CharField(max_length=80, primary_key=True)
    seen_at = models.DateTimeField()
    details = models.JSONField(default=dict)


class BackupPlan(models.Model):
    """When backups are made by themselves, and how many stay."""

    enabled = models.BooleanField(_("back up every night"), default=True)
    at = models.TimeField(_("at"), default=time(3, 0))
    keep = models.PositiveSmallIntegerField(_("backups kept"), default=14)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_backup_plan"),
            models.CheckConstraint(condition=Q(keep__range=(1, 365)), name="backups_kept_in_range"),
        ]


class BackupRun(models.Model):
    """One backup that was due or asked for; unique decides which worker's night it is. `error` is a BackupError."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    day = models.DateField(null=True, unique=True)  # of the company; none where a person asked
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=500, blank=True)  # empty again when it was deleted
    host = models.CharField(max_length=80, blank=True)
    bytes = models.BigIntegerField(default=0)
    error = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]


class OutboxMail(models.Model):
    """A mail, or a message by another channel: written in the same transaction as its cause, sent by the dispatcher
    from a leased row. `address` is the recipient in the channel's own words."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        GROUP = "group", _("group chat")
        SMS = "sms", _("text message")
        PUSH = "push", _("notice on a device")

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("unknown")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Policy(models.TextChoices):
        RESEND = "resend", _("send again with the same id")
        HOLD = "hold", _("hold for a person")

    dedupe_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL, db_default=Channel.MAIL)
    policy = models.CharField(max_length=10, choices=Policy, default=Policy.RESEND)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    source_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=255)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    phase = models.CharField(max_length=10, blank=True)
    due_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # dispatch_due: the rows it may claim
            models.Index(
                fields=["channel", "next_try_at"], name="outbox_to_claim", condition=Q(state__in=["due", "sending"])
            ),
            models.Index(fields=["kind", "source_id"], name="outbox_by_source"),
        ]


class PushDevice(models.Model):
    """A browser that shows notices of a person although no page is open (core/gateways/webpush.py)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_devices")
    endpoint = models.URLField(max_length=1000, unique=True)  # at the browser's push service
    public_key = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True)  # the browser's own words for itself
    created_at = models.DateTimeField(default=timezone.now)


class MailChannel(models.Model):
    """The circuit breaker of one channel: after repeated connection errors all of it pauses."""

    name = models.CharField(max_length=20, primary_key=True)
    errors = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)


class IdempotencyKey(models.Model):
    """One key of one user and what it made; the same key and body answer with the same object. Kept 7 days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]


class Draft(models.Model):
    """What a person typed and has not saved yet, per form."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    form_key = models.CharField(max_length=120)
    data = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form_key"], name="one_draft_per_form")]


class HeldPost(models.Model):
    """A form that arrived after the session had ended; shown again to the same browser and person after sign-in."""

    token = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=500)
    data = models.JSONField()
    sender = models.CharField(max_length=40, blank=True, default="")  # digest of an unknown sender's address
    created_at = models.DateTimeField(auto_now_add=True)


class FileSpace(models.Model):
    """How large a file may be and how much all may take; `used` is counted along with every file that comes or goes."""

    largest_mb = models.PositiveSmallIntegerField(_("largest file (MB)"), default=25)
    quota_mb = models.PositiveBigIntegerField(_("room for all files (MB)"), default=20_000)
    used = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_file_space"),
            models.CheckConstraint(condition=Q(largest_mb__range=(1, 50)), name="largest_file_in_range"),
            models.CheckConstraint(condition=Q(quota_mb__gte=1), name="room_for_files"),
        ]

    @property
    def largest(self) -> int:
        """In bytes."""
        return self.largest_mb * MEGABYTE


class StoredFile(models.Model):
    """A file that a person has brought along, checked and stored (core/files). It waits for a form until `taken_at`;
    then a row of an app holds it by a foreign key, and who may see that row may see the file."""

    token = models.CharField(max_length=32, unique=True)  # random: its name on the disk, and in forms
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=8)  # core.files.kinds
    size = models.BigIntegerField()  # on the disk, with the small picture
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)  # since when it is missing on the disk

    class Meta:
        indexes = [models.Index(fields=["by", "created_at"], name="files_waiting", condition=Q(taken_at=None))]

    def __str__(self) -> str:
        return self.name
