"""Users, teams and roles over the API; the shared base of all collections is accounts/rest/."""

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, Team, User
from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.problems import problem_response
from accounts.rest.viewsets import Catalogue, Collection
from accounts.serializers import RoleSerializer, TeamSerializer, UserSerializer

__all__ = ["RoleViewSet", "TeamViewSet", "UserViewSet", "problem_response"]


class UserFilter(django_filters.FilterSet):
    role = django_filters.CharFilter(field_name="role__code")
    team = IdFilter(field_name="team")
    is_active = YesNoFilter()


class UserViewSet(Collection):
    """Colleagues of one's own team and below; administrators and service see everybody."""

    resource = "user"
    serializer_class = UserSerializer
    filterset_class = UserFilter
    search_fields = ("name",)
    ordering = ("id", "name")
    default_order: ClassVar[tuple[str, ...]] = ("id",)
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet:
        """All people."""
        return User.objects.select_related("role", "team")

    @extend_schema(responses=UserSerializer)
    @action(detail=False, grant="notification.view")
    def me(self, request: Request) -> Response:
        """Whose token or session this is."""
        return self.answer(request.user)


class TeamFilter(django_filters.FilterSet):
    parent = IdFilter(field_name="parent")


class TeamViewSet(Collection):
    """One's own team and below; `path` holds the ids from the root."""

    resource = "team"
    serializer_class = TeamSerializer
    filterset_class = TeamFilter
    search_fields = ("name",)
    ordering = ("id", "name", "path")
    default_order: ClassVar[tuple[str, ...]] = ("path", "id")
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet:
        """All teams."""
        return Team.objects.all()


class RoleViewSet(Catalogue):
    """Roles with their grants."""

    resource = "role"
    serializer_class = RoleSerializer
    default_order: ClassVar[tuple[str, ...]] = ("id",)
    ordering = ("id", "code")
    http_method_names = ("get", "head")

    def rows(self) -> QuerySet:
        """All roles."""
        return Role.objects.prefetch_related("grants")
