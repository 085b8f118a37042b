"""Forms of the cadence table: all lines on one page, and a further line for some customers only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from customers.models import UNRATED
from followups.cadence import Phase
from followups.cadence_table import words
from followups.cadence_table.defaults import is_shipped
from followups.cadence_table.prompts import PROMPTS
from followups.cadence_table.table import NOT_FOR_NEW
from followups.forms import METHODS, WHOLE_DAYS, offer_methods
from followups.models import CadenceRule, Category, PhaseWord, Policy
from segmentation.models import Tier
from segmentation.selectors import codes_to_come
from ui import conflicts
from ui.forms import LongSelect, OnceForm, begun

Templates = Sequence[tuple[int, str]]  # those that lines may name
DAYS = ("shortest", "longest")
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "method": METHODS,
    "other_method": METHODS,
    "category": list(Category.choices),
    "policy": Policy.choices,
}


def _methods() -> Sequence[tuple[str, str | Promise]]:
    return METHODS


def _categories() -> Sequence[tuple[str, str | Promise]]:
    return Category.choices


def _policies() -> Sequence[tuple[str, str | Promise]]:
    return Policy.choices


class LineFields(forms.Form):
    """What a line of the table says; `phase` decides which of it there is to say."""

    shortest = forms.IntegerField(
        label=gettext_lazy("From days"), min_value=1, max_value=366, error_messages=WHOLE_DAYS
    )
    longest = forms.IntegerField(label=gettext_lazy("To days"), min_value=1, max_value=366, error_messages=WHOLE_DAYS)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS, widget=LongSelect(_methods))
    other_method = forms.ChoiceField(
        label=gettext_lazy("Without an answer"), choices=METHODS, widget=LongSelect(_methods)
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Day in the range"), choices=Category, widget=LongSelect(_categories)
    )
    policy = forms.ChoiceField(label=gettext_lazy("By itself"), choices=Policy.choices, widget=LongSelect(_policies))
    template_id = forms.TypedChoiceField(label=gettext_lazy("Template"), coerce=int, empty_value=None, required=False)
    content = forms.CharField(label=gettext_lazy("What it is about"), max_length=200, required=False)

    def for_phase(self, phase: Phase, templates: Templates) -> None:
        """The first contact is due by the clock; which day of a range is taken stands with the long-term lines."""
        chosen = self.fields["template_id"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", capfirst(_("the one that fits best"))), *templates]
        if phase == Phase.NEW:
            del self.fields["template_id"]
        for name in ("method", "other_method", "category", "policy", "content", "template_id"):
            if name in self.fields:
                self.fields[name].widget.attrs["class"] = "input"
        self.fields["content"].widget.attrs["placeholder"] = PROMPTS[phase]
        if phase == Phase.NEW:
            del self.fields["shortest"], self.fields["longest"]
            policy = self.fields["policy"]
            assert isinstance(policy, forms.ChoiceField)
            policy.choices = [choice for choice in Policy.choices if choice[0] not in NOT_FOR_NEW]
        if phase != Phase.LONG_TERM:
            del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        shortest, longest = data.get("shortest"), data.get("longest")
        if shortest and longest and shortest > longest:
            self.add_error("longest", _("Enter at least the %(n)s days it begins with.") % {"n": shortest})
        if data.get("policy") != Policy.AUTOMATIC and "template_id" in data:
            data["template_id"] = None  # nothing is sent, and its field isn't seen
        return data


class LineForm(LineFields):
    """A line that stands in the table."""

    def __init__(
        self, data: QueryDict | None, *, rule: CadenceRule, tiers: words.Tiers, templates: Templates = ()
    ) -> None:
        stored = {name: getattr(rule, name) for name in self.base_fields}
        super().__init__(data, prefix=f"rule{rule.pk}", initial=stored)
        self.rule, self.tier = rule, tiers.get((rule.scheme, rule.tier))
        self.for_phase(Phase(rule.phase), self._with_stored(templates))
        for name in ("method", "other_method"):
            offer_methods(self, stored[name], name)
        self._offer_no_category(stored["category"])
        self.initial = {name: value for name, value in stored.items() if name in self.fields}
        self.about = words.for_whom(rule, tiers)
        self.name = words.line_words(rule, tiers)
        self.prompt = PROMPTS[Phase(rule.phase)]
        self.may_go = not is_shipped(rule)
        self.clashes: list[str] = []

    def _with_stored(self, templates: Templates) -> Templates:
        """Also the one that the line names and that may no longer be sent so: it is seen, and stays until another one
        is chosen."""
        named = self.rule.template
        if named is None or named.pk in dict(templates):
            return templates
        return [*templates, (named.pk, _("%(name)s: not sent any more") % {"name": named.name})]

    def _offer_no_category(self, stored: str) -> None:
        """Keep a long-term line that doesn't say which day is taken as it is: the first choice isn't what it says."""
        field = self.fields.get("category")
        if isinstance(field, forms.ChoiceField) and not stored:
            field.required = False
            field.widget = forms.Select(field.widget.attrs)
            field.choices = [("", _("none: as regular follow-ups")), *Category.choices]

    def mine(self, opened: Mapping[str, Any]) -> dict[str, Any]:
        """What this person changed of the line as it was opened."""
        return {name: value for name, value in self.cleaned_data.items() if value != opened.get(name)}

    def ask(self, opened: Mapping[str, Any]) -> set[str]:
        """Say what somebody else changed meanwhile that this person changed too; returns these fields.

        The two ends of the days are one statement where they no longer fit together.
        """
        mine, stored = self.mine(opened), self.initial
        theirs = {name for name in stored if stored[name] != opened.get(name)}
        both = {name for name in mine if name in theirs and mine[name] != stored[name]}
        merged = {**stored, **mine}
        if set(DAYS) <= merged.keys() and merged["shortest"] > merged["longest"]:
            both |= set(DAYS)
        by = self.rule.updated_by.name if self.rule.updated_by else _("Somebody")
        said = {"longest" if name == "shortest" else name for name in both}
        self.clashes = [
            _(
                "%(name)s changed “%(field)s” to “%(value)s” meanwhile. Yours is kept in the field: save again to keep "
                "yours."
            )
            % {"name": by, "field": self._label(name), "value": self._words(name)}
            for name in stored
            if name in said
        ]
        return both

    def _label(self, name: str) -> str:
        return _("Every so many days") if name in DAYS else str(self.fields[name].label)

    def _words(self, name: str) -> str:
        """What is stored of a field, as people read it."""
        if name in DAYS:
            return f"{self.rule.shortest}–{self.rule.longest}"
        value = self.initial[name]
        return str(begun(dict(getattr(self.fields[name], "choices", ())).get(value, value))) or "—"

    @property
    def kind(self) -> str:
        """persons, companies; empty for both."""
        return self.about[0] if self.rule.scheme else ""

    @property
    def classes(self) -> list[str]:
        """What it is limited to besides kind and tier."""
        return self.about[bool(self.rule.scheme) + bool(self.rule.tier) :]

    @property
    def range(self) -> list[Any]:
        """The fields of the days; none where the clock counts."""
        return [self[name] for name in ("shortest", "longest") if name in self.fields]

    @property
    def wrong_days(self) -> list[str]:
        return [str(error) for bound in self.range for error in bound.errors]


@dataclass(frozen=True)
class Stage:
    """A stage of the table: its base line, and below it the lines for some customers only."""

    phase: Phase
    name: str
    when: Promise
    base: LineForm | None
    exceptions: list[LineForm]

    @property
    def lines(self) -> list[LineForm]:
        return [*([self.base] if self.base else []), *self.exceptions]


class TableForm(forms.Form):
    """The cadence table on one page, a part for each line; it carries what they were when it was opened."""

    original = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        initial: Mapping[str, Any] | None = None,
        *,
        rules: Iterable[CadenceRule],
        tiers: words.Tiers,
        templates: Templates = (),
    ) -> None:
        super().__init__(data)
        self.gone = False
        self.opened = (conflicts.unseal(data.get("original") or "") or {}) if data is not None else {}
        parts = [
            # A line that somebody else added meanwhile wasn't on the page that was sent.
            LineForm(
                data if not self.opened or str(rule.pk) in self.opened else None,
                rule=rule,
                tiers=tiers,
                templates=templates,
            )
            for rule in rules
        ]
        self.parts = sorted(parts, key=_place)
        self.initial = {"original": conflicts.seal({str(part.rule.pk): part.initial for part in self.parts})}

    def clean(self) -> dict[str, Any]:
        if [part for part in self.parts if part.is_bound and not part.is_valid()]:
            raise forms.ValidationError(_("Some entries need another look; nothing has been saved yet."))
        if self.opened:
            self._ask()
        return self.cleaned_data

    def _ask(self) -> None:
        """Where two changed one thing, the page comes back over what is stored now, with what this person typed; what
        only others changed is taken over."""
        sent = [part for part in self.parts if part.is_bound]
        asked = {part.rule.pk: part.ask(self._opened(part)) for part in sent}
        self.gone = self._gone()
        if not (self.gone or any(asked.values())):
            return
        data = cast(QueryDict, self.data).copy()
        data["original"] = self.initial["original"]
        for part in sent:
            kept = asked[part.rule.pk] | part.mine(self._opened(part)).keys()
            for name in part.initial.keys() - kept:
                data[part.add_prefix(name)] = part.initial[name]
        for form in (self, *sent):
            form.data = data

    @property
    def clashes(self) -> bool:
        """Whether somebody else changed meanwhile what this person changed."""
        return self.gone or any(part.clashes for part in self.parts)

    def _gone(self) -> bool:
        """Whether a line that this person changed was deleted by somebody else."""
        standing = {str(part.rule.pk) for part in self.parts}
        return any(
            _as_sent(self.data.get(f"rule{pk}-{name}", value)) != _as_sent(value)
            for pk in self.opened.keys() - standing
            for name, value in self.opened[pk].items()
        )

    def _opened(self, part: LineForm) -> Mapping[str, Any]:
        return self.opened.get(str(part.rule.pk), part.initial)

    def changes(self) -> Iterator[tuple[CadenceRule, dict[str, Any]]]:
        """What this person changed, line by line: what somebody else changed meanwhile isn't taken back."""
        for part in self.parts:
            if part.is_bound and (changed := part.mine(self._opened(part))):
                yield part.rule, changed

    def as_sent(self) -> list[CadenceRule]:
        """The lines as they would stand, for the effect; the stored ones stay as they are."""
        lines = {part.rule.pk: copy(part.rule) for part in self.parts}
        for rule, changed in self.changes():
            for name, value in changed.items():
                setattr(lines[rule.pk], name, value)
        return list(lines.values())

    @property
    def stages(self) -> list[Stage]:
        """In their order; the base line of each is the one that is for everybody."""
        found = []
        for phase, group in groupby(self.parts, key=lambda part: part.rule.phase):
            parts = list(group)
            base = next((part for part in parts if not part.about), None)
            name = capfirst(str(PhaseWord(phase).label))
            others = [part for part in parts if part is not base]
            found.append(Stage(Phase(phase), name, words.WHEN[Phase(phase)], base, others))
        return found


