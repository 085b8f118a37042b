"""The forms for strangers, in Settings, and what was sent by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import named_filter
from core import clock
from customers.models import CaptureForm, Customer, Registration
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab, choice_filter

State = Registration.State
TONES: Mapping[str, str] = {State.WAITING: "warn", State.NEW: "ok", State.JOINED: "line", State.DROPPED: "line"}


# --- forms -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FormRow:
    """A form with how much came by it, as far as the reader sees it."""

    form: CaptureForm
    waiting: int
    received: int

    @property
    def pk(self) -> int:
        return self.form.pk

    @property
    def is_over(self) -> bool:
        """Its last day has passed."""
        return self.form.closes_on is not None and self.form.closes_on < clock.business_date()


def _draw_forms(asked: Asked, page: list[CaptureForm]) -> Iterable[FormRow]:
    counts: dict[int, tuple[int, int]] = {}
    if asked.user.can("registration.view"):
        seen = Registration.objects.for_user(asked.user).filter(form__in=page).order_by()
        rows = seen.values_list("form").annotate(
            waiting=Count("pk", filter=Q(state=State.WAITING)), received=Count("pk")
        )
        counts = {form: (waiting, received) for form, waiting, received in rows}
    for form in page:
        yield FormRow(form, *counts.get(form.pk, (0, 0)))


def _form_name(row: FormRow) -> SafeString:
    return format_html(
        '<a class="ink" href="{}" data-user>{}</a><span class="block tiny muted">/f/{}</span>',
        cells.row_url("capture_form", row.pk),
        row.form.name,
        row.form.slug,
    )


def _form_state(row: FormRow) -> SafeString:
    if not row.form.is_open:
        return cells.tag(_("closed"), "line")
    if row.is_over:
        return cells.tag(_("over"), "line")
    return cells.tag(_("open"), "ok")


def _figure(row: FormRow, number: int, tab: str) -> SafeString | str:
    if not number:
        return cells.DASH
    url = f"{reverse('registration_list')}?{urlencode([('tab', tab), ('form', str(row.pk))])}"
    return format_html('<a class="digits" href="{}">{}</a>', url, formatting.number(number))


def _no_forms(asked: Asked) -> Empty:
    text = _("A page that anybody may fill in: a registration, the list at your stand, a wish to be called.")
    if not asked.user.can("setting.change"):
        return Empty(_("No forms yet"), text)
    return Empty(_("No forms yet"), text, reverse("capture_form_new"), _("New form"), "plus")


CAPTURE_FORMS = Listing(
    permission="setting.view",
    rows=lambda asked: CaptureForm.objects.select_related("channel", "owner"),
    draw=_draw_forms,
    caption=gettext_lazy("Forms for new customers"),
    orders={"new": ("-is_open", "-pk")},
    columns=(
        Column(gettext_lazy("Form"), _form_name),
        Column(gettext_lazy("State"), _form_state),
        Column(gettext_lazy("Channel"), lambda row: row.form.channel.name, typed=True),
        Column(
            gettext_lazy("Owner"),
            lambda row: row.form.owner.name if row.form.owner else _("Unassigned pool"),
            typed=True,
        ),
        Column(gettext_lazy("To be decided"), lambda row: _figure(row, row.waiting, "waiting"), css="number"),
        Column(gettext_lazy("Received"), lambda row: _figure(row, row.received, "all"), css="number"),
    ),
    empty=_no_forms,
)


# --- registrations ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SentRow:
    """One that was sent."""

    sent: Registration

    @property
    def pk(self) -> int:
        return self.sent.pk


def _sent_name(row: SentRow) -> SafeString:
    url = cells.row_url("registration", row.pk)
    return format_html('<a class="ink" href="{}" data-user>{}</a>', url, row.sent.name)


def _sent_customer(row: SentRow) -> SafeString:
    url = cells.row_url("customer", row.sent.customer_id)
    link = format_html('<a class="ink" href="{}" data-user>{}</a>', url, row.sent.customer.name)
    if row.sent.state != State.WAITING:
        return link
    return format_html('{}<span class="block tiny muted">{}</span>', link, _("may be the same"))


def _sent_state(row: SentRow) -> SafeString:
    return cells.tag(capfirst(row.sent.get_state_display()), TONES[row.sent.state])


def _sent_counts(asked: Asked, rows: QuerySet[Registration]) -> Mapping[str, int]:
    return rows.aggregate(waiting=Count("pk", filter=Q(state=State.WAITING)), all=Count("pk"))


def _none_sent(asked: Asked) -> Empty:
    if asked.tab.key == "waiting":
        return Empty(
            _("Nothing to be decided"),
            _("Whoever is known already and fills in a form waits here until you say who it is."),
        )
    return Empty(
        _("Nobody has filled in a form yet"), _("What people send by your public forms stands here with its file.")
    )


def _form_names() -> Iterable[tuple[str, str]]:
    return [(str(form.pk), form.name) for form in CaptureForm.objects.order_by("-pk")]


REGISTRATIONS = Listing(
    permission="registration.view",
    rows=lambda asked: Registration.objects.for_user(asked.user).select_related("form", "customer__owner"),
    draw=lambda asked, page: map(SentRow, page),
    caption=gettext_lazy("Registrations"),
    orders={"new": ("-at", "-id")},
    tabs=(
        Tab("waiting", gettext_lazy("To be decided"), where=lambda asked: Q(state=State.WAITING)),
        Tab("all", gettext_lazy("All")),
    ),
    tab_counts=_sent_counts,
    filters=(
        choice_filter("form", gettext_lazy("Form"), _form_names, lambda form: Q(form=form)),
        named_filter("customer", gettext_lazy("Customer"), Customer.objects, "customer"),
    ),
    columns=(
        Column(gettext_lazy("Name"), _sent_name),
        Column(gettext_lazy("When"), lambda row: formatting.moment(row.sent.at), css="digits"),
        Column(gettext_lazy("Form"), lambda row: row.sent.form.name, typed=True),
        Column(gettext_lazy("Customer"), _sent_customer),
        Column(gettext_lazy("State"), _sent_state),
    ),
    empty=_none_sent,
)
