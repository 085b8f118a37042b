"""One field set for many customers of the list: which field, then what is to stand there, then what will change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.decorators import POST, needs
from accounts.http import Request
from accounts.models import User
from customers import selectors, services
from customers.models import CATALOGUES, Customer, Stage
from customers.own import values
from customers.own.forms import OfOwn, controls
from customers.services import Done, Left, Setting
from customers.services.together import STAGE, TOGETHER
from ui import formatting, toasts
from workbench.customer_list.bulk import Chosen, NobodyChosenError, nobody, undo_of


def _controls(user: User) -> dict[str, forms.Field]:
    """A control for each field that can be set for many, by its name."""
    found: dict[str, forms.Field] = {}
    for name in TOGETHER:
        field = cast(Any, Customer._meta.get_field(name)).formfield(required=False)
        if name in CATALOGUES:
            field.queryset = selectors.entries(CATALOGUES[name])
        found[name] = field
    # A pause has an end or a reason, and a page of its own.
    stages = [one for one in Stage.choices if one[0] != Stage.PAUSED]
    found[STAGE] = forms.ChoiceField(label=found[STAGE].label, choices=[("", formatting.DASH), *stages], required=False)
    return found | controls(user)


class SettingForm(forms.Form):
    """Which field, and once that is known what is to stand in it."""

    field = forms.ChoiceField(label=gettext_lazy("Field"))
    only_empty = forms.BooleanField(label=gettext_lazy("Only where nothing stands yet"), required=False)
    empties = forms.BooleanField(label=gettext_lazy("Take away what stands there"), required=False)

    def __init__(self, *args: Any, user: User, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered, self.name = _controls(user), name
        named = [(name, capfirst(str(control.label))) for name, control in offered.items()]
        cast(forms.ChoiceField, self.fields["field"]).choices = [("", _("Please choose")), *named]
        if self.name in offered:
            self.fields[self.name] = offered[self.name]
        if self.name == STAGE:
            del self.fields["empties"]

    @property
    def value(self) -> forms.BoundField | None:
        """The control of the field that was chosen."""
        return self[self.name] if self.name in self.fields and self.name != "field" else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.value is None or self.name in self.errors:
            return data
        filled = data.get(self.name) not in (None, "")
        if filled and data.get("empties"):
            self.add_error(self.name, _("Either a new value, or what stands there is taken away."))
        elif not filled and not data.get("empties"):
            self.add_error(self.name, _("Say what is to stand there."))
        return data

    @property
    def setting(self) -> Setting:
        """What a valid form sets."""
        control, value = self.fields[self.name], self.cleaned_data[self.name]
        if isinstance(control, OfOwn):
            value = values.kept(control.own, value)
        return Setting(self.name, value, self.cleaned_data["only_empty"])

    @property
    def words(self) -> str:
        """The new value in words."""
        control, setting = self.fields[self.name], self.setting
        if setting.empties:
            return _("nothing")
        if isinstance(control, OfOwn):
            person = self.cleaned_data[self.name]
            people = {person.pk: person.name} if isinstance(person, User) else {}
            return values.words(control.own, setting.value, people)
        if isinstance(control, forms.ModelChoiceField):
            return str(setting.value.name)
        return str(dict(getattr(control, "choices", ())).get(setting.value, setting.value))

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent, for a page that asks once more."""
        names = [name for name in self.fields if name in self.data]
        return [(name, text) for name in names for text in cast(QueryDict, self.data).getlist(name)]


@needs("customer.change", POST)
def customers_set(request: Request) -> HttpResponse:
    """Set one field of the chosen customers. The button that was pressed, `step`, says how far the question has come:
    the field is chosen ("value"), its value ("look"), what would change was seen ("do")."""
    try:
        chosen = Chosen(request, "change", act="set a field")
    except NobodyChosenError as error:
        return nobody(request, error)
    step, name = request.POST.get("step", ""), request.POST.get("field", "")
    form = SettingForm(request.POST if step else None, user=request.user, name=name)
    if step == "value" and form.value is not None:  # nothing is typed yet that could be wrong
        form = SettingForm(user=request.user, name=name)
    valid = form.is_bound and form.is_valid()
    if valid and step == "do":
        done = services.customers_set(versions=chosen.versions, setting=form.setting, by=request.user)
        words = ngettext("%(n)s customer changed.", "%(n)s customers changed.", done.changed) % {"n": done.changed}
        toasts.success(request, formatting.sentences(words, *_left(done)), undo=undo_of(done.record))
        return redirect(chosen.back)
    context: dict[str, Any] = {"form": form, **chosen.context()}
    if valid:
        _changing, done = services.customers_sorted(chosen.customers, form.setting, by=request.user)
        context |= {"done": done, "changes": _changes(done), "stay": _left(done)}
    return render(request, "customers/set_many.html", context, status=422 if form.errors else 200)


def _changes(done: Done) -> str:
    words = ngettext("%(n)s customer changes.", "%(n)s customers change.", done.changed) % {"n": done.changed}
    replaced = ngettext(
        "%(n)s of them has another value, which is replaced.",
        "%(n)s of them have another value, which is replaced.",
        done.replaced,
    )
    return formatting.sentences(words, replaced % {"n": done.replaced} if done.replaced else "")


WORDS: Mapping[Left, Any] = {
    Left.SAME: lambda n: ngettext("%(n)s says so already.", "%(n)s say so already.", n),
    Left.FILLED: lambda n: ngettext("%(n)s has another value.", "%(n)s have another value.", n),
    Left.KIND: lambda n: ngettext(
        "%(n)s is of the kind of customer that doesn't have this field.",
        "%(n)s are of the kind of customer that doesn't have this field.",
        n,
    ),
    Left.REQUIRED: lambda n: ngettext(
        "%(n)s must have a value: the field is required.", "%(n)s must have a value: the field is required.", n
    ),
    Left.PAUSED: lambda n: ngettext(
        "%(n)s is paused; a pause ends on the customer's page.",
        "%(n)s are paused; a pause ends on the customer's page.",
        n,
    ),
    Left.UNREAD: lambda n: ngettext(
        "%(n)s has this field hidden from you.", "%(n)s have this field hidden from you.", n
    ),
    Left.STALE: lambda n: ngettext(
        "%(n)s was changed by somebody else meanwhile and stays as it is.",
        "%(n)s were changed by somebody else meanwhile and stay as they are.",
        n,
    ),
}


def _left(done: Done) -> list[str]:
    """How many stay as they are, and why, a sentence each."""
    return [words(done.left[why]) % {"n": done.left[why]} for why, words in WORDS.items() if done.left[why]]
