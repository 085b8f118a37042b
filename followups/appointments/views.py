"""Inviting people to a follow-up with a time, and the page on which a guest answers."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import timedelta
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.masking import masked_all
from accounts.models import User
from accounts.throttle import Bucket, network_of, take
from core import clock
from core.company import company
from core.outbox import MAIL_OFF, mail_is_on
from customers.models import Contact, Customer
from customers.selectors import contacts_of
from followups import services
from followups.appointments.forms import AnswerForm, InviteForm
from followups.calendar.feed_views import UNSEEN
from followups.models import Appointment, FollowUp, Guest
from followups.services import appointments
from followups.services.appointments import TooLateToAnswerError
from ui.flow import act, form_page

ANSWERS = Bucket(30, timedelta(seconds=20))  # pages of guests, by network
THEMSELVES = "customer"  # the customer, where they are a person or have an address of their own


@needs("follow_up.change", FORM)
def appointment(request: Request, pk: int) -> HttpResponse:
    """Who is invited to this follow-up and what they say; invite more, or tell them of another place."""
    follow_up = _follow_up(request, pk)
    outside, barred = _outside(request.user, follow_up.customer)
    standing = Appointment.objects.for_user(request.user).filter(pk=pk).first()
    guests = list(standing.guests.select_related("contact", "customer", "user")) if standing else []

    def save(form: InviteForm) -> Appointment:
        people: list[Contact | Customer | User] = [outside[value] for value in form.cleaned_data["outside"]]
        people += list(form.cleaned_data["colleagues"])
        place = form.cleaned_data["place"]
        return services.appointment_invite(follow_up=follow_up, people=people, place=place, by=request.user)

    colleagues = User.objects.for_user(request.user).filter(is_active=True, email__gt="").order_by("name_sort", "pk")
    known = standing.place if standing and guests and standing.called_off_at is None else None
    choices = [(value, one.name) for value, one in outside.items()]
    return form_page(
        request,
        partial(InviteForm, outside=choices, colleagues=colleagues, known_place=known),
        "followups/appointments/invite.html",
        initial={"place": standing.place if standing else ""},
        once=Appointment,
        save=save,
        said=_("Saved. The mails are on their way."),
        then=reverse("appointment", args=[pk]),
        follow_up=follow_up,
        customer=follow_up.customer,
        standing=standing,
        guests=_invited(follow_up.customer, guests),
        barred=barred,
        may_change_place=known is not None,
        mail_off="" if mail_is_on() else MAIL_OFF,
    )


def _invited(customer: Customer, guests: Sequence[Guest]) -> list[tuple[Guest, str, str]]:
    """(guest, what they say, why they aren't told of changes any more)."""
    outside = [guest for guest in guests if guest.user_id is None]
    barred = appointments.not_invited(customer, [guest.contact or customer for guest in outside])
    whys = {outside[at].pk: why for at, why in barred.items()}
    gone = _("There is no e-mail address any more.")
    return [
        (guest, guest.get_answer_display(), whys.get(guest.pk) or ("" if appointments.address_of(guest) else gone))
        for guest in guests
    ]


def _follow_up(request: Request, pk: int) -> FollowUp:
    rows = FollowUp.objects.select_related("customer__facts", "assignee").filter(customer__deleted_at=None)
    return row_for(rows.defer("customer__search_tokens"), request.user, pk, "change")


def _outside(user: User, customer: Customer) -> tuple[dict[str, Contact | Customer], list[tuple[str, str]]]:
    """Whom at the customer this person may write to, whose address they read in full; and (name, why not) of the rest.

    Where the customer is not to be contacted at all the page says it once.
    """
    if customer.do_not_contact:
        return {}, []
    contacts = list(contacts_of(user, customer))
    people: list[Contact | Customer] = [customer, *contacts] if customer.email else [*contacts]
    shown = masked_all(user, [copy(one) for one in people])
    refused = appointments.not_invited(customer, people)
    found: dict[str, Contact | Customer] = {}
    barred = []
    for at, (person, seen) in enumerate(zip(people, shown, strict=True)):
        if not person.email:
            barred.append((seen.name, _("There is no e-mail address.")))
        elif "email" in seen.masked_names:
            barred.append((seen.name, _("You may not read the e-mail address.")))
        elif at in refused:
            barred.append((seen.name, refused[at]))
        else:
            found[THEMSELVES if person is customer else str(person.pk)] = person
    return found, barred


@needs("follow_up.change", POST)
def appointment_call_off(request: Request, pk: int) -> HttpResponse:
    """It doesn't take place; everybody who was invited is told."""
    follow_up = _follow_up(request, pk)
    standing = get_object_or_404(Appointment.objects.for_user(request.user), pk=follow_up.pk)
    count = standing.guests.count()
    words = ngettext("Called off; %(n)s person is told.", "Called off; %(n)s people are told.", count) % {"n": count}
    return act(
        request,
        partial(services.appointment_call_off, appointment=standing, by=request.user),
        said=words,
        then=reverse("appointment", args=[pk]),
    )


# --- without sign-in -------------------------------------------------------------------------------------------------
@require_http_methods(FORM)
def appointment_answer(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's page: to look at it changes nothing, the buttons do. Mail programs open every link."""
    take({f"appointment:{network_of(request)}": ANSWERS})
    guest = appointments.guest_of(token)
    if guest is None:
        return _unseen(render(request, "followups/appointments/gone.html", status=404))
    standing = guest.appointment
    over = standing.called_off_at is not None or standing.begins_at <= clock.now()
    zone = clock.user_zone(standing.follow_up.assignee)
    form = AnswerForm(request.POST if request.method == "POST" else None, zone=zone)
    if request.method == "POST" and not over and form.is_valid():
        other = form.cleaned_data["answer"] == Guest.Answer.OTHER
        try:
            services.guest_answer(
                guest=guest,
                answer=form.cleaned_data["answer"],
                proposed_at=form.proposed_at if other else None,
                note=form.cleaned_data["note"],
            )
        except TooLateToAnswerError:
            over = True
        else:
            return _unseen(redirect("appointment_answer", token=token))
    context = {
        "company": company(),
        "guest": guest,
        "what": appointments.title_of(standing),
        "when": appointments.when_words(standing),
        "host": standing.follow_up.assignee.name,
        "place": standing.place,
        "answer": guest.get_answer_display() if guest.answer else "",
        "proposed": guest.proposed_at.astimezone(zone) if guest.proposed_at else None,
        "over": over,
        "called_off": standing.called_off_at is not None,
        "form": form,
        "zone": zone.key,
    }
    page = render(request, "followups/appointments/answer.html", context, status=422 if form.errors else 200)
    return _unseen(page)


def _unseen(answer: HttpResponse) -> HttpResponse:
    for name, value in UNSEEN.items():
        answer.headers[name] = value
    return answer
