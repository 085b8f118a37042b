"""`/settings/`: one card per page that this person may open; and what the company says of itself."""

from itertools import groupby

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core import company
from core.contributions import registry
from core.files import store
from core.headers import FILE_POLICY
from core.models import CompanyLogo, StoredFile
from customers.models import Customer, Kind
from customers.services import customers_kind_set
from ui.flow import act, edit_page, form_page
from workbench.settings import services
from workbench.settings.calendar.weekdays import in_words
from workbench.settings.forms import CompanyForm, FileSpaceForm, KindsForm
from workbench.settings.logo import logo_of
from workbench.settings.services import company_change

# The parts of the page, each with the order of the first card that is none of its any more.
SECTIONS = (
    (10, gettext_lazy("Company")),
    (42, gettext_lazy("People and access")),
    (47, gettext_lazy("Customer files")),
    (80, gettext_lazy("Day-to-day work")),
    (100, gettext_lazy("Records and system")),
)


@require_safe
@needs("setting.view")
def settings_index(request: Request) -> HttpResponse:
    """The cards, by section."""
    cards = [card for card in registry().settings_cards if request.user.can(card.permission)]
    sections = groupby(cards, key=lambda card: next(name for end, name in SECTIONS if card.order < end))
    return render(request, "settings/index.html", {"sections": [(name, list(found)) for name, found in sections]})


@needs("setting.view", FORM)
def company_settings(request: Request) -> HttpResponse:
    """Its name and to whom it sells: who sees settings may look, who may change them does."""
    may_change = request.user.can("setting.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    return edit_page(
        request,
        CompanyForm,
        "settings/company.html",
        find=company.company_now,
        save=lambda edit: company_change(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved."),
        then=reverse("company_settings"),
        back=reverse("settings"),
        may_change=may_change,
        week=in_words(company.company().working_week),
        **last_changes(request.user, "company.change", services.LOGO_ACT, services.LOGO_REMOVE_ACT),
    )


@needs("setting.view", FORM)
def file_settings(request: Request) -> HttpResponse:
    """How large files may be and how much all may take, and how much they do: as the company's page."""
    may_change = request.user.can("setting.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    space = store.space()
    return edit_page(
        request,
        FileSpaceForm,
        "settings/files.html",
        find=store.space,
        row=space,
        save=lambda edit: services.file_space_change(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved."),
        then=reverse("file_settings"),
        back=reverse("settings"),
        may_change=may_change,
        whole=space.quota_mb * store.MEGABYTE,
        count=StoredFile.objects.count(),
        lost=StoredFile.objects.filter(lost_at__isnull=False).count(),
        **last_changes(request.user, services.FILES_ACT),
    )


@needs("setting.change", FORM)
def company_kinds(request: Request) -> HttpResponse:
    """Say of all customers of unknown kind at once what they are: those that this person may change."""
    if not request.user.can("customer.change"):
        raise PermissionDenied
    rows = Customer.objects.for_user(request.user, "change")
    return form_page(
        request,
        KindsForm,
        "settings/kinds.html",
        save=lambda form: customers_kind_set(rows=rows, kind=form.cleaned_data["kind"], by=request.user),
        said=lambda n: ngettext("%(n)s customer has a kind now.", "%(n)s customers have a kind now.", n) % {"n": n},
        then=reverse("company_settings"),
        unknown=rows.filter(kind=Kind.UNKNOWN).count(),
    )


@needs("setting.change", POST)
def logo_change(request: Request) -> HttpResponse:
    """Take a picture as the logo."""

    def save() -> None:
        upload = request.FILES.get("logo")
        if upload is None:
            raise ValidationError(_("The logo: no file was chosen."))
        if not services.logo_change(logo=logo_of(upload, upload.size or 0), by=request.user):
            raise ValidationError(_("This logo is shown already."))

    said = _("The new logo stands in the menu and on the sign-in page, on every device.")
    return act(request, save, said=said, then=reverse("company_settings"))


@needs("setting.change", POST)
def logo_remove(request: Request) -> HttpResponse:
    """Show the seal again."""

    def remove() -> None:
        if not services.logo_remove(by=request.user):
            raise ValidationError(_("There is no logo."))

    return act(request, remove, said=_("The logo is removed."), then=reverse("company_settings"))


@require_safe
def company_logo(request: HttpRequest, name: str) -> HttpResponse:
    """The picture, for everybody: the sign-in page shows it. Another picture has another address."""
    row = get_object_or_404(CompanyLogo, name=name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": FILE_POLICY}
    return HttpResponse(bytes(row.data), content_type="image/webp", headers=headers)
