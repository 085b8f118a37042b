"""The thread of an entry: the entry, its comments, and the form for one more; and whom one may name in it."""

from __future__ import annotations

from functools import partial

from django import forms
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import row_for
from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from customers import mentions, services
from customers.models import Comment, Customer, Interaction
from ui.flow import form_page
from ui.forms import OnceForm

LONGEST = 1000
SHOWN = 100


class CommentForm(OnceForm):
    """One comment."""

    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("@ and a name tells that colleague."),
    )


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


@needs("interaction.add", READ)
def colleagues(request: Request, pk: int) -> JsonResponse:
    """The names that fit what is typed behind an @, of people who may see the customer."""
    rows = Customer.objects.select_related("owner", "service_owner").defer("search_tokens")
    customer = row_for(rows, request.user, pk, "interaction.add")
    people = mentions.offered(request.user, customer, request.GET.get("q", "")[:40])
    return JsonResponse({"names": [person.name for person in people]})
