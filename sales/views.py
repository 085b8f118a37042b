"""Pages of orders and products."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.heldposts import bound_or_held
from accounts.http import Request
from accounts.masking import masked
from core import company
from core.idempotency import SENT_BEFORE, KeyReusedError, create_once
from core.versions import StaleVersionError
from customers.choosing import BOUGHT_LAST, choose_customer
from customers.models import Customer
from sales import forms, money, selectors, services
from sales.forms import BaseLines, OrderForm, ProductForm
from sales.listing import PRODUCTS
from sales.models import Order, OrderLine, Product
from ui import drafts, formatting, toasts
from ui.flow import act, form_page
from ui.listing import Asked, list_page

SUGGESTED = 8


# --- one order -------------------------------------------------------------------------------------------------------
@needs("order.view", READ)
def order(request: Request, pk: int) -> HttpResponse:
    """An order with its lines and returns."""
    row = row_for(selectors.order_with_lines(request.user), request.user, pk)
    if row.customer is not None:
        masked(request.user, row.customer)
    for line in row.lines.all():
        line.shown = _shown(line, row.currency)
    may_change = Order.objects.for_user(request.user, "change").filter(pk=pk).exists()
    context = {
        "order": row,
        "own_currency": company.currency(),
        "payment": dict(Order.Payment.choices).get(row.payment_method, row.payment_method),
        "may_change": may_change,
        "may_edit": may_change and forms.fits_the_form(row),
        "may_return": row.kind == Order.Kind.PURCHASE and _may(request, "add", pk) and bool(services.return_lines(row)),
        "may_delete": _may(request, "delete", pk),
    }
    return render(request, "sales/order.html", context)


def _shown(line: OrderLine, currency: str) -> dict[str, str]:
    """The line's figures in words, sums as everywhere: ¥1,280.5, −¥38."""
    names = ("unit_price", "discount", "amount")
    sums = {name: _sum(getattr(line, name), formatting.symbol(currency)) for name in names}
    return sums | {"quantity": _sum(line.quantity, "")}


def _sum(value: Decimal, symbol: str) -> str:
    """Exact, a unit price may have four decimals; with a real minus before the sign of the currency."""
    return f"{'−' if value < 0 else ''}{symbol}{money.spoken(abs(value))}"


def _may(request: Request, action: str, pk: int) -> bool:
    return request.user.can(f"order.{action}") and Order.objects.for_user(request.user, action).filter(pk=pk).exists()


# --- new -------------------------------------------------------------------------------------------------------------
@needs("order.add", FORM)
def order_new(request: Request) -> HttpResponse:
    """A purchase, or a return with `?kind=return`; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "order.add", _("New order"), start=BOUGHT_LAST)
    rows = Customer.objects.select_related("owner").defer("search_tokens")
    customer = masked(request.user, row_for(rows, request.user, wanted, "order.add"))
    kind = Order.Kind.RETURN if request.GET.get("kind") == "return" else Order.Kind.PURCHASE
    return _new(request, customer, kind=kind, draft=f"order_new:{customer.pk}:{kind}")


@needs("order.add", FORM)
def order_return(request: Request, pk: int) -> HttpResponse:
    """Goods of an order come back; what is still out is filled in."""
    row = row_for(selectors.order_with_lines(request.user), request.user, pk, "add")
    if row.kind != Order.Kind.PURCHASE:
        raise Http404
    if row.customer is not None:
        masked(request.user, row.customer)
    start = [forms.line_start(line) for line in services.return_lines(row)][: forms.MOST_LINES]
    if not start:
        toasts.info(request, _("Everything of this order has come back already."))
        return redirect("order", pk)
    return _new(request, row.customer, kind=Order.Kind.RETURN, draft=f"order_return:{pk}", of=row, lines=start)


def _new(
    request: Request,
    customer: Customer | None,
    *,
    kind: str,
    draft: str,
    of: Order | None = None,
    lines: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    form, formset, adding = _bound(request, start=drafts.kept(request.user, draft) or {}, lines=lines)
    context = {"form": form, "lines": formset, "customer": customer, "kind": kind, "of": of, "draft": draft}
    context["currency"] = of.currency if of else company.currency()
    # Both are asked, so that all errors are shown at once.
    if request.method == "POST" and not adding and all([form.is_valid(), formset.is_valid()]):
        try:
            return _create(request, customer, form, formset, kind=kind, of=of, draft=draft)
        except ValidationError as error:
            form.add_error(None, error)
        except KeyReusedError:
            form.add_error(None, SENT_BEFORE)
    return render(request, "sales/order_form.html", context, status=_status(request, adding, form, formset))


def _bound(
    request: Request, *, start: dict[str, Any], lines: list[dict[str, Any]] | None = None
) -> tuple[OrderForm, BaseLines, bool]:
    """(form, lines, whether only a further line is wanted): a posted or kept form, else the start values."""
    data = bound_or_held(request)
    adding = data is not None and "add_line" in data
    if adding:
        start, data = data.dict(), None
        lines = [*(_kept_lines(start) or []), {}][: forms.MOST_LINES]
    form = OrderForm(data, initial={name: value for name, value in start.items() if name in OrderForm.base_fields})
    return form, forms.lines_formset(data, user=request.user, initial=lines or _kept_lines(start)), adding


def _kept_lines(start: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The lines of a draft."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in start.items():
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == "lines" and parts[1].isdecimal() and int(parts[1]) < forms.MOST_LINES:
            found.setdefault(int(parts[1]), {})[parts[2]] = value
    return [found[index] for index in sorted(found)] or None


def _status(request: Request, adding: bool, form: BaseForm, formset: BaseLines) -> int:
    failed = form.errors or any(formset.errors) or formset.non_form_errors()
    return 422 if request.method == "POST" and not adding and failed else 200


def _create(
    request: Request,
    customer: Customer | None,
    form: OrderForm,
    formset: BaseLines,
    *,
    kind: str,
    of: Any,
    draft: str,
) -> HttpResponse:
    lines = formset.lines()
    row, made = create_once(
        user=request.user,
        key=str(form.cleaned_data["idempotency_key"] or ""),
        data={"form": _plain(form), "lines": [str(line) for line in lines], "customer": getattr(customer, "pk", None)},
        model=Order,
        create=lambda: services.order_create(
            customer=customer, by=request.user, kind=kind, return_of=of, lines=lines, **form.values()
        ),
    )
    drafts.drop(request.user, draft)
    if made:
        toasts.success(request, _("Return saved") if kind == Order.Kind.RETURN else _("Order saved"))
    return redirect("order", row.pk)


def _plain(form: OrderForm) -> dict[str, Any]:
    return {name: str(value) for name, value in form.values().items()}


# --- change ----------------------------------------------------------------------------------------------------------
@needs("order.change", FORM)
def order_edit(request: Request, pk: int) -> HttpResponse:
    """An order as a form; somebody else's newer version is shown with 409, and nothing typed is lost."""
    row = row_for(selectors.order_with_lines(request.user), request.user, pk, "change")
    if row.customer is not None:
        masked(request.user, row.customer)
    if not forms.fits_the_form(row):
        toasts.info(request, _("This order came with an import in a form that can't be edited here. Import it again."))
        return redirect("order", pk)
    start = {
        name: getattr(row, name) for name in ("ordered_at", "payment_method", "channel", "state", "notes", "version")
    }
    form, formset, adding = _bound(request, start=start, lines=[forms.line_start(line) for line in row.lines.all()])
    context = {"form": form, "lines": formset, "customer": row.customer, "kind": row.kind, "order": row}
    context |= {"of": row.return_of, "currency": row.currency}
    if request.method == "POST" and not adding and all([form.is_valid(), formset.is_valid()]):
        try:
            return _save(request, row, form, formset)
        except ValidationError as error:
            form.add_error(None, error)
        except StaleVersionError as stale:
            return _conflict(request, context, form, stale)
    return render(request, "sales/order_form.html", context, status=_status(request, adding, form, formset))


