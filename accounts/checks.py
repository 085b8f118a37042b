"""Start-up checks: a misspelt permission, resource or field class stops the start and closes no door silently."""

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from accounts import policy
from ui import nav


@register()
def permission_names(app_configs: list[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Every name in the menu and on the models exists in accounts/policy.py. `@needs` checks its own at import."""
    return [Error(f"{where}: {name!r} is not in accounts/policy.py", id="accounts.E001") for where, name in _wrong()]


def _wrong() -> Iterator[tuple[str, str]]:
    for entry in (*nav._entries.values(), *nav._actions.values()):
        if entry.permission and not policy.is_permission(entry.permission):
            yield f"menu entry {entry.url_name}", entry.permission
    for model in apps.get_models():
        resource = getattr(model, "scope_resource", None)
        if resource is not None and resource not in policy.RESOURCES:
            yield f"scope_resource of {model.__name__}", resource
        for name, field_class in getattr(model, "mask_fields", {}).items():
            if field_class not in policy.FIELD_CLASSES:
                yield f"mask_fields of {model.__name__}.{name}", field_class
