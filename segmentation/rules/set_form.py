"""The form of a rule set: its fields follow what was typed, so that every button works without a script."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import clock, company
from core.digits import whole_number
from core.refusals import BadCellError
from sales.forms import read_price
from segmentation import tiers
from segmentation.entries import ENTRIES, known_entries
from segmentation.models import RuleSet
from segmentation.rules import draft
from segmentation.rules.criteria import CODES, NAMES
from segmentation.rules.forms import COLOURS
from segmentation.rules.lines import NumberLine, number_lines
from segmentation.rules.problems import rule_set_problems
from segmentation.rules.services import LONGEST_REASON
from segmentation.tiers import CRITERIA, Criterion
from ui import charts, formatting
from ui.forms import Day, OnceForm

Choices = list[tuple[str, str | Promise]]
TEXT = forms.TextInput(attrs={"autocomplete": "off"})


def read_amount(text: str) -> int | None:
    """Minor units of an amount as people write it; None where it can't be read."""
    try:
        value: Decimal = read_price(text)
    except BadCellError:
        return None
    return formatting.minor(value, company.currency())


def show_amount(minor: int) -> str:
    """An amount as somebody would type it."""
    return format(formatting.major(minor, company.currency()).normalize(), "f")


@dataclass(frozen=True)
class ConditionPart:
    """The controls of a condition, and what the buttons beside it do."""

    name: str
    of: BoundField
    fields: list[BoundField]
    remove: str


@dataclass(frozen=True)
class RulePart:
    """The controls of a rule: its number, the tier, its conditions, and the criteria that it could ask for too."""

    number: int
    place: int
    tier: BoundField
    conditions: list[ConditionPart]


@dataclass(frozen=True)
class TierPart:
    """The controls of a tier."""

    place: int
    code: BoundField
    known: str
    looks: list[BoundField]
    high: BoundField
    low: BoundField | None


