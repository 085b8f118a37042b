"""What a template may ask about the reader's rights."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def can(user: Any, permission: str) -> bool:
    """{% if request.user|can:"user.change" %}: holds the permission on some rows; a misspelt name is an error."""
    return user.can(permission)
