"""The components of the pages as template tags and filters; docs/ui.md shows each with an example.

Small ones that stand in every row are plain functions, larger ones have a template under templates/ui/.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any
from zlib import crc32

from django import template
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ChoiceField,
    ModelChoiceField,
    RadioSelect,
)
from django.template import Context
from django.template.base import Parser, Token
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import numbers
from core.clock import days_since
from core.phones import spaced
from ui import charts, formatting, icons
from ui.forms import LongSelect, begun
from ui.kept import KeptNode
from ui.listing import Head

register = template.Library()

HYPHENS = "---------"
TONES = ("", "danger", "warn", "ok", "info", "accent", "line")


# --- filters ---------------------------------------------------------------------------------------------------------
register.filter("day", formatting.day, is_safe=False)
register.filter("day_short", formatting.day_short, is_safe=False)
register.filter("weekday", formatting.weekday, is_safe=False)
register.filter("moment", formatting.moment, is_safe=False)
register.filter("clock", formatting.clock, is_safe=False)
register.filter("month", formatting.month, is_safe=False)
register.filter("month_short", formatting.month_short, is_safe=False)
register.filter("ago", formatting.ago, is_safe=False)
register.filter("duration", formatting.duration, is_safe=False)
register.filter("number", formatting.number, is_safe=False)
register.filter("percent", formatting.percent, is_safe=False)
register.filter("signed", formatting.signed, is_safe=False)
register.filter("size", formatting.size, is_safe=False)
register.filter("money", formatting.money, is_safe=False)
register.filter("money_round", formatting.money_round, is_safe=False)
register.filter("money_short", formatting.money_short, is_safe=False)


@register.filter
def phone(value: str) -> SafeString:
    """A phone number in groups that no line breaks apart."""
    return format_html('<span class="phone-number" data-user>{}</span>', spaced(value)) if value else SafeString()


@register.filter
def typed(value: object) -> SafeString:
    """What a person typed, marked as such so that no translation or language check touches it."""
    return format_html("<span data-user>{}</span>", "" if value is None else value)


@register.filter
def lines_typed(value: str | None) -> SafeString:
    """A typed text of several lines with its line breaks kept (CSS, no markup from the text)."""
    return format_html('<span class="prose" data-user>{}</span>', value or "")


@register.simple_tag
def due_words(value: dt.date | None, at: dt.time | None = None, by: bool = False) -> str:
    """The words of `due` alone: 3 days overdue, today 10:30, tomorrow, 11-26 周四; `by`: at that time at the latest."""
    return formatting.due(value, at, by)[0]


# --- pictures --------------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A Lucide icon; decorative, so put a word or an aria-label beside it."""
    return icons.icon(name, css)


@register.simple_tag
def icon_drawn(name: str) -> SafeString:
    """A Lucide icon that the page shows once, as of the menu: drawn in place instead of referring to the sprite."""
    return icons.drawn(name)


class IconsNode(template.Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        with icons.collecting() as used:
            body = self.nodelist.render(context)
        return body + icons.sprite(used)


@register.tag("icons")
def icons_block(parser: Parser, token: Token) -> IconsNode:
    """{% icons %} body {% endicons %}: draws each icon used inside only once, in one sprite at the end."""
    nodelist = parser.parse(("endicons",))
    parser.delete_first_token()
    return IconsNode(nodelist)


@register.tag("kept")
def kept_block(parser: Parser, token: Token) -> KeptNode:
    """{% kept value ... %} body {% endkept %}: drawn once per process for equal values (see ui/kept.py)."""
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)


SEAL_FACE = (
    "M4.6 1.4 27 1.1c2 0 3.6 1.3 3.8 3.3L31 27c.1 2.2-1.4 3.7-3.5 3.8L5 31c-2.2.1-3.8-1.3-3.9-3.4L1 5"
    "c0-2.1 1.5-3.5 3.6-3.6z"
)


@register.simple_tag
def seal(css: str = "") -> SafeString:
    """The vermilion seal, our brand mark."""
    return format_html(
        '<svg class="seal {}" viewBox="0 0 32 32" aria-hidden="true"><path class="face" d="{}"/>'
        '<text x="16" y="23.6">客</text></svg>',
        css,
        SEAL_FACE,
    )


