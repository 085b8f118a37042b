"""For whom, which customers and which days "Plan my week" proposes something; and what was chosen of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Stage
from followups.autoplan.proposing import CUSTOMER, FOLLOW_UP, LONGEST, Row, Wanted
from followups.hours.days import person_days
from segmentation import catalogue
from ui.forms import Day

SALT = "a proposed week"
THIS, NEXT, RANGE = "this", "next", "range"
SPANS = ((THIS, _("this week")), (NEXT, _("next week")), (RANGE, _("other days")))


class WeekPlanForm(forms.Form):
    """A GET form: what was asked for stands in the address."""

    span = forms.ChoiceField(label=_("Days"), choices=SPANS, required=False, widget=forms.RadioSelect, initial=THIS)
    first = Day(label=_("First day"), required=False)
    last = Day(label=_("Last day"), required=False)
    tiers = forms.MultipleChoiceField(label=_("Tiers"), required=False, widget=forms.CheckboxSelectMultiple)
    stages = forms.MultipleChoiceField(label=_("Stages"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        tiers, stages = self.fields["tiers"], self.fields["stages"]
        assert isinstance(tiers, forms.MultipleChoiceField)
        assert isinstance(stages, forms.MultipleChoiceField)
        tiers.choices = catalogue.choices()
        stages.choices = [(stage.value, stage.label) for stage in Stage if stage != Stage.PAUSED]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("span") != RANGE:
            return data
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day is None and name not in self.errors:
                self.add_error(name, _("Choose the day."))
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first. Check both."))
        elif last and last < self.today:
            self.add_error("last", _("The day lies in the past. Choose today or a later day."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("Choose 31 days at most."))
        return data

    def wanted(self, person: User) -> Wanted:
        """What was asked for; this week where nothing was."""
        data = self.cleaned_data
        monday = self.today - timedelta(days=self.today.weekday())
        first, last = self.today, monday + timedelta(days=6)
        if data.get("span") == RANGE:
            first, last = data["first"], data["last"]
        elif data.get("span") == NEXT:
            first, last = monday + timedelta(days=7), monday + timedelta(days=13)
        return Wanted(person, first, last, data["tiers"], data["stages"])


def usual_span(person: User, today: date) -> str:
    """This week, but on its last days, when the person doesn't work in it any more, the next one."""
    sunday = today + timedelta(days=6 - today.weekday())
    return THIS if person_days(person.pk).next_day(today) <= sunday else NEXT


def sealed(rows: Iterable[Row]) -> str:
    """What was proposed, each as it was seen, as one field of the form."""
    return signing.dumps([[row.key, row.version, row.on.isoformat()] for row in rows], salt=SALT, compress=True)


def chosen(seal: str, ticked: set[str]) -> tuple[dict[int, tuple[int, date]], dict[int, date]]:
    """Of a sealed proposal the rows with a tick: follow-ups {id: (version, day)}, customers {id: day}; BadSignature."""
    moves: dict[int, tuple[int, date]] = {}
    new: dict[int, date] = {}
    for key, version, day in signing.loads(seal, salt=SALT):
        if key in ticked and key.startswith(FOLLOW_UP):
            moves[int(key[1:])] = version, date.fromisoformat(day)
        elif key in ticked and key.startswith(CUSTOMER):
            new[int(key[1:])] = date.fromisoformat(day)
    return moves, new
