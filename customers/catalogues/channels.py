"""Channels in Settings: who sees settings looks, who may change channels does; with what was changed last."""

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
from core.http import row_id
from customers import services
from customers.catalogues.channel_list import CHANNELS, customers_counted, customers_url
from customers.catalogues.forms import ChannelForm, MergeChannelForm
from customers.models import Channel
from customers.services.channels import CHANNEL_ACTS
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


@needs("setting.view", READ)
def channel_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    _may(request, "channel.view")
    return list_page(
        Asked(CHANNELS, request),
        title=_("Channels"),
        template="customers/catalogues/channels.html",
        **last_changes(request.user, *CHANNEL_ACTS, naming=True),
    )


@needs("channel.add", FORM)
def channel_new(request: Request) -> HttpResponse:
    """A new one, at the end of the lists."""
    _may(request, "setting.view")
    return form_page(
        request,
        ChannelForm,
        "customers/catalogues/channel_form.html",
        once=Channel,
        save=lambda form: services.channel_add(
            name_en=form.cleaned_data["name_en"], name_zh=form.cleaned_data["name_zh"], by=request.user
        ),
        said=lambda made: _("“%(name)s” is offered from now on.") % {"name": made.name},
        then=reverse("channel_list"),
        title=_("New channel"),
    )


@needs("channel.change", FORM)
def channel_edit(request: Request, pk: int) -> HttpResponse:
    """Its name in both languages."""
    _may(request, "setting.view")
    return edit_page(
        request,
        ChannelForm,
        "customers/catalogues/channel_form.html",
        find=partial(_channel, pk),
        save=lambda edit: services.channel_rename(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved. Customers and orders show the new name at once."),
        then=reverse("channel_list"),
        title=_("Rename channel"),
    )


@needs("channel.change", POST)
def channel_move(request: Request, pk: int) -> HttpResponse:
    """Directly above or below another one."""
    _may(request, "setting.view")
    above, below = (row_id(request.POST.get(side, "")) for side in ("above", "below"))
    do = partial(services.channel_move, channel=_channel(pk), above=above, below=below, by=request.user)
    return act(request, do, then=reverse("channel_list"))


@needs("channel.change", POST)
def channel_retire(request: Request, pk: int) -> HttpResponse:
    """Offer it no longer."""
    _may(request, "setting.view")
    channel = _channel(pk)
    return act(
        request,
        partial(services.channel_retire, channel=channel, by=request.user),
        said=_("“%(name)s” isn't offered any more. Customers and orders that have it keep it.")
        % {"name": channel.name},
        undo=reverse("channel_restore", args=[pk]),
        then=reverse("channel_list"),
    )


@needs("channel.change", POST)
def channel_restore(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    _may(request, "setting.view")
    channel = _channel(pk)
    said = _("“%(name)s” is offered from now on.") % {"name": channel.name}
    do = partial(services.channel_restore, channel=channel, by=request.user)
    return act(request, do, said=said, then=reverse("channel_list"))


@needs("channel.delete", FORM)
def channel_merge(request: Request, pk: int) -> HttpResponse:
    """Make two that mean the same one, with everything that came by either."""
    _may(request, "setting.view")
    channel = _channel(pk)
    return form_page(
        request,
        partial(MergeChannelForm, channel=channel),
        "customers/catalogues/channel_merge.html",
        save=lambda form: services.channel_merge(channel=channel, into=form.cleaned_data["into"], by=request.user),
        said=lambda n: ngettext("Merged: %(n)s customer moved.", "Merged: %(n)s customers moved.", n) % {"n": f"{n:,}"},
        then=reverse("channel_list"),
        channel=channel,
        customers=customers_counted(request.user, "channel", [pk]).get(pk, 0),
        customers_url=customers_url("channel", pk),
    )


def _channel(pk: int) -> Channel:
    """One that stands for itself; what was merged is only a name of another."""
    return get_object_or_404(Channel, pk=pk, merged_into=None)


def _may(request: Request, permission: str) -> None:
    if not request.user.can(permission):
        raise PermissionDenied
