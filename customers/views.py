"""Pages that change customer files: new, edit, recycle bin, owner, sharing, tags, contacts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.limits import LimitReachedError
from accounts.masking import is_pool_only, masked_copy
from accounts.scope import reach_of
from core import clock
from core.company import company
from core.http import row_id
from customers import forms, masks, origins, profile, selectors, services
from customers.editing import save_file
from customers.entry.choosing import chosen_template, entry_templates, tabs_of
from customers.entry.forms import EntryForm
from customers.kinds import usual_kind
from customers.listing import CUSTOMER_BIN, QUALITY
from customers.models import Contact, Customer, CustomerFacts, Kind, own_fields
from customers.own import values
from customers.rules import contact_rules
from ui import formatting, toasts
from ui.bins import bin_page
from ui.flow import act, edit_page, form_page
from ui.forms import Lines
from ui.listing import Asked, list_page


# --- new -------------------------------------------------------------------------------------------------------------
@needs("customer.add", FORM)
def customer_new(request: Request) -> HttpResponse:
    """A new file, by one of the company's templates or with all fields; warns once when the same name or phone is
    known already."""
    offered = entry_templates(request.user)
    template = chosen_template(offered, request.GET.get("template"))

    def ask(form: forms.NewCustomerForm) -> dict[str, selectors.Duplicates]:
        """Customers that may be the same, unless the person has said that they aren't."""
        data = form.cleaned_data
        if data["anyway"]:
            return {}
        known = selectors.duplicates_of(
            request.user,
            name=data["name"],
            phones=[data.get("phone", ""), data.get("phone2", ""), *data.get("further_phones", ())],
            emails=[data.get("email", ""), data.get("email2", ""), *data.get("further_emails", ())],
            credit_code=data.get("credit_code", ""),
            again=True,
        )
        return {"known": known} if known else {}

    def save(form: forms.NewCustomerForm) -> Customer:
        data = form.cleaned_data
        return services.customer_enter(
            by=request.user,
            template=template,
            owner=data.get("owner", request.user),
            contact_name=data.get("contact_name", ""),
            **form.file(),
        )

    kind = usual_kind(company())
    first_owner = None if reach_of(request.user).everywhere("customer.add") else request.user.pk
    initial = {"owner": first_owner, "kind": Kind.COMPANY if kind == Kind.UNKNOWN else kind}
    form: Any = partial(forms.NewCustomerForm, user=request.user)
    if template is not None:
        initial, form = template.begins_with(request.user), partial(EntryForm, user=request.user, template=template)
    return form_page(
        request,
        form,
        "customers/entry/new.html" if template else "customers/new.html",
        initial=initial,
        draft=f"customer_new:{template.pk}" if template else "customer_new",
        ask=ask,
        once=Customer,
        save=save,
        said=_saved,
        then=_page_of,
        template_row=template,
        templates=tabs_of(offered, template),
    )


def _saved(customer: Customer) -> str:
    """With the day of the first contact, which an app above has planned by now."""
    facts = CustomerFacts.objects.filter(pk=customer.pk).first()
    if facts is None or facts.next_follow_up_on is None:
        return _("Customer saved")
    by = timezone.localtime(customer.created_at + timedelta(hours=contact_rules().first_contact_hours))
    if by.date() == facts.next_follow_up_on:
        return _("Customer saved. First contact planned for %(day)s, by %(time)s.") % {
            "day": formatting.day_short(facts.next_follow_up_on),
            "time": formatting.clock(by),
        }
    return _("Customer saved. First contact planned for %(day)s.") % {
        "day": formatting.day_short(facts.next_follow_up_on)
    }


