"""Lists of customers that need no upper app: data quality, and the recycle bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import Team, User
from accounts.scope import reach_of
from customers import required, selectors
from customers.addresses import with_dead_mail
from customers.columns import customer_cell
from customers.models import Customer
from ui import cells, formatting
from ui.bins import bin_of
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab


# --- data quality ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class QualityRow:
    """A customer with its numbers that can't be called, addresses from which mail came back, or what its file lacks;
    `edit_url` is empty for who may not change the file."""

    customer: Customer
    edit_url: str
    numbers: list[selectors.BadPhone]
    mails: list[str]
    missing: list[str]
    percent: int

    @property
    def pk(self) -> int:
        return self.customer.pk


def _is_missing(asked: Asked) -> bool:
    return asked.tab.key == "missing"


def _is_mail(asked: Asked) -> bool:
    return asked.tab.key == "mails"


def _is_number(asked: Asked) -> bool:
    return asked.tab.key == "numbers"


def _rows(asked: Asked) -> QuerySet[Customer]:
    rows = selectors.quality_rows(asked.user)
    return selectors.with_contacts(rows) if _is_missing(asked) else rows


def _draw(asked: Asked, page: list[Customer]) -> Iterable[QualityRow]:
    reach, stored = reach_of(asked.user), {row.pk: row for row in asked.page.rows}
    numbers = selectors.bad_phones_of(asked.user, asked.page.rows) if _is_number(asked) else {}
    mails = selectors.dead_mails_of(asked.user, asked.page.rows) if _is_mail(asked) else {}
    for customer in page:
        may_change = reach.holds(customer, "customer.change")
        url = cells.row_url("customer_edit", customer.pk) if may_change else ""
        row, missing = stored[customer.pk], []
        if _is_missing(asked):  # of the masked file: nothing is missing that its reader may not read
            missing = required.missing_of(customer, has_contact=row.has_contact, reached=row.contact_reached)
        percent = required.percent_of(row, missing)
        found = (numbers.get(customer.pk, []), mails.get(customer.pk, []))
        yield QualityRow(customer, url, *found, missing, percent)


def _name(row: QualityRow) -> SafeString:
    return customer_cell(row.customer)


def _numbers(row: QualityRow) -> SafeString:
    """Each in a line; behind a contact's number stands who that is."""
    lines = []
    for number in row.numbers:
        name = SafeString()
        if number.contact:
            name = format_html(' <span class="tiny muted" data-user>{}</span>', number.contact.name)
        lines.append((number.shown, name))
    return format_html_join("", '<span class="block"><span class="digits" data-user>{}</span>{}</span>', lines)


def _edit(row: QualityRow) -> SafeString:
    if not row.edit_url:
        return SafeString()
    button = '<div class="row end"><a class="button small" href="{}" data-icon="pencil">{}</a></div>'
    return format_html(button, row.edit_url, _("Edit"))


def _empty(asked: Asked) -> Empty:
    if _is_missing(asked):
        return Empty(
            _("Every file is complete"),
            _("Customers whose files lack something that the company asks for would stand here."),
            icon="check",
        )
    if _is_mail(asked):
        return Empty(
            _("No mail came back"),
            _("Customers to whom mail couldn't be delivered would stand here until the address is changed."),
            icon="mail",
        )
    return Empty(
        _("Every number can be called"),
        _("Phone numbers of your customers that are too short, too long or damaged would stand here."),
        icon="phone",
    )


# As the board of data quality narrows them.
WHOSE_FILES = (
    named_filter(
        "owner",
        gettext_lazy("Owner"),
        User.objects,
        "owner",
        name_in_row=lambda row: row.owner and row.owner.name,
        nobody=gettext_lazy("Unassigned pool"),
    ),
    team_filter("team__path"),
    named_filter("in_team", gettext_lazy("In this team alone"), Team.objects, "team", nobody=gettext_lazy("no team")),
)
QUALITY = Listing(
    permission="customer.view",
    rows=_rows,
    draw=_draw,
    caption=lambda asked: {
        "missing": _("Customers whose files lack something"),
        "numbers": _("Customers with numbers that can't be called"),
        "mails": _("Customers to whom mail came back"),
    }[asked.tab.key],
    orders={"name": ("name_sort", "pk")},
    tabs=(
        Tab("numbers", gettext_lazy("Numbers that can't be called"), where=lambda asked: selectors.UNCALLABLE),
        Tab("mails", gettext_lazy("E-mail that comes back"), where=lambda asked: with_dead_mail()),
        Tab("missing", gettext_lazy("Missing fields"), where=lambda asked: required.incomplete(asked.user)),
    ),
    tabs_begin_anew=True,
    filters=(
        Filter(
            "lacks",
            gettext_lazy("Missing"),
            read=lambda asked, text: text if text in dict(required.wanted_of_anybody(asked.user)) else None,
            where=lambda asked, name: required.lacks(name),
            words=lambda asked, name: dict(required.wanted_of_anybody(asked.user))[name],
            choices=lambda asked: required.wanted_of_anybody(asked.user) if _is_missing(asked) else [],
        ),
        *WHOSE_FILES,
    ),
    columns=(
        Column(gettext_lazy("Customer"), _name),
        Column(gettext_lazy("Number that can't be called"), _numbers, shown=_is_number),
        Column(
            gettext_lazy("Mail came back from"),
            lambda row: formatting.listed(row.mails),
            css="full",
            typed=True,
            shown=_is_mail,
        ),
        Column(gettext_lazy("Missing"), lambda row: formatting.listed(row.missing), css="full", shown=_is_missing),
        Column(
            gettext_lazy("Completeness"),
            lambda row: f"{formatting.number(row.percent)}%",
            css="number",
            shown=_is_missing,
        ),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.customer.owner and row.customer.owner.name)),
        Column(gettext_lazy("Act"), _edit, css="acts", spoken=True),
    ),
    empty=_empty,
)

# --- the recycle bin -------------------------------------------------------------------------------------------------
CUSTOMER_BIN = bin_of(
    permission="customer.delete",
    rows=lambda asked: selectors.binned_for(asked.user),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: cells.customer(row.gone.name, "", row.gone.kind)),
        Column(gettext_lazy("Number"), lambda row: row.gone.number, css="digits"),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.gone.owner and row.gone.owner.name)),
    ),
    caption=gettext_lazy("Deleted customers"),
    restore="customer_restore",
    removable=lambda asked, row: reach_of(asked.user).holds(row, "customer.purge"),
    empty=lambda asked: Empty(
        _("The recycle bin is empty"),
        _("Deleted customers wait here until they are restored or removed for good."),
        reverse("customer_list"),
        _("To the customers"),
    ),
)
