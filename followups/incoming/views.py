"""Pages of what came in: senders whom nobody knows, one message, and whose it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.masking import masked_copy
from accounts.models import User
from accounts.scope import reach_of
from core.http import row_id
from customers import addresses
from customers.choosing import choose_customer
from customers.models import Contact, Customer, DeadAddress, Handle, Kind, Network
from followups import services
from followups.incoming.forms import AssignForm, SenderForm
from followups.incoming.listing import STRANGERS, TONES, strangers, undecided
from followups.incoming.matching import found
from followups.messages.models import MessageChannel
from followups.models import FollowUp, Incoming
from followups.services.incoming import DecidedAlreadyError
from ui.flow import act, form_page
from ui.listing import Asked, list_page

DECIDED = gettext_lazy("Somebody has decided on this message already. Nothing was changed.")
MOST_AT_ONCE = 200
ANSWERED_BY = {Network.EMAIL: "email", Network.SMS: "sms", Network.WECHAT: "wechat", Network.WECOM: "wechat"}


@needs(STRANGERS.permission, READ)
def incoming_list(request: Request) -> HttpResponse:
    """What came of whom nobody knows the sender: a person says whose it is."""
    return list_page(Asked(STRANGERS, request), title=_("Unknown senders"), template="followups/incoming/list.html")


def _found(user: User, pk: int, action: str = "view") -> Incoming:
    """One message: of a customer in reach, or of a stranger for who sorts those out."""
    rows = Incoming.objects.select_related(
        "customer__owner", "contact", "inlet", "message", "interaction", "decided_by"
    )
    if user.can("incoming.assign") and (row := rows.filter(pk__in=strangers(user), pk=pk).first()) is not None:
        return row
    return row_for(rows.filter(customer__deleted_at=None).defer("customer__search_tokens"), user, pk, action)


@needs("incoming.view", READ)
def incoming(request: Request, pk: int) -> HttpResponse:
    """What somebody wrote, whether that is certain, and what may be done."""
    stored = _found(request.user, pk)
    stranger = stored.customer is None and request.user.can("incoming.assign")
    context = {
        "incoming": stored if stranger else masked_copy(request.user, stored),
        "customer": masked_copy(request.user, stored.customer) if stored.customer else None,
        "tone": TONES[Incoming.Trust(stored.trust)],
        "stranger": stranger,
        "candidates": _candidates(request.user, stored) if stranger else [],
        "may_add": stranger and request.user.can("customer.add"),
        "may_release": stored.customer is not None and reach_of(request.user).holds(stored, "incoming.change"),
        "reply": _reply(request.user, stored),
    }
    return render(request, "followups/incoming/page.html", context)


def _candidates(user: User, stored: Incoming) -> list[Customer]:
    """Whom it may be from, of those to whom this person may give it."""
    of = found(stored.network, email=stored.email, phone=stored.phone, handle=stored.handle)
    wanted = {one.customer for one in of} | ({stored.message.customer_id} if stored.message else set())
    rows = Customer.objects.for_user(user, "interaction.add").filter(pk__in=wanted).defer("search_tokens")
    return [masked_copy(user, row) for row in rows.select_related("owner").order_by("name_sort", "pk")]


def _reply(user: User, stored: Incoming) -> str:
    """Where the answer is written; nothing where it can't be from here."""
    if stored.customer is None or not reach_of(user).holds(stored.customer, "message.add"):
        return ""
    channel = ANSWERED_BY.get(Network(stored.network), "")
    url = f"{reverse('message_new')}?customer={stored.customer_id}"
    if channel in MessageChannel.values:
        url += f"&channel={channel}"
    waiting = FollowUp.objects.for_user(user).filter(
        customer=stored.customer, source=FollowUp.Source.INCOMING, state=FollowUp.State.OPEN
    )
    planned = waiting.values_list("pk", flat=True).first()
    return url + (f"&follow_up={planned}" if planned else "")


# --- whose it is -----------------------------------------------------------------------------------------------------
def _stranger(request: Request, pk: int) -> Incoming:
    rows = Incoming.objects.select_related("inlet", "message").filter(customer=None)
    return row_for(rows, request.user, pk, "assign")


