"""What /styleguide/ shows: every component in every state, with made-up sample content that says so."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.paging import Page
from ui import charts, formatting
from ui.listing import Head

SLOTS = (1, 2, 3, 4, 5)
SHARES = (
    (3, 14, 22, 41, 20),
    (4, 16, 24, 39, 17),
    (4, 18, 26, 38, 14),
)
FLOWS = ((15, 2, 0), (3, 68, 6), (0, 9, 94))


class SampleForm(forms.Form):
    """One field of each kind; bound with mistakes to show the error states."""

    name = forms.CharField(label=gettext_lazy("Customer name"), help_text=gettext_lazy("As on the business licence"))
    mobile = forms.RegexField(
        r"^\d{11}$",
        label=gettext_lazy("Mobile number"),
        error_messages={"invalid": gettext_lazy("A mobile number has 11 digits.")},
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=[("fair", gettext_lazy("Trade fair")), ("referral", gettext_lazy("Referral"))],
    )
    number = forms.CharField(label=gettext_lazy("Customer number"), required=False, disabled=True, initial="K0000128")
    result = forms.ChoiceField(
        label=gettext_lazy("Result"),
        widget=forms.RadioSelect,
        choices=[
            ("interested", gettext_lazy("Interested")),
            ("needs_time", gettext_lazy("Needs time")),
            ("declined", gettext_lazy("Declined")),
        ],
    )
    day = forms.DateField(
        label=gettext_lazy("Next date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    consent = forms.BooleanField(label=gettext_lazy("Agreed to be contacted"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


def samples() -> dict[str, Any]:
    """The context of styleguide.html."""
    now, today = timezone.now(), timezone.localdate()
    names = _tier_names()
    months = [formatting.month_short(_month_before(today, back)) for back in range(2, -1, -1)]
    heads = [
        Head(_("Customer"), url="?sort=-name", state="ascending"),
        Head(_("Sales"), css="number", url="?sort=-sales"),
    ]
    return {
        "heads": heads,
        "tiers": [
            SimpleNamespace(code=code, name=name, slot=slot)
            for code, name, slot in zip("SABCD", names, SLOTS, strict=True)
        ],
        "form": SampleForm({"name": _("Sample Trading Co."), "mobile": "1381234", "channel": "referral"}),
        "clean": SampleForm(initial={"result": "interested"}, auto_id="clean_%s"),
        "today": today,
        "now": now,
        "days": {n: today + dt.timedelta(days=n) for n in (-34, -3, 1, 5)},
        "late": today - dt.timedelta(days=3),
        "silent": today - dt.timedelta(days=34),
        "later": today + dt.timedelta(days=5),
        "clock": _clocks(now),
        "page": Page([None] * 50, "sample-next", None),
        "tones": ("", "danger", "warn", "ok", "info", "accent", "line"),
        "swatches": _swatches(),
        "steps": [_("Intake"), _("Investigation"), _("Resolution"), _("Satisfaction check")],
        "charts": _charts(months, names),
        "twin_head": [_("Month"), *names],
        "twin_rows": [[m, *(f"{v}%" for v in row)] for m, row in zip(months, SHARES, strict=True)],
        "matrix": _matrix(names),
        "history": (40, 41, 41, 42, 42, 43, 44, 43, 44, 45, 43, 46),
        "falling": (9, 8, 9, 7, 6, 7, 5, 4, 4, 3, 1, 1),
        "bars": (3, 0, 5, 2, 6, 0, 4, 7, 5, 8, 0, 6),
        "money": {"small": 3_840_000, "large": 128_600_000, "huge": 84_200_000_000},
    }


def _tier_names() -> list[str]:
    return [
        pgettext("tier", "strategic"),
        pgettext("tier", "high-value"),
        pgettext("tier", "potential"),
        pgettext("tier", "ordinary"),
        pgettext("tier", "low-value"),
    ]


def _month_before(day: dt.date, back: int) -> dt.date:
    month = day.year * 12 + day.month - 1 - back
    return dt.date(month // 12, month % 12 + 1, 1)


def _clocks(now: dt.datetime) -> dict[str, dt.datetime]:
    hour = dt.timedelta(hours=1)
    return {
        "start": now - 5 * hour,
        "running": now + 19 * hour,
        "short": now + hour,
        "breached": now - 2 * hour,
        "answered": now - 4 * hour,
    }


def _swatches() -> list[tuple[str, str]]:
    return [
        ("bg", _("paper")), ("surface", _("page")), ("sunken", _("lining")), ("text", _("ink")),
        ("muted", _("thin ink")), ("accent", _("indigo")), ("tint", _("light indigo")), ("seal", _("vermilion")),
        ("danger", _("danger")), ("warn", _("warning")), ("ok", _("good")), ("info", _("information")),
    ]  # fmt: skip


def _charts(months: list[str], names: list[str]) -> dict[str, Any]:
    return {
        "columns": charts.columns(months, (31, 52, 38), _("Sample columns"), hot=(2,), reference=(36, _("average 36"))),
        "stack": charts.stack(months, SHARES, SLOTS, names, _("Sample tier shares")),
        "sankey": charts.sankey(FLOWS, SLOTS[:3], names[:3], _("Sample tier flow"), heads=(months[-2], months[-1])),
        "lines": charts.lines(
            [
                (_("this year"), "", (0, 42, None)),
                (_("even pace"), "stroke-2", (0, 35, 70)),
                (_("last year"), "stroke-4", (0, 26, 62)),
            ],
            months,
            _("Sample lines"),
            high=80,
            ticks=((0, "0"), (40, "40"), (80, "80")),
        ),
        "segments": charts.segments(
            [
                ("fill-ok", 5, _("done")),
                ("fill-danger", 2, _("overdue")),
                ("fill-accent", 4, _("today")),
                ("fill-none", 2, _("no plan")),
            ]
        ),
    }


def _matrix(names: list[str]) -> list[dict[str, Any]]:
    """Rows of the migration matrix: head, cells with wash, arrow and share, total."""
    rows = []
    for i, counts in enumerate(FLOWS):
        total = sum(counts)
        cells = [
            {
                "count": count,
                "share": count / total,
                "wash": charts.wash(count / total),
                "move": "same" if i == j else "up" if j < i else "down",
            }
            for j, count in enumerate(counts)
        ]
        rows.append({"slot": SLOTS[i], "letter": "SABCD"[i], "name": names[i], "cells": cells, "total": total})
    return rows
