"""How long an overdue follow-up may lie before it is told to others, and the steps that each has reached."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned


class EscalationDays(Stamped, Versioned):
    """After how many working days an overdue follow-up is told to the team's lead, to the manager, and is proposed to
    somebody else. One row, made when somebody changes what came with the installation."""

    lead_after = models.PositiveSmallIntegerField(_("the lead is told after"), default=3)
    manager_after = models.PositiveSmallIntegerField(_("the manager is told after"), default=5)
    proposal_after = models.PositiveSmallIntegerField(_("somebody else is proposed after"), default=7)
    is_on = models.BooleanField(_("tell of follow-ups that lie too long"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_escalation_days"),
            models.CheckConstraint(
                condition=Q(lead_after__gte=1, manager_after__gte=F("lead_after"), proposal_after__lte=99)
                & Q(proposal_after__gte=F("manager_after")),
                name="escalation_days_in_order",
            ),
        ]


class Escalation(models.Model):
    """One step that one overdue follow-up has reached, for the day it was due on: told once, whatever comes.

    A proposal waits for an answer until the follow-up is done, moved or somebody else's."""

    class Step(models.IntegerChoices):
        LEAD = 1, _("told to the lead")
        MANAGER = 2, _("told to the manager")
        PROPOSAL = 3, _("proposed to somebody else")

    class Answer(models.TextChoices):
        FOLLOW_UP = "follow_up", _("the follow-up was given")
        CUSTOMER = "customer", _("the customer was handed over")
        STAYS = "stays", _("it stays where it is")

    follow_up = models.ForeignKey("followups.FollowUp", models.CASCADE, related_name="escalations")
    due_on = models.DateField()
    step = models.PositiveSmallIntegerField(choices=Step)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")  # whose it was then
    proposed = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reached_on = models.DateField()  # the business date whose night found it
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["follow_up", "due_on", "step"], name="each_step_once_for_a_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assignee"], name="open_proposals", condition=Q(step=3, answer="")),
            models.Index(fields=["reached_on"], name="steps_of_a_night"),
        ]
