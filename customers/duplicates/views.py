"""Pages of suspected duplicates: the queue, two customers side by side, and merges that can be taken back."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.http import row_id, safe_next
from core.numbers import number
from core.versions import StaleVersionError
from customers.choosing import EVERYBODY, choose_customer
from customers.duplicates import merge, selectors, services
from customers.duplicates.forms import MergeForm
from customers.duplicates.listing import MERGES, PAIRS
from customers.models import Customer, CustomerMerge, DuplicatePair
from ui import toasts
from ui.flow import act, form_page
from ui.listing import Asked, list_page


@needs(PAIRS.permission, READ)
def duplicate_list(request: Request) -> HttpResponse:
    """Pairs of customers that may be one."""
    sub = _("Customers that may be the same, the surest first. Merging keeps everything and can be taken back.")
    may_merge = request.user.can("customer.merge")
    return list_page(
        Asked(PAIRS, request),
        title=_("Suspected duplicates"),
        sub=sub,
        template="customers/duplicates/list.html",
        may_merge=may_merge,
    )


@needs("customer.merge", FORM)
def duplicate_pair(request: Request, pk: int) -> HttpResponse:
    """Both side by side, with a choice for each field in which they differ."""
    return _side_by_side(request, selectors.pair_to_decide(request.user, pk), reverse("duplicate_list"))


def _side_by_side(request: Request, pair: DuplicatePair | selectors.Two, back: str) -> HttpResponse:
    form = partial(MergeForm, user=request.user, first=pair.first, second=pair.second)
    undo_days = number("merge_undo_days")

    def save(sent: MergeForm) -> CustomerMerge | HttpResponse:
        try:
            return merge.customers_merge(
                survivor=sent.survivor,
                gone=sent.gone,
                versions=sent.read_versions(),
                changes=sent.changes(),
                by=request.user,
            )
        except StaleVersionError:  # both as they are now, with what was chosen
            again = form(initial={name: value for name, value in sent.cleaned_data.items() if name != "versions"})
            shown = {"form": again, "pair": pair, "stale": True, "back": back, "undo_days": undo_days}
            return render(request, "customers/duplicates/pair.html", shown, status=409)

    return form_page(
        request,
        form,
        "customers/duplicates/pair.html",
        save=save,
        refused=(merge.MergeRefusedError,),
        said=_("Merged. Everything of both files stands here now."),
        undo=lambda done: reverse("merge_undo", args=[done.pk]),
        then=lambda done: reverse("customer", args=[done.survivor_id]),
        back=back,
        pair=pair,
        undo_days=undo_days,
    )


@needs("customer.merge", FORM)
def customers_merge(request: Request) -> HttpResponse:
    """From a customer's page: with whom; from the list: the two that were chosen there."""
    if request.method == "POST":
        chosen = [pk for pk in map(row_id, dict.fromkeys(request.POST.getlist("ids"))) if pk is not None]
        if len(chosen) == 2 and "all" not in request.POST:
            return redirect(f"{reverse('customer_merge', args=[chosen[0]])}?{urlencode({'customer': chosen[1]})}")
        toasts.error(request, _("Choose exactly two customers to merge."))
        return redirect(safe_next(request, reverse("customer_list")))
    wanted = row_id(request.GET.get("customer", ""))
    return redirect("customer_merge", wanted) if wanted else redirect("customer_list")


@needs("customer.merge", FORM)
def customer_merge(request: Request, pk: int) -> HttpResponse:
    """Any two: this one and `?customer=`, side by side, as a pair that a night has found."""
    customer, page = selectors.to_merge(request.user, pk), reverse("customer", args=[pk])
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None:
        question = _("Which file is the same customer as %(name)s?") % {"name": customer.name}
        return choose_customer(
            request,
            "customer.merge",
            _("Merge with"),
            start=EVERYBODY,
            question=question,
            only=selectors.may_be_merged_with(request.user, customer),
        )
    other = customer if wanted == pk else selectors.to_merge(request.user, wanted)
    if reason := selectors.never_the_same(customer, other):
        toasts.error(request, reason)
        return redirect(page)
    return _side_by_side(request, selectors.two_of(customer, other), page)


@needs("customer.merge", POST)
def duplicate_different(request: Request, pk: int) -> HttpResponse:
    """They are not the same."""
    pair = selectors.pair_to_decide(request.user, pk)
    return act(
        request,
        partial(services.pair_differ, pair=pair, by=request.user),
        said=_("Noted: not the same. No night will ask again."),
        undo=reverse("duplicate_open", args=[pk]),
        then=reverse("duplicate_list"),
    )


@needs("customer.merge", POST)
def duplicate_open(request: Request, pk: int) -> HttpResponse:
    """They may be the same after all."""
    pair = selectors.pair_to_decide(request.user, pk)
    return act(
        request,
        partial(services.pair_open, pair=pair, by=request.user),
        said=_("The pair waits for a decision again."),
        then=reverse("duplicate_list"),
    )


@needs(MERGES.permission, READ)
def merge_list(request: Request) -> HttpResponse:
    """What was merged and can be taken back."""
    return list_page(
        Asked(MERGES, request),
        title=_("Merged customers"),
        sub=_("A merge can be taken back for %(days)s days; what came later stays with the customer.")
        % {"days": number("merge_undo_days")},
        template="customers/duplicates/list.html",
    )


@needs("customer.merge", FORM)
def merge_undo(request: Request, pk: int) -> HttpResponse:
    """Take a merge back; where something came later, only after the person has read what stays."""
    done = selectors.merge_to_undo(request.user, pk)
    reason = merge.refusal(done)
    later = None if reason else merge.later_than(done)
    if request.method == "GET" or (later and "confirmed" not in request.POST):
        gone = Customer.all_objects.for_user(request.user, "merge").get(pk=done.gone_id)
        shown = {"merge": done, "survivor": done.survivor, "gone": gone, "later": later, "reason": reason}
        return render(request, "customers/duplicates/undo.html", shown)
    return act(
        request,
        partial(merge.customers_part, merge=done, by=request.user),
        said=_("Taken back: both customers are there again."),
        refused={merge.MergeRefusedError: ""},
        then=reverse("customer", args=[done.gone_id]),
        or_to=reverse("merge_list"),
    )
