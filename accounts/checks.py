"""Start-up checks: a misspelt permission, resource or field class stops the start and closes no door silently."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from accounts import policy
from core.contributions import Resource, registry
from ui import nav


@register()
def permission_names(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Every name in the menu and on the models is contributed, and every contributed grant is spelled in known words.

    `@needs` checks its own at import.
    """
    return [Error(f"{where}: {name!r} doesn't exist", id="accounts.E001") for where, name in _wrong()]


def _wrong() -> Iterator[tuple[str, str]]:
    named = [(entry.page, entry.permission) for entry in registry().menu.values()]
    named += [(action.page, action.permission) for action in registry().begin.values()]
    named += [(card.page, card.permission) for card in registry().settings_cards]
    named += [(action.page, action.permission) for action in registry().customer_actions]
    named += [(step.page, step.permission) for step in registry().first_steps.values()]
    named += [(part.kind, part.permission) for part in registry().timeline.values()]
    for page, permission in named:
        if permission and permission not in registry().permissions:
            yield f"entry of {page}", permission
    for entry in registry().menu.values():
        if entry.group not in nav.GROUPS:
            yield f"menu group of {entry.page}", entry.group
    for resource in registry().resources.values():
        yield from ((f"grants of {resource.code}", name) for name in _unknown_words(resource))
    for model in apps.get_models():
        code = getattr(model, "scope_resource", None)
        if code is not None and code not in registry().resources:
            yield f"scope_resource of {model.__name__}", code
        for name in (*getattr(model, "scope_by_owner", ()), *getattr(model, "scope_shared", ())):
            if name not in registry().permissions:
                yield f"row scope of {model.__name__}", name
        for name, field_class in getattr(model, "mask_fields", {}).items():
            if field_class not in policy.FIELD_CLASSES:
                yield f"mask_fields of {model.__name__}.{name}", field_class


def _unknown_words(resource: Resource) -> Iterator[str]:
    """Roles, scopes and actions that nobody knows."""
    for role, given in resource.grants.items():
        if role not in policy.ROLE_NAMES:
            yield role
        for scope, actions in given.items():
            yield from (word for word in (scope,) if word not in policy.SCOPES)
            yield from (action for action in actions.split() if action not in policy.ACTIONS)
