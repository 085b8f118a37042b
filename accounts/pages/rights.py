"""`/settings/roles/` and `/settings/masking/`: what each role may do and read; changes show their difference first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import policy, selectors, services
from accounts.decorators import needs
from accounts.http import Request
from accounts.models import Role, rights_of
from accounts.pages import wording
from core.contributions import registry
from ui import toasts

COLUMNS = ("view", "add", "change", "delete", "assign", "merge", "claim", "export", "reveal")  # and special ones below


# --- grants ----------------------------------------------------------------------------------------------------------
@require_safe
@needs("role.view")
def role_list(request: Request) -> HttpResponse:
    """The permission table of one role."""
    role = _role_named(request.GET.get("role", ""))
    return _roles_page(request, role, dict(rights_of(role).grants))


@require_POST
@needs("role.change")
def role_save(request: Request, pk: int) -> HttpResponse:
    """First the difference, then, with `step=save`, the change."""
    role = _role(pk)
    wanted = {name: _scope(request, name, role) for name in registry().permissions}
    if request.POST.get("step") != "save":
        return _roles_page(request, role, {name: scope for name, scope in wanted.items() if scope})
    try:
        changed = services.role_change(role=role, grants=wanted, by=request.user)
    except services.LastAdministratorError:
        toasts.error(request, _("Nobody could change rights any more: an administrator must keep these."))
    except services.RoleBeyondOwnError:
        toasts.error(request, _beyond_own())
    else:
        toasts.success(
            request, _("%(count)s rights changed. They count from the next click.") % {"count": len(changed)}
        )
    return redirect(f"{reverse('role_list')}?role={role.code}")


def _beyond_own() -> str:
    return _("Nothing changed: you can't change a role that may do more than yours, nor give what you lack yourself.")


def _scope(request: Request, permission: str, role: Role) -> str | None:
    """The posted scope; what wasn't posted or isn't one stays as it is."""
    scope = request.POST.get(permission, "?")
    return (scope or None) if scope in wording.SCOPES else rights_of(role).grants.get(permission)


def _role_named(code: str) -> Role:
    role = Role.objects.filter(code=code).first() if code else selectors.roles_with_counts()[0]
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
    changes = [
        {"name": _permission_name(name), "before": _scope_word(stored.get(name)), "after": _scope_word(shown.get(name))}
        for name in sorted(registry().permissions)
        if stored.get(name) != shown.get(name)
    ]
    context = _role_context(request, role, "role_list") | {
        "rows": [row for resource in registry().resources if (row := _row(resource, stored, shown))],
        "special": [
            _cell(name, stored, shown)
            for resource in registry().resources
            for action in policy.SPECIAL_ACTIONS
            if (name := f"{resource}.{action}") in registry().permissions
        ],
        "columns": [wording.ACTIONS[action] for action in COLUMNS],
        "scopes": wording.SCOPES.items(),
        "changes": changes,
        "last": selectors.last_change(("role.change",)),
    }
    return render(request, "settings/roles.html", context)


def _role_context(request: Request, role: Role, url_name: str) -> dict[str, Any]:
    roles = selectors.roles_with_counts()
    people = next((other.people for other in roles if other.pk == role.pk), 0)
    may_change = request.user.can("role.change")
    return {"role": role, "roles": roles, "people": people, "may_change": may_change, "here": reverse(url_name)}


def _row(resource: str, stored: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, Any] | None:
    """The usual rights on one resource; None where there are none but special ones."""
    cells = [_cell(f"{resource}.{action}", stored, shown) for action in COLUMNS]
    known = any(cell["exists"] for cell in cells)
    return {"label": registry().resources[resource].word, "cells": cells} if known else None


def _cell(name: str, stored: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, Any]:
    exists = name in registry().permissions
    scope = shown.get(name, "")
    return {
        "name": name,
        "exists": exists,
        "scope": scope,
        "word": wording.SCOPES[scope],
        "changed": exists and stored.get(name, "") != scope,
        "label": _permission_name(name) if exists else "",
    }


def _permission_name(name: str) -> str:
    resource, _dot, action = name.partition(".")
    return f"{registry().resources[resource].word} · {wording.ACTIONS[action]}"


def _scope_word(scope: str | None) -> str:
    return str(wording.SCOPES[scope or ""])


# --- masks -----------------------------------------------------------------------------------------------------------
@require_safe
@needs("role.view")
def masking(request: Request) -> HttpResponse:
    """How one role reads phone, e-mail and address on own, team and other rows."""
    role = _role_named(request.GET.get("role", ""))
    return _masks_page(request, role, dict(rights_of(role).masks))


@require_POST
@needs("role.change")
def masking_save(request: Request, pk: int) -> HttpResponse:
    """First the difference, then, with `step=save`, the change."""
    role = _role(pk)
    wanted = {pair: _mode(request, pair, role) for pair in _pairs()}
    if request.POST.get("step") != "save":
        return _masks_page(request, role, wanted)
    try:
        changed = services.mask_change(role=role, modes=wanted, by=request.user)
    except services.RoleBeyondOwnError:
        toasts.error(request, _beyond_own())
    else:
        toasts.success(request, _("%(count)s rules changed. They count from the next click.") % {"count": len(changed)})
    return redirect(f"{reverse('masking')}?role={role.code}")


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
    return render(request, "settings/masking.html", context)


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
