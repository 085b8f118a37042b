"""The page of a reader of messages, without sign-in: GET shows, POST does. The token in the address is the only key.

It says nothing of whether a token was ever one, is never indexed, and works without script. Mail programs post to the
same address by themselves (RFC 8058) when their reader presses the button they show.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.decorators import FORM
from accounts.masking import mask_value
from customers.models import Consent, Topic
from followups import services
from followups.messages.proof import proof_of
from followups.models import Message
from followups.services.readers import wanted_topics

ONE_CLICK = "One-Click"
LONGEST_TOKEN = 64


@require_http_methods(FORM)
@never_cache
@csrf_exempt  # no cookie takes part: who knows the token is its reader
def reader(request: HttpRequest, token: str) -> HttpResponse:
    """Which messages they get, and the buttons that change it."""
    message = _message(token)
    if request.method != "POST":
        return _private(_page(request, message))
    if message is not None:
        _do(request, message)
    if request.POST.get("List-Unsubscribe") == ONE_CLICK:
        return _private(HttpResponse(status=200))
    return _private(redirect(reverse("reader", args=[token])) if message else _page(request, None))


def _message(token: str) -> Message | None:
    if len(token) > LONGEST_TOKEN:
        return None
    # unscoped: nobody is signed in, the token is the right to see this page of a single message
    rows = Message.objects.select_related("customer", "contact")
    return rows.filter(token=token, customer__deleted_at=None).first()


def _do(request: HttpRequest, message: Message) -> None:
    act = request.POST.get("act", "")
    if request.POST.get("List-Unsubscribe") == ONE_CLICK:
        marketing = message.topic == Topic.MARKETING
        services.reader_refuses(message=message, topic=Topic.MARKETING if marketing else "")
    elif act == "none":
        services.reader_refuses(message=message)
    elif act == "topics":
        services.reader_chooses(message=message, topics=request.POST.getlist("topics"))
    elif act == "undo":
        services.reader_takes_back(message=message)


def _page(request: HttpRequest, message: Message | None) -> HttpResponse:
    """The same page for every token that is none, and for none that ever was one."""
    if message is None:
        return render(request, "reader/gone.html", status=404)
    wanted = wanted_topics(message)
    said = Consent.objects.filter(
        customer=message.customer_id, contact=message.contact_id, source=Consent.Source.LINK, undone_at=None
    )
    context = {
        "message": message,
        "address": _masked_address(message),
        "topics": [(value, label, value in wanted) for value, label in Topic.choices],
        "gets_any": bool(wanted),
        "may_undo": said.filter(proof=proof_of(message)).exists(),
    }
    return render(request, "reader/page.html", context)


def _masked_address(message: Message) -> str:
    """Enough to tell one's own; nothing where the message had no address."""
    if message.email:
        return mask_value("email", message.email)
    return mask_value("phone", message.phone) if message.phone else ""


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