class RuleSetForm(forms.Form):
    """The typed as a form. `checked`: with everything that is wrong said at its field."""

    def __init__(self, typed: draft.Typed, known: Mapping[str, Any], *, checked: bool) -> None:
        self.typed, self.known = typed, known
        self.entries = known_entries(ENTRIES)
        data = MultiValueDict(_flat(typed))
        super().__init__(data=data if checked else None, initial=_single(data) if not checked else None)
        self._add_tiers()
        self._add_rules() if typed["by"] == tiers.RULES else self._add_weights()
        self.read: draft.Read | None = None

    # --- fields ------------------------------------------------------------------------------------------------------
    def _add_tiers(self) -> None:
        for n, row in enumerate(self.typed["tiers"]):
            of = f"t{n}-"
            hidden = forms.HiddenInput() if row["code"] in self.known else TEXT
            self.fields[of + "code"] = forms.CharField(label=_("Code"), max_length=20, widget=hidden)
            for name, label in (("name_en", _("name (English)")), ("name_zh", _("name (Chinese)"))):
                self.fields[of + name] = forms.CharField(label=capfirst(label), max_length=80, widget=TEXT)
            self.fields[of + "letter"] = forms.CharField(label=_("Letter"), max_length=2, widget=TEXT)
            self.fields[of + "slot"] = forms.ChoiceField(label=_("Colour"), choices=COLOURS)
            self.fields[of + "high_value"] = forms.BooleanField(label=_("High-value"), required=False)
            if self.typed["by"] == tiers.POINTS and n < len(self.typed["tiers"]) - 1:
                self.fields[of + "from"] = _number(_("Points from"))

    @property
    def _tiers(self) -> Choices:
        name = "name_en" if (get_language() or "").startswith("en") else "name_zh"
        return [(row["code"], row[name] or row["code"]) for row in self.typed["tiers"]]

    def _add_rules(self) -> None:
        for n, rule in enumerate(self.typed["rules"]):
            self.fields[f"r{n}-tier"] = forms.ChoiceField(label=_("Tier"), choices=self._tiers)
            for m, one in enumerate(rule["all"]):
                of, name = f"r{n}-c{m}-", capfirst(str(NAMES[one["of"]]))
                self.fields[of + "of"] = forms.CharField(widget=forms.HiddenInput)
                if CRITERIA[one["of"]].coded:
                    chosen = forms.MultipleChoiceField(
                        label=name,
                        required=False,
                        choices=self._choices(one["of"], one["codes"]),
                        widget=forms.CheckboxSelectMultiple,
                    )
                    self.fields[of + "codes"] = chosen
                else:
                    self.fields[of + "min"] = _number(_("%(name)s from") % {"name": name})
                    self.fields[of + "max"] = _number(_("up to"))
        self.fields["rest"] = forms.ChoiceField(label=_("Everybody else who bought"), choices=self._tiers)

    def _add_weights(self) -> None:
        for one in CRITERIA.values():
            if one.code in self.criteria(weighed=True):
                self.fields[f"w-{one.code}"] = _number(capfirst(str(NAMES[one.code])))
                for code, name in self._points_of(one):
                    self.fields[f"p-{one.code}-{code}"] = _number(capfirst(str(name)))

    def _points_of(self, one: Criterion) -> Choices:
        """What points can be said of."""
        return self._choices(one.code, self.typed["points"].get(one.code, {})) if one.coded else []

    def _choices(self, of: str, chosen: Collection[str]) -> Choices:
        """The codes of a criterion; of entries those that are offered, and what was chosen before."""
        if of in CODES:
            return list(CODES[of].items())
        known = self.entries[of]
        offered: Choices = [(code, row.name) for code, row in known.items() if row.is_active]
        offered += [
            (code, _("%(name)s (not offered any more)") % {"name": known[code].name} if code in known else code)
            for code in chosen
            if code not in known or not known[code].is_active
        ]
        return offered

    # --- what is wrong -----------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.read = read = draft.read(self.typed, read_amount)
        for name in read.unread:
            self.add_error(name, _("Enter a number."))
        self._check_looks()
        if not read.unread:
            for path, text in rule_set_problems(read.definition).items():
                field = read.fields.get(path)
                self.add_error(field if field in self.fields else None, text)
        return data

    def _check_looks(self) -> None:
        for name in ("name_en", "name_zh"):
            seen: set[str] = set()
            for n, row in enumerate(self.typed["tiers"]):
                called = " ".join(row[name].split())
                if called and called in seen:
                    self.add_error(f"t{n}-{name}", _("Another tier is called so already."))
                seen.add(called)

    # --- for the page ------------------------------------------------------------------------------------------------
    def tier_parts(self) -> Iterator[TierPart]:
        for n, row in enumerate(self.typed["tiers"]):
            of = f"t{n}-"
            looks = [self[of + name] for name in ("name_en", "name_zh", "letter", "slot")]
            known = row["code"] if row["code"] in self.known else ""
            low = self[of + "from"] if of + "from" in self.fields else None
            yield TierPart(n, self[of + "code"], known, looks, self[of + "high_value"], low)

    def rule_parts(self) -> Iterator[RulePart]:
        for n, rule in enumerate(self.typed["rules"]):
            conditions = []
            for m, _one in enumerate(rule["all"]):
                of = f"r{n}-c{m}-"
                shown = [self[of + end] for end in ("codes", "min", "max") if of + end in self.fields]
                conditions.append(ConditionPart(of, self[of + "of"], shown, f"condition:remove:{n}:{m}"))
            yield RulePart(n + 1, n, self[f"r{n}-tier"], conditions)

    def scale(self) -> SafeString | str:
        """By points: the tiers on a number line, as far as their points can be read; overlaps are marked on it."""
        parts, rows = [], self.typed["tiers"]
        for n, row in enumerate(rows):
            text, last = str(row["from"]).strip(), n == len(rows) - 1
            name = str(self._tiers[n][1])
            low = None if last else whole_number(text, 100)
            if last or low is not None:
                parts.append(charts.Limit(name, draft.slot_of(row), low))
        if self.typed["by"] != tiers.POINTS or len(parts) < 2:
            return ""
        return charts.limits(parts, _("From how many points on each tier is earned"))

    def lines(self) -> list[NumberLine]:
        """By rules: each criterion with numbers on a line, as far as they can be read."""
        if self.typed["by"] != tiers.RULES:
            return []
        slots = {row["code"]: draft.slot_of(row) for row in self.typed["tiers"]}
        rules = draft.read(self.typed, read_amount).definition.rules
        return number_lines(rules, {code: str(name) for code, name in self._tiers}, slots)

    def weight_parts(self) -> Iterator[tuple[BoundField, list[BoundField]]]:
        for one in CRITERIA.values():
            if f"w-{one.code}" in self.fields:
                yield self[f"w-{one.code}"], [self[f"p-{one.code}-{code}"] for code, _name in self._points_of(one)]

    def criteria(self, *, weighed: bool = False) -> dict[str, str]:
        """Those that can be asked for: a catalogue without entries can't."""
        return {
            code: str(name)
            for code, name in NAMES.items()
            if (CRITERIA[code].weighed or not weighed) and (code not in ENTRIES or self.entries[code])
        }


def _number(label: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "digits"})
    return forms.CharField(label=label, max_length=20, required=False, widget=widget)


def _flat(typed: draft.Typed) -> dict[str, list[Any]]:
    """The typed by the names of its fields, as a form sends it."""
    found: dict[str, list[Any]] = {"rest": [typed["rest"]]}
    for n, row in enumerate(typed["tiers"]):
        names = [name for name in ("code", *draft.LOOKS, "from") if row[name] not in (None, False)]
        found |= {f"t{n}-{name}": [row[name]] for name in names}
    for n, rule in enumerate(typed["rules"]):
        found[f"r{n}-tier"] = [rule["tier"]]
        for m, one in enumerate(rule["all"]):
            found |= {f"r{n}-c{m}-{name}": [one[name]] for name in ("of", "min", "max")}
            found[f"r{n}-c{m}-codes"] = list(one["codes"])
    found |= {f"w-{of}": [text] for of, text in typed["weights"].items()}
    return found | {f"p-{of}-{code}": [text] for of, given in typed["points"].items() for code, text in given.items()}


def _single(data: MultiValueDict[str, Any]) -> dict[str, Any]:
    """The same as initial values: one each, but of boxes all."""
    return {name: values if name.endswith("-codes") else next(iter(values), "") for name, values in data.lists()}


class PublishForm(OnceForm):
    """Why, and from which day on."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stays beside the version."),
    )
    effective_on = Day(
        label=gettext_lazy("Counts from"),
        help_text=gettext_lazy("The night after this day is the first that rates by it."),
    )
    over = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = clock.business_date()


def newer_than(scheme: str, over: int) -> RuleSet | None:
    """A version that was published since `over`, the latest."""
    rows = RuleSet.objects.filter(scheme=scheme, number__gt=over).select_related("created_by")
    return rows.order_by("-number").first()