@needs("customer.add", POST)
def customer_known(request: Request) -> HttpResponse:
    """What the form of a new customer asks when a field is left: is this one known? The form asks again when it is
    sent, so nothing depends on this answer."""
    asked = forms.KnownForm(request.POST)
    typed = asked.cleaned_data if asked.is_valid() else {}
    phones, emails = (
        [
            *(typed.pop(name) for name in (way, f"{way}2") if name in typed),
            *Lines.SEPARATORS.split(typed.pop(f"further_{way}s", "")),
        ]
        for way in ("phone", "email")
    )
    known = selectors.duplicates_of(request.user, phones=phones, emails=emails, again=True, **typed)
    return render(request, "customers/known_here.html", {"known": known}) if known else HttpResponse()


def _page_of(customer: Customer) -> str:
    return reverse("customer", args=[customer.pk])


# --- edit ------------------------------------------------------------------------------------------------------------
@needs("customer.change", FORM)
def customer_edit(request: Request, pk: int) -> HttpResponse:
    """The file as a form."""
    find = partial(selectors.customer_for, request.user, pk, "change")
    customer = find()
    percent, missing = selectors.completeness_of(request.user, customer)
    return edit_page(
        request,
        partial(forms.EditCustomerForm, user=request.user, customer=customer),
        "customers/edit.html",
        row=customer,
        find=find,
        initial={"tags": [tag.pk for tag in customer.tags.all()]},
        draft=f"customer:{pk}",
        save=partial(save_file, request.user),
        said=_("Customer saved"),
        then=_page_of(customer),
        customer=customer,
        percent=percent,
        missing=formatting.listed(missing),
    )


@needs("customer.view", READ)
def customer_origins(request: Request, pk: int) -> HttpResponse:
    """Where each filled field of the file comes from: when, by whom, how."""
    customer = selectors.customer_for(request.user, pk)
    if is_pool_only(request.user, customer):
        raise Http404
    shown = masked_copy(request.user, customer)
    lines = profile.whole_file(shown, clock.user_today(request.user))
    held, people = values.shown(shown, values.people_of([shown])), selectors.contacts_of(request.user, customer)
    own = [field for field in own_fields() if field.code in shown.own]
    lines += [profile.Line(field.field_name, *said, typed=True) for field, said in zip(own, held, strict=True)]
    found = origins.origins_of(customer, [line.name for line in lines])
    rows: list[tuple[profile.Line, origins.Origin | None]] = [(line, found[line.name]) for line in lines]
    tags = list(customer.tags.all())
    tagged = origins.tag_origins(customer, tags) if tags else {}
    rows += [(profile.Line("tag", _("Tag"), tag.name, typed=True), tagged.get(tag.pk)) for tag in tags]
    named = origins.contact_origins(customer, people) if people else {}
    rows += [(profile.Line("contact", _("Contact"), one.name, typed=True), named[one.pk]) for one in people]
    return render(request, "customers/origins.html", {"customer": shown, "rows": rows})


# --- data quality ----------------------------------------------------------------------------------------------------
@needs(QUALITY.permission, READ)
def data_quality(request: Request) -> HttpResponse:
    """Phone numbers in reach that can't be called, and files that lack something; nothing is changed by itself."""
    asked = Asked(QUALITY, request)
    subs = {
        "numbers": _(
            "Phone numbers that can't be called: a digit too few or too many, letters, or damaged by a spreadsheet. "
            "They stay as they are until somebody mends them."
        ),
        "mails": _(
            "Customers to whom mail couldn't be delivered. Change the address, or say on the page that it works."
        ),
        "missing": _("Files that lack something that the company wants of this kind of customer."),
    }
    page = "customers/duplicates/quality.html"
    return list_page(asked, title=_("What is to be mended"), sub=subs[asked.tab.key], template=page)


# --- recycle bin -----------------------------------------------------------------------------------------------------
@needs("customer.delete", POST)
def customer_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    customer = row_for(Customer.objects, request.user, pk, "delete")
    return act(
        request,
        partial(services.customer_delete, customer=customer, by=request.user),
        said=_("Moved to the recycle bin"),
        undo=reverse("customer_restore", args=[pk]),
        refused={services.CustomerNeededError: ""},
        then=reverse("customer_list"),
        or_to=_page_of(customer),
    )


