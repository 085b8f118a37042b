"""Menu entries of the pages composed in crm, and the one query behind all badges."""

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from feedback.models import Complaint
from feedback.selectors import OWNERS_MOVE
from followups.models import FollowUp
from followups.selectors import notices
from ui import nav


def register() -> None:
    """Called once when the project starts; each entry's page exists."""
    nav.register(_("Today"), "today", "calendar-check", "follow_up.view", order=10, badge="today", phone=1, key="t")
    nav.register(
        _("Tier dashboard"), "segmentation", "chart-column", "dashboard.view", group="manage", order=10, key="d"
    )
    nav.register(_("Churn warnings"), "warning_list", "triangle-alert", "warning.view", group="manage", order=20)
    nav.register(_("Team and targets"), "team", "layout-grid", "dashboard.view", group="manage", order=30)
    nav.register(_("Settings"), "settings", "settings", "setting.view", group="system", order=10)
    nav.register(_("Users and teams"), "user_list", "user-round", "setting.view", group="system", order=20)
    nav.register(_("Roles"), "role_list", "shield-check", "role.view", group="system", order=25)
    nav.register(_("Audit log"), "audit_list", "file-text", "audit.view", group="system", order=30)
    nav.register(_("System health"), "health", "activity", "health.view", group="system", order=40)
    nav.count_badges_with(badges)


def badges(user: User) -> dict[str, int]:
    """Figures of the menu, in one query: today (due follow-ups), inbox (open notices), complaints waiting."""
    due = FollowUp.objects.for_user(user, own=True, by="assignee").filter(
        state=FollowUp.State.OPEN, due_on__lte=clock.user_today(user), customer__deleted_at=None
    )
    told = notices(user).filter(read_at=None)
    waiting = Complaint.objects.for_user(user, own=True, by="owner").filter(OWNERS_MOVE)
    counted = {"today": due, "inbox": told, "complaints": waiting}
    row = User.objects.filter(pk=user.pk).annotate(**{f"n_{key}": _count(rows) for key, rows in counted.items()})
    figures = row.values(*(f"n_{key}" for key in counted)).first() or {}
    return {name.removeprefix("n_"): figure for name, figure in figures.items()}


def _count(rows: QuerySet) -> Coalesce:
    """The number of rows as a subquery."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
