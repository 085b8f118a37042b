"""Pages on which the rules of a scheme are edited, published, compared and rolled back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.digits import whole_number
from segmentation import catalogue, tiers
from segmentation.models import RuleDraft, RuleSet, Tier
from segmentation.rules import draft
from segmentation.rules.criteria import weights_in_words
from segmentation.rules.ready_made import templates_for
from segmentation.rules.services import rule_set_publish, rule_set_withdraw
from segmentation.rules.set_form import PublishForm, RuleSetForm, newer_than, read_amount, show_amount
from segmentation.rules.versions import compared, going, latest_number, versions_of
from segmentation.selectors import definition_of, tiers_by_code
from ui import formatting
from ui.flow import act, form_page

CHANGE = "tier_rule.change"
ONWARDS = {
    "preview": "rule_preview",
    "next": "rule_set_publish",
}  # by the button: pages that need a draft without faults


# --- editing ---------------------------------------------------------------------------------------------------------
@needs(CHANGE, FORM)
def rule_set_edit(request: Request, scheme: str) -> HttpResponse:
    """The draft of the next version, kept with every press of a button; nobody else sees it."""
    _known_scheme(scheme)
    kept = RuleDraft.objects.filter(scheme=scheme, user=request.user).first()
    if request.method == "POST":
        return _edited(request, scheme, kept)
    typed = kept.typed if kept else _begun(scheme)
    checked = "check" in request.GET or bool(draft.read(typed, read_amount).unread)
    return _edit_page(request, scheme, typed, kept, checked=checked)


def _edited(request: Request, scheme: str, kept: RuleDraft | None) -> HttpResponse:
    pressed = request.POST.get("act", "save")
    if pressed == "drop":
        RuleDraft.objects.filter(scheme=scheme, user=request.user).delete()
        return redirect("tier_rules")
    typed = draft.typed_in(request.POST)
    if request.POST.get("version") != _version(kept):
        # In another window of the same person: what was typed here stays, and the next press keeps it.
        return _edit_page(request, scheme, typed, kept, checked=False, stale=True)
    jump, template = "", templates_for(scheme).get(pressed.removeprefix("template:"))
    if template and pressed.startswith("template:"):
        typed, jump = draft.typed_from(template.definition, template.looks, show_amount), "tiers"
    elif pressed.startswith("ask:"):
        rule = pressed.removeprefix("ask:")
        jump = draft.changed(typed, f"condition:add:{rule}:{request.POST.get(f'ask{rule}', '')}")
    else:
        jump = draft.changed(typed, pressed)
    _keep(request, scheme, typed, kept)
    if pressed in ONWARDS:
        if RuleSetForm(typed, _codes(scheme), checked=True).is_valid():
            return redirect(ONWARDS[pressed], scheme)
        kept = RuleDraft.objects.get(scheme=scheme, user=request.user)
        return _edit_page(request, scheme, typed, kept, checked=True)
    return redirect(reverse("rule_set_edit", args=[scheme]) + (f"#{jump}" if jump else ""))


def _keep(request: Request, scheme: str, typed: draft.Typed, kept: RuleDraft | None) -> None:
    values = {"typed": typed, "version": kept.version + 1 if kept else 1}
    begun = {"base": latest_number(scheme)}
    RuleDraft.objects.update_or_create(
        scheme=scheme, user=request.user, defaults=values, create_defaults=values | begun
    )


def _edit_page(
    request: Request, scheme: str, typed: draft.Typed, kept: RuleDraft | None, *, checked: bool, stale: bool = False
) -> HttpResponse:
    form = RuleSetForm(typed, _codes(scheme), checked=checked)
    wrong = checked and not form.is_valid()
    weighed = typed["by"] == tiers.POINTS
    context = {
        "scheme": scheme,
        "scheme_name": catalogue.scheme_name(scheme),
        "form": form,
        "kept": kept,
        "version": _version(kept),
        "stale": stale,
        "newer": newer_than(scheme, kept.base) if kept else None,
        "weighed": weighed,
        "templates": templates_for(scheme),
        "criteria": form.criteria(),
        "weight_sum": sum(whole_number(text, 100) or 0 for text in typed["weights"].values()) if weighed else 0,
        "may_add_tier": len(typed["tiers"]) < tiers.MOST,
        "tiers_stay": len(typed["tiers"]) <= tiers.FEWEST,
    }
    status = 409 if stale else 422 if wrong and request.method == "POST" else 200
    return render(request, "segmentation/rules/edit.html", context, status=status)


def _version(kept: RuleDraft | None) -> str:
    return str(kept.version) if kept else "0"


def _begun(scheme: str) -> draft.Typed:
    """From the version published last, or what ships."""
    row = RuleSet.objects.filter(scheme=scheme, withdrawn_at=None).order_by("-number").first()
    definition = definition_of(row) if row else tiers.DEFAULTS[scheme]
    looks = {
        code: {name: getattr(tier, name) for name in draft.LOOKS}
        for (of, code), tier in tiers_by_code().items()
        if of == scheme
    }
    return draft.typed_from(definition, looks, show_amount)


def _known_scheme(scheme: str) -> None:
    if scheme not in tiers.SCHEMES:
        raise Http404


def _codes(scheme: str) -> dict[str, Tier]:
    """The tiers that the scheme has or had: their codes stay as they are."""
    return {code: tier for (of, code), tier in tiers_by_code().items() if of == scheme}


# --- publishing ------------------------------------------------------------------------------------------------------
@needs(CHANGE, FORM)
def rule_set_publish_page(request: Request, scheme: str) -> HttpResponse:
    """Say why and from when on the draft counts; what it says, what is new in it and what goes stands beside."""
    _known_scheme(scheme)
    kept = get_object_or_404(RuleDraft, scheme=scheme, user=request.user)
    form = RuleSetForm(kept.typed, _codes(scheme), checked=True)
    if not form.is_valid() or form.read is None:
        return redirect(reverse("rule_set_edit", args=[scheme]) + "?check=1")
    read = form.read

    def save(typed: PublishForm) -> RuleSet:
        values = {name: typed.cleaned_data[name] for name in ("reason", "effective_on", "over")}
        with transaction.atomic():
            row = rule_set_publish(
                scheme=scheme, definition=read.definition, looks=read.looks, by=request.user, **values
            )
            kept.delete()
        return row

    back = reverse("rule_set_edit", args=[scheme])
    return _publish_page(request, scheme, read.definition, save, looks=read.looks, over=kept.base, back=back)


def _publish_page(
    request: Request, scheme: str, definition: tiers.Definition, save: Any, *, over: int, back: str, **more: Any
) -> HttpResponse:
    known = tiers_by_code()
    for code, look in more.pop("looks", {}).items():
        known.setdefault((scheme, code), Tier(scheme=scheme, code=code, **look))
    former = RuleSet.objects.filter(scheme=scheme, withdrawn_at=None).order_by("-number").first()
    lines, gone = compared(definition, scheme, known, definition_of(former) if former else None)

    def ask(typed: PublishForm) -> dict[str, Any]:
        newer = newer_than(scheme, typed.cleaned_data["over"])
        return {"newer": newer} if newer else {}

    return form_page(
        request,
        PublishForm,
        "segmentation/rules/publish.html",
        once=RuleSet,
        initial={"over": over, **more.pop("initial", {})},
        ask=ask,
        save=save,
        said=_published_said,
        then=reverse("tier_rules"),
        back=back,
        scheme=scheme,
        scheme_name=catalogue.scheme_name(scheme),
        lines=lines,
        gone=gone,
        weights=weights_in_words(definition),
        going=going(definition, scheme, known),
        preview_url=_preview_url(scheme, more.get("former")),
        **more,
    )


def _preview_url(scheme: str, former: RuleSet | None) -> str:
    return reverse("rule_preview", args=[scheme]) + (f"?version={former.number}" if former else "")


def _published_said(row: RuleSet) -> str:
    words = {"number": row.number, "day": formatting.day(row.effective_on)}
    return _("Version %(number)s is published. The first night that rates by it is the one after %(day)s.") % words


# --- versions --------------------------------------------------------------------------------------------------------
@needs("tier_rule.view", READ)
def rule_set_versions(request: Request, scheme: str) -> HttpResponse:
    """Who published what, why and from when on, each against the one before."""
    _known_scheme(scheme)
    context = {
        "scheme": scheme,
        "scheme_name": catalogue.scheme_name(scheme),
        "versions": versions_of(scheme, tiers_by_code()),
        "may_change": request.user.can(CHANGE),
    }
    return render(request, "segmentation/rules/versions.html", context)


@needs(CHANGE, FORM)
def rule_set_roll_back(request: Request, pk: int) -> HttpResponse:
    """Publish an earlier version once more, as the next one."""
    former = get_object_or_404(RuleSet, pk=pk)

    def save(typed: PublishForm) -> RuleSet:
        values = {name: typed.cleaned_data[name] for name in ("reason", "effective_on", "over")}
        definition = definition_of(former)
        return rule_set_publish(
            scheme=former.scheme, definition=definition, by=request.user, copied_from=former.number, **values
        )

    return _publish_page(
        request,
        former.scheme,
        definition_of(former),
        save,
        over=latest_number(former.scheme),
        back=reverse("rule_set_versions", args=[former.scheme]),
        former=former,
        initial={"reason": _("Back to version %(number)s") % {"number": former.number}},
    )


@needs(CHANGE, POST)
def rule_set_withdrawn(request: Request, pk: int) -> HttpResponse:
    """Take a version back that no night has rated by."""
    row = get_object_or_404(RuleSet, pk=pk)
    return act(
        request,
        lambda: rule_set_withdraw(row=row, by=request.user),
        said=_("Version %(number)s is withdrawn.") % {"number": row.number},
        then=reverse("rule_set_versions", args=[row.scheme]),
    )
