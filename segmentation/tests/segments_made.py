"""Segments for tests: trees as they are stored."""

from __future__ import annotations

from typing import Any

from accounts.models import Role, RoleGrant, User
from segmentation.segments.models import Segment
from segmentation.segments.services import segment_create

PERSONS = {"field": "kind", "how": "in", "codes": ["person"]}
COMPANIES = {"field": "kind", "how": "in", "codes": ["company"]}
HEALTHY = {"field": "health", "how": "range", "min": 50}


def all_of(*parts: dict[str, Any], match: str = "all") -> dict[str, Any]:
    return {"version": 1, "match": match, "parts": list(parts)}


def a_segment(by: User, *parts: dict[str, Any], name: str = "Ours", **more: Any) -> Segment:
    return segment_create(name=name, tree=all_of(*parts or (COMPANIES,)), by=by, **more)


def without(user: User, *permissions: str) -> User:
    """The person in a role of its own that lacks these permissions."""
    was = user.role
    assert was is not None
    role = Role.objects.create(code=f"odd{user.pk}", name_en="Odd", name_zh="另")
    kept = RoleGrant.objects.filter(role=was).exclude(permission__in=permissions)
    RoleGrant.objects.bulk_create(RoleGrant(role=role, permission=one.permission, scope=one.scope) for one in kept)
    User.objects.filter(pk=user.pk).update(role=role)
    return User.objects.get(pk=user.pk)
