"""Forms of a warning: give it to somebody, plan, note what was done, close it; and the list of causes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core import clock, company
from core.numbers import days
from core.workcalendar import next_working_day
from customers.models import InteractionKind
from sales.forms import read_price
from segmentation.cases.models import ActionKind, ChurnCause
from segmentation.cases.services import State, day_problem
from segmentation.models import ChurnCase
from ui import formatting
from ui.forms import Colleague, Day, Figure, OnceForm, StepForm, VersionedForm, offer

FIRST_STEPS = (
    InteractionKind.CALL,
    InteractionKind.VISIT,
    InteractionKind.WECHAT,
    InteractionKind.SMS,
    InteractionKind.EMAIL,
)
LONGEST_PLAN = ChurnCase._meta.get_field("plan").max_length


class CauseChoice(forms.ModelChoiceField):
    """One of the company's causes."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Cause"))
        super().__init__(queryset=None, required=False, empty_label=_("not known yet"), **options)


class GiveForm(forms.Form):
    """To whom a warning goes, how and by when the customer is contacted, and what to do; without somebody named it is
    the customer's owner."""

    to = Colleague(label=_("To whom"), required=False, empty_label=_("The customer's owner"))
    method = forms.ChoiceField(
        label=_("First step"), choices=[(kind.value, kind.label) for kind in FIRST_STEPS], required=False
    )
    due_on = Day(label=_("First follow-up on"), error_messages={"required": _("Say on which day.")})
    plan = forms.CharField(
        label=_("Plan"),
        required=False,
        max_length=LONGEST_PLAN,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("What to do: it stands with the follow-up in Today."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        tomorrow = next_working_day(today + timedelta(days=1))
        super().__init__(*args, **kwargs)
        self.initial.setdefault("due_on", tomorrow)
        offer(self, to=people)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if text := day_problem(day):
            raise forms.ValidationError(text)
        return day

    def wanted(self) -> dict[str, Any]:
        """What a service is told besides whom it goes to."""
        said = self.cleaned_data
        return {
            "due_on": said["due_on"],
            "method": said.get("method") or InteractionKind.CALL.value,
            "plan": said.get("plan", ""),
        }


class GiveStep(StepForm, GiveForm):
    """The same on the page of one warning."""


class PlanForm(StepForm):
    """Cause, plan and deadline of a warning; of a closed one the cause alone."""

    cause = CauseChoice()
    cause_note = forms.CharField(label=_("In own words"), required=False, max_length=300)
    plan = forms.CharField(label=_("Plan"), required=False, max_length=LONGEST_PLAN, widget=forms.Textarea({"rows": 3}))
    due_on = Day(label=_("To be settled by"), required=False)

    def __init__(self, *args: Any, case: ChurnCase, causes: QuerySet[ChurnCause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_causes(self, case, causes)
        for name in ("cause_note", "plan", "due_on"):
            self.initial.setdefault(name, getattr(case, name))
        if case.closed_at is not None:
            del self.fields["plan"], self.fields["due_on"]
        elif case.due_on is None:
            self.initial["due_on"] = clock.business_date() + days("win_back_days")


class ActionForm(OnceForm):
    """Something that was done."""

    kind = forms.ChoiceField(
        label=_("What was done"),
        choices=ActionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was done.")},
    )
    done_on = Day(label=_("On"))
    cost = Figure(label=_("Cost"), read=read_price, required=False, help_text=_("Empty = not noted."))
    done_by = Colleague(label=_("Who"), required=False, empty_label=_("Myself"))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = company.currency()
        self.fields["cost"].label = _("Cost (%(currency)s)") % {"currency": currency}
        self.initial.setdefault("done_on", clock.business_date())
        offer(self, done_by=people)
        if not people:
            del self.fields["done_by"]

    def clean_cost(self) -> int | None:
        """In minor units."""
        typed = cast("Decimal | None", self.cleaned_data["cost"])
        return None if typed is None else formatting.minor(typed, company.currency())


class CloseForm(StepForm):
    """How a person ends a warning."""

    state = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            (State.LOST, pgettext_lazy("outcome of a warning", "The customer is lost")),
            (State.FALSE_ALARM, pgettext_lazy("outcome of a warning", "It was a false alarm")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ended.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Write the reason: it counts into how good the warnings are.")},
    )
    cause = CauseChoice()

    def __init__(self, *args: Any, case: ChurnCase, causes: QuerySet[ChurnCause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_causes(self, case, causes)


def _offer_causes(form: forms.Form, case: ChurnCase, causes: QuerySet[ChurnCause]) -> None:
    """Those in use, and the one that stands there."""
    field = cast("forms.ModelChoiceField[ChurnCause]", form.fields["cause"])
    field.queryset = causes | ChurnCause.objects.filter(pk=case.cause_id or 0)
    form.initial.setdefault("cause", case.cause_id)


class CauseForm(OnceForm, VersionedForm, forms.ModelForm):
    """A cause in both languages; what is called alike is refused by the service, which looks with all locked."""

    class Meta:
        model = ChurnCause
        fields: ClassVar[list[str]] = ["name_en", "name_zh"]
