"""A prospect's letters: asked on a page with notes, or by one tap on the customer's page."""

from __future__ import annotations

from functools import partial

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from customers.models import Customer, facts_of
from segmentation.qualification import services
from segmentation.qualification.forms import AnswerForm, QualificationForm
from segmentation.qualification.listing import PROSPECTS
from segmentation.qualification.models import Frame, Qualification, qualification_of
from segmentation.qualification.wording import score_words
from ui.flow import act, edit_page
from ui.listing import Asked, list_page


@needs(PROSPECTS.permission, READ)
def prospect_list(request: Request) -> HttpResponse:
    """Who hasn't bought yet, the most promising first."""
    sub = _("By BANT or FAINT, over the letters that were asked. Who buys leaves the list.")
    return list_page(
        Asked(PROSPECTS, request), title=_("Prospects"), template="segmentation/qualification/list.html", sub=sub
    )


@needs("qualification.change", FORM)
def qualification(request: Request, pk: int) -> HttpResponse:
    """All letters of the frame with their notes."""
    customer = _customer(request, pk)
    stored = qualification_of(customer)
    return edit_page(
        request,
        partial(QualificationForm, frame=stored.frame),
        "segmentation/qualification/form.html",
        row=stored,
        find=lambda: qualification_of(_customer(request, pk)),
        draft=f"qualification:{pk}:{stored.frame}",
        save=lambda edit: services.qualify(
            customer=customer, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=lambda _row: _told(request, pk),
        then=f"{reverse('customer', args=[pk])}#qualification",
        customer=customer,
        frames=Frame.choices,
        bought=facts_of(customer).last_order_on,
    )


@needs("qualification.change", POST)
def qualification_answer(request: Request, pk: int) -> HttpResponse:
    """One letter, or the frame, by one tap."""
    customer = _customer(request, pk)

    def do() -> Qualification:
        form = AnswerForm(request.POST, frame=qualification_of(customer).frame)
        if not form.is_valid() or not form.changes():
            raise ValidationError(_("Nothing was chosen. Choose one of the answers."))
        version, changes = form.cleaned_data["version"], form.changes()
        return services.qualify(customer=customer, changes=changes, version=version, by=request.user)

    return act(
        request,
        do,
        said=lambda row: _("%(name)s: %(score)s") % {"name": customer.name, "score": score_words(row.frame, row.score)},
        then=f"{reverse('customer', args=[pk])}#qualification",
    )


def _told(request: Request, pk: int) -> str:
    row = qualification_of(_customer(request, pk))
    return _("%(name)s: %(score)s") % {"name": row.customer.name, "score": score_words(row.frame, row.score)}


def _customer(request: Request, pk: int) -> Customer:
    rows = Customer.objects.select_related("facts", "owner", "qualification").defer("search_tokens")
    return row_for(rows, request.user, pk, "qualification.change")