def _as_sent(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _place(part: LineForm) -> tuple[Any, ...]:
    rule = part.rule
    return (
        PhaseWord.values.index(rule.phase),
        rule.scheme,
        part.tier.rank if part.tier else 0,
        rule.tier,
        rule.amount,
        rule.frequency,
    )


class ExceptionForm(LineFields, OnceForm):
    """A line for some customers of a stage only."""

    whom = forms.ChoiceField(label=gettext_lazy("Kind and tier"), required=False)
    amount = forms.ChoiceField(label=gettext_lazy("Amount"), required=False)
    frequency = forms.ChoiceField(label=gettext_lazy("Frequency"), required=False)

    field_order = ("whom", "amount", "frequency")

    def __init__(
        self,
        *args: Any,
        phase: Phase,
        schemes: Iterable[tuple[str, str]],
        tiers: words.Tiers,
        rules: Iterable[CadenceRule],
        templates: Templates = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.phase = phase
        self.taken = {(rule.scheme, rule.tier, rule.frequency, rule.amount) for rule in rules if rule.phase == phase}
        self.for_phase(phase, templates)
        shown = [scheme for scheme, _name in schemes]
        offered = {
            "whom": [("", _("All customers")), *_kinds_and_tiers(shown, tiers)],
            "amount": [("", _("Any amount")), *_choices(words.AMOUNT)],
            "frequency": [("", _("However often they buy")), *_choices(words.FREQUENCY)],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not {"whom", "amount", "frequency"} <= data.keys():
            return data
        if not (data["whom"] or data["amount"] or data["frequency"]):
            self.add_error("whom", _("Choose for whom the line is: a kind, a tier or how much or how often they buy."))
        elif (*self.kind_and_tier, data["frequency"], data["amount"]) in self.taken:
            self.add_error("whom", _("The table has a line for these customers already. Change it there."))
        return data

    @property
    def kind_and_tier(self) -> tuple[str, str]:
        scheme, _colon, tier = self.cleaned_data["whom"].partition(":")
        return scheme, tier

    def values(self) -> dict[str, Any]:
        """The fields of a line."""
        said = super().values()
        said.pop("whom")
        scheme, tier = self.kind_and_tier
        return {"phase": self.phase.value, "scheme": scheme, "tier": tier, **said}

    def as_sent(self, base: CadenceRule) -> CadenceRule:
        """The line as it would stand, for the effect; what it doesn't say is as for everybody."""
        line = copy(base)
        line.pk = None
        for name, value in self.values().items():
            setattr(line, name, value)
        return line


def _kinds_and_tiers(schemes: Sequence[str], tiers: words.Tiers) -> Iterator[tuple[str, str]]:
    """Each kind as a whole, where there are several, and each of its tiers, those to come included."""
    coming = codes_to_come(clock.business_date())
    offered = [row for key, row in tiers.items() if row.in_use or key in coming]
    for scheme in schemes:
        kind = capfirst(str(words.KINDS[Tier.Scheme(scheme)]))
        if len(schemes) > 1:
            yield f"{scheme}:", kind
        of_kind = sorted((row for row in offered if row.scheme == scheme), key=lambda row: (not row.in_use, row.rank))
        for code in (*(tier.code for tier in of_kind), UNRATED):
            yield f"{scheme}:{code}", f"{kind} · {words.tier_words(scheme, code, tiers)}"


def _choices(named: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(code, capfirst(str(word))) for code, word in named.items()]