@register.simple_tag
def book_leaf() -> SafeString:
    """The line drawing of empty states: a stitched leaf with a seal."""
    return mark_safe(
        '<svg class="art" viewBox="0 0 72 72" aria-hidden="true">'
        '<path class="pen" d="M14 10h36a6 6 0 0 1 6 6v46H20a6 6 0 0 1-6-6zM22 10v52M30 24h18M30 33h18M30 42h10"/>'
        '<rect class="seal-f" x="44" y="46" width="14" height="14" rx="3"/></svg>'
    )


# --- buttons and words -----------------------------------------------------------------------------------------------
def _attributes(attrs: Mapping[str, Any]) -> SafeString:
    """data_action="log" -> data-action="log"; True = bare attribute, False and None = left out."""
    named = ((name.strip("_").replace("_", "-"), value) for name, value in attrs.items())
    kept = [(name, value) for name, value in named if value is not None and value is not False]
    return format_html_join("", " {}{}", ((n, "" if v is True else format_html('="{}"', v)) for n, v in kept))


@register.simple_tag
def button(
    label: str, href: str = "", kind: str = "", icon: str = "", key: str = "", end_icon: str = "", **attrs: Any
) -> SafeString:
    """A link that looks like a button (with href) or a `<button>` (type="submit" unless said otherwise).

    kind: any of `primary danger quiet small wide`, several with spaces. key: the shortcut shown on it.
    """
    inner = format_html(
        "{}{}{}{}",
        icons.icon(icon) if icon else "",
        label,
        icons.icon(end_icon) if end_icon else "",
        format_html("<kbd>{}</kbd>", key) if key else "",
    )
    return _button(inner, href, kind, attrs)


@register.simple_tag
def icon_button(label: str, icon: str, href: str = "", kind: str = "quiet", **attrs: Any) -> SafeString:
    """A button with a picture only; `label` is what it is called."""
    return _button(icons.icon(icon), href, f"icon-only {kind}", {"aria_label": label, "title": label, **attrs})


def _button(inner: SafeString, href: str, kind: str, attrs: Mapping[str, Any]) -> SafeString:
    css = f"button {kind}".strip()
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, href, _attributes(attrs), inner)
    return format_html('<button class="{}"{}>{}</button>', css, _attributes({"type": "submit", **attrs}), inner)


@register.simple_tag
def tag(label: object, tone: str = "", icon: str = "") -> SafeString:
    """A status word. tone: danger, warn, ok, info, accent, line or nothing."""
    return format_html('<span class="tag {}">{}{}</span>', tone, icons.icon(icon) if icon else "", _capital(label))


def _capital(label: object) -> object:
    """The words with a capital in front; what was escaped isn't escaped again."""
    return mark_safe(capfirst(label)) if isinstance(label, SafeString) else capfirst(label)


@register.simple_tag
def due(value: dt.date | None, at: dt.time | None = None, by: bool = False) -> SafeString:
    """A planned day as a tag with its tone; a later day as plain text."""
    words, tone = formatting.due(value, at, by)
    return tag(words, tone) if tone else format_html('<span class="digits">{}</span>', words)


@register.simple_tag
def since(value: dt.date | dt.datetime | None, warn_after: int | str = 0) -> SafeString:
    """`ago` with the exact moment as tooltip; ochre when more than `warn_after` days lie between, which may be the key
    of a number of the company's own."""
    if isinstance(warn_after, str):
        warn_after = numbers.number(warn_after)
    if value is None:
        return format_html('<span class="muted">{}</span>', formatting.DASH)
    silent = warn_after and days_since(value) > warn_after
    exact = formatting.moment(value) if isinstance(value, dt.datetime) else formatting.day(value)
    return format_html(
        '<time class="digits{}" datetime="{}" title="{}">{}</time>',
        " tone-down strong" if silent else "",
        value.isoformat(),
        exact,
        formatting.ago(value),
    )


