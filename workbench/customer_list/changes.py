"""`/customers/changes/`: what one has changed of many customers within a day, and the way back of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F, Func, IntegerField
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from accounts.masking import masked_all
from accounts.models import User
from core import clock
from customers import services
from customers.models import CATALOGUES, Customer, ManyChange, OwnKind
from customers.own import values
from customers.required import own_of
from customers.services import PutBackOverError, Standing
from customers.services.files import OWN
from customers.services.putback import PUT_BACK_FOR, FieldGoneError
from customers.services.together import TOGETHER
from followups.models import Rescheduling
from followups.services.together import put_back_until
from ui import formatting
from ui.flow import act

LISTED = 100
SHOWN = 50
What = ManyChange.What


@dataclass(frozen=True)
class Line:
    """One act on the list; `undo` takes it back at once, `url` leads to what that would do."""

    at: datetime
    words: str
    count: str
    state: str
    url: str = ""
    undo: str = ""


@needs("customer.change", READ)
def many_change_list(request: Request) -> HttpResponse:
    """One's own acts of the last day, the newest first; without who changes customers nobody has any."""
    changes = _changes(request.user)
    words = Words(changes)
    found = [*(_line(change, words) for change in changes), *_plans(request.user)]
    lines = sorted(found, key=lambda line: line.at, reverse=True)[:LISTED]
    may_assign = request.user.can("customer.assign")
    return render(request, "customers/changes.html", {"lines": lines, "may_assign": may_assign})


def _changes(user: User) -> list[ManyChange]:
    since = clock.now() - PUT_BACK_FOR
    return list(_own(user).filter(at__gt=since).order_by("-at", "-pk")[:LISTED])


def _own(user: User) -> Any:
    # unscoped: the person's own
    return ManyChange.objects.filter(user=user).select_related("tag__merged_into", "user")


def _line(change: ManyChange, words: Words) -> Line:
    count = ngettext("%(n)s customer", "%(n)s customers", change.customers)
    return Line(
        change.at,
        words.of(change),
        count % {"n": formatting.number(change.customers)},
        _state(change),
        url=reverse("many_change", args=[change.pk]),
        undo=reverse("customers_put_back", args=[change.pk]) if services.may_put_back(change) else "",
    )


def _state(change: ManyChange) -> str:
    if change.undone_at is None:
        return _("can be taken back") if services.may_put_back(change) else formatting.DASH
    return _("%(n)s went back") % {"n": formatting.number(change.went_back)}


class Words:
    """What some changes did, in words: in as many statements however many they are."""

    def __init__(self, changes: Sequence[ManyChange]) -> None:
        self.entries: dict[tuple[str, Any], str] = {}
        for name in {change.field for change in changes} & set(CATALOGUES):
            held = {change.value for change in changes if change.field == name}
            for entry in CATALOGUES[name].rows().filter(pk__in=held - {None}):
                self.entries[name, entry.pk] = entry.name
        owned = {change.pk: own for change in changes if (own := own_of(change.field))}
        held = {change.value for change in changes if change.pk in owned and owned[change.pk].kind == OwnKind.PERSON}
        # unscoped: names of people whom the reader has set
        people = User.objects.filter(pk__in=held - {None}) if held else User.objects.none()
        self.people, self.owned = dict(people.values_list("pk", "name")), owned

    def of(self, change: ManyChange) -> str:
        """The field and what was put into it, or the tag."""
        if change.what == What.FIELD:
            own = self.owned.get(change.pk)
            label = own.name if own else capfirst(str(_column(change.field).verbose_name))
            return f"{label} → {self._value(change)}"
        name = {"name": change.tag.name if change.tag else formatting.DASH}
        return _("Tag “%(name)s” taken off") % name if change.what == What.UNTAG else _("Tag “%(name)s” put on") % name

    def _value(self, change: ManyChange) -> str:
        value, own = change.value, self.owned.get(change.pk)
        if value in (None, ""):
            return _("nothing")
        if own:
            return values.words(own, value, self.people)
        if change.field in CATALOGUES:
            return self.entries.get((change.field, value), formatting.DASH)
        return str(dict(_column(change.field).flatchoices).get(value, value))


