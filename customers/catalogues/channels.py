"""Channels in Settings."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from customers.catalogues import pages
from customers.catalogues.described import CHANNELS


@needs("setting.view", READ)
def channel_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, CHANNELS)


@needs("channel.add", FORM)
def channel_new(request: Request) -> HttpResponse:
    """A new one."""
    return pages.new(request, CHANNELS)


@needs("channel.change", FORM)
def channel_edit(request: Request, pk: int) -> HttpResponse:
    """Its names."""
    return pages.edit(request, CHANNELS, pk)


@needs("channel.change", POST)
def channel_move(request: Request, pk: int) -> HttpResponse:
    """Above or below another one."""
    return pages.move(request, CHANNELS, pk)


@needs("channel.change", POST)
def channel_retire(request: Request, pk: int) -> HttpResponse:
    """Offer it no longer."""
    return pages.retire(request, CHANNELS, pk)


@needs("channel.change", POST)
def channel_restore(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    return pages.restore(request, CHANNELS, pk)


@needs("channel.delete", FORM)
def channel_merge(request: Request, pk: int) -> HttpResponse:
    """Into another one."""
    return pages.merge(request, CHANNELS, pk)
