"""By which form somebody enters a customer: the one of the address, else the one of the last time."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.http import row_id
from customers.models import EntryTemplate, LastTemplate

NONE = "0"  # in an address: the form with all fields


def entry_templates(user: User) -> list[EntryTemplate]:
    """Those that are offered; `mine` of the one that this person used last."""
    mine = LastTemplate.objects.filter(user=user, template=OuterRef("pk"))
    rows = EntryTemplate.objects.filter(is_active=True).select_related("channel", "industry", "owner")
    return list(rows.annotate(mine=Exists(mine)).order_by("pk"))


def chosen_template(offered: Sequence[EntryTemplate], asked: str | None) -> EntryTemplate | None:
    """The one of the address; without any, or with one that isn't offered any more, the last one."""
    by_id = {one.pk: one for one in offered}
    if asked == NONE:
        return None
    wanted = row_id(asked or "")
    return by_id.get(wanted or 0) or next((one for one in offered if getattr(one, "mine", False)), None)


def tabs_of(offered: Sequence[EntryTemplate], chosen: EntryTemplate | None) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is the one in use) of each; none where the company has no templates."""
    if not offered:
        return []
    here = reverse("customer_new")
    tabs = [(one.name, f"{here}?template={one.pk}", one == chosen) for one in offered]
    return [*tabs, (_("All fields"), f"{here}?template={NONE}", chosen is None)]
