"""The step of a new company's list that belongs to people: colleagues."""

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.contributions import FirstStep
from ui import formatting


def _found() -> str:
    # unscoped: all of the company's people are counted
    count = User.objects.filter(is_active=True).count()
    return ngettext("%(n)s person signs in", "%(n)s people sign in", count) % {"n": formatting.number(count)}


FIRST_STEP = FirstStep(
    "colleagues",
    _("Add your colleagues"),
    _("A name and a mobile number are enough. Each sees their own customers, leads those of their team."),
    "colleagues_add",
    _("Add"),
    "user-plus",
    "user.add",
    # unscoped: somebody besides the one who began
    done=lambda: Exists(User.objects.filter(is_active=True).order_by("pk")[1:2]),
    found=_found,
    order=30,
)
