"""The list of files, of all customers in reach or of one, and its recycle bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import named_filter
from accounts.models import User
from core.contributions import ExportColumn, registry
from core.files.kinds import KINDS
from core.numbers import number
from customers.attachments import reading
from customers.attachments.rights import may_open
from customers.columns import WHOSE
from customers.models import Attachment, Customer
from customers.selectors import customers_found
from ui import cells, formatting
from ui.bins import BinRow, bin_of
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Listing, choice_filter


@dataclass(frozen=True)
class FileRow:
    """A file with what this person may do about it."""

    attachment: Attachment
    opens: bool
    changes: bool

    @property
    def pk(self) -> int:
        return self.attachment.pk


def _draw(asked: Asked, page: list[Attachment]) -> Iterable[FileRow]:
    ids = [attachment.pk for attachment in page]
    mine = set(Attachment.objects.for_user(asked.user, "change").filter(pk__in=ids).values_list("pk", flat=True))
    for attachment in page:
        yield FileRow(attachment, may_open(asked.user, attachment), attachment.pk in mine)


# --- cells -----------------------------------------------------------------------------------------------------------
def _file(row: FileRow) -> SafeString:
    file = row.attachment.file
    size = format_html('<span class="size block tiny muted digits">{}</span>', formatting.size(file.size))
    sign = format_html('<span class="thumb" aria-hidden="true" data-user>{}</span>', KINDS[file.kind].endings[0])
    if file.lost_at or not row.opens:
        missing = cells.tag(_("missing"), "danger") if file.lost_at else ""
        return format_html('<span class="who">{}<span data-user>{}</span>{}</span>{}', sign, file.name, missing, size)
    picture = KINDS[file.kind].picture
    if picture:
        small = cells.row_url("attachment_small", row.pk)
        sign = format_html('<img class="thumb" src="{}" alt="" width="40" height="40" loading="lazy">', small)
    url = cells.row_url("attachment_picture" if picture else "attachment_download", row.pk)
    return format_html('<span class="who">{}<a href="{}" data-user>{}</a></span>{}', sign, url, file.name, size)


def _what(row: FileRow) -> SafeString:
    attachment = row.attachment
    tags = [cells.tag(capfirst(attachment.get_what_display()), "line")]
    if attachment.seen != Attachment.Seen.ALL:
        tags.append(cells.tag(capfirst(attachment.get_seen_display()), "warn"))
    return format_html_join(" ", "{}", ((tag,) for tag in tags))


def _stands(row: FileRow) -> SafeString:
    """Whose it is, with the way to where it hangs."""
    attachment = row.attachment
    holder = registry().file_holders[attachment.on]
    return format_html(
        '<a class="ink" href="{}"><span data-user>{}</span></a><span class="block tiny muted">{}</span>',
        holder.page(attachment.on_id, attachment.customer_id),
        attachment.customer.name,
        capfirst(str(holder.word)),
    )


def _brought(row: FileRow) -> SafeString:
    by = row.attachment.created_by
    return format_html(
        '<span data-user>{}</span><span class="block tiny muted digits">{}</span>',
        by.name if by else "—",
        formatting.moment(row.attachment.created_at),
    )


def _ways(row: FileRow) -> SafeString:
    parts = []
    if row.opens and not row.attachment.file.lost_at:
        parts.append(
            format_html(
                '<a class="button quiet small" href="{}">{}</a>',
                cells.row_url("attachment_download", row.pk),
                _("Download"),
            )
        )
    if row.changes:
        parts.append(
            format_html(
                '<a class="button quiet icon-only" href="{}" data-icon="pencil" aria-label="{}"></a>',
                cells.row_url("attachment_edit", row.pk),
                _("Change"),
            )
        )
    return format_html_join(" ", "{}", ((part,) for part in parts))


# --- filters ---------------------------------------------------------------------------------------------------------
def _search(asked: Asked, rows: QuerySet[Attachment]) -> QuerySet[Attachment]:
    """By the file's name, or by what finds the customer."""
    customers = customers_found(asked.user, asked.q).order_by().values("pk")
    return rows.filter(Q(file__name__icontains=asked.q) | Q(customer__in=customers))


def _empty(asked: Asked) -> Empty:
    if not asked.user.can("attachment.add"):
        return Empty(_("No files yet"), _("Photos, offers and minutes appear here as they are added."))
    text = _("Add some from a customer's page, or with a log entry.")
    return Empty(_("No files yet"), text, reverse("customer_list"), _("To the customers"))


EXPORT = Export(
    permission="attachment.export",
    audit_act="attachment.export",
    home="attachment_list",
    page="attachment_export",
    title=gettext_lazy("Files"),
    counted=lambda n: ngettext("%(n)s file", "%(n)s files", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("file", "customer__owner", "created_by"),
    sheets=(
        Sheet(
            gettext_lazy("Files"),
            Attachment,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("file"), lambda row: row.file.name),
                ExportColumn(gettext_lazy("what it is"), lambda row: row.get_what_display()),
                ExportColumn(gettext_lazy("who may see it"), lambda row: row.get_seen_display()),
                ExportColumn(gettext_lazy("at"), lambda row: registry().file_holders[row.on].word),
                ExportColumn(gettext_lazy("bytes"), lambda row: row.file.size),
                ExportColumn(gettext_lazy("added by"), lambda row: row.created_by.name if row.created_by else ""),
                ExportColumn(gettext_lazy("added at"), lambda row: row.created_at),
            ),
        ),
    ),
)
ATTACHMENTS = Listing(
    permission="attachment.view",
    rows=lambda asked: reading.rows().for_user(asked.user),
    draw=_draw,
    caption=gettext_lazy("Files, the latest first"),
    orders={
        "added": ("-created_at", "-id"),
        "name": ("file__name", "id"),
        "size": ("-file__size", "-id"),
    },
    search=_search,
    hint=gettext_lazy("Name of the file, or customer"),
    filters=(
        choice_filter("what", gettext_lazy("What it is"), lambda: Attachment.What.choices, offered=True),
        named_filter("customer", gettext_lazy("Customer"), Customer.objects, "customer"),
        named_filter("by", gettext_lazy("Added by"), User.objects, "created_by"),
    ),
    columns=(
        Column(gettext_lazy("File"), _file, sort="name"),
        Column(gettext_lazy("What it is"), _what, css="what", phone=""),
        Column(gettext_lazy("Customer"), _stands, css="whose", phone=""),
        Column(gettext_lazy("Added"), _brought, css="when", sort="added", phone=""),
        Column(gettext_lazy("Actions"), _ways, css="ways", spoken=True),
    ),
    empty=_empty,
    export=EXPORT,
    css="lines attachments",
)


# --- the recycle bin -------------------------------------------------------------------------------------------------
def _binned(row: BinRow) -> SafeString:
    line = '<span data-user>{}</span><span class="block tiny muted">{}</span>'
    return format_html(line, row.gone.file.name, cells.typed(row.gone.customer.name))


ATTACHMENT_BIN = bin_of(
    permission="attachment.delete",
    rows=lambda asked: reading.binned_for(asked.user),
    columns=(Column(gettext_lazy("File"), _binned),),
    caption=gettext_lazy("Deleted files"),
    restore="attachment_restore",
    empty=lambda asked: Empty(
        _("The recycle bin is empty"),
        _("Deleted files wait here for %(n)s days.") % {"n": number("deleted_file_days")},
        reverse("attachment_list"),
        _("To the files"),
    ),
)
