"""Templates of messages in Settings: everybody may read them, managers write them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from customers.models import Contact, Customer
from followups import services
from followups.cadence_table.words import FREQUENCY
from followups.messages.forms import TemplateForm
from followups.messages.models import Language
from followups.messages.values import values_for
from followups.messages.variables import VARIABLES, fill
from followups.models import Message, MessageTemplate
from segmentation import catalogue
from ui.flow import edit_page, form_page

ACTS = ("template.add", "template.change")


def _with_uses() -> QuerySet[MessageTemplate]:
    """Each with `uses`: how many messages were sent with it."""
    return MessageTemplate.objects.annotate(uses=Count("messages", Q(messages__state=Message.State.SENT)))


@needs("template.view", READ)
def template_list(request: Request) -> HttpResponse:
    """All templates, those in use first, with how often each was sent."""
    names = dict(catalogue.every_choice())
    lines = [
        (template, ", ".join(names.get(code, code) for code in template.tiers), FREQUENCY.get(template.frequency, ""))
        for template in _with_uses().order_by("-is_active", "pk")
    ]
    context = {"lines": lines, "may_change": request.user.can("template.change")}
    context |= {"may_add": request.user.can("template.add"), "may_read_messages": request.user.can("message.view")}
    context |= last_changes(request.user, *ACTS, naming=True)
    return render(request, "followups/messages/templates.html", context)


@needs("template.add", FORM)
def template_new(request: Request) -> HttpResponse:
    """A template of the company's own."""
    return form_page(
        request,
        TemplateForm,
        "followups/messages/template.html",
        once=MessageTemplate,
        initial={"purpose": "other", "topic": "service", "is_active": True},
        draft="template",
        save=lambda form: services.template_add(by=request.user, **form.values()),
        said=_("Template saved."),
        then=reverse("template_list"),
        variables=VARIABLES,
    )


@needs("template.change", FORM)
def template_edit(request: Request, pk: int) -> HttpResponse:
    """Its words and whom it is for. Messages that were sent keep theirs."""
    find = partial(get_object_or_404, MessageTemplate, pk=pk)
    template = find()
    return edit_page(
        request,
        TemplateForm,
        "followups/messages/template.html",
        row=template,
        find=find,
        save=lambda edit: services.template_change(
            template=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Template saved. Messages that were sent keep their words."),
        then=reverse("template_list"),
        variables=VARIABLES,
        preview=_preview(request, template),
        uses=Message.objects.filter(template=template, state=Message.State.SENT).count(),
    )


def _preview(request: Request, template: MessageTemplate) -> dict[str, Any] | None:
    """How it reads for one of this person's own customers, the latest one that fits."""
    own = Customer.objects.for_user(request.user, pool=False).select_related("facts", "owner").defer("search_tokens")
    fitting = own.filter(stage=template.stage) if template.stage else own
    customer = fitting.order_by("-facts__last_contact_at", "pk").filter(facts__last_contact_at__isnull=False).first()
    customer = customer or own.order_by("pk").first()
    if customer is None:
        return None
    texts = []
    people = Contact.objects.for_user(request.user).filter(customer=customer)
    contact = people.order_by("-is_primary", "pk").first()
    for language in Language:
        known = values_for(request.user, customer, contact, language)
        subject, body = template.words(language)
        texts.append((language.label, fill(subject, known), fill(body, known)))
    return {"customer": customer, "texts": texts}