def _save(request: Request, row: Order, form: OrderForm, formset: BaseLines) -> HttpResponse:
    services.order_update(
        order=row,
        changes=form.values(),
        lines=formset.lines(),
        version=form.cleaned_data["version"] or 0,
        by=request.user,
    )
    toasts.success(request, _("Order saved"))
    return redirect("order", row.pk)


def _conflict(request: Request, context: dict[str, Any], form: OrderForm, stale: StaleVersionError) -> HttpResponse:
    """The form with what was typed, the newer version beside it; a second try writes over that one."""
    current = row_for(selectors.order_with_lines(request.user), request.user, stale.current.pk, "change")
    form.data = form.data.copy()
    form.data["version"] = str(current.version)
    context |= {"theirs": current, "theirs_total": formatting.money(current.total, current.currency)}
    return render(request, "sales/order_form.html", context, status=409)


# --- recycle bin -----------------------------------------------------------------------------------------------------
@needs("order.delete", POST)
def order_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    row = row_for(Order.objects.select_related("customer"), request.user, pk, "delete")
    return act(
        request,
        partial(services.order_delete, order=row, by=request.user),
        said=_("Moved to the recycle bin"),
        undo=reverse("order_restore", args=[pk]),
        then=reverse("customer", args=[row.customer_id]) if row.customer_id else reverse("customer_list"),
        or_to=reverse("order", args=[pk]),
    )


@needs("order.delete", POST)
def order_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""
    row = selectors.binned_for(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return act(
        request,
        partial(services.order_restore, order=row, by=request.user),
        said=_("Order restored"),
        then=reverse("order", args=[pk]),
        or_to=reverse("order", args=[row.return_of_id or pk]),
    )


# --- products --------------------------------------------------------------------------------------------------------
@needs(PRODUCTS.permission, READ)
def product_list(request: Request) -> HttpResponse:
    """The catalogue."""
    return list_page(
        Asked(PRODUCTS, request),
        title=_("Products"),
        template="sales/products.html",
        sub=_("Products come with imported orders; fees and discounts count for money, never for baskets."),
        inactive="inactive" in request.GET,
        may_add=request.user.can("product.add"),
    )


@needs("product.view", READ)
def product_suggest(request: Request) -> HttpResponse:
    """Options for the type-ahead of an order line."""
    typed = next((value for name, value in request.GET.items() if name == "q" or name.endswith("-product")), "")
    rows = selectors.products(request.user, typed[:100])[:SUGGESTED] if typed.strip() else []
    return render(request, "sales/product_options.html", {"options": [forms.product_text(row) for row in rows]})


@needs("product.add", FORM)
def product_new(request: Request) -> HttpResponse:
    """A new product."""
    return _product(request, Product())


@needs("product.change", FORM)
def product_edit(request: Request, pk: int) -> HttpResponse:
    """Change a product."""
    row = selectors.products(request.user, inactive=True).filter(pk=pk).first()
    if row is None:
        raise Http404
    return _product(request, row)


def _product(request: Request, row: Product) -> HttpResponse:
    return form_page(
        request,
        partial(ProductForm, instance=row),
        "sales/product_form.html",
        save=lambda form: services.product_save(product=form.save(commit=False), by=request.user),
        said=_("Product saved"),
        then=reverse("product_list"),
        product=row,
    )
