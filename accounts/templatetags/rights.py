"""What a template may ask about the reader's rights."""

from django import template

from accounts.models import User

register = template.Library()


@register.filter
def can(user: User, permission: str) -> bool:
    """{% if request.user|can:"user.change" %}: holds the permission on some rows; a misspelt name is an error."""
    return user.can(permission)
