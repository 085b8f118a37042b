"""How a complaint's severity and its clock look, in the list and on the case."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from feedback.models import Complaint
from feedback.sla import Clock
from ui import cells, formatting
from ui.templatetags import ui

SEVERE = frozenset({Complaint.Severity.CRITICAL, Complaint.Severity.HIGH})


def severity(case: Complaint, short: bool = False) -> SafeString:
    """The severity as a tag; the severe ones stand out. `short`: where a head says what it is."""
    word = case.get_severity_display()
    if case.severity in SEVERE:
        return cells.alarm(word if short else _("Severity: %(word)s") % {"word": word}, "danger")
    return ui.tag(word, "line")


def clock(clock: Clock, short: bool = False) -> SafeString:
    """The clock that counts now: in words, and while it runs as a bar of the time used; `short`: no tag."""
    if clock.stopped_at:
        return ui.sla(clock.due_at, clock.started_at, clock.stopped_at)
    of_response = clock.name == "response"
    if clock.breached:
        words = _("First response late by") if of_response else _("Promised time passed by")
        if short:
            words = _("Response late by") if of_response else _("Solution late by")
        tone, fill, used, mark = " tone-danger", "fill-danger", 100.0, cells.alarm(_("breached"), "danger")
    else:
        words = _("First response in") if of_response else _("Solve within")
        tone, fill, used, mark = "", "fill-ok", clock.percent, SafeString()
        if clock.short:
            tone, fill, mark = " tone-warn", "fill-warn", ui.tag(_("less than a quarter left"), "warn")
    return format_html(
        # A space before what isn't shown would let a line begin with the separator of what follows.
        '{} <b class="digits{}">{}</b>{}<progress class="bar {}" max="100" value="{}" aria-hidden="true"></progress>',
        words,
        tone,
        formatting.duration(clock.span),
        SafeString() if short or not mark else format_html(" {}", mark),
        fill,
        str(used),
    )
