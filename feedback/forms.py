"""What people type about a complaint, checked field by field."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock
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


STEP_VERBS = {
    states.GRADED: _("Severity confirmed"),
    states.INVESTIGATING: _("Start the investigation"),
    states.RESOLVING: _("Cause found, solve it"),
    states.ANSWERED: _("Customer was answered"),
    states.SATISFACTION_ASKED: _("Asked for satisfaction"),
    states.CLOSED: _("Close"),
    states.REOPENED: _("Reopen"),
}
CSAT_WORDS = [
    (1, _("1 very dissatisfied")),
    (2, _("2 dissatisfied")),
    (3, _("3 so-so")),
    (4, _("4 satisfied")),
    (5, _("5 very satisfied")),
]


class MoveForm(StepForm):
    """The next step of a complaint; which fields it has depends on where the complaint stands."""

    FIELDS_AT: ClassVar[dict[str, tuple[str, ...]]] = {
        states.RECEIVED: ("severity",),
        states.RESOLVING: ("result",),
        states.ANSWERED: ("result",),
        states.SATISFACTION_ASKED: ("result", "csat"),
        states.CLOSED: ("promised_at",),
        states.REOPENED: ("promised_at",),
    }

    to = forms.ChoiceField(label=_("Next step"), widget=forms.RadioSelect)
    severity = forms.ChoiceField(label=_("Severity"), choices=Complaint.Severity, widget=forms.RadioSelect)
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
        help_text=_("Needed before the complaint is closed."),
    )
    promised_at = Moment(label=_("Promised by"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = states.NEXT[complaint.state]
        self.fields["to"].choices = [(to, STEP_VERBS[to]) for to in targets]
        if len(targets) == 1:
            self.fields["to"].widget = forms.HiddenInput()
        kept = {"version", "to", "note", *self.FIELDS_AT.get(complaint.state, ())}
        for name in set(self.fields) - kept:
            del self.fields[name]

    @property
    def verb(self) -> str:
        """The button's words where there is only one way on."""
        choices = self.fields["to"].choices
        return choices[0][1] if len(choices) == 1 else _("Save the step")


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
        if values.get("solution_unit") == values.get("response_unit"):
            first, last = values.get("response"), values.get("solution")
            if first and last and last < first:
                self.add_error("solution", gettext("The solution can't be due before the first response."))
        return values

    def _post_clean(self) -> None:
        """The service writes; the row itself isn't touched."""