@register.simple_tag
def move(label: object, direction: int | str, good: bool | str | None = None) -> SafeString:
    """▲ or ▼ with words. direction: up/down or a signed number; `good` paints it blue or ochre whatever the arrow, or
    grey with "neither"."""
    up = direction == "up" or (not isinstance(direction, str) and direction > 0)
    if not isinstance(direction, str) and not direction:
        return format_html('<span class="move muted">= {}</span>', label)
    css = "up" if (up if good in (None, "") else good) else "down"  # "": a template's missing value
    css = "muted" if good == "neither" else css
    spoken = _("up") if up else _("down")
    return format_html(
        '<span class="move {}"><span aria-hidden="true">{} </span><span class="visually-hidden">{} </span>{}</span>',
        css,
        "▲" if up else "▼",
        spoken,
        label,
    )


# --- people, customers, scores ---------------------------------------------------------------------------------------
@register.simple_tag
def tier(obj: Any, box: bool = False, word: bool = True) -> SafeString:
    """Letter tile and word of anything with `code`, `name` and `slot` (colour 1-5); None = not rated yet."""
    css = " box" if box else ""
    if obj is None or not getattr(obj, "slot", 0):
        return format_html(
            '<span class="tier none{}"><i aria-hidden="true">–</i>{}</span>', css, capfirst(_("unrated"))
        )
    name = obj.name if word else format_html('<span class="visually-hidden">{}</span>', obj.name)
    letter = getattr(obj, "letter", "") or str(obj.code)[:1].upper()
    return format_html(
        '<span class="tier slot-{}{}"><i aria-hidden="true">{}</i>{}</span>', obj.slot, css, letter, name
    )


@register.simple_tag
def rfm(r: int | None, f: int | None, m: int | None) -> SafeString:
    """Three ink-wash tiles 1-5; a dash when there is no score."""
    if not (r and f and m):
        return format_html('<span class="muted">{}</span>', formatting.DASH)
    return format_html(
        '<span class="scores" role="img" aria-label="R{0} F{1} M{2}">'
        '<i class="wash-{0}">{0}</i><i class="wash-{1}">{1}</i><i class="wash-{2}">{2}</i></span>',
        r,
        f,
        m,
    )


def shade(name: str) -> int:
    """Which of the six grounds a name has."""
    return crc32(name.encode()) % 6 + 1


@register.simple_tag
def avatar(name: str | None, kind: str = "person", size: str = "") -> SafeString:
    """Initial on one of six muted grounds, always the same for a name. kind: person or company; size: medium, large."""
    text = str(name or "")
    css = f"shade-{shade(text)} {size}{' company' if kind == 'company' else ''}"
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', css, formatting.initials(text))


@register.simple_tag
def owner(user: Any, size: str = "") -> SafeString:
    """Avatar and name of a colleague; a tag when there is none."""
    if user is None:
        return tag(_("unassigned"), "line")
    name = getattr(user, "name", None) or str(user)
    return format_html('<span class="who">{}<span data-user>{}</span></span>', avatar(name, size=size), name)


@register.simple_tag
def customer(name: str, href: str, kind: str = "company", size: str = "") -> SafeString:
    """Avatar and linked name of a customer: the first cell of a row."""
    return format_html(
        '<span class="who">{}<a class="ink" href="{}" data-user>{}</a></span>', avatar(name, kind, size), href, name
    )


@register.simple_tag
def sla(
    due_at: dt.datetime | None,
    started_at: dt.datetime | None = None,
    stopped_at: dt.datetime | None = None,
    paused: bool = False,
) -> SafeString:
    """The tag of a response clock: running, less than a quarter left, breached, paused, stopped, none set."""
    if due_at is None:
        return tag(_("no time limit"), "line")
    if stopped_at is not None:
        return _stopped(due_at, started_at, stopped_at)
    if paused:
        return tag(_("paused"), "line", "pause")
    left = due_at - timezone.now()
    if left < dt.timedelta(0):
        return tag(_("breached by %(time)s") % {"time": formatting.hours_minutes(left)}, "danger", "triangle-alert")
    whole = due_at - started_at if started_at else None
    tone = "warn" if whole and left < whole / 4 else "info"
    return tag(_("%(time)s left") % {"time": formatting.hours_minutes(left)}, tone, "clock")


