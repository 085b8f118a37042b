"""What the search finds of files: by their names."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import Hit, SearchSource
from core.files import store
from customers.attachments import reading
from customers.models import Attachment
from ui.templatetags import ui

SHORTEST = 2


def _files(user: User, text: str, most: int) -> Sequence[Attachment]:
    if len(text) < SHORTEST:
        return []
    rows = reading.rows().for_user(user).filter(file__name__icontains=text)
    return list(rows.order_by("-created_at", "-pk")[:most])


def _file(user: User, row: Attachment, text: str) -> Hit:
    return Hit(
        f"{reverse('attachment_list')}?{urlencode({'customer': str(row.customer_id), 'q': row.file.name})}",
        row.file.name,
        [row.customer.name, capfirst(row.get_what_display())],
        mark=ui.icon(store.kind_of(row.file).icon),
        exact=row.file.name.casefold() == text.casefold(),
    )


FILES = SearchSource(
    "files",
    _("Files"),
    _("name of the file"),
    "attachment.view",
    find=_files,
    draw=_file,
    page="attachment_list",
    order=60,
)
