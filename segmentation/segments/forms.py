"""The form of a segment: its controls follow what was typed, so that every button works without a script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from segmentation.rules.set_form import read_amount, show_amount
from segmentation.segments import tree, typed
from segmentation.segments.fields import SECTIONS, Choices, Field, fields, may_ask, specs
from segmentation.segments.models import Segment
from segmentation.segments.selectors import Reading, completed
from segmentation.segments.tree import ALL, ANY, DATED, DEEPEST, Kind, Path
from segmentation.segments.typed import Typed, name_of
from segmentation.segments.words import HIDDEN, CodeWords, code_words, problem_words

TEXT = forms.TextInput(attrs={"autocomplete": "off"})
FEW = 12  # words that stand open; more are folded


@dataclass(frozen=True)
class Part:
    """A condition or group as the page draws it. `count`: how many customers it means alone; None: it can't be said."""

    name: str
    title: str
    hint: str
    number: str  # "2.1", how it is called beside the other parts
    group: bool
    turned: BoundField | None
    controls: list[BoundField]
    folded: BoundField | None  # many words to choose from
    chosen: int
    parts: list[Part]
    count: int | None
    may_nest: bool = False

    @property
    def remove(self) -> str:
        """What the button beside it does."""
        return f"remove:{self.name}"


class SegmentForm(forms.Form):
    """What was typed as a form. `checked`: with everything that is wrong said at its field; `named`: also that it has
    no name yet."""

    def __init__(self, given: Typed, user: User, *, checked: bool, named: bool = True) -> None:
        self.typed, self.user = given, user
        found = typed.read(given["tree"], specs(), read_amount, partial(codes_named, user))
        self.reading: Reading = completed(user, [found])[0]
        self.code_words: CodeWords = code_words(user, [found.tree])
        data = MultiValueDict(_flat(given))
        super().__init__(data=data if checked else None, initial=_single(data) if not checked else None)
        self.fields["name"] = forms.CharField(
            label=pgettext("of a segment", "Name"), max_length=80, required=named, widget=TEXT
        )
        self.fields["note"] = forms.CharField(label=_("What it is for"), max_length=200, required=False, widget=TEXT)
        self.fields["shared"] = forms.BooleanField(
            label=_("Shared with everybody"),
            required=False,
            help_text=_("Each colleague counts and sees only the customers in their own reach."),
        )
        self._fold: dict[Path, str] = {}
        self._add(given["tree"], ())

    def _add(self, part: Mapping[str, Any], path: Path) -> None:
        of = name_of(path)
        if "parts" in part:
            self.fields[f"{of}match"] = forms.ChoiceField(
                label=_("Of what stands in it"),
                choices=[(ALL, _("all must hold")), (ANY, _("any must hold"))],
                required=False,
            )
            if path:
                self.fields[f"{of}not"] = _turned()
            for n, one in enumerate(part["parts"]):
                self._add(one, (*path, n))
            return
        self.fields[f"{of}field"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields[f"{of}not"] = _turned()
        known = fields().get(part["field"])
        if known is None or path in self.reading.hidden:
            return
        spec = known.spec
        if len(spec.hows) > 1:
            words = HOW_WORDS(spec.kind)
            choices = [(how, words[how]) for how in spec.hows]
            self.fields[f"{of}how"] = forms.ChoiceField(label=_("How"), choices=choices, required=False)
        else:
            self.fields[f"{of}how"] = forms.CharField(widget=forms.HiddenInput, required=False)
        if spec.kind in DATED:
            self.fields[f"{of}days"] = _number(_("In the last … days"), _("empty: ever") if known.named else "")
        if spec.kind in (Kind.NUMBER, Kind.MONEY, Kind.COUNT, Kind.SUM):
            self.fields[f"{of}min"] = _number(_("From"))
            self.fields[f"{of}max"] = _number(_("up to"))
        if spec.kind is Kind.DAY:
            self.fields[f"{of}days"] = _number(_("How many days"))
            for name, label in (("from", _("from which day")), ("to", _("to which day"))):
                widget = forms.TextInput(attrs={"type": "date"})
                self.fields[of + name] = forms.CharField(label=label, required=False, widget=widget)
        if spec.kind is Kind.TEXT:
            self.fields[f"{of}text"] = forms.CharField(label=_("Has in it"), required=False, widget=TEXT)
        if spec.kind in (Kind.CODES, Kind.BOUGHT):
            self._add_codes(of, path, known, part["codes"])

    def _add_codes(self, of: str, path: Path, known: Field, chosen: list[str]) -> None:
        offered: Choices = list(known.offered(self.user)) if known.offered else []
        named = self.code_words.get(known.code, {})
        there = {code for code, _word in offered}
        offered += [(code, named.get(code, code)) for code in chosen if code not in there]
        if known.named:
            self.fields[f"{of}text"] = forms.CharField(
                label=_("Which"), required=False, widget=TEXT, help_text=str(known.hint)
            )
        if offered:
            self.fields[f"{of}codes"] = forms.MultipleChoiceField(
                label=_("Any of these"), required=False, choices=offered, widget=forms.CheckboxSelectMultiple
            )
            if len(offered) > FEW:
                self._fold[path] = f"{of}codes"

    # --- what is wrong -----------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parts = dict(tree.nodes(self.reading.tree))
        for path, problem in self.reading.problems.items():
            self.add_error(self._control(path), problem_words(problem, parts.get(path), self.code_words))
        for path in self.reading.hidden:
            self.add_error(self._control(path), _("You may not ask for this. Take it out."))
        return data

    def _control(self, path: Path) -> str:
        """Where what is wrong with a part is said: at the control that one would change."""
        of, problem = name_of(path), self.reading.problems.get(path)
        first = {"days": "days", "span": "days", "dates": "from", "date": "from", "product": "text"}
        names = [first.get(problem.code, "codes") if problem else "codes"]
        names += ["codes", "min", "from", "days", "text", "how", "match", "not"]
        return next(
            of + name
            for name in names
            if of + name in self.fields and not isinstance(self.fields[of + name].widget, forms.HiddenInput)
        )

    # --- for the page ------------------------------------------------------------------------------------------------
    def whole(self, counts: Mapping[Path, int]) -> Part:
        """The tree for the template."""
        return self._part(self.typed["tree"], (), counts)

    def _part(self, part: Mapping[str, Any], path: Path, counts: Mapping[Path, int]) -> Part:
        of, count = name_of(path), counts.get(path)
        number = ".".join(str(n + 1) for n in path)
        turned = self[f"{of}not"] if f"{of}not" in self.fields else None
        if "parts" in part:
            parts = [self._part(one, (*path, n), counts) for n, one in enumerate(part["parts"])]
            nests = len(path) + 1 < DEEPEST
            match = self[f"{of}match"]
            return Part(
                of, pgettext("of conditions", "Group"), "", number, True, turned, [match], None, 0, parts, count, nests
            )
        known = fields().get(part["field"])
        if path in self.reading.hidden or known is None:
            title = HIDDEN() if known else part["field"]
            return Part(of, str(capfirst(title)), "", number, False, turned, [self[f"{of}field"]], None, 0, [], None)
        folded = self._fold.get(path)
        names = [
            name
            for name in ("field", "how", "days", "min", "max", "from", "to", "text", "codes")
            if of + name in self.fields and of + name != folded
        ]
        controls = [self[of + name] for name in names]
        hint = "" if known.named else str(known.hint)
        chosen = len(part["codes"])
        title = str(capfirst(str(known.word)))
        return Part(
            of, title, hint, number, False, turned, controls, self[folded] if folded else None, chosen, [], count
        )

    def asks(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What can be asked for, by section."""
        may = may_ask(self.user)
        found = [
            (str(word), [(one.code, str(capfirst(str(one.word)))) for one in may.values() if one.section == section])
            for section, word in SECTIONS.items()
        ]
        return [(word, offered) for word, offered in found if offered]


def codes_named(user: User, of: str, text: str) -> list[str] | tree.Problem | None:
    known = fields().get(of)
    return known.named(user, text) if known is not None and known.named else None


def _turned() -> forms.BooleanField:
    return forms.BooleanField(label=_("Not: everybody else"), required=False)


def _number(label: str, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "digits"})
    return forms.CharField(label=label, max_length=20, required=False, widget=widget, help_text=hint)


def HOW_WORDS(kind: Kind) -> Mapping[str, str]:
    """What can be asked of a kind of fields."""
    return {
        tree.IN: _("has in it") if kind is Kind.TEXT else _("is one of these"),
        tree.RANGE: _("from … up to …"),
        tree.LAST: _("at most … days ago"),
        tree.AGO: _("more than … days ago"),
        tree.NEXT: _("within … days from today on"),
        tree.BETWEEN: _("between two days"),
        tree.UNKNOWN: _("is not known"),
    }


def _flat(given: Typed) -> dict[str, list[Any]]:
    """What was typed by the names of its controls, as a form sends it."""
    found: dict[str, list[Any]] = {"name": [given["name"]], "note": [given["note"]]}
    if given["shared"]:
        found["shared"] = ["on"]

    def add(part: Mapping[str, Any], path: Path) -> None:
        of = name_of(path)
        if part["not"]:
            found[f"{of}not"] = ["on"]
        if "parts" in part:
            found[f"{of}match"] = [part["match"]]
            for n, one in enumerate(part["parts"]):
                add(one, (*path, n))
            return
        found.update({of + name: [part[name]] for name in ("field", *typed.TEXTS)})
        found[f"{of}codes"] = list(part["codes"])

    add(given["tree"], ())
    return found


def _single(data: MultiValueDict[str, Any]) -> dict[str, Any]:
    """The same as initial values: one each, but of boxes all."""
    return {
        name: values if re.fullmatch(r"n[\d_]*codes", name) else next(iter(values), "") for name, values in data.lists()
    }


def typed_of(segment: Segment) -> Typed:
    """A saved one as the form begins with it, whatever has become of what it names."""
    from_tree = tree.read(segment.tree, specs()).tree
    own = {"name": segment.name, "note": segment.note, "shared": segment.shared, "key": ""}
    return own | {"tree": typed.typed_from(from_tree, show_amount, specs())}
