"""A privilege or an offer is entered, changed and removed; who may change the rules of tiers does. Their list is the
page of the tier (workbench/tier_policies)."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from segmentation import catalogue, tiers
from segmentation.models import Tier
from segmentation.policies import services
from segmentation.policies.forms import PolicyForm
from segmentation.policies.models import PolicyKind, TierPolicy
from segmentation.policies.words import home, page_of
from ui.flow import act, edit_page, form_page

CHANGE = "tier_rule.change"


def _title(kind: str, *, new: bool) -> str:
    if kind == PolicyKind.OFFER:
        return _("New offer") if new else _("Change offer")
    return _("New privilege") if new else _("Change privilege")


@needs(CHANGE, FORM)
def policy_new(request: Request, scheme: str, kind: str) -> HttpResponse:
    """A new one, beginning with the tier and stage of the address."""
    if scheme not in tiers.SCHEMES or kind not in PolicyKind.values:
        raise Http404
    asked = request.GET.get("tier", "")
    tier = asked if Tier.objects.filter(scheme=scheme, code=asked).exists() else ""
    return form_page(
        request,
        partial(PolicyForm, scheme=scheme, kind=kind),
        "segmentation/policies/form.html",
        once=TierPolicy,
        initial={"tier": tier},
        save=lambda form: services.policy_add(
            scheme=scheme,
            kind=kind,
            by=request.user,
            **{n: form.cleaned_data[n] for n in form.Meta.fields if n in form.fields},
        ),
        said=_said,
        then=home,
        back=page_of(scheme, tier),
        title=_title(kind, new=True),
        scheme_name=catalogue.scheme_name(scheme),
    )


@needs(CHANGE, FORM)
def policy_edit(request: Request, pk: int) -> HttpResponse:
    """What it says, and for whom."""
    row = _stored(pk)
    return edit_page(
        request,
        partial(PolicyForm, scheme=row.scheme, kind=row.kind),
        "segmentation/policies/form.html",
        row=row,
        find=partial(_stored, pk),
        save=lambda edit: services.policy_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Customers' pages say so within a minute."),
        then=home,
        back=home(row),
        title=_title(row.kind, new=False),
        scheme_name=catalogue.scheme_name(row.scheme),
    )


@needs(CHANGE, POST)
def policy_move(request: Request, pk: int, way: str) -> HttpResponse:
    """Up or down among those of its tier and kind."""
    if way not in ("up", "down"):
        raise Http404
    row = _stored(pk)
    return act(
        request,
        partial(services.policy_move, row=row, up=way == "up", by=request.user),
        said=_("“%(name)s” was moved.") % {"name": row.name},
        then=f"{home(row)}#policy-{pk}",
    )


@needs(CHANGE, POST)
def policy_remove(request: Request, pk: int) -> HttpResponse:
    """Take it away, with an undo."""
    row = get_object_or_404(TierPolicy, pk=pk)
    return act(
        request,
        partial(services.policy_remove, row=row, by=request.user),
        said=_("“%(name)s” is removed.") % {"name": row.name},
        undo=reverse("tier_policy_restore", args=[pk]),
        then=home(row),
    )


@needs(CHANGE, POST)
def policy_restore(request: Request, pk: int) -> HttpResponse:
    """Bring it back."""
    row = get_object_or_404(TierPolicy, pk=pk)
    return act(
        request,
        partial(services.policy_restore, row=row, by=request.user),
        said=_("“%(name)s” holds again.") % {"name": row.name},
        then=home(row),
    )


def _stored(pk: int) -> TierPolicy:
    return get_object_or_404(TierPolicy, pk=pk, removed_at=None)


def _said(row: TierPolicy) -> str:
    return _("“%(name)s” is entered. Customers' pages say so within a minute.") % {"name": row.name}
