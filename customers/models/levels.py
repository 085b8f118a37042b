"""How much the company asks for a field of a customer's file."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How much the company asks for a field of a file."""

    NO = "no", _("not asked for")
    WANTED = "wanted", _("wanted")
    NEW = "new", _("required when new")
    ALWAYS = "always", _("required everywhere")
