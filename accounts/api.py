"""Users, teams and roles over the API; the shared base of all collections is accounts/rest/."""

from typing import ClassVar

import django_filters
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.models import Role, Team, User
from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.problems import Conflict, problem_response
from accounts.rest.viewsets import Catalogue, Collection, check_match
from accounts.serializers import RoleSerializer, TeamSerializer, UserSerializer, WaysSerializer

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
    http_method_names = ("get", "head", "patch")  # one's own ways alone

    def rows(self) -> QuerySet:
        """All people."""
        return User.objects.select_related("role", "team")

    @extend_schema(responses=UserSerializer)
    @action(detail=False, grant="notification.view")
    def me(self, request: Request) -> Response:
        """Whose token or session this is."""
        return self.answer(request.user)

    @extend_schema(responses=WaysSerializer)
    @action(detail=False, url_path="me/ways", grant="notification.view", serializer_class=WaysSerializer)
    def ways(self, request: Request) -> Response:
        """By which ways one is told of things oneself, and in which hours nothing leaves."""
        return self.answer(self._oneself())

    @extend_schema(request=WaysSerializer, responses=WaysSerializer)
    @ways.mapping.patch
    def ways_change(self, request: Request) -> Response:
        """Change some of it, over the version that If-Match names."""
        user = self._oneself()
        check_match(request, user)
        serializer = self.get_serializer(user, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changes = {name: value for name, value in serializer.validated_data.items() if getattr(user, name) != value}
        try:
            with transaction.atomic():
                self.hold(user)
                services.profile_change(user=user, changes=changes)
        except IntegrityError as error:
            raise Conflict(_("A colleague has this account already. Ask an administrator.")) from error
        return self.answer(self._oneself())

    def _oneself(self) -> User:
        """As it is stored: the one of the request may be of a moment ago."""
        user = self.request.user
        return User.objects.get(pk=user.pk)


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
