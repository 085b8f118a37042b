"""`/first-run/`: how a new company comes to its first useful morning. What is done is read from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.models import User
from core import first_steps
from core.company import company
from core.contributions import FirstStep
from core.http import safe_next
from customers import selectors
from customers.models import Customer, Kind
from customers.services import customer_create
from ui.flow import act, form_page
from workbench.first_run import services
from workbench.first_run.forms import FirstCustomerForm
from workbench.first_run.phone import address


@dataclass(frozen=True)
class Line:
    """A step as the page shows it."""

    step: FirstStep
    done: bool
    words: str  # what is there, or what there is to do
    url: str
    progress: Any


@needs("setting.change", FORM)
def first_run(request: Request) -> HttpResponse:
    """The list, ways to begin, and a form for who has no file: it writes down just one customer."""
    user = request.user
    context = _list(user)
    if request.htmx and request.method != "POST" and not request.htmx.history_restore_request:
        response = render(request, "first_run/list.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    if not user.can("customer.add"):
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "first_run/page.html", context)

    def ask(form: FirstCustomerForm) -> dict[str, selectors.Duplicates]:
        """Customers that may be the same, unless the person has said that they aren't."""
        data = form.cleaned_data
        if data["anyway"]:
            return {}
        known = selectors.duplicates_of(user, name=data["name"], phones=[data["phone"]])
        return {"known": known} if known else {}

    return form_page(
        request,
        partial(FirstCustomerForm, user=user),
        "first_run/page.html",
        initial={"kind": Kind.PERSON},
        draft="first_customer",
        ask=ask,
        once=Customer,
        save=lambda form: customer_create(by=user, owner=user, **form.file()),
        said=lambda customer: _("%(name)s is in the book, in your hands.") % {"name": customer.name},
        then=reverse("first_run"),
        **context,
    )


def _list(user: User) -> dict[str, Any]:
    steps = first_steps.steps_of(user)
    # Before what is done: work that ends in between would look as if nobody had begun it, and never be asked for again.
    at_work = {step.key: step.progress() for step in steps if step.progress}
    done = first_steps.done()
    lines = [_line(step, done[step.key], at_work.get(step.key)) for step in steps]
    count = sum(line.done for line in lines)
    return {
        "lines": lines,
        "done": count,
        "of": len(lines),
        "begun": done["customers"],
        "percent": count * 100 // len(lines),
        "at_work": any(at_work.values()),
        "is_open": first_steps.are_open(),
        "is_demo": company().is_demo,
        "may_import": user.can("import.add"),
        "may_add_people": user.can("user.add"),
        "phone": address(),
    }


def _line(step: FirstStep, done: bool, progress: Any) -> Line:
    if step.press:
        url = reverse(step.page)
    else:
        query = "&".join(filter(None, (step.query, urlencode({"next": reverse("first_run")}))))
        url = f"{reverse(step.page)}?{query}"
    return Line(step, done, step.found() if done else str(step.hint), url, None if done else progress)


@login_required
@require_safe
def open_on_phone(request: Request) -> HttpResponse:
    """The address and its code, for everybody."""
    return render(request, "first_run/phone.html", {"phone": address(), "back": safe_next(request, "")})


@needs("setting.change", POST)
def first_steps_close(request: Request) -> HttpResponse:
    """Nothing leads to the list any more."""

    def close() -> None:
        if not services.first_steps_close(by=request.user):
            raise ValidationError(_("The list was put away already."))

    said = _("The list is put away. Settings has it under “First steps”.")
    return act(request, close, said=said, then=reverse("today"))


@needs("setting.change", POST)
def first_steps_reopen(request: Request) -> HttpResponse:
    """Pages lead to the list again."""

    def reopen() -> None:
        if not services.first_steps_reopen(by=request.user):
            raise ValidationError(_("The list is open already."))

    return act(request, reopen, said=_("The list is open again."), then=reverse("first_run"))
