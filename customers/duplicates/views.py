"""Pages of suspected duplicates: the queue, two customers side by side, and merges that can be taken back."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.versions import StaleVersionError
from customers.duplicates import merge, selectors, services
from customers.duplicates.forms import MergeForm
from customers.duplicates.listing import MERGES, PAIRS
from customers.models import Customer, CustomerMerge
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
    pair = selectors.pair_to_decide(request.user, pk)
    form = partial(MergeForm, user=request.user, first=pair.first, second=pair.second)

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
            shown = {"form": again, "pair": pair, "stale": True, "back": reverse("duplicate_list")}
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
        back=reverse("duplicate_list"),
        pair=pair,
    )


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
        sub=_("A merge can be taken back for 60 days; what came later stays with the customer."),
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
