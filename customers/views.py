"""Pages that change customer files: new, edit, recycle bin, owner, sharing, tags, contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import row_for
from accounts.decorators import needs
from accounts.heldposts import bound_or_held
from accounts.http import Request
from accounts.limits import LimitReachedError
from accounts.masking import masked, masked_all
from accounts.models import User
from accounts.scope import reach_of
from core.http import row_id, safe_next
from core.idempotency import SENT_BEFORE, KeyReusedError, create_once
from core.paging import keyset_page
from core.versions import StaleVersionError
from customers import editing, forms, selectors, services
from customers.models import Contact, Customer, Tag
from ui import drafts, toasts

FORM = require_http_methods(["GET", "HEAD", "POST"])
MOST_AT_ONCE = 500


def _status(request: Request, form: BaseForm) -> int:
    return 422 if request.method == "POST" and form.errors else 200


# --- new -------------------------------------------------------------------------------------------------------------
@FORM
@needs("customer.add")
def customer_new(request: Request) -> HttpResponse:
    """A new file; warns once when the same name or phone is known already."""
    data = bound_or_held(request)
    start = {"owner": _first_owner(request.user), "kind": "company"} | (drafts.kept(request.user, "customer_new") or {})
    form = forms.NewCustomerForm(data, user=request.user, initial=start)
    known = selectors.Duplicates()
    if request.method == "POST" and form.is_valid():
        known = _known(request, form)
        if not known:
            return _create(request, form)
    status = 422 if known else _status(request, form)
    return render(request, "customers/new.html", {"form": form, "known": known}, status=status)


def _first_owner(user: User) -> int | None:
    return None if reach_of(user).everywhere("customer.add") else user.pk


def _known(request: Request, form: forms.NewCustomerForm) -> selectors.Duplicates:
    """Customers that may be the same, unless the person has said that they aren't."""
    data = form.cleaned_data
    if data["anyway"] or _already_made(request, form):
        return selectors.Duplicates()
    return selectors.duplicates_of(request.user, name=data["name"], phones=[data["phone"]], email=data["email"])


def _already_made(request: Request, form: forms.NewCustomerForm) -> bool:
    """A second press of the button finds the customer that the first one made; that is no duplicate."""
    return selectors.was_made(request.user, str(form.cleaned_data["idempotency_key"]))


def _create(request: Request, form: forms.NewCustomerForm) -> HttpResponse:
    data = form.cleaned_data
    owner = data.get("owner", request.user)
    try:
        customer, made = create_once(
            user=request.user,
            key=str(data["idempotency_key"]),
            data={**editing.typed_values(form), "owner": getattr(owner, "pk", None)},
            model=Customer,
            create=lambda: services.customer_create(
                by=request.user, owner=owner, contact_name=data["contact_name"], **form.file()
            ),
        )
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
        return render(request, "customers/new.html", {"form": form}, status=422)
    drafts.drop(request.user, "customer_new")
    if made:
        toasts.success(request, _("Customer saved"))
    return redirect("customer", customer.pk)


# --- edit ------------------------------------------------------------------------------------------------------------
@FORM
@needs("customer.change")
def customer_edit(request: Request, pk: int) -> HttpResponse:
    """The file as a form; what somebody else saved meanwhile is merged, or shown side by side with 409."""
    customer = selectors.customer_for(request.user, pk, "change")
    data = bound_or_held(request)
    form = forms.EditCustomerForm(data, user=request.user, customer=customer)
    form.initial |= editing.initial(customer, form)
    if request.method == "POST" and form.is_valid():
        original = editing.unseal(form.cleaned_data["original"])
        if original is not None:
            return _save_edit(request, customer, form, original)
        form.add_error(None, _("The form was changed on its way. Nothing was saved; open the page again."))
    context = {"form": form, "customer": masked(request.user, customer)}
    return render(request, "customers/edit.html", context, status=_status(request, form))


def _save_edit(request: Request, customer: Customer, form: Any, original: dict[str, Any]) -> HttpResponse:
    result, current = editing.save(customer=customer, form=form, original=original, by=request.user)
    if result.conflicts:
        return _conflict(request, current, form, result)
    _save_tags(request, current, form, before=original.get("tags", []))
    toasts.success(request, _merged_words(result.theirs, form))
    return redirect("customer", customer.pk)


def _merged_words(theirs: dict[str, Any], form: Any) -> str:
    if not theirs:
        return _("Customer saved")
    labels = ", ".join(str(form.fields[name].label) for name in theirs)
    return _("Saved. Meanwhile somebody else changed: %(fields)s. Both changes were kept.") % {"fields": labels}