def _stopped(due_at: dt.datetime, started_at: dt.datetime | None, stopped_at: dt.datetime) -> SafeString:
    if stopped_at > due_at:
        late = formatting.hours_minutes(stopped_at - due_at)
        return tag(_("answered %(time)s late") % {"time": late}, "danger", "triangle-alert")
    if started_at is None:
        return tag(_("answered in time"), "ok", "check")
    taken = formatting.duration(stopped_at - started_at)
    return tag(_("answered in %(time)s") % {"time": taken}, "ok", "check")


@register.simple_tag
def bar(percent: float | None, mark: float | None = None, css: str = "level", height: int = 6) -> SafeString:
    """A progress bar (0-100) for beside a number, never alone."""
    return charts.bar(percent or 0, mark, css, height)


# --- figures ---------------------------------------------------------------------------------------------------------
@register.simple_tag
def fact(label: str, value: object, note: object = "", tone: str = "", href: str = "") -> SafeString:
    """One cell of `<dl class="facts">`: label, figure, small note; `href` is the list behind it.

    tone: danger, warn, ok, down.
    """
    css = f" tone-{tone}" if tone else ""
    value = format_html('<a class="ink" href="{}">{}</a>', href, value) if href else value
    below = format_html('<dd class="tiny muted digits">{}</dd>', note) if note else ""
    return format_html('<div><dt>{}</dt><dd class="digits{}">{}</dd>{}</div>', _capital(label), css, value, below)


@register.inclusion_tag("ui/kpi.html")
def kpi(
    label: str,
    value: object,
    unit: str = "",
    delta: str = "",
    direction: int | str = 0,
    good: bool | None = None,
    note: object = "",
    href: str = "",
    spark: Sequence[float] | None = None,
    state: str = "",
) -> dict[str, Any]:
    """A figure card. value None = no data; state: few (too small a sample, greyed) or stale; spark: its history."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "delta": move(delta, direction, good) if delta else "",
        "note": note,
        "href": href,
        "spark": charts.spark(spark, "fill") if spark else "",
        "state": state,
    }


@register.inclusion_tag("ui/twin.html")
def twin(head: Sequence[str], rows: Iterable[Sequence[object]], label: str = "") -> dict[str, Any]:
    """The numbers of a chart as a table behind a fold; the first column names the row."""
    return {"head": head, "rows": rows, "label": label or _("Numbers of the chart")}


# --- states ----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "", icon: str = "") -> dict[str, Any]:
    """An empty state: book leaf, one title, one sentence, one button."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


BANNER_ICONS = {"": "info", "warn": "triangle-alert", "danger": "triangle-alert", "ok": "check", "tint": "file-text"}


@register.simple_block_tag
def banner(content: str, tone: str = "", icon: str = "", **attrs: Any) -> SafeString:
    """{% banner "warn" %}text{% endbanner %}; tone: "", warn, danger, ok, tint. Buttons inside go to the right."""
    picture = icons.icon(icon or BANNER_ICONS.get(tone, "info"))
    return format_html('<div class="banner {}"{}>{}{}</div>', tone, _attributes(attrs), picture, content)


@register.inclusion_tag("ui/steps.html")
def steps(labels: Sequence[str], current: int, label: str = "") -> dict[str, Any]:
    """A steps bar; `current` counts from 1, larger than the number of labels = all done."""
    drawn = [
        {"number": n, "label": words, "done": n < current, "current": n == current}
        for n, words in enumerate(labels, start=1)
    ]
    return {"steps": drawn, "label": label or _("Steps")}


@register.simple_block_tag
def event(
    content: str, title: str, icon: str, when: dt.date | dt.datetime | None = None, tone: str = "", extra: object = ""
) -> SafeString:
    """One entry of `<ol class="timeline">`. tone: accent, good, bad, warm or nothing; extra: tags after the title."""
    at = ""
    if when is not None:
        words = formatting.moment(when) if isinstance(when, dt.datetime) else formatting.day_short(when)
        at = format_html('<time class="digits" datetime="{}">{}</time>', when.isoformat(), words)
    return format_html(
        '<li><span class="node {}">{}</span><p class="heading"><b>{}</b>{}{}</p>{}</li>',
        tone,
        icons.icon(icon),
        title,
        extra,
        at,
        content.strip() and mark_safe(content),
    )


