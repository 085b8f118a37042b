"""Tags in Settings: who sees settings looks, who may change tags does; with what was changed last."""

from __future__ import annotations

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from customers import services
from customers.catalogues.entry_list import customers_counted, customers_url
from customers.catalogues.forms import MergeTagForm, TagForm
from customers.catalogues.tag_list import TAGS
from customers.models import Tag
from customers.services.tags import TAG_ACTS
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


@needs("setting.view", READ)
def tag_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    _may(request, "tag.view")
    return list_page(
        Asked(TAGS, request),
        title=_("Tags"),
        template="customers/catalogues/tags.html",
        **last_changes(request.user, *TAG_ACTS, naming=True),
    )


@needs("tag.add", FORM)
def tag_new(request: Request) -> HttpResponse:
    """A new one."""
    _may(request, "setting.view")
    return form_page(
        request,
        TagForm,
        "customers/catalogues/tag_form.html",
        once=Tag,
        save=lambda form: services.tag_add(name=form.cleaned_data["name"], by=request.user),
        said=lambda made: _("“%(name)s” is offered from now on.") % {"name": made.name},
        then=reverse("tag_list"),
        title=_("New tag"),
    )


@needs("tag.change", FORM)
def tag_edit(request: Request, pk: int) -> HttpResponse:
    """Its name."""
    _may(request, "setting.view")
    return edit_page(
        request,
        TagForm,
        "customers/catalogues/tag_form.html",
        find=partial(_tag, pk),
        save=lambda edit: services.tag_rename(row=edit.row, name=edit.changes["name"], by=request.user),
        said=_("Saved. Customers show the new name at once."),
        then=reverse("tag_list"),
        title=_("Rename tag"),
    )


@needs("tag.change", POST)
def tag_retire(request: Request, pk: int) -> HttpResponse:
    """Offer it no longer."""
    _may(request, "setting.view")
    tag = _tag(pk)
    return act(
        request,
        partial(services.tag_retire, tag=tag, by=request.user),
        said=_("“%(name)s” isn't offered any more. Customers that have it keep it.") % {"name": tag.name},
        undo=reverse("tag_restore", args=[pk]),
        then=reverse("tag_list"),
    )


@needs("tag.change", POST)
def tag_restore(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    _may(request, "setting.view")
    tag = _tag(pk)
    said = _("“%(name)s” is offered from now on.") % {"name": tag.name}
    return act(request, partial(services.tag_restore, tag=tag, by=request.user), said=said, then=reverse("tag_list"))


@needs("tag.delete", FORM)
def tag_merge(request: Request, pk: int) -> HttpResponse:
    """Make two that mean the same one."""
    _may(request, "setting.view")
    tag = _tag(pk)
    return form_page(
        request,
        partial(MergeTagForm, tag=tag),
        "customers/catalogues/tag_merge.html",
        save=lambda form: services.tag_merge(tag=tag, into=form.cleaned_data["into"], by=request.user),
        said=lambda n: ngettext("Merged: %(n)s customer moved.", "Merged: %(n)s customers moved.", n) % {"n": f"{n:,}"},
        then=reverse("tag_list"),
        merged=tag,
        customers=customers_counted(request.user, "tags", [pk]).get(pk, 0),
        customers_url=customers_url("tag", pk),
    )


def _tag(pk: int) -> Tag:
    """One that stands for itself; what was merged is only a name of another."""
    return get_object_or_404(Tag, pk=pk, merged_into=None)


def _may(request: Request, permission: str) -> None:
    if not request.user.can(permission):
        raise PermissionDenied
