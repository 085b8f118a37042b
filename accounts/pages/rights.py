"""`/settings/roles/` and `/settings/masking/`: what each role may do and read; changes show their difference first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import policy, selectors, services
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from accounts.models import Role, User, rights_of
from accounts.pages import wording
from core.contributions import registry
from ui.flow import act

COLUMNS = ("view", "add", "change", "delete", "assign", "claim", "export", "reveal")  # and special ones below
BEYOND_OWN = gettext_lazy(
    "Nothing changed: you can't change a role that may do more than yours, nor give what you lack yourself."
)


@dataclass(frozen=True)
class GrantRow:
    """The usual rights on one resource: a cell for each of COLUMNS."""

    code: str
    label: object
    cells: SafeString


@dataclass(frozen=True)
class Opening:
    """What one right opens: a sentence, and the pages of the menu and of Settings behind it as (name, address).

    A page that the reader can't open has no address.
    """

    action: object
    sentence: object
    pages: tuple[tuple[object, str], ...]


# --- grants ----------------------------------------------------------------------------------------------------------
@needs("role.view", READ)
def role_list(request: Request) -> HttpResponse:
    """The permission table of one role."""
    role = _role_named(request.GET.get("role", ""))
    return _roles_page(request, role, dict(rights_of(role).grants))


@needs("role.change", POST)
def role_save(request: Request, pk: int) -> HttpResponse:
    """First the difference, then, with `step=save`, the change."""
    role = _role(pk)
    wanted = {name: _scope(request, name, role) for name in registry().permissions}
    if request.POST.get("step") != "save":
        return _roles_page(request, role, {name: scope for name, scope in wanted.items() if scope})
    return act(
        request,
        partial(services.role_change, role=role, grants=wanted, by=request.user),
        said=lambda changed: _("%(count)s rights changed. They count from the next click.") % {"count": len(changed)},
        refused={
            services.LastAdministratorError: _(
                "Nobody could change rights any more: an owner or administrator must keep these."
            ),
            services.RoleBeyondOwnError: BEYOND_OWN,
        },
        then=f"{reverse('role_list')}?role={role.code}",
    )


def _scope(request: Request, permission: str, role: Role) -> str | None:
    """The posted scope; what wasn't posted or isn't one stays as it is."""
    scope = request.POST.get(permission, "?")
    return (scope or None) if scope in wording.SCOPES else rights_of(role).grants.get(permission)


def _role_named(code: str) -> Role:
    role = Role.objects.filter(code=code).first() if code else Role.objects.order_by("-is_builtin", "pk").first()
    if role is None:
        raise Http404
    return role


def _role(pk: int) -> Role:
    role = Role.objects.filter(pk=pk).first()
    if role is None:
        raise Http404
    return role


def _roles_page(request: Request, role: Role, shown: Mapping[str, str]) -> HttpResponse:
    stored = rights_of(role).grants
    known = sorted(registry().permissions)
    context = _role_context(request, role, "role_list")

    def control(name: str) -> SafeString:
        scope = shown.get(name, "")
        if not context["may_change"]:
            return _scope_tag(scope, get_language() or "")
        return _select(name, scope, changed=stored.get(name, "") != scope)

    special = [f"{resource}.{action}" for resource in registry().resources for action in policy.SPECIAL_ACTIONS]
    context |= {
        "rows": [
            GrantRow(resource, one.word, SafeString("".join(_cell(name, control) for name in names)))
            for resource, one in registry().resources.items()
            if not registry().permissions.isdisjoint(names := [f"{resource}.{action}" for action in COLUMNS])
        ],
        "special": [
            (_permission_name(name), _sentence(name), control(name))
            for name in special
            if name in registry().permissions
        ],
        "openings": [
            (resource, one.word, [_opening(request.user, name) for name in names])
            for resource, one in registry().resources.items()
            if (names := [f"{resource}.{action}" for action in one.opens if action not in policy.SPECIAL_ACTIONS])
        ],
        "columns": [wording.ACTIONS[action] for action in COLUMNS],
        "changes": [
            (_permission_name(name), _scope_word(stored.get(name)), _scope_word(shown.get(name)))
            for name in known
            if stored.get(name) != shown.get(name)
        ],
        "last": selectors.last_change(("role.change",)),
    }
    return render(request, "accounts/roles.html", context)


def _role_context(request: Request, role: Role, url_name: str) -> dict[str, Any]:
    roles = selectors.roles_with_people()
    people = next((other.people for other in roles if other.role == role), 0)
    changes_roles, within = request.user.can("role.change"), services.is_within(request.user, role)
    return {
        "role": role,
        "roles": roles,
        "people": people,
        "may_change": changes_roles and within,
        "is_beyond": changes_roles and not within,
        "here": reverse(url_name),
    }


# Two hundred cells: drawn by functions, and what equal ones have in common once for each language.
def _cell(name: str, control: Callable[[str], SafeString]) -> SafeString:
    if name not in registry().permissions:
        return _no_such_right(get_language() or "")
    return format_html("<td>{}</td>", control(name))


@lru_cache(maxsize=8)
def _no_such_right(language: str) -> SafeString:
    return format_html('<td class="not-applicable">{}</td>', _("does not exist"))


@lru_cache(maxsize=32)
def _scope_tag(scope: str, language: str) -> SafeString:
    return format_html('<span class="grant scope-{}">{}</span>', scope or "none", wording.SCOPES[scope])


def _select(name: str, scope: str, *, changed: bool) -> SafeString:
    return format_html(
        '<select name="{}" aria-label="{}" class="grant scope-{}{}">{}</select>',
        name,
        _permission_name(name),
        scope or "none",
        " changed" if changed else "",
        _scope_options(scope, get_language() or ""),
    )


@lru_cache(maxsize=32)
def _scope_options(chosen: str, language: str) -> SafeString:
    options = ((value, " selected" if value == chosen else "", word) for value, word in wording.SCOPES.items())
    return format_html_join("", '<option value="{}"{}>{}</option>', options)


def _permission_name(name: str) -> str:
    resource, _dot, action = name.partition(".")
    return f"{registry().resources[resource].word} · {wording.ACTIONS[action]}"


def _sentence(name: str) -> object:
    resource, _dot, action = name.partition(".")
    return registry().resources[resource].opens.get(action, "")


def _opening(user: User, name: str) -> Opening:
    known = registry()
    entries = [(entry.permission, entry.page, entry.label) for entry in known.menu.values()]
    entries += [(action.permission, action.page, action.label) for action in known.begin.values()]
    entries += [(card.permission, card.page, card.title) for card in known.settings_cards]
    labels = {page: label for permission, page, label in entries if permission == name}
    pages = tuple((label, reverse(page) if user.can(name) else "") for page, label in labels.items())
    return Opening(wording.ACTIONS[name.rpartition(".")[2]], _sentence(name), pages)


def _scope_word(scope: str | None) -> str:
    return str(wording.SCOPES[scope or ""])


# --- masks -----------------------------------------------------------------------------------------------------------
@needs("role.view", READ)
def masking(request: Request) -> HttpResponse:
    """How one role reads phone, e-mail and address on own, team and other rows."""
    role = _role_named(request.GET.get("role", ""))
    return _masks_page(request, role, dict(rights_of(role).masks))


@needs("role.change", POST)
def masking_save(request: Request, pk: int) -> HttpResponse:
    """First the difference, then, with `step=save`, the change."""
    role = _role(pk)
    wanted = {pair: _mode(request, pair, role) for pair in _pairs()}
    if request.POST.get("step") != "save":
        return _masks_page(request, role, wanted)
    return act(
        request,
        partial(services.mask_change, role=role, modes=wanted, by=request.user),
        said=lambda changed: _("%(count)s rules changed. They count from the next click.") % {"count": len(changed)},
        refused={services.RoleBeyondOwnError: BEYOND_OWN},
        then=f"{reverse('masking')}?role={role.code}",
    )


def _pairs() -> list[tuple[str, str]]:
    return [(field_class, relation) for field_class in policy.FIELD_CLASSES for relation in policy.RELATIONS]


def _mode(request: Request, pair: tuple[str, str], role: Role) -> str:
    mode = request.POST.get(".".join(pair), "")
    return mode if mode in policy.MODES else rights_of(role).masks.get(pair, policy.HIDDEN)


def _masks_page(request: Request, role: Role, shown: Mapping[tuple[str, str], str]) -> HttpResponse:
    stored = rights_of(role).masks
    rows = []
    for field_class in policy.FIELD_CLASSES:
        cells = [_mask_cell((field_class, relation), stored, shown) for relation in policy.RELATIONS]
        sample = wording.SAMPLES[field_class]
        rows.append({"label": wording.FIELD_CLASSES[field_class], "sample": sample, "cells": cells})
    context = _role_context(request, role, "masking") | {
        "rows": rows,
        "columns": [wording.RELATIONS[relation] for relation in policy.RELATIONS],
        "modes": wording.MODES.items(),
        "changes": [cell for row in rows for cell in row["cells"] if cell["changed"]],
        "last": selectors.last_change(("mask.change",)),
        "handled_rules": [handled.rule for handled in registry().handled_customers],
    }
    return render(request, "accounts/masking.html", context)


def _mask_cell(
    pair: tuple[str, str], stored: Mapping[tuple[str, str], str], shown: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    field_class, relation = pair
    mode, before = shown.get(pair, policy.HIDDEN), stored.get(pair, policy.HIDDEN)
    return {
        "name": f"{field_class}.{relation}",
        "label": f"{wording.FIELD_CLASSES[field_class]} · {wording.RELATIONS[relation]}",
        "mode": mode,
        "word": wording.MODES[mode],
        "before": wording.MODES[before],
        "after": wording.MODES[mode],
        "changed": mode != before,
    }