@needs(CUSTOMER_BIN.permission, READ)
def customer_bin(request: Request) -> HttpResponse:
    """Deleted customers that this person may bring back."""
    return bin_page(
        Asked(CUSTOMER_BIN, request),
        title=_("Recycle bin"),
        sub=_("Deleted customers with their contacts, log and follow-ups. Restoring brings everything back."),
        home="customer_list",
        home_label=_("Customers"),
        purge="customer_purge",
        warning=_("This can't be undone. Contacts, log and follow-ups go with it."),
    )


@needs("customer.delete", POST)
def customer_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""
    customer = selectors.binned_customer(request.user, pk)
    return act(
        request,
        partial(services.customer_restore, customer=customer, by=request.user),
        said=_("Customer restored"),
        then=_page_of(customer),
    )


@needs("customer.purge", POST)
def customer_purge(request: Request, pk: int) -> HttpResponse:
    """Remove for good."""
    customer = selectors.binned_customer(request.user, pk)
    if not reach_of(request.user).holds(customer, "customer.purge"):
        raise PermissionDenied
    return act(
        request,
        partial(services.customer_purge, customer=customer, by=request.user),
        said=_("Removed for good"),
        refused={services.PurgeRefusedError: ""},
        then=reverse("customer_bin"),
    )


# --- owner -----------------------------------------------------------------------------------------------------------
@needs("customer.claim", POST)
def customer_claim(request: Request, pk: int) -> HttpResponse:
    """Take a customer out of the pool."""
    customer = row_for(Customer.objects, request.user, pk, "claim")
    too_late = _("Somebody else was faster: this customer has an owner now.")
    page = _page_of(customer)
    return act(
        request,
        partial(services.customer_claim, customer=customer, by=request.user),
        said=_("The customer is yours now"),
        refused={services.AlreadyOwnedError: too_late, LimitReachedError: "", services.QuotaReachedError: ""},
        then=page,
        or_to=lambda error: reverse("customer_list") if isinstance(error, services.AlreadyOwnedError) else page,
    )


@needs("customer.assign", FORM)
def customer_transfer(request: Request, pk: int) -> HttpResponse:
    """Hand one customer over, with the reason."""
    customer = selectors.customer_for(request.user, pk, "assign")

    def then(_done: object) -> str:
        still = Customer.objects.for_user(request.user).filter(pk=pk).exists()
        return _page_of(customer) if still else reverse("customer_list")

    return form_page(
        request,
        partial(forms.TransferForm, user=request.user),
        "customers/assign.html",
        save=lambda form: services.customer_transfer(customer=customer, by=request.user, **form.cleaned_data),
        said=_("Customer handed over"),
        then=then,
        back=_page_of(customer),
        customers=[customer],
        count=1,
    )


@needs("customer.view", POST)
def customer_follow(request: Request, pk: int) -> HttpResponse:
    """Hear what happens with a customer that one may see, or with `on` empty no more."""
    customer, on = selectors.customer_for(request.user, pk), bool(request.POST.get("on"))
    if is_pool_only(request.user, customer):
        return redirect("customer", pk)
    change = services.customer_follow if on else services.customer_unfollow
    said = _("You follow %(name)s: news of it stand among your notices.") if on else _("You no longer follow %(name)s.")
    return act(
        request,
        partial(change, customer=customer, by=request.user),
        said=said % {"name": customer.name},
        then=reverse("customer", args=[pk]),
    )