def _column(name: str) -> Any:
    """The field; of an own one that is gone, what holds all of them."""
    return Customer._meta.get_field(name if name in TOGETHER else OWN)


def _plans(user: User) -> list[Line]:
    """Follow-ups that were planned or moved together and can still be taken back, or were."""
    if not user.can("follow_up.change"):
        return []
    since = clock.now() - PUT_BACK_FOR
    # unscoped: the person's own
    own = Rescheduling.objects.filter(user=user, at__gt=since).order_by("-at")
    length = Func("rows", function="jsonb_array_length", output_field=IntegerField())
    rows = own.annotate(n=length, day=F("rows__0__2"))
    found = []
    for row in rows.filter(n__gt=1).defer("rows")[:LISTED]:
        row.rows = [[None, None, row.day]]  # what its time goes by; the rest stays where it is
        planned = ngettext("%(n)s follow-up planned", "%(n)s follow-ups planned", row.n)
        moved = ngettext("%(n)s follow-up moved", "%(n)s follow-ups moved", row.n)
        open_still = row.undone_at is None and clock.now() < put_back_until(row)
        state = _("can be taken back") if open_still else _("taken back") if row.undone_at else formatting.DASH
        undo = reverse("follow_ups_put_back", args=[row.pk]) if open_still else ""
        number = {"n": formatting.number(row.n)}
        found.append(Line(row.at, _("Follow-ups"), (planned if row.day is None else moved) % number, state, undo=undo))
    return found


@needs("customer.change", READ)
def many_change(request: Request, pk: int) -> HttpResponse:
    """One of them: what would go back now, and what would stay."""
    change = row_for(_own(request.user), request.user, pk, "change")
    may = services.may_put_back(change)
    try:
        now = services.standing(change=change, by=request.user) if may else None
    except FieldGoneError:
        may, now = False, None
    stay = change.stayed if now is None else now.changed
    shown = Customer.objects.for_user(request.user, "change").filter(pk__in=stay[:SHOWN]).order_by("name_sort", "pk")
    context = {
        "change": change,
        "words": Words([change]).of(change),
        "may": may,
        "now": now,
        "stay": masked_all(request.user, list(shown.defer("search_tokens"))),
        "staying": len(stay),
    }
    return render(request, "customers/change.html", context)


@needs("customer.change", POST)
def customers_put_back(request: Request, pk: int) -> HttpResponse:
    """Take one's own change of many back, within a day."""
    change = row_for(_own(request.user), request.user, pk, "change")
    return act(
        request,
        partial(services.customers_put_back, change=change, by=request.user),
        said=_said,
        refused={
            PutBackOverError: _("This can't be taken back any more: a day has passed, or it is done already."),
            FieldGoneError: _("The company has no such field any more, so nothing was changed."),
        },
        then=reverse("many_change", args=[pk]),
    )


def _said(done: Standing) -> str:
    back = ngettext("%(n)s customer is as before.", "%(n)s customers are as before.", len(done.back))
    return formatting.sentences(back % {"n": formatting.number(len(done.back))}, *what_stays(done))


def what_stays(done: Standing) -> list[str]:
    """How many were left as they are, and why."""
    told = []
    if n := len(done.changed):
        words = ngettext(
            "%(n)s was changed since and stays as it is.", "%(n)s were changed since and stay as they are.", n
        )
        told.append(words % {"n": formatting.number(n)})
    if n := len(done.beyond):
        words = ngettext(
            "%(n)s is no longer yours to change and stays.", "%(n)s are no longer yours to change and stay.", n
        )
        told.append(words % {"n": formatting.number(n)})
    return told
