"""The list of users."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import services
from accounts.models import Role, Team, User
from core.http import row_id
from core.texts import is_called
from ui import cells
from ui.listing import Asked, Column, Empty, Filter, Listing
from ui.templatetags import ui

LONG_AGO = 30  # days since the last sign-in


@dataclass(frozen=True)
class UserRow:
    """A user; `edit_url` is empty for who may not change this one."""

    user: User
    edit_url: str

    @property
    def pk(self) -> int:
        return self.user.pk


def _rows(asked: Asked) -> QuerySet[User]:
    return User.objects.for_user(asked.user).select_related("role", "team", "invitation")


def _search(asked: Asked, rows: QuerySet[User]) -> QuerySet[User]:
    """By name as it is written and spoken, and by what they sign in with."""
    called = [pk for pk, name in rows.values_list("pk", "name") if is_called(name, asked.q)]
    return rows.filter(Q(pk__in=called) | Q(email__icontains=asked.q) | Q(mobile__icontains=asked.q))


def _in_team(asked: Asked, pk: int) -> Q:
    """In this team or below, as far as it is in reach."""
    team = Team.objects.for_user(asked.user).filter(pk=pk).first()
    return Q(team__path__startswith=team.path) if team else Q(pk__in=())


def _draw(asked: Asked, page: list[User]) -> Iterable[UserRow]:
    may_change = asked.user.can("user.change")
    roles: dict[int, Role] = {user.role_id: user.role for user in page}
    changeable = {pk for pk, role in roles.items() if may_change and services.is_within(asked.user, role)}
    for user in page:
        yield UserRow(user, cells.row_url("user_edit", user.pk) if user.role_id in changeable else "")


# --- cells -----------------------------------------------------------------------------------------------------------
def _name(row: UserRow) -> SafeString:
    name = row.user.name
    if row.edit_url:
        link = format_html('<a class="ink" href="{}" data-user>{}</a>', row.edit_url, name)
    else:
        link = cells.typed(name)
    return format_html('<span class="who">{}{}</span>', cells.avatar(name), link)


def _signs_in_with(row: UserRow) -> SafeString:
    email, mobile = row.user.email, row.user.mobile
    return format_html(
        '<span class="two" data-user>{}{}</span>',
        format_html("<span>{}</span>", email) if email else "",
        format_html('<small class="digits muted">{}</small>', mobile) if mobile else "",
    )


def _last_sign_in(row: UserRow) -> SafeString:
    if row.user.last_login is None:
        return format_html('<span class="muted">{}</span>', _("never"))
    return ui.since(row.user.last_login, LONG_AGO)


def _status(row: UserRow) -> SafeString:
    if not row.user.is_active:
        return ui.tag(_("switched off"), "danger")
    invitation = getattr(row.user, "invitation", None)
    if invitation is not None:
        return ui.tag(_("invited"), "warn") if invitation.counts() else ui.tag(_("invitation has run out"), "danger")
    if row.user.must_change_password:
        return ui.tag(_("temporary password"), "warn")
    return ui.tag(_("active"), "ok")


def _nobody(asked: Asked) -> Empty:
    return Empty(
        _("Nobody matches"), _("No person fits these filters."), reverse("user_list"), _("Clear filters"), "users"
    )


USERS = Listing(
    permission="setting.view",
    rows=_rows,
    draw=_draw,
    search=_search,
    hint=gettext_lazy("Name, e-mail or mobile number"),
    caption=gettext_lazy("Users"),
    orders={"name": ("-is_active", "name_sort", "id")},
    filters=(
        Filter(
            "role",
            gettext_lazy("Role"),
            read=lambda asked, text: text or None,
            where=lambda asked, code: Q(role__code=code),
        ),
        Filter("team", gettext_lazy("Team"), read=lambda asked, text: row_id(text), where=_in_team),
        Filter(
            "status",
            gettext_lazy("Status"),
            read=lambda asked, text: text or None,
            where=lambda asked, status: (
                Q(is_active=True, last_login=None) if status == "new" else Q(is_active=status != "off")
            ),
        ),
    ),
    columns=(
        Column(pgettext_lazy("of a person", "Name"), _name),
        Column(gettext_lazy("Signs in with"), _signs_in_with),
        Column(gettext_lazy("Role"), lambda row: row.user.role.name),
        Column(gettext_lazy("Team"), lambda row: cells.typed(row.user.team.name) if row.user.team else cells.DASH),
        Column(gettext_lazy("Last sign-in"), _last_sign_in),
        Column(gettext_lazy("Status"), _status),
    ),
    empty=_nobody,
    not_found=_nobody,
)