# --- moving about ----------------------------------------------------------------------------------------------------
@register.simple_tag
def tab(label: str, href: str, current: bool = False, count: int | str | None = None) -> SafeString:
    """One tab of `<nav class="tabs">`."""
    figure = (
        ""
        if count is None
        else format_html(
            ' <span class="count">{}</span>', formatting.number(count) if isinstance(count, int) else count
        )
    )
    here = mark_safe(' aria-current="page"') if current else ""
    return format_html('<a href="{}"{}>{}{}</a>', href, here, label, figure)


@register.simple_tag
def filter_chip(label: str, value: object, remove_url: str, invalid: bool = False) -> SafeString:
    """An applied filter with its cross; invalid = a value that no longer exists."""
    name = _("Remove filter: %(label)s %(value)s") % {"label": label, "value": value}
    return format_html(
        '<span class="chip low{}">{}<span class="label">{}</span><span data-user>{}</span>'
        '<a class="cross" href="{}" aria-label="{}">{}</a></span>',
        " bad" if invalid else "",
        icons.icon("triangle-alert") if invalid else "",
        label,
        value,
        remove_url,
        name,
        icons.icon("x"),
    )


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: Context, page: Any, noun: str = "", total: int | None = None) -> dict[str, Any]:
    """Keyset pages: anything with rows, next_cursor and previous_cursor; keeps the other parameters of the address."""
    return {
        "summary": _shown(len(page.rows), noun, total),
        "next_url": _with_cursor(context, page.next_cursor),
        "previous_url": _with_cursor(context, page.previous_cursor),
    }


def _shown(count: int, noun: str, total: int | None) -> str:
    if total is not None:
        return _("%(count)s of %(total)s") % {"count": f"{count:,}", "total": f"{total:,}"} + (
            f" {noun}" if noun else ""
        )
    return ngettext("%(count)s row on this page", "%(count)s rows on this page", count) % {"count": count}


def _with_cursor(context: Context, cursor: str | None) -> str:
    if not cursor:
        return ""
    parameters = context["request"].GET.copy()
    parameters["cursor"] = cursor
    return f"?{parameters.urlencode()}"


@register.simple_tag
def sort_header(head: Head) -> SafeString:
    """The head of a column: with an address it sorts, a second click turns it round, and it says its state aloud."""
    label: object = head.label
    if head.spoken:
        label = format_html('<span class="visually-hidden">{}</span>', label)
    elif head.long:
        label = format_html('<abbr title="{}">{}</abbr>', head.long, label)
    if head.url:
        arrow = {"ascending": " ↑", "descending": " ↓"}.get(head.state, "")
        label = format_html('<a href="{}">{}{}</a>', head.url, label, arrow)
    state = format_html(' aria-sort="{}"', head.state) if head.state else ""
    css = format_html(' class="{}"', head.css) if head.css else ""
    return format_html('<th scope="col"{}{}>{}</th>', css, state, label)


@register.filter
def undo_url(message: Any) -> str:
    """Where the undo button of a toast posts to; empty without one (see core/toasts.py)."""
    marks = (message.extra_tags or "").split()
    return next((mark.removeprefix("undo:") for mark in marks if mark.startswith("undo:")), "")


# --- forms -----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField, label: str = "", hint: str = "", css: str = "", chips: str = "square", **attrs: Any
) -> dict[str, Any]:
    """One form field: label above, hint, control, error. Radios and checkbox lists become chips (chips="" = a list).

    Further keywords become attributes of the control (autocomplete="tel", inputmode="numeric", data_x="...").
    """
    bound = _with_words_for_nothing(bound)
    group = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
    kind = "group" if group else "check" if isinstance(bound.field.widget, CheckboxInput) else "control"
    help_text = hint or bound.help_text
    return {
        "bound": bound,
        "kind": kind,
        "label": _capital(label or bound.label),
        "hint": help_text,
        "control": bound if group else bound.as_widget(attrs=_control_attrs(bound, help_text, kind, attrs)),
        "css": css,
        "chips": chips,
        "error_id": f"{bound.auto_id}-error",
        "hint_id": f"{bound.auto_id}-hint",
        "first_id": first_control_id(bound),
    }