def _save_tags(request: Request, customer: Customer, form: Any, *, before: list[int]) -> None:
    """Only what this person ticked or unticked: tags that others put on meanwhile stay."""
    chosen = {tag.pk: tag for tag in form.cleaned_data["tags"]}
    kept = {tag.pk: tag for tag in customer.tags.all() if tag.pk in chosen or tag.pk not in before}
    tags = kept | {pk: tag for pk, tag in chosen.items() if pk not in before}
    name = form.cleaned_data.get("new_tag", "").strip()
    if name:
        tag = services.tag_create(name=name, by=request.user)
        tags[tag.pk] = tag
    services.tags_set(customer=customer, tags=tags.values(), by=request.user)


def _conflict(request: Request, current: Customer, form: Any, result: Any) -> HttpResponse:
    """Field by field: mine, theirs, original; everything else travels along hidden."""
    context = {
        "customer": masked(request.user, selectors.customer_for(request.user, current.pk, "change")),
        "by": current.updated_by,
        "fields": editing.choices(form, result),
        "kept": editing.hidden_values(request.POST, form, result, current),
        "merged": [form.fields[name].label for name in result.theirs],
    }
    return render(request, "customers/conflict.html", context, status=409)


# --- data quality ----------------------------------------------------------------------------------------------------
@require_safe
@needs("customer.view")
def data_quality(request: Request) -> HttpResponse:
    """Phone numbers in reach that can't be called; nothing is changed by itself."""
    page = keyset_page(selectors.uncallable(request.user), order=("name_sort", "pk"), cursor=request.GET.get("cursor"))
    numbers = selectors.bad_phones_of(request.user, page.rows)
    rows = [(row, numbers[row.pk], reach_of(request.user).holds(row, "customer.change")) for row in page.rows]
    return render(request, "customers/quality.html", {"page": page, "rows": rows})


# --- recycle bin -----------------------------------------------------------------------------------------------------
@require_POST
@needs("customer.delete")
def customer_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    customer = row_for(Customer.objects, request.user, pk, "delete")
    try:
        services.customer_delete(customer=customer, by=request.user)
    except services.OpenComplaintError as refused:
        toasts.error(request, str(refused))
        return redirect("customer", pk)
    toasts.success(request, _("Moved to the recycle bin"), undo=reverse("customer_restore", args=[pk]))
    return redirect("customer_list")


@require_safe
@needs("customer.delete")
def customer_bin(request: Request) -> HttpResponse:
    """Deleted customers that this person may bring back."""
    page = keyset_page(
        selectors.binned_for(request.user), order=("-deleted_at", "-pk"), cursor=request.GET.get("cursor")
    )
    masked_all(request.user, page.rows)
    context = {"page": page, "may_purge": _may_purge(request.user), "days": selectors.BIN_DAYS}
    return render(request, "customers/bin.html", context)


@require_POST
@needs("customer.delete")
def customer_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""
    services.customer_restore(customer=selectors.binned_customer(request.user, pk), by=request.user)
    toasts.success(request, _("Customer restored"))
    return redirect("customer", pk)


def _may_purge(user: User) -> bool:
    return user.role.code == "administrator" and reach_of(user).everywhere("customer.delete")


@require_POST
@needs("customer.delete")
def customer_purge(request: Request, pk: int) -> HttpResponse:
    """Remove for good; administrators only."""
    customer = selectors.binned_customer(request.user, pk)
    if not _may_purge(request.user):
        raise PermissionDenied
    try:
        services.customer_purge(customer=customer, by=request.user)
    except services.PurgeRefusedError as refused:
        toasts.error(request, str(refused))
    else:
        toasts.success(request, _("Removed for good"))
    return redirect("customer_bin")


# --- owner -----------------------------------------------------------------------------------------------------------
@require_POST
@needs("customer.claim")
def customer_claim(request: Request, pk: int) -> HttpResponse:
    """Take a customer out of the pool."""
    customer = row_for(Customer.objects, request.user, pk, "claim")
    try:
        services.customer_claim(customer=customer, by=request.user)
    except services.AlreadyOwnedError:
        toasts.error(request, _("Somebody else was faster: this customer has an owner now."))
        return redirect("customer_list")
    except LimitReachedError as error:
        toasts.error(request, str(error))
        return redirect("customer", pk)
    toasts.success(request, _("The customer is yours now"))
    return redirect("customer", pk)


