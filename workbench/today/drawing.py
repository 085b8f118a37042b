"""The rows of Today's queue as HTML, put together by functions: a template for each took a third of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.masking import may_read
from accounts.models import User
from core import clock
from core.company import currency
from customers import ways
from customers.models import Customer
from followups.hours.days import person_days
from followups.models import FollowUp
from followups.selectors import move_choices, snooze_choices
from segmentation.wording import days_counted, sales_counted
from ui import cells, formatting, icons
from ui.markup import format_html, format_html_join
from workbench.today.queue import Row, Section, log_url, places


@dataclass(frozen=True)
class Words:
    """What every row repeats, looked up once for a page."""

    at_risk: str = field(default_factory=lambda: _("at risk"))
    sales: str = field(default_factory=days_counted)
    sales_in_full: str = field(default_factory=sales_counted)
    log: str = field(default_factory=lambda: pgettext("verb", "Log"))
    log_activity: str = field(default_factory=lambda: _("Log activity"))
    wake: str = field(default_factory=lambda: _("Back in its place now"))
    done: str = field(default_factory=lambda: _("Done without a note"))
    wechat: str = field(default_factory=lambda: _("Copy the WeChat ID"))
    wechat_copied: str = field(default_factory=lambda: _("WeChat ID copied"))
    show_on_map: str = field(default_factory=lambda: _("Show on a map"))
    skip: str = field(default_factory=lambda: _("Skip"))
    briefing: str = field(default_factory=lambda: _("Briefing"))
    more_for: str = field(default_factory=lambda: _("More for %(name)s"))
    pick: str = field(default_factory=lambda: _("Pick a day…"))
    reschedule: str = field(default_factory=lambda: _("Reschedule and more"))
    between: str = field(default_factory=lambda: pgettext("between reasons", "; "))
    go_on: str = field(default_factory=lambda: _("No answer: how to go on…"))
    last: str = field(default_factory=lambda: _("Last activity"))
    never: str = field(default_factory=lambda: _("never contacted"))


@dataclass(frozen=True)
class Drawing:
    """What the rows of one page share: what the person may do, where a contact may be moved to, and the words."""

    user: User
    may_log: bool
    may_plan: bool
    moves: Sequence[tuple[str, str]]  # days, and the button's words
    later: Sequence[tuple[str, str]]  # times of today, and the button's words
    currency: str
    today: date
    words: Words = field(default_factory=Words)

    def parts(self, parts: Iterable[Section]) -> Iterator[tuple[Section, SafeString]]:
        """Each part with its rows; drawn while the page is, so that its sprite has their icons."""
        parts = list(parts)
        # Who has logged a row comes back to the one after it; two of one customer in one part share the first's id.
        follows = iter([*(name for name, _customer in places(parts)[1:]), ""])
        seen: set[str] = set()
        leads = True  # the very first row is the one to begin with
        for part in parts:
            rows = []
            for row in part.rows:
                name = f"{part.key}-{row.customer.pk}"
                place = format_html(' id="{}"', name) if name not in seen else ""
                seen.add(name)
                url = log_url(row.customer.pk, next(follows))
                rows.append((self._row(row, leads, place, url),))
                leads = False
            yield part, format_html_join("", "{}", rows)

    def _row(self, row: Row, leads: bool, place: str, log: str) -> SafeString:
        """One customer to act on: who and why, the last contact, what is at stake, what can be done."""
        customer = row.customer
        return format_html(
            '<li class="queue-row{}"{} data-row>{}<p class="name"><a href="{}" data-user>{}</a>{}</p>'
            '<div class="two-lines"><p class="why">{}{}{}{}</p><p class="last">{}</p></div>'
            '<p class="risk">{}</p><div class="act">{}{}</div>{}</li>',
            " next" if leads else "",
            place,
            cells.avatar(customer.name, customer.kind, "medium"),
            cells.row_url("customer", customer.pk),
            customer.name,
            cells.tier(row.tier),
            row.waits.lead if row.waits else cells.tag(row.tag, row.tone),
            cells.typed(row.typed) if row.typed else "",
            self.words.between if row.typed and (row.at_risk or row.why) else "",
            self._reasons([*self._at_risk(row), *row.why]),
            self._last_contact(row),
            self._at_stake(row),
            self._button(row, leads, log),
            self._menu(row, log),
            self._ways(row.customer),
        )

    def _reasons(self, why: Sequence[str]) -> SafeString:
        ends = [self.words.between] * (len(why) - 1) + [""]
        return format_html_join("", "<span>{}{}</span>", zip(why, ends, strict=False))

    def _last_contact(self, row: Row) -> SafeString | str:
        if not row.last_at:
            return self.words.never
        return format_html(
            '<span class="visually-hidden">{}</span>{} {}{}',
            self.words.last,
            icons.icon(row.icon),
            formatting.ago(row.last_at),
            f" · {row.last_word}" if row.last_word else "",
        )

    def _at_stake(self, row: Row) -> SafeString | str:
        """What the customer brought in the days that count: the same in every row."""
        return format_html(
            '<span class="label">{}</span> <span class="digits" title="{}">{}</span>',
            self.words.sales,
            self.words.sales_in_full,
            formatting.money_round(row.worth, self.currency) if row.worth else formatting.DASH,
        )

    def _at_risk(self, row: Row) -> list[str]:
        """What a warning puts at stake, before its reasons."""
        if not row.at_risk:
            return []
        return [f"{self.words.at_risk} {formatting.money_round(row.at_risk, self.currency)}"]

    def _ways(self, customer: Customer) -> SafeString | str:
        """On a phone one tap calls, copies the WeChat ID and shows the map."""
        found = [way(self.user, customer) for way in (ways.show_map, ways.wechat, ways.call)]
        return format_html('<div class="one-tap">{}</div>', SafeString("".join(found))) if any(found) else ""

    def _button(self, row: Row, leads: bool, log: str) -> SafeString | str:
        css = "button primary" if leads else "button"
        if row.waits:
            return format_html(
                '<a class="{}" href="{}">{} <span class="visually-hidden">{}</span></a>',
                css,
                row.waits.url,
                row.waits.label,
                row.waits.spoken,
            )
        if not self.may_log:
            return ""
        return format_html(
            '<a class="{}" href="{}" data-action="log">{} <span class="visually-hidden" data-user>{}</span>{}</a>',
            css,
            log,
            self.words.log,
            row.customer.name,
            format_html("<kbd>{}</kbd>", "L") if leads else "",
        )

    def _menu(self, row: Row, log: str) -> SafeString | str:
        """WeChat and map, other times and days, other ends; its buttons belong to the page's form#act."""
        acts: list[tuple[str, ...]] = []
        acts += self._reach(row.customer)
        acts.append(('<a href="{}">{}</a>', cells.row_url("customer_briefing", row.customer.pk), self.words.briefing))
        if row.waits and self.may_log:
            acts.append(('<a href="{}" data-action="log">{}</a>', log, self.words.log_activity))
        if row.is_silent:
            page = f"{cells.row_url('customer', row.customer.pk)}#no-response"
            acts.append(('<a href="{}">{}</a>', page, self.words.go_on))
        if self.may_plan and row.follow_up is not None:
            acts += self._put_off(row.follow_up)
        if self.may_plan:
            acts.append(("{}", _at(self._moved, row.move_url)))
            pick = '<a href="{}" data-dialog="pick-day" data-to="{}" data-name="{}" data-on="{}" data-at="{}">{}</a>'
            planned = row.follow_up
            acts.append(
                (
                    pick,
                    self._form_url(row),
                    row.move_url,
                    row.customer.name,
                    max(planned.due_on, self.today).isoformat() if planned else "",
                    f"{planned.due_time:%H:%M}" if planned and planned.due_time else "",
                    self.words.pick,
                )
            )
            if row.follow_up is not None:
                end, pk = '<button form="act" formaction="{}">{}</button>', row.follow_up.pk
                acts.append((end, cells.row_url("follow_up_done", pk), self.words.done))
                acts.append((end, cells.row_url("follow_up_skip", pk), self.words.skip))
        if not acts:
            return ""
        return format_html(
            '<details class="menu" data-menu><summary class="button quiet icon-only" aria-label="{}" title="{}">{}'
            "</summary><div>{}</div></details>",
            self.words.more_for % {"name": row.customer.name},
            self.words.reschedule,
            icons.icon("calendar-clock"),
            format_html_join("", "{}", ((format_html(*act),) for act in acts)),
        )

    def _reach(self, customer: Customer) -> list[tuple[str, ...]]:
        """The WeChat ID to copy, as WeChat opens nobody by a link, and the map; for who reads them in full."""
        ways: list[tuple[str, ...]] = []
        if customer.wechat and may_read(self.user, customer, "wechat"):
            copy = '<button type="button" data-copy="{}" data-copied="{}" data-user>{}</button>'
            ways.append((copy, customer.wechat, self.words.wechat_copied, self.words.wechat))
        if customer.address and may_read(self.user, customer, "address"):
            away = '<a href="{}" target="_blank" rel="noopener noreferrer" data-user>{}</a>'
            ways.append((away, customer.map_uri, self.words.show_on_map))
        return ways

    def _put_off(self, planned: FollowUp) -> list[tuple[str, ...]]:
        """Later today; or, where it was put off already, back to its place."""
        if planned.snoozed_until is not None and planned.snoozed_until > clock.now():
            url = cells.row_url("follow_up_wake", planned.pk)
            return [('<button form="act" formaction="{}">{}</button>', url, self.words.wake)]
        url = cells.row_url("follow_up_snooze", planned.pk)
        return [("{}", _at(self._put_off_until, url))]

    # The buttons that are the same in every row but for where they go, drawn once for a page.
    @cached_property
    def _moved(self) -> SafeString:
        button = '<button form="act" formaction="\0" name="days" value="{}">{}</button>'
        return format_html_join("", button, self.moves)

    @cached_property
    def _put_off_until(self) -> SafeString:
        button = '<button form="act" formaction="\0" name="until" value="{}">{}</button>'
        return format_html_join("", button, self.later)

    @cached_property
    def _back(self) -> str:
        return urlencode({"next": reverse("today")})

    @cached_property
    def _new_url(self) -> str:
        return reverse("follow_up_new")

    def _form_url(self, row: Row) -> str:
        """The form that asks for the day where no script opens the dialog."""
        if row.follow_up is not None:
            return f"{cells.row_url('follow_up_edit', row.follow_up.pk)}?{self._back}"
        return f"{self._new_url}?customer={row.customer.pk}&{self._back}"


def drawing_for(user: User) -> Drawing:
    """With what this person may do."""
    return Drawing(
        user=user,
        may_log=user.can("interaction.add"),
        may_plan=user.can("follow_up.change"),
        moves=_moves(user),
        later=snooze_choices(user),
        currency=currency(),
        today=clock.user_today(user),
    )


def _at(buttons: SafeString, url: str) -> SafeString:
    """These buttons for the row of that address, which holds nothing but names and a number."""
    return SafeString(buttons.replace("\0", url))


def _moves(user: User) -> list[tuple[str, str]]:
    words = '{}<span class="muted">{}</span>'
    choices = move_choices(clock.user_today(user), person_days(user.pk))
    return [(days, format_html(words, label, formatting.day_short(day))) for days, label, day in choices]