@needs("customer.change", FORM)
def customer_share(request: Request, pk: int) -> HttpResponse:
    """Who may work on this customer besides its owner; a collaborator or service owner doesn't pass it on."""
    customer = selectors.customer_for(request.user, pk, "change")
    if not selectors.decides_on(request.user, customer):
        raise PermissionDenied
    here = reverse("customer_share", args=[pk])
    if "remove" in request.POST:
        chosen = row_id(request.POST["remove"])
        if chosen is None:
            return redirect(here)
        remove = partial(services.customer_unshare, customer=customer, user_id=chosen, by=request.user)
        return act(request, remove, said=_("No longer shared"), then=here)

    def save(form: forms.ShareForm) -> HttpResponse | None:
        try:
            services.customer_share(customer=customer, user=form.cleaned_data["user"], by=request.user)
        except services.OwnerChangedError:
            toasts.error(request, _("The customer was handed over meanwhile. It wasn't shared."))
            return redirect("customer_list")
        return None

    return form_page(
        request,
        partial(forms.ShareForm, user=request.user, owner_id=customer.owner_id),
        "customers/share.html",
        save=save,
        said=_("Shared"),
        then=here,
        customer=customer,
        people=selectors.shares_of(customer),
    )


@needs("customer.reveal", FORM)
def customer_reveal(request: Request, pk: int) -> HttpResponse:
    """Masked values in full, once, for a reason that is kept."""
    customer = selectors.customer_for(request.user, pk, "reveal")

    def save(form: forms.RevealForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        clear, contacts = services.customer_reveal(customer=customer, by=request.user, reason=reason)
        lines = profile.whole_file(clear, clock.user_today(request.user))
        shown = {
            "customer": clear,
            "contacts": contacts,
            "profile": [line for line in lines if line.name in masks.PROFILE],
            "own": values.shown(clear, values.people_of([clear])),
        }
        return render(request, "customers/revealed.html", shown)

    return form_page(
        request,
        forms.RevealForm,
        "customers/reveal.html",
        save=save,
        refused=(LimitReachedError,),
        then=_page_of(customer),
        customer=customer,
    )


# --- contacts --------------------------------------------------------------------------------------------------------
@needs("contact.add", FORM)
def contact_new(request: Request, pk: int) -> HttpResponse:
    """Another person at this customer."""
    rows = Customer.objects.select_related("facts", "owner").defer("search_tokens")
    customer = row_for(rows, request.user, pk, "contact.add")
    role = request.GET.get("authority", "")
    return form_page(
        request,
        partial(forms.ContactForm, user=request.user, customer=customer),
        "customers/contact.html",
        initial={"authority": role} if role in Contact.Authority.values else None,
        draft=f"contact_new:{pk}",
        once=Contact,
        save=lambda form: services.contact_add(customer=customer, by=request.user, **form.values()),
        said=_("Contact saved"),
        then=_page_of(customer),
        customer=customer,
    )


@needs("contact.change", FORM)
def contact_edit(request: Request, pk: int) -> HttpResponse:
    """Change a contact."""
    find = partial(selectors.contact_for, request.user, pk, "change")
    contact = find()
    return edit_page(
        request,
        partial(forms.ContactForm, user=request.user, customer=contact.customer, contact=contact),
        "customers/contact.html",
        row=contact,
        find=find,
        draft=f"contact:{pk}",
        save=lambda edit: services.contact_update(
            contact=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Contact saved"),
        then=_page_of(contact.customer),
        customer=contact.customer,
    )


@needs("contact.delete", POST)
def contact_delete(request: Request, pk: int) -> HttpResponse:
    """A contact into the recycle bin, with an undo."""
    contact = selectors.contact_for(request.user, pk, "delete")
    return act(
        request,
        partial(services.contact_delete, contact=contact, by=request.user),
        said=_("Contact removed"),
        undo=reverse("contact_restore", args=[pk]),
        then=_page_of(contact.customer),
    )


@needs("contact.delete", POST)
def contact_restore(request: Request, pk: int) -> HttpResponse:
    """Take the removal back."""
    gone = Contact.all_objects.filter(deleted_at__isnull=False, customer__deleted_at=None)
    contact = row_for(gone, request.user, pk, "delete")
    return act(
        request,
        partial(services.contact_restore, contact=contact, by=request.user),
        said=_("Contact restored"),
        then=reverse("customer", args=[contact.customer_id]),
    )