@FORM
@needs("customer.assign")
def customer_transfer(request: Request, pk: int) -> HttpResponse:
    """Hand one customer over, with the reason."""
    customer = selectors.customer_for(request.user, pk, "assign")
    form = forms.TransferForm(bound_or_held(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        services.customer_transfer(customer=customer, by=request.user, **form.cleaned_data)
        toasts.success(request, _("Customer handed over"))
        still = Customer.objects.for_user(request.user).filter(pk=pk).exists()
        return redirect("customer", pk) if still else redirect("customer_list")
    context = {"form": form, "customers": [masked(request.user, customer)], "back": reverse("customer", args=[pk])}
    return render(request, "customers/assign.html", context, status=_status(request, form))


@require_POST
@needs("customer.assign")
def customers_assign(request: Request) -> HttpResponse:
    """Hand the chosen customers over: first the question, then the act."""
    return _bulk(request, "assign", forms.TransferForm, "customers/assign.html", _assign_all)


def _assign_all(request: Request, customers: list[Customer], form: Any) -> str:
    moved = services.customers_transfer(customers=customers, by=request.user, **form.cleaned_data)
    return ngettext("%(n)s customer handed over", "%(n)s customers handed over", moved) % {"n": moved}


@require_POST
@needs("customer.change")
def customers_tag(request: Request) -> HttpResponse:
    """Put a tag on the chosen customers: first the question, then the act."""
    return _bulk(request, "change", forms.TagForm, "customers/tag.html", _tag_all)


def _tag_all(request: Request, customers: list[Customer], form: Any) -> str:
    name = form.cleaned_data.get("new_tag", "").strip()
    tag: Tag = services.tag_create(name=name, by=request.user) if name else form.cleaned_data["tag"]
    count = services.customers_tag(customer_ids=[customer.pk for customer in customers], tag=tag, by=request.user)
    return ngettext("%(n)s customer tagged", "%(n)s customers tagged", count) % {"n": count}


def _bulk(
    request: Request,
    action: str,
    form_class: type[Any],
    template: str,
    act: Callable[[Request, list[Customer], Any], str],
) -> HttpResponse:
    """Ids out of reach are left out without a word: the answer doesn't tell which exist."""
    back = safe_next(request, reverse("customer_list"))
    customers = _chosen(request, action)
    if not customers:
        toasts.error(request, _("Choose at least one customer that you may change."))
        return redirect(back)
    form = form_class(request.POST if "confirm" in request.POST else None, user=request.user)
    if form.is_bound and form.is_valid():
        toasts.success(request, act(request, customers, form))
        return redirect(back)
    context = {"form": form, "customers": masked_all(request.user, customers), "back": back, "many": True}
    return render(request, template, context, status=422 if form.errors else 200)


def _chosen(request: Request, action: str) -> list[Customer]:
    ids = {row_id(value) for value in request.POST.getlist("ids")[:MOST_AT_ONCE]} - {None}
    rows = Customer.objects.for_user(request.user, action).filter(pk__in=ids)
    return list(rows.select_related("owner", "facts").defer("search_tokens").order_by("name_sort", "pk"))


@FORM
@needs("customer.change")
def customer_share(request: Request, pk: int) -> HttpResponse:
    """Who may work on this customer besides its owner; a collaborator or service owner doesn't pass it on."""
    customer = selectors.customer_for(request.user, pk, "change")
    if not selectors.decides_on(request.user, customer):
        raise PermissionDenied
    if "remove" in request.POST:
        return _unshare(request, customer)
    form = forms.ShareForm(bound_or_held(request), user=request.user, owner_id=customer.owner_id)
    if request.method == "POST" and form.is_valid():
        return _share(request, customer, form.cleaned_data["user"])
    context = {"form": form, "customer": masked(request.user, customer), "people": selectors.shares_of(customer)}
    return render(request, "customers/share.html", context, status=_status(request, form))


def _share(request: Request, customer: Customer, colleague: User) -> HttpResponse:
    try:
        services.customer_share(customer=customer, user=colleague, by=request.user)
    except services.OwnerChangedError:
        toasts.error(request, _("The customer was handed over meanwhile. It wasn't shared."))
        return redirect("customer_list")
    toasts.success(request, _("Shared"))
    return redirect("customer_share", customer.pk)


def _unshare(request: Request, customer: Customer) -> HttpResponse:
    chosen = row_id(request.POST["remove"])
    if chosen is not None:
        services.customer_unshare(customer=customer, user_id=chosen, by=request.user)
        toasts.success(request, _("No longer shared"))
    return redirect("customer_share", customer.pk)


@FORM
@needs("customer.reveal")
def customer_reveal(request: Request, pk: int) -> HttpResponse:
    """Masked values in full, once, for a reason that is kept."""
    customer = selectors.customer_for(request.user, pk, "reveal")
    form = forms.RevealForm(bound_or_held(request))
    if request.method == "POST" and form.is_valid():
        try:
            clear, contacts = services.customer_reveal(
                customer=customer, by=request.user, reason=form.cleaned_data["reason"]
            )
            return render(request, "customers/revealed.html", {"customer": clear, "contacts": contacts})
        except LimitReachedError as error:
            form.add_error(None, str(error))
    context = {"form": form, "customer": masked(request.user, customer)}
    return render(request, "customers/reveal.html", context, status=_status(request, form))


# --- contacts --------------------------------------------------------------------------------------------------------
@FORM
@needs("contact.add")
def contact_new(request: Request, pk: int) -> HttpResponse:
    """Another person at this customer."""
    rows = Customer.objects.select_related("facts", "owner").defer("search_tokens")
    customer = masked(request.user, row_for(rows, request.user, pk, "contact.add"))
    form = forms.ContactForm(bound_or_held(request), user=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        answer = _add_contact(request, customer, form)
        if answer is not None:
            return answer
    context = {"form": form, "customer": customer}
    return render(request, "customers/contact.html", context, status=_status(request, form))


def _add_contact(request: Request, customer: Customer, form: Any) -> HttpResponse | None:
    values = {name: form.cleaned_data[name] for name in form.offered}
    try:
        create_once(
            user=request.user,
            key=str(form.cleaned_data["idempotency_key"] or ""),
            data={**editing.typed_values(form), "customer": customer.pk},
            model=Contact,
            create=lambda: services.contact_add(customer=customer, by=request.user, **values),
        )
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
        return None
    toasts.success(request, _("Contact saved"))
    return redirect("customer", customer.pk)


@FORM
@needs("contact.change")
def contact_edit(request: Request, pk: int) -> HttpResponse:
    """Change a contact; a newer version by somebody else is shown, and the entries stay in the form."""
    contact = selectors.contact_for(request.user, pk, "change")
    initial = {name: getattr(contact, name) for name in forms.ContactForm.Meta.fields} | {"version": contact.version}
    form = forms.ContactForm(
        bound_or_held(request), user=request.user, customer=contact.customer, contact=contact, initial=initial
    )
    status = None
    if request.method == "POST" and form.is_valid():
        try:
            _change_contact(request, contact, form)
            toasts.success(request, _("Contact saved"))
            return redirect("customer", contact.customer_id)
        except StaleVersionError as stale:
            form, status = _again(form, stale.current), 409
    context = {"form": form, "customer": masked(request.user, contact.customer), "contact": contact, "stale": status}
    return render(request, "customers/contact.html", context, status=status or _status(request, form))


def _change_contact(request: Request, contact: Contact, form: Any) -> None:
    values = {name: form.cleaned_data[name] for name in form.offered}
    services.contact_update(contact=contact, changes=values, version=form.cleaned_data["version"] or 0, by=request.user)


def _again(form: Any, current: Contact) -> Any:
    """The same entries over the newer version; what differs now is said beside the field."""
    form.data = _with(form.data, version=current.version)
    for name in form.offered:
        if editing.plain(form.cleaned_data[name]) != editing.plain(getattr(current, name)):
            form.fields[name].help_text = _("Saved by somebody else: %(value)s") % {
                "value": getattr(current, name) or "—"
            }
    return form


def _with(data: QueryDict, **values: Any) -> QueryDict:
    changed = data.copy()
    for name, value in values.items():
        changed[name] = value
    return changed


@require_POST
@needs("contact.delete")
def contact_delete(request: Request, pk: int) -> HttpResponse:
    """A contact into the recycle bin, with an undo."""
    contact = selectors.contact_for(request.user, pk, "delete")
    services.contact_delete(contact=contact, by=request.user)
    toasts.success(request, _("Contact removed"), undo=reverse("contact_restore", args=[pk]))
    return redirect("customer", contact.customer_id)


@require_POST
@needs("contact.delete")
def contact_restore(request: Request, pk: int) -> HttpResponse:
    """Take the removal back."""
    gone = Contact.all_objects.filter(deleted_at__isnull=False, customer__deleted_at=None)
    contact = row_for(gone, request.user, pk, "delete")
    services.contact_restore(contact=contact, by=request.user)
    toasts.success(request, _("Contact restored"))
    return redirect("customer", contact.customer_id)
