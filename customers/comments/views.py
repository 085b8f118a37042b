"""Comments: on a customer, which is a note among colleagues, and on an entry of its history; and whom one may name."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from customers import mentions, services
from customers.comments.forms import CommentForm
from customers.models import Comment, Customer, Interaction, InteractionKind
from ui.flow import form_page

SHOWN = 100


@needs("interaction.add", FORM)
def comments(request: Request, pk: int) -> HttpResponse:
    """Read the thread of an entry and add to it."""
    rows = Interaction.objects.select_related("customer__owner", "customer__service_owner", "user")
    entry = row_for(rows, request.user, pk, "add")
    thread = Comment.objects.filter(interaction=entry)  # unscoped: whoever sees the entry sees its thread
    said = thread.select_related("user").order_by("at", "pk")
    return form_page(
        request,
        partial(CommentForm),
        "customers/comments.html",
        draft=f"comment:{pk}",
        once=Comment,
        save=lambda form: services.comment_add(interaction=entry, text=form.cleaned_data["text"], by=request.user),
        said=_("Comment added."),
        then=lambda _made: f"{reverse('customer', args=[entry.customer_id])}#entry-{pk}",
        back=reverse("customer", args=[entry.customer_id]),
        entry=entry,
        customer=entry.customer,
        comments=list(said[:SHOWN]),
    )


@needs("interaction.add", FORM)
def customer_comment(request: Request, pk: int) -> HttpResponse:
    """A comment on the customer: a note among colleagues in its history, which can be answered, corrected and found."""
    rows = Customer.objects.select_related("owner", "service_owner", "facts").defer("search_tokens")
    customer = row_for(rows, request.user, pk, "interaction.add")
    return form_page(
        request,
        partial(CommentForm),
        "customers/comment.html",
        draft=f"customer_comment:{pk}",
        once=Interaction,
        save=lambda form: services.interaction_log(
            customer=customer, by=request.user, kind=InteractionKind.NOTE, summary=form.cleaned_data["text"].strip()
        ),
        said=_("Comment added."),
        then=lambda made: f"{reverse('customer', args=[pk])}#entry-{made.pk}",
        back=reverse("customer", args=[pk]),
        customer=customer,
    )


@needs("interaction.add", READ)
def colleagues(request: Request, pk: int) -> JsonResponse:
    """The names that fit what is typed behind an @, of people who may see the customer."""
    rows = Customer.objects.select_related("owner", "service_owner").defer("search_tokens")
    customer = row_for(rows, request.user, pk, "interaction.add")
    people = mentions.offered(request.user, customer, request.GET.get("q", "")[:40])
    return JsonResponse({"names": [person.name for person in people]})
