"""What is done with many customers of the list at once: first the question, then the act.

Whom it is about, the ticked rows or all of the list, is decided when the question is asked, and comes back signed with
the answer: who joined the list meanwhile isn't handed over unseen. It answers no other question and nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import POST, needs
from accounts.http import Request
from accounts.masking import masked_all
from core.http import row_id, safe_next
from customers import forms, services
from customers.models import Customer, ManyChange, Tag, facts_of
from followups.forms import PlanManyForm
from followups.services import Wanted, follow_ups_plan, sorted_out
from followups.services.many import Left
from responsibility.hand_overs.load import loads
from responsibility.models import HandOver
from ui import formatting, toasts
from ui.listing import Asked
from workbench.customer_list.listing import CUSTOMERS

MOST_AT_ONCE = 10_000
SHOWN = 10
SALT = "customers chosen in the list"


class NobodyChosenError(Exception):
    """There is nobody to do it with; the text says why."""


# --- whom it is about ------------------------------------------------------------------------------------------------
class Chosen:
    """The customers that were chosen for an act and that this person may do it with.

    Those out of reach are left out silently: the answer doesn't show which exist.
    """

    def __init__(self, request: Request, action: str, act: str) -> None:
        self.user, self.back = request.user, safe_next(request, reverse("customer_list"))
        self.salt = f"{SALT}: {act} by {self.user.pk}"
        # What the question was asked about, {id: version then}; without one the ticked rows, or all of the list.
        self.seen = self._signed(request.POST["chosen"]) if "chosen" in request.POST else {}
        ids = list(self.seen) or _of_list(request)
        rows = Customer.objects.for_user(self.user, action).filter(pk__in=ids)
        rows = rows.select_related("owner", "service_owner", "facts").defer("search_tokens")
        self.customers = list(rows.order_by("name_sort", "pk"))
        if not self.customers:
            raise NobodyChosenError(_("Choose at least one customer that you may change."))
        self.left = len(ids) - len(self.customers) if "all" in request.POST else 0
        self.cut = MOST_AT_ONCE if len(ids) == MOST_AT_ONCE else 0

    def _signed(self, text: str) -> dict[int, int]:
        try:
            return dict(signing.loads(text, salt=self.salt))
        except signing.BadSignature:
            changed = _("The form was changed on its way. Nothing was saved; open the page again.")
            raise NobodyChosenError(changed) from None

    @cached_property
    def versions(self) -> dict[int, int]:
        """{id: version when the question was asked} of those that may be changed."""
        return {row.pk: self.seen.get(row.pk, row.version) for row in self.customers}

    def context(self) -> dict[str, Any]:
        """What a question shows of them (customers/chosen.html)."""
        return {
            "customers": masked_all(self.user, self.customers[:SHOWN]),
            "count": len(self.customers),
            "more": formatting.number(max(len(self.customers) - SHOWN, 0)),
            "left": self.left,
            "cut": self.cut,
            "chosen": signing.dumps(list(self.versions.items()), salt=self.salt, compress=True),
            "back": self.back,
        }


def _of_list(request: Request) -> list[int]:
    """The ids of the ticked rows, or of the first ten thousand rows of the list that `view` describes."""
    if "all" in request.POST:
        asked = Asked(CUSTOMERS, request, QueryDict(request.POST.get("view", "").removeprefix("?")))
        return list(asked.rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    wanted = (row_id(value) for value in request.POST.getlist("ids")[:MOST_AT_ONCE])
    return [pk for pk in wanted if pk is not None]


def nobody(request: Request, error: NobodyChosenError) -> HttpResponse:
    """Back to the list, with why."""
    toasts.error(request, str(error))
    return redirect(safe_next(request, reverse("customer_list")))


# --- the acts --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Told:
    """What was done, in words, and the address that takes it back."""

    words: str
    undo: str = ""


def undo_of(record: ManyChange | None) -> str:
    """The address that takes a change back; nothing where none was made."""
    return reverse("customers_put_back", args=[record.pk]) if record else ""


@needs("customer.assign", POST)
def customers_assign(request: Request) -> HttpResponse:
    """Hand the chosen customers over."""

    def hand_over(chosen: Chosen, form: forms.TransferForm) -> Told:
        handover = uuid4()
        moved = services.customers_transfer(
            customers=chosen.customers, by=request.user, handover=handover, **form.cleaned_data
        )
        words = ngettext("%(n)s customer handed over", "%(n)s customers handed over", moved) % {"n": moved}
        noted = HandOver.objects.for_user(request.user, "assign").filter(handover=handover).first()
        return Told(words, undo=reverse("hand_over_undo", args=[noted.pk]) if noted else "")

    def preview(chosen: Chosen) -> Mapping[str, Any]:
        return {"loads": loads(request.user, chosen.customers)}

    return _bulk(request, "assign", forms.TransferForm, "customers/assign.html", hand_over, preview)


@needs("customer.change", POST)
def customers_tag(request: Request) -> HttpResponse:
    """Put a tag on the chosen customers, or take it off."""

    def put_tag(chosen: Chosen, form: forms.TagForm) -> Told:
        name, off = form.cleaned_data.get("new_tag", "").strip(), form.takes_off
        tag: Tag = services.tag_create(name=name, by=request.user) if name else form.cleaned_data["tag"]
        ids = list(chosen.versions)
        record = services.customers_tag_together(customer_ids=ids, tag=tag, off=off, by=request.user)
        if record is None:
            return Told(_("None of them had the tag.") if off else _("All of them had the tag already."))
        words = (
            ngettext("%(n)s customer lost the tag", "%(n)s customers lost the tag", record.customers)
            if off
            else ngettext("%(n)s customer tagged", "%(n)s customers tagged", record.customers)
        )
        return Told(words % {"n": formatting.number(record.customers)}, undo_of(record))

    return _bulk(request, "change", forms.TagForm, "customers/tag.html", put_tag)


@needs("follow_up.add", POST)
def customers_plan(request: Request) -> HttpResponse:
    """Plan a follow-up for each of the chosen customers."""

    def plan(chosen: Chosen, form: PlanManyForm) -> Told:
        key = form.cleaned_data["idempotency_key"]
        done = follow_ups_plan(customers=chosen.customers, wanted=form.wanted(), key=key, by=request.user)
        words = ngettext("%(n)s follow-up planned.", "%(n)s follow-ups planned.", done.count) % {"n": done.count}
        undo = reverse("follow_ups_put_back", args=[done.record.pk]) if done.record else ""
        return Told(formatting.sentences(words, *_without(done.left)), undo)

    def preview(chosen: Chosen) -> dict[str, Any]:
        form = PlanManyForm(user=request.user)
        as_offered = Wanted(form.initial["due_on"], str(form.fields["method"].initial))
        _getting, left = sorted_out(chosen.customers, as_offered)
        planned = sum(facts_of(customer).next_follow_up_on is not None for customer in chosen.customers)
        return {"without": _without(left), "planned": planned}

    return _bulk(request, "follow_up.add", PlanManyForm, "customers/plan_many.html", plan, preview)


def _without(left: Mapping[Left, int]) -> list[str]:
    """How many customers get none, and why, a sentence each."""
    found = []
    if n := left.get(Left.NO_CONTACT, 0):
        text = ngettext("%(n)s isn't to be contacted.", "%(n)s aren't to be contacted.", n)
        found.append(text % {"n": n})
    if n := left.get(Left.PAUSED, 0):
        text = ngettext("%(n)s is paused.", "%(n)s are paused.", n)
        found.append(text % {"n": n})
    if n := left.get(Left.NO_OWNER, 0):
        text = ngettext("%(n)s has no owner who works here.", "%(n)s have no owner who works here.", n)
        found.append(text % {"n": n})
    if n := left.get(Left.PLANNED, 0):
        text = ngettext("%(n)s has something planned already.", "%(n)s have something planned already.", n)
        found.append(text % {"n": n})
    return found


def _bulk(
    request: Request,
    action: str,
    form_class: type[Any],
    template: str,
    do: Callable[[Chosen, Any], Told],
    preview: Callable[[Chosen], Mapping[str, Any]] | None = None,
) -> HttpResponse:
    """The question, with what `preview` tells beside it, and with the answer the act."""
    try:
        chosen = Chosen(request, action, act=template)
    except NobodyChosenError as error:
        return nobody(request, error)
    form = form_class(request.POST if "confirm" in request.POST else None, user=request.user)
    if form.is_bound and form.is_valid():
        told = do(chosen, form)
        toasts.success(request, told.words, undo=told.undo)
        return redirect(chosen.back)
    context = {"form": form, **chosen.context(), **(preview(chosen) if preview else {})}
    return render(request, template, context, status=422 if form.errors else 200)
