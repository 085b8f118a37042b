"""Relations of a company: adding one, its page, ending it and taking that back."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from core.http import row_id
from customers.choosing import EVERYBODY, choose_customer
from customers.models import Customer, Kind, Relation
from customers.relations import services
from customers.relations.forms import RelationChange, RelationForm
from customers.relations.reading import relation_for
from ui.flow import act, edit_page, form_page


@needs("relation.add", FORM)
def relation_new(request: Request, pk: int) -> HttpResponse:
    """What `?customer=` is to this company."""
    rows = Customer.objects.defer("search_tokens")
    customer: Customer = row_for(rows, request.user, pk, "relation.add")
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None:
        question = _("Which company stands in a relation to %(name)s?") % {"name": customer.name}
        companies = ~Q(kind=Kind.PERSON) & ~Q(pk=customer.pk)
        title = _("New relation")
        return choose_customer(request, "customer.view", title, start=EVERYBODY, question=question, only=companies)
    other: Customer = row_for(rows, request.user, wanted)
    return form_page(
        request,
        partial(RelationForm, customer=customer, other=other),
        "customers/relations/form.html",
        once=Relation,
        save=lambda form: services.relation_add(**form.relation(), by=request.user),
        said=_("Noted on both companies' pages."),
        then=reverse("customer", args=[customer.pk]),
        customer=customer,
        other=other,
    )


@needs("relation.change", FORM)
def relation_edit(request: Request, pk: int) -> HttpResponse:
    """Since when it is, and its note; from which of both one came stands in `?of=`."""
    find = partial(relation_for, request.user, pk)
    row = find()
    here = _side(request, row)
    return edit_page(
        request,
        RelationChange,
        "customers/relations/edit.html",
        find=find,
        row=row,
        save=lambda edit: services.relation_change(
            relation=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved"),
        then=reverse("customer", args=[here.pk]),
        customer=here,
        other=row.other(here.pk),
        word=row.word(here.pk),
        may_end=Relation.objects.for_user(request.user, "delete").filter(pk=pk).exists(),
    )


@needs("relation.delete", POST)
def relation_end(request: Request, pk: int) -> HttpResponse:
    """It holds no longer."""
    row = relation_for(request.user, pk, "delete")
    here = _side(request, row)
    return act(
        request,
        partial(services.relation_end, relation=row, by=request.user),
        said=_("The relation has ended. The histories of both keep it."),
        undo=f"{reverse('relation_restore', args=[pk])}?{urlencode({'of': here.pk})}",
        then=reverse("customer", args=[here.pk]),
    )


@needs("relation.delete", POST)
def relation_restore(request: Request, pk: int) -> HttpResponse:
    """It holds again."""
    rows = Relation.all_objects.filter(first__deleted_at=None, second__deleted_at=None)
    row = row_for(rows.select_related("first", "second", "kind"), request.user, pk, "delete")
    return act(
        request,
        partial(services.relation_restore, relation=row, by=request.user),
        said=_("The relation holds again."),
        then=reverse("customer", args=[_side(request, row).pk]),
    )


def _side(request: Request, row: Relation) -> Customer:
    """The company from whose page one came."""
    return row.second if request.GET.get("of") == str(row.second_id) else row.first
