"""What people type about a complaint, checked field by field."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock
from core.company import company
from customers.models import Customer
from feedback import hours, states
from feedback.models import Complaint, ComplaintHours
from feedback.selectors import owner_choices
from ui.forms import Colleague, Moment, OnceForm, StepForm, VersionedForm, offer

LONGEST_TEXT = 10_000
LONGEST_NOTE = 4_000

SEVERITY_MEANS = {
    Complaint.Severity.LOW: _("annoyed, nothing is blocked"),
    Complaint.Severity.NORMAL: _("something went wrong and must be put right"),
    Complaint.Severity.HIGH: _("loss of money or a stopped line, or not the first time"),
    Complaint.Severity.CRITICAL: _("danger, legal step, public attention or the customer leaves"),
}


class IntakeForm(OnceForm):
    """A new complaint of one customer."""

    text = forms.CharField(
        label=_("The customer's words"),
        help_text=_("As they said it. What should be done comes later."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write down what the customer said.")},
    )
    category = forms.ChoiceField(
        label=_("About"),
        choices=Complaint.Category,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the complaint is about.")},
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=Complaint.Severity, widget=forms.RadioSelect, initial=Complaint.Severity.NORMAL
    )
    channel = forms.ChoiceField(
        label=_("It came by"), choices=Complaint.Channel, widget=forms.RadioSelect, initial=Complaint.Channel.PHONE
    )
    owner = Colleague(label=_("Owner"), empty_label=None)
    promised_at = Moment(label=_("Another time was promised"), required=False)
    response = forms.CharField(
        label=_("Already answered? What was said"),
        help_text=_("Counts as the first response. Leave it empty if the customer still waits for it."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, owner=owner_choices(user, customer))

    @property
    def meanings(self) -> list[tuple[Any, Any, Any]]:
        """The severity radios, each with what it means and when the solution is due."""
        return [
            (radio, SEVERITY_MEANS[code], hours.solution_due(code, clock.now()))
            for radio in self["severity"]
            for code in [radio.data["value"]]
        ]


class ResponseForm(StepForm):
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    channel = forms.ChoiceField(label=_("How"), choices=Complaint.Channel, widget=forms.RadioSelect, required=False)
    first_response_at = Moment(label=_("When, if not now"), required=False)
    promised_at = Moment(label=_("Promised by"), required=False)


class NoteForm(OnceForm):
    note = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write a note first.")},
    )


class AssignForm(StepForm):
    owner = Colleague(label=_("New owner"), empty_label=None)
    note = forms.CharField(label=_("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, owners: ScopedQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, owner=owners)


# What the button of a step says: what happens by it.
STEP_VERBS = {
    states.INVESTIGATING: _("Start the investigation"),
    states.RESOLVING: _("Cause found, solve it"),
    states.ANSWERED: _("Solution told to the customer"),
    states.SATISFACTION_ASKED: _("Rating asked for, wait for it"),
    states.CLOSED: _("Close with this rating"),
    states.REOPENED: _("Not settled: reopen"),
}
# Where a step may lead from each state, the usual one first; what lies between is walked through.
STEPS_FROM = {
    states.RECEIVED: (states.INVESTIGATING,),
    states.GRADED: (states.INVESTIGATING,),
    states.INVESTIGATING: (states.RESOLVING,),
    states.REOPENED: (states.INVESTIGATING, states.RESOLVING),
    states.RESOLVING: (states.ANSWERED, states.CLOSED),
    states.ANSWERED: (states.CLOSED, states.SATISFACTION_ASKED),
    states.SATISFACTION_ASKED: (states.CLOSED, states.REOPENED),
    states.CLOSED: (states.REOPENED,),
}
# What is solved already needs no steps in between.
SETTLED = (states.ANSWERED, states.CLOSED)
CSAT_WORDS = [
    (1, _("1 very dissatisfied")),
    (2, _("2 dissatisfied")),
    (3, _("3 so-so")),
    (4, _("4 satisfied")),
    (5, _("5 very satisfied")),
]


class MoveForm(StepForm):
    """The next step of a complaint, told by the button that sends it; its fields depend on where it may lead.

    A rating closes the complaint, also by the button beside: it isn't thrown away. Reopening asks for a new one.
    """

    FIELDS_FOR: ClassVar[dict[str, tuple[str, ...]]] = {
        states.ANSWERED: ("result", "csat"),
        states.CLOSED: ("result", "csat"),
        states.REOPENED: ("promised_at",),
    }

    to = forms.ChoiceField(label=_("Next step"), error_messages={"required": _("Choose what happens next.")})
    result = forms.CharField(
        label=_("Result"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("What was done for the customer. Needed before the complaint is closed."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    csat = forms.TypedChoiceField(
        label=_("How satisfied is the customer?"),
        required=False,
        choices=CSAT_WORDS,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text=_("As the customer says it; with a rating the complaint is closed."),
    )
    promised_at = Moment(label=_("Promised by"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, targets: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = targets
        cast(forms.ChoiceField, self.fields["to"]).choices = [(to, STEP_VERBS[to]) for to in targets]
        kept = {"version", "to", "note", *(name for to in targets for name in self.FIELDS_FOR.get(to, ()))}
        for name in set(self.fields) - kept:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("csat") and values.get("to") in (states.ANSWERED, states.SATISFACTION_ASKED):
            values["to"] = states.CLOSED
        return values

    @property
    def buttons(self) -> list[tuple[str, Any]]:
        """The states it may lead to with the words of their buttons, the usual one first."""
        return [(to, STEP_VERBS[to]) for to in self.targets]


class SeverityForm(StepForm):
    """A severity judged anew; it was chosen at the intake."""

    severity = forms.ChoiceField(label=_("Severity"), choices=Complaint.Severity, widget=forms.RadioSelect)


def _a_day(unit: str) -> float:
    """How many of a unit make a day, about: enough to see that one thing is promised long before the other."""
    if unit == ComplaintHours.Unit.WORK:
        begin, end = company().work_from, company().work_until
        return max(1.0, end.hour + end.minute / 60 - begin.hour - begin.minute / 60)
    return 24 if unit == ComplaintHours.Unit.HOURS else 1


class HoursForm(VersionedForm, forms.ModelForm):
    """How long complaints of one severity may take."""

    class Meta:
        model = ComplaintHours
        fields: ClassVar[list[str]] = ["response", "response_unit", "solution", "solution_unit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("response", "solution"):
            too_many = _("Write a whole number from 1 to 999.")
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                min_value=1,
                max_value=999,
                error_messages={"min_value": too_many, "max_value": too_many, "invalid": too_many},
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if {"response", "response_unit", "solution", "solution_unit"} <= values.keys():
            first, last = (values[name] / _a_day(values[f"{name}_unit"]) for name in ("response", "solution"))
            if last < first:
                self.add_error("solution", gettext("The solution can't be due before the first response."))
        return values

    def _post_clean(self) -> None:
        """The service writes; the row itself isn't touched."""
