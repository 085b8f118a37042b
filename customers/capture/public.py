"""A form for strangers: GET shows it, POST takes it once. Nobody is signed in; no answer tells who is known here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import throttle
from accounts.decorators import FORM
from customers import services
from customers.capture.forms import AnswersForm, seal
from customers.models import CaptureForm
from customers.services.capture import FormClosedError, takes

FROM_ONE_ADDRESS = throttle.Bucket(20, timedelta(seconds=30))  # a stand, where a whole hall shares one address
OF_ONE_FORM = throttle.Bucket(300, timedelta(seconds=2))


@require_http_methods(FORM)
@never_cache
@csrf_exempt  # no cookie takes part: anybody may send it, from wherever
def capture(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, or that it is closed; after it was sent, the thanks."""
    # unscoped: open forms are for everybody
    form = CaptureForm.objects.select_related("owner", "channel", "tag", "consent_text").filter(slug=slug).first()
    if form is None or not takes(form):
        return _page(request, "reader/closed.html", status=404)
    if request.method != "POST":
        if "sent" in request.GET:
            return _page(request, "reader/sent.html", form=form, thanks=form.in_words("thanks"))
        return _form_page(request, form, AnswersForm(of=form), status=200)
    return _take(request, form)


def _take(request: HttpRequest, form: CaptureForm) -> HttpResponse:
    sent = AnswersForm(request.POST, of=form)
    if request.POST.get("website"):  # thanked like everybody, so that it learns nothing
        return _thanks(form)
    if not sent.is_valid():
        return _form_page(request, form, sent, status=422)
    here = throttle.network_of(request)
    try:
        throttle.take({f"capture:{form.pk}:{here}": FROM_ONE_ADDRESS, f"capture:{form.pk}": OF_ONE_FORM})
        _register(form, sent)
    except throttle.TooManyAttemptsError as refused:
        words = _("Many are sending just now. Please send it again in %(n)s seconds; what you typed stays here.")
        sent.add_error(None, words % {"n": refused.seconds})
        answer = _form_page(request, form, sent, status=429)
        answer.headers["Retry-After"] = str(refused.seconds)
        return answer
    except FormClosedError:
        return _page(request, "reader/closed.html", status=404)
    return _thanks(form)


def _register(form: CaptureForm, sent: AnswersForm) -> None:
    assert sent.key is not None  # a valid form has it
    shown = (form.in_words("privacy"), sent.consent)
    services.register(
        form=form,
        key=sent.key,
        answers=sent.answers(),
        agreed=bool(sent.cleaned_data.get("agreed")),
        language=get_language() or "",
        shown="\n".join(text for text in shown if text),
    )


def _thanks(form: CaptureForm) -> HttpResponse:
    return redirect(f"{reverse('capture', args=[form.slug])}?sent=1")


def _form_page(request: HttpRequest, form: CaptureForm, sent: AnswersForm, *, status: int) -> HttpResponse:
    """A page that was refused goes on with its own key, so that it still makes one file; an old one gets another."""
    kept = sent.data.get("seal", "") if sent.is_bound and getattr(sent, "key", None) else seal()
    texts = {name: form.in_words(name) for name in ("intro", "privacy")}
    return _page(request, "reader/form.html", status=status, form=form, sent=sent, seal=kept, **texts)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
