"""Tables of follow-ups: one file a subject, and those of the subpackages."""

from followups.escalation.models import Escalation, EscalationDays
from followups.hours.models import Absence, WorkingHours
from followups.incoming.models import Incoming, Inlet, MailboxMark
from followups.messages.models import Message, MessageSetting, MessageTemplate
from followups.models.calendar import Appointment, CalendarFeed, CalendarSetting, Guest
from followups.models.follow_up import FollowUp, Rescheduling
from followups.models.frame import QuestionFrame
from followups.models.notice import Notice, Reminder
from followups.models.outcome import Outcome
from followups.models.plan import CadenceRule, Category, Occasion, PhaseWord, PlanLook, Policy, Rhythm
from followups.models.visit import POSITION, CheckIn, OutboxKey, Place

__all__ = [
    "POSITION",
    "Absence",
    "Appointment",
    "CadenceRule",
    "CalendarFeed",
    "CalendarSetting",
    "Category",
    "CheckIn",
    "Escalation",
    "EscalationDays",
    "FollowUp",
    "Guest",
    "Incoming",
    "Inlet",
    "MailboxMark",
    "Message",
    "MessageSetting",
    "MessageTemplate",
    "Notice",
    "Occasion",
    "OutboxKey",
    "Outcome",
    "PhaseWord",
    "Place",
    "PlanLook",
    "Policy",
    "QuestionFrame",
    "Reminder",
    "Rescheduling",
    "Rhythm",
    "WorkingHours",
]