def _with_words_for_nothing(bound: BoundField) -> BoundField:
    """Drawn with words instead of Django's row of hyphens, which says nothing, and nothing to a screen reader at all.

    A copy, because the form isn't the page's to change.
    """
    if not isinstance(bound.field, ChoiceField) or isinstance(bound.field.widget, LongSelect):
        return bound
    field = copy(bound.field)
    field.widget = copy(field.widget)
    words = _("Please choose") if field.required else formatting.DASH
    if isinstance(field, ModelChoiceField):
        if field.empty_label == HYPHENS:
            field.empty_label = words
        field.widget.choices = field.choices  # the copied widget would ask the field that it was copied from
    else:
        field.choices = [(value, words if label == HYPHENS else begun(label)) for value, label in field.choices]
    bound = copy(bound)
    bound.field = field
    return bound


def _control_attrs(bound: BoundField, hint: object, kind: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in extra.items()}
    if kind == "control":
        attrs["class"] = f"input {bound.field.widget.attrs.get('class', '')}".strip()
    ids = [f"{bound.auto_id}-error"] * bool(bound.errors) + [f"{bound.auto_id}-hint"] * bool(hint)
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return attrs


# Django draws each option of a choice by four templates, a third of a page with a form. templates/django/forms/widgets/
# calls these instead; what they give is the same.
def _widget_attributes(attrs: Mapping[str, Any]) -> SafeString:
    kept = ((name, value) for name, value in attrs.items() if value is not False)
    return mark_safe("".join(f" {escape(n)}" if v is True else f' {escape(n)}="{escape(str(v))}"' for n, v in kept))


@register.simple_tag
def widget_input(widget: Mapping[str, Any]) -> SafeString:
    """The `<input>` of a widget or of one of its options, in its label where the option brings one."""
    attrs = widget["attrs"]
    if widget["value"] is not None:
        attrs = {"value": str(widget["value"]), **attrs}
    drawn = format_html('<input type="{}" name="{}"{}>', widget["type"], widget["name"], _widget_attributes(attrs))
    if not widget.get("wrap_label"):
        return drawn
    of = format_html(' for="{}"', widget["attrs"]["id"]) if widget["attrs"].get("id") else ""
    return format_html("<label{}>{} {}</label>", of, drawn, widget["label"])


@register.simple_tag
def widget_select(widget: Mapping[str, Any]) -> SafeString:
    """A `<select>` with its options and their groups."""
    groups = []
    for heading, options, _index in widget["optgroups"]:
        drawn = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((str(option["value"]), _widget_attributes(option["attrs"]), option["label"]) for option in options),
        )
        groups.append(format_html('<optgroup label="{}">{}</optgroup>', heading, drawn) if heading else drawn)
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        _widget_attributes(widget["attrs"]),
        mark_safe("".join(groups)),
    )


def first_control_id(bound: BoundField) -> str:
    """The id that a link of the error summary leads to."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm, without: str = "") -> dict[str, Any]:
    """All errors of a form with links to their fields; nothing when there are none. app.js moves the focus here.

    `without`: a field of several controls, whose errors the page lists itself with a link to each.
    """
    problems = [
        {"id": first_control_id(form[name]), "label": _capital(form[name].label), "text": error}
        for name, errors in form.errors.items()
        if name in form.fields and name != without
        for error in errors
    ]
    return {
        "problems": problems,
        "general": form.non_field_errors(),
        "count": len({problem["id"] for problem in problems}),
    }


@register.inclusion_tag("ui/hidden.html")
def hidden_fields(form: BaseForm) -> dict[str, Any]:
    """The hidden fields of a form, with their errors said aloud."""
    return {"form": form}


@register.inclusion_tag("ui/form_foot.html")
def form_foot(back: str, label: str = "") -> dict[str, Any]:
    """Save and cancel at the end of a form, and whether its draft is kept."""
    return {"back": back, "label": label or _("Save")}


# --- tables ----------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """A region that may scroll sideways by itself and can be reached by keyboard; put wide tables inside."""
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>', label, mark_safe(content)
    )


@register.simple_tag
def cell_label(label: str) -> SafeString:
    """The column's name inside a cell, shown when `.tb.rows` becomes cards on a phone."""
    return format_html('<span class="cell-label">{}</span>', label)