@needs("incoming.assign", FORM)
def incoming_assign(request: Request, pk: int) -> HttpResponse:
    """It is from `?customer=`; without one, choose whose it is."""
    stored = _stranger(request, pk)
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None:
        return choose_customer(request, "interaction.add", _("Unknown sender"), question=_("Whom is it from?"))
    rows = Customer.objects.select_related("owner").defer("search_tokens")
    customer = row_for(rows, request.user, wanted, "interaction.add")
    contacts = Contact.objects.for_user(request.user).filter(customer=customer).order_by("-is_primary", "pk")
    forged = stored.trust == Incoming.Trust.FAILED
    return form_page(
        request,
        partial(AssignForm, contacts=contacts, may_remember=bool(stored.sender) and not forged),
        "followups/incoming/assign.html",
        initial={"remember": stored.trust != Incoming.Trust.CLAIMED},
        save=lambda form: services.incoming_assign(
            incoming=stored,
            customer=customer,
            contact=form.cleaned_data.get("contact"),
            remember=form.cleaned_data.get("remember", False),
            by=request.user,
        ),
        refused=(DecidedAlreadyError,),
        said=_("Stands in the history of %(name)s now.") % {"name": customer.name},
        then=reverse("customer", args=[customer.pk]),
        back=reverse("incoming", args=[pk]),
        customer=customer,
        shown={"incoming": stored},  # read in full: it is in nobody's file
    )


@needs("incoming.assign", FORM)
def incoming_customer(request: Request, pk: int) -> HttpResponse:
    """A new customer of whoever wrote."""
    stored = _stranger(request, pk)
    if not request.user.can("customer.add"):
        raise PermissionDenied
    return form_page(
        request,
        partial(SenderForm, user=request.user),
        "followups/incoming/customer.html",
        once=Customer,
        initial={"name": stored.name, "kind": Kind.PERSON},
        save=lambda form: services.incoming_customer(incoming=stored, by=request.user, **form.values()),
        refused=(DecidedAlreadyError,),
        said=_("Customer saved"),
        then=lambda made: reverse("customer", args=[made.pk]),
        back=reverse("incoming", args=[pk]),
        shown={"incoming": stored},  # read in full: it is in nobody's file
    )


@needs("incoming.assign", POST)
def incoming_discard(request: Request, pk: int) -> HttpResponse:
    """Nothing to keep."""
    stored = _stranger(request, pk)
    return act(
        request,
        partial(services.incoming_discard, incoming=stored, by=request.user),
        said=_("Discarded."),
        undo=reverse("incoming_restore", args=[pk]),
        refused={DecidedAlreadyError: DECIDED},
        then=reverse("incoming_list"),
    )


@needs("incoming.assign", POST)
def incoming_discard_many(request: Request) -> HttpResponse:
    """The chosen ones."""
    ids = [pk for value in request.POST.getlist("ids")[:MOST_AT_ONCE] if (pk := row_id(value)) is not None]
    rows = undecided(request.user).filter(pk__in=ids)

    def discard() -> int:
        return services.incoming_discard_many(rows=rows, by=request.user)

    def said(n: Any) -> str:
        return ngettext("%(n)s message was discarded.", "%(n)s messages were discarded.", n) % {"n": n}

    return act(request, discard, said=said, then=reverse("incoming_list"))


@needs("incoming.assign", POST)
def incoming_restore(request: Request, pk: int) -> HttpResponse:
    """Back to those that wait."""
    stored = _stranger(request, pk)
    return act(
        request,
        partial(services.incoming_restore, incoming=stored, by=request.user),
        said=_("Waits for a decision again."),
        refused={DecidedAlreadyError: DECIDED},
        then=reverse("incoming", args=[pk]),
    )


@needs("incoming.change", POST)
def incoming_release(request: Request, pk: int) -> HttpResponse:
    """Not from this customer after all."""
    rows = Incoming.objects.select_related("customer").filter(customer__deleted_at=None, state=Incoming.State.KNOWN)
    stored = row_for(rows, request.user, pk, "change")
    if stored.customer_id is None:
        raise Http404
    return act(
        request,
        partial(services.incoming_release, incoming=stored, by=request.user),
        said=_("Taken out of this history. It waits under Unknown senders."),
        refused={DecidedAlreadyError: DECIDED},
        then=reverse("customer", args=[stored.customer_id]),
    )


# --- addresses that don't work ---------------------------------------------------------------------------------------
@needs("customer.change", POST)
def address_works(request: Request, pk: int) -> HttpResponse:
    """Somebody knows that it works."""
    rows = DeadAddress.objects.select_related("customer").filter(customer__deleted_at=None)
    address: DeadAddress = row_for(rows, request.user, pk, "customer.change")
    return act(
        request,
        partial(addresses.address_works, address=address, by=request.user),
        said=_("Mail goes there again."),
        then=reverse("customer", args=[address.customer_id]),
    )


@needs("customer.change", POST)
def sender_forget(request: Request, pk: int) -> HttpResponse:
    """What comes from there is asked about again; what came stays."""
    rows = Handle.objects.select_related("customer").filter(customer__deleted_at=None)
    handle: Handle = row_for(rows, request.user, pk, "customer.change")
    return act(
        request,
        partial(services.handle_forget, handle=handle, by=request.user),
        said=_("Forgotten: what comes from there waits for a decision."),
        then=reverse("customer", args=[handle.customer_id]),
    )
