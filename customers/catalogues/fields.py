"""All lists of a customer's fields but the channels, in Settings: the field stands in the address."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from customers.catalogues import pages
from customers.catalogues.described import INCOMES, INDUSTRIES, RELATIONS, SIZES, STANDINGS, STYLES, catalogue_of


@needs("setting.view", READ)
def industry_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, INDUSTRIES)


@needs("setting.view", READ)
def company_size_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, SIZES)


@needs("setting.view", READ)
def market_standing_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, STANDINGS)


@needs("setting.view", READ)
def income_band_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, INCOMES)


@needs("setting.view", READ)
def decision_style_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, STYLES)


@needs("setting.view", READ)
def relation_kind_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return pages.show(request, RELATIONS)


@needs("catalogue.add", FORM)
def catalogue_new(request: Request, field: str) -> HttpResponse:
    """A new entry."""
    return pages.new(request, catalogue_of(field))


@needs("catalogue.change", FORM)
def catalogue_edit(request: Request, field: str, pk: int) -> HttpResponse:
    """Its names, and what else it says."""
    return pages.edit(request, catalogue_of(field), pk)


@needs("catalogue.change", POST)
def catalogue_move(request: Request, field: str, pk: int) -> HttpResponse:
    """Above or below another one."""
    return pages.move(request, catalogue_of(field), pk)


@needs("catalogue.change", POST)
def catalogue_retire(request: Request, field: str, pk: int) -> HttpResponse:
    """Offer it no longer."""
    return pages.retire(request, catalogue_of(field), pk)


@needs("catalogue.change", POST)
def catalogue_restore(request: Request, field: str, pk: int) -> HttpResponse:
    """Offer it again."""
    return pages.restore(request, catalogue_of(field), pk)


@needs("catalogue.delete", FORM)
def catalogue_merge(request: Request, field: str, pk: int) -> HttpResponse:
    """Into another one."""
    return pages.merge(request, catalogue_of(field), pk)
