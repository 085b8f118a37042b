"""What one person has changed of many files at once, so that it can be taken back for a day."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from customers.models.catalogue import Tag
from customers.models.customer import Customer


class ManyChange(Scoped):
    """One field that was set, or one tag that was put on or taken off; its rows say of whom, and what stood there."""

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class What(models.TextChoices):
        FIELD = "field", _("field set")
        TAG = "tag", _("tag put on")
        UNTAG = "untag", _("tag taken off")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=5, choices=What)
    field = models.CharField(max_length=60, blank=True)  # as `customers.services.together.Setting` names it
    value = models.JSONField(null=True)  # what was set, as the file keeps it
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, related_name="+")
    customers = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    went_back = models.PositiveIntegerField(default=0)
    stayed = ArrayField(models.BigIntegerField(), default=list)  # ids of customers that didn't go back then

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-at"], name="many_changes_of_person"),
            models.Index(fields=["at"], name="many_changes_by_age"),
        ]


class ManyChangeRow(models.Model):
    """A customer of such a change. While its mark fits, nobody has touched what was changed.

    `mark`: the file's version right after it, or the id of the tag's link; `over`: its version before, which goes on
    when a later change is taken back; `before`: what stood in the field.
    """

    change = models.ForeignKey(ManyChange, models.CASCADE, related_name="rows", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    mark = models.BigIntegerField(default=0)
    over = models.BigIntegerField(default=0)
    before = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["change", "customer"], name="many_changed_once")
        ]
