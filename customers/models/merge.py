"""Two customers that became one (docs/adr/0051)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from customers.models.customer import Customer


class CustomerMerge(models.Model):
    """`gone_id` went up in `survivor`. The row stays, so that old links and numbers lead there; what an undo needs is
    emptied after 60 days.

    `gone_id` is no foreign key: the file in the recycle bin may be removed for good, and still its links lead on.
    """

    survivor = models.ForeignKey(Customer, models.CASCADE, related_name="merges")
    gone_id = models.BigIntegerField()
    gone_number = models.CharField(max_length=40, db_index=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # moved and stayed: {foreign key: ids}; last: {foreign key: highest id of the table by then};
    # rows: {table: {id: [columns before, columns after]}}
    snapshot = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["gone_id"], name="gone_in_one_customer", condition=models.Q(undone_at__isnull=True)
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-at"], name="merges_by_day")]

    @property
    def kept(self) -> dict[str, Any]:
        """What an undo needs; nothing any more once it is too late."""
        return self.snapshot or {}
