"""Charts as SVG strings for the server to write into a page.

x and widths are percentages and y is in pixels, so that text keeps its size at any width; curves sit in a stretched
inner `<svg>` whose lines keep their thickness. Colours come from CSS classes (`fill-1`-`fill-5`, `up`, `down`), never
from style attributes, so that a strict CSP holds and dark mode and print follow. Everything a person typed is escaped.
Every chart that says more than the row beside it needs its numbers as a table: `{% twin head rows %}`.
"""

from collections.abc import Callable, Sequence
from math import pi
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Numbers = Sequence[float]
# So many labels of an axis find room on a phone.
ROOMY = 7
Format = Callable[[float], str]


class Series(NamedTuple):
    """One line of `lines()`: name at its end, css class (`""`, `stroke-2` to `-4`), values with None for gaps."""

    name: str
    css: str
    values: Sequence[float | None]


class Part(NamedTuple):
    """One share of `segments()`: css class, value, words for the tooltip."""

    css: str
    value: float
    label: str = ""


class Limit(NamedTuple):
    """One part of `limits()`: name, colour slot, where it begins; None = at the lower end."""

    name: str
    slot: int
    low: float | None


class Span(NamedTuple):
    """One row of `spans()`: name, colour slot, from where to where; an end below its beginning is an error."""

    name: str
    slot: int
    low: float
    high: float


class Outside(NamedTuple):
    """A last node of a `sankey()` for those who were, or are, in none of the others: name and counts by node."""

    name: str
    counts: Sequence[int]


def plain(value: float) -> str:
    """12 or 12.5, with thousands separators."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _figure(inner: str, height: float, label: str, css: str = "") -> SafeString:
    classes = f"chart {css}".strip()
    return mark_safe(
        f'<svg class="{classes}" width="100%" height="{height:g}" role="img" aria-label="{escape(label)}">{inner}</svg>'
    )


def _text(words: object, x: str, y: float, css: str, anchor: str = "", dx: float = 0) -> str:
    place = f' text-anchor="{anchor}"' if anchor else ""
    shift = f' dx="{dx:g}"' if dx else ""
    return f'<text class="{css}" x="{x}"{shift} y="{y:.1f}"{place}>{escape(words)}</text>'


def _rect(css: str, x: float, y: float, width: float, height: float, title: str = "", radius: float = 2) -> str:
    tip = f"<title>{escape(title)}</title>" if title else ""
    box = f'x="{x:.2f}%" y="{y:.1f}" width="{max(width, 0):.2f}%" height="{max(height, 0):.1f}" rx="{radius:g}"'
    return f'<rect class="{css}" {box}>{tip}</rect>'


def _gridline(y: float, axis: bool = False, until: float = 100) -> str:
    return f'<line class="gridline{" axis" if axis else ""}" x1="0" x2="{until:g}%" y1="{y:.1f}" y2="{y:.1f}"/>'


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.1f}" for x, y in pairs)


def _foot(labels: Sequence[str], y: float) -> str:
    """Labels under equal columns; where there are many, every second one steps aside on a phone."""
    width = 100 / max(len(labels), 1)
    return "".join(
        _text(label, f"{i * width + width / 2:.2f}%", y, _aside(i, len(labels)), "middle")
        for i, label in enumerate(labels)
        if label
    )


def _aside(index: int, labels: int, every: int = 1) -> str:
    """The class of label `index`: `alt` is left out on a phone."""
    return "axis-label alt" if labels / every > ROOMY and index % (2 * every) else "axis-label"


# --- small ones that live in a row -----------------------------------------------------------------------------------
def spark(values: Numbers, css: str = "") -> SafeString:
    """A line without axis beside its number; `fill` stretches it over a card (min to max), `bad` paints it ochre."""
    if len(values) < 2:
        return mark_safe("")
    low = min(values) if "fill" in css else min(0, *values)
    span = (max(values) - low) or 1
    room = 15 if "fill" in css else 19
    step = 100 / (len(values) - 1)
    line = _points([(i * step, 21 - (v - low) / span * room) for i, v in enumerate(values)])
    return mark_safe(
        f'<svg class="spark {css}" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        f'<polygon class="area" points="0,24 {line} 100,24"/><polyline class="stroke" points="{line}"/></svg>'
    )


def month_bars(values: Numbers) -> SafeString:
    """Twelve months as columns beside their sum in a table's row; the page has `month_ink` once.

    One path, in which that gradient lets the last month stand out: a list of fifty customers has six hundred columns.
    The dashes of months without a column are drawn by the stylesheet, behind the columns.
    """
    top, path = max(values, default=0) or 1, ""
    for month, value in enumerate(values):
        if value > 0:
            path += f"M{month * 8 + 1} 24v-{max(1.5, value / top * 22):.1f}h6V24z"
    return mark_safe(
        '<svg class="month-bars" viewBox="0 0 96 24" preserveAspectRatio="none" aria-hidden="true">'
        f'<path fill="url(#month-ink)" d="{path}"/></svg>'
    )


def month_ink() -> SafeString:
    """The gradient of `month_bars`."""
    return mark_safe(
        '<svg class="visually-hidden" aria-hidden="true">'
        '<linearGradient id="month-ink" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="96" y2="0">'
        '<stop class="column" offset="0.9166"/><stop class="hot" offset="0.9166"/></linearGradient></svg>'
    )


def bar(percent: float, mark: float | None = None, css: str = "level", height: int = 6) -> SafeString:
    """A progress bar beside its number: percent 0-100 (more is drawn as full), `mark` = where it should be by now."""
    width = min(max(float(percent), 0), 100)
    tick = "" if mark is None else f'<rect class="mark" x="{mark:g}%" y="-3" width="1.5" height="{height + 6}"/>'
    return mark_safe(
        f'<svg class="bar" height="{height}" aria-hidden="true">'
        f'<rect class="track" width="100%" height="{height}" rx="{height / 2:g}"/>'
        f'<rect class="{css}" width="{width:g}%" height="{height}" rx="{height / 2:g}"/>{tick}</svg>'
    )


def load(count: int, most: int) -> SafeString:
    """How full something is beside its number: what is over `most`, which is above zero, stands behind a mark."""
    whole = max(count, most)
    level, at = min(count, most) / whole * 100, most / whole * 100
    over = ""
    if count > most:
        over = (
            f'<rect class="over" x="{at:g}%" width="{100 - at:g}%" height="5" rx="2.5"/>'
            f'<rect class="mark" x="{at:g}%" y="-2" width="1.5" height="9"/>'
        )
    return mark_safe(
        '<svg class="bar" height="5" aria-hidden="true"><rect class="track" width="100%" height="5" rx="2.5"/>'
        f'<rect class="level" width="{level:g}%" height="5" rx="2.5"/>{over}</svg>'
    )


def segments(parts: Sequence[Part | tuple], height: int = 8) -> SafeString:
    """A stacked bar over the whole width; parts without value are left out."""
    shown = [Part(*part) for part in parts if part[1] > 0]
    total = sum(part.value for part in shown) or 1
    drawn, done = "", 0.0
    for part in shown:
        tip = f"{part.label} {plain(part.value)}" if part.label else ""
        width = max(part.value / total * 100 - 0.5, 0.4)
        drawn += _rect(part.css, done / total * 100 + 0.25, 0, width, height, tip, height / 2)
        done += part.value
    return mark_safe(f'<svg class="segments" width="100%" height="{height}" aria-hidden="true">{drawn}</svg>')


def countdown(share_left: float, css: str = "") -> SafeString:
    """The ring of a running clock: `share_left` of 1 is still there; `hot` paints it red."""
    around = 2 * pi * 15
    arc = around * min(max(share_left, 0), 1)
    return mark_safe(
        '<svg class="countdown" viewBox="0 0 36 36" aria-hidden="true"><circle class="track" cx="18" cy="18" r="15"/>'
        f'<circle class="level {css}" cx="18" cy="18" r="15" stroke-dasharray="{arc:.1f} {around:.1f}"'
        ' transform="rotate(-90 18 18)"/></svg>'
    )


# --- dashboards ------------------------------------------------------------------------------------------------------
def columns(
    labels: Sequence[str],
    values: Numbers,
    label: str,
    *,
    fmt: Format = plain,
    hot: Sequence[int] = (),
    reference: tuple[float, str] | None = None,
    height: int = 150,
) -> SafeString:
    """Columns from zero; the largest and the last carry their number. `reference` = (value, words) of a dashed line.

    The numbers of the first and the last column stand inside the drawing; where the largest stands beside the last,
    it alone is numbered.
    """
    top, foot = 18, 22
    room, highest = height - top - foot, max([*values, reference[0] if reference else 0, 0]) * 1.04 or 1
    width = 100 / max(len(values), 1)
    # Words run together where figures have room.
    crowded = len(labels) > ROOMY and any(len(label) > 2 for label in labels)
    shown = ["" if crowded and i % 2 else label for i, label in enumerate(labels)]
    drawn = _gridline(height - foot, axis=True) + _foot(shown, height - 5)
    if reference:
        y = top + room * (1 - reference[0] / highest)
        drawn += f'<line class="reference" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        drawn += _text(reference[1], "0", y - 5, "axis-label")
    last = len(values) - 1
    largest = values.index(max(values)) if values else 0
    named = {largest} if largest == last - 1 and last > ROOMY else {largest, last}
    for i, (name, value) in enumerate(zip(labels, values, strict=True)):
        tall = max(value, 0) / highest * room
        css = "pillar hot" if i in hot else "pillar"
        tip = f"{name}: {fmt(value)}"
        drawn += _rect(css, i * width + width * 0.18, height - foot - tall, width * 0.64, max(tall, 1), tip)
        if i in named:
            x, anchor = f"{i * width + width / 2:.2f}%", "middle"
            if last > ROOMY and i in (0, last):
                x, anchor = ("0", "start") if i == 0 else ("100%", "end")
            drawn += _text(fmt(value), x, height - foot - tall - 5, "value", anchor)
    return _figure(drawn, height, label)


def stack(
    labels: Sequence[str],
    rows: Sequence[Numbers],
    slots: Sequence[int],
    names: Sequence[str],
    label: str,
    *,
    height: int = 230,
) -> SafeString:
    """Columns of 100 %: `rows[i]` are the counts of column i in the order of `slots` (tier colours) and `names`.

    The first and the last column carry their shares. A column without any count stays empty.
    """
    top, foot = 6, 24
    room, width = height - top - foot, 100 / max(len(rows), 1)
    drawn = _foot(labels, height - 6)
    for i, counts in enumerate(rows):
        y, total = float(top), sum(counts) or 1
        for slot, name, count in zip(slots, names, counts, strict=True):
            tall = count / total * room
            share = f"{count / total * 100:.0f}"
            tip = f"{labels[i]} {name}: {plain(count)} ({share}%)"
            drawn += _rect(f"fill-{slot}", i * width + width * 0.14, y, width * 0.72, tall - 1.5, tip)
            if i in (0, len(rows) - 1) and tall > 15:
                middle = f"{i * width + width / 2:.2f}%"
                drawn += _text(share, middle, y + tall / 2 + 3.5, f"inside slot-{slot}", "middle")
            y += tall
    return _figure(drawn, height, label)


def limits(parts: Sequence[Limit], label: str, *, high: float = 100) -> SafeString:
    """A number line from 0 to `high`, highest part first, each down to where it begins.

    A part that begins no lower than the one above has no room: it is a red mark there instead.
    """
    top, band, drawn, end = 16, 14, "", high
    for name, slot, low in parts:
        begins = 0 if low is None else low
        x = begins / high * 100
        if begins < end:
            drawn += _rect(
                f"fill-{slot}",
                x + 0.2,
                top,
                (end - begins) / high * 100 - 0.4,
                band,
                f"{name}: {plain(begins)}–{plain(end)}",
            )
            end = begins
        else:
            tip = f"<title>{escape(name)}: {plain(begins)}</title>"
            drawn += (
                f'<line class="clash" x1="{x:.2f}%" x2="{x:.2f}%" y1="{top - 6}" y2="{top + band + 6}">{tip}</line>'
            )
            drawn += _text(f"{name} !", f"{min(max(x, 8), 92):.2f}%", top - 8, "name", "middle")
        if low is not None:
            drawn += _text(plain(begins), f"{x:.2f}%", top + band + 16, "axis-label", "middle")
    drawn += _text("0", "0%", top + band + 16, "axis-label") + _text(
        plain(high), "100%", top + band + 16, "axis-label", "end"
    )
    return _figure(drawn, top + band + 22, label)


def spans(
    rows: Sequence[Span],
    label: str,
    *,
    low: float,
    high: float,
    marks: Sequence[tuple[float, float]] = (),
    gaps: Sequence[tuple[float, float]] = (),
    ticks: Sequence[tuple[float, str]] = (),
) -> SafeString:
    """Intervals above one number line from `low` to `high`, a row each with its name above it.

    `marks` are washed over all rows (where several hold at once), `gaps` are dashed on the line (where none does). A
    row that ends before it begins is a red mark.
    """
    step, bar = 30, 10
    foot = len(rows) * step + 6

    def place(value: float) -> float:
        return (min(max(value, low), high) - low) / ((high - low) or 1) * 100

    drawn = "".join(
        _rect("mark-wash", place(start), 0, place(end) - place(start), foot, radius=0) for start, end in marks
    )
    for n, row in enumerate(rows):
        y = n * step
        drawn += _text(row.name, "0", y + 12, "axis-label")
        if row.low < row.high:
            x = place(row.low)
            drawn += _rect(f"fill-{row.slot}", x + 0.2, y + 17, max(place(row.high) - x - 0.4, 0.6), bar, row.name)
        else:
            x = place(row.low)
            drawn += f'<line class="clash" x1="{x:.2f}%" x2="{x:.2f}%" y1="{y + 14}" y2="{y + 30}"/>'
    drawn += _gridline(foot, True)
    for start, end in gaps:
        drawn += f'<line class="gap" x1="{place(start):.2f}%" x2="{place(end):.2f}%" y1="{foot}" y2="{foot}"/>'
    for value, words in ticks:
        x = place(value)
        anchor = "start" if x < 3 else "end" if x > 97 else "middle"
        drawn += _text(words, f"{x:.2f}%", foot + 15, "axis-label", anchor)
    return _figure(drawn, foot + 20, label)


def sankey(
    counts: Sequence[Sequence[int]],
    slots: Sequence[int],
    names: Sequence[str],
    label: str,
    *,
    heads: tuple[str, str] = ("", ""),
    arrived: Outside | None = None,
    left: Outside | None = None,
    height: int = 300,
) -> SafeString:
    """Flows between two moments: `counts[i][j]` went from i to j; order = rank, so j < i is upwards (blue).

    `arrived` were nowhere before, `left` are nowhere now; both are neither up nor down. The migration matrix with the
    same numbers is its accessible twin.
    """
    size = len(counts)
    came = arrived if arrived and any(arrived.counts) else None
    went = left if left and any(left.counts) else None
    flows = [[*row, went.counts[i]] if went else [*row] for i, row in enumerate(counts)]
    if came:
        flows.append([*came.counts, 0] if went else [*came.counts])
    total = sum(map(sum, flows))
    if not total:
        return mark_safe("")
    starts, ends = [*names, *([came.name] if came else [])], [*names, *([went.name] if went else [])]
    colours = [*(f"fill-{slot}" for slot in slots), "fill-none"]
    top, gap = 34, 9
    scale = (height - top - gap * (max(len(starts), len(ends)) - 1) - 4) / total
    before = [sum(row) for row in flows]
    after = [sum(row[j] for row in flows) for j in range(len(ends))]
    before_y, after_y = _tops(before, scale, top, gap), _tops(after, scale, top, gap)
    ribbons = _ribbons(flows, (starts, ends), size, scale, (list(before_y), list(after_y)))
    drawn = (
        f'<svg x="21%" width="58%" height="{height}" viewBox="0 0 100 {height}" preserveAspectRatio="none">'
        f"{ribbons}</svg>"
    )
    for called, sizes, tops, x, text_x, anchor in (
        (starts, before, before_y, "20.2%", "19.2%", "end"),
        (ends, after, after_y, "79%", "80.8%", "start"),
    ):
        words = _apart([y + max(2, n * scale) / 2 for n, y in zip(sizes, tops, strict=True)], height)
        for i, name in enumerate(called):
            drawn += _node(colours[i], name, sizes[i], tops[i], scale, words[i], x, text_x, anchor)
    drawn += _text(heads[0], "19.2%", 11, "axis-label", "end") + _text(heads[1], "80.8%", 11, "axis-label")
    return _figure(drawn, height, label, "sankey")


def _tops(sizes: Sequence[int], scale: float, top: float, gap: float) -> list[float]:
    places, y = [], float(top)
    for size in sizes:
        places.append(y)
        y += size * scale + gap
    return places


def _ribbons(
    flows: Sequence[Sequence[int]],
    names: tuple[Sequence[str], Sequence[str]],
    size: int,
    scale: float,
    tops: tuple[list[float], list[float]],
) -> str:
    """The unchanged flows first, so that the moves lie on top of them."""
    same, moved = "", ""
    start, end = tops
    for i, row in enumerate(flows):
        for j, count in enumerate(row):
            if not count:
                continue
            css = "same" if i == j or size in (i, j) else "up" if j < i else "down"
            w, a, b = count * scale, start[i], end[j]
            path = (
                f"M0 {a:.1f}C50 {a:.1f} 50 {b:.1f} 100 {b:.1f}V{b + w:.1f}C50 {b + w:.1f} 50 {a + w:.1f} 0 {a + w:.1f}Z"
            )
            tip = escape(f"{names[0][i]} → {names[1][j]}: {count:,}")
            ribbon = f'<path class="ribbon {css}" d="{path}"><title>{tip}</title></path>'
            start[i], end[j] = a + w, b + w
            same, moved = (same + ribbon, moved) if css == "same" else (same, moved + ribbon)
    return same + moved


def _apart(middles: Sequence[float], height: float, room: float = 34) -> list[float]:
    """Middles of two-line labels, pushed down where they would cover each other and back up from the foot."""
    places: list[float] = []
    for middle in middles:
        places.append(max(middle, places[-1] + room) if places else middle)
    limit = height - 15
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - room
    return places


def _node(
    css: str, name: str, count: int, y: float, scale: float, middle: float, x: str, text_x: str, anchor: str
) -> str:
    tall = max(2, count * scale)
    return (
        f'<rect class="{css}" x="{x}" y="{y:.1f}" width=".8%" height="{tall:.1f}" rx="2"/>'
        + _text(name, text_x, middle - 1, "name", anchor)
        + _text(f"{count:,}", text_x, middle + 13, "axis-label", anchor)
    )


def _stretched(inner: str, height: float, width: str = "100%") -> str:
    box = f'width="{width}" height="{height:g}" viewBox="0 0 100 {height:g}"'
    return f'<svg {box} preserveAspectRatio="none">{inner}</svg>'


def lines(
    series: Sequence[Series | tuple],
    labels: Sequence[str],
    label: str,
    *,
    low: float = 0,
    high: float | None = None,
    ticks: Sequence[tuple[float, str]] = (),
    fmt: Format = plain,
    every: int = 1,
    room_right: float = 16,
    height: int = 190,
) -> SafeString:
    """Several lines over one axis, each named at its last point; `every` = distance of the labels at the foot."""
    drawn_series = [Series(*one) for one in series]
    known = [v for one in drawn_series for v in one.values if v is not None]
    if not known:
        return mark_safe("")
    top, base, width = 10, height - 22, 100 - room_right
    span = ((max(known) if high is None else high) - low) or 1
    step = width / max(len(labels) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return index * step, top + (base - top) * (1 - (value - low) / span)

    inner, ends = "", []
    for one in drawn_series:
        pairs = [place(i, v) for i, v in enumerate(one.values) if v is not None]
        if pairs:
            inner += f'<polyline class="stroke {one.css}" points="{_points(pairs)}"/>'
            last = [v for v in one.values if v is not None][-1]
            ends.append((pairs[-1][1], pairs[-1][0], one, last))
    drawn = "".join(
        _gridline(place(0, v)[1], v == low, width)
        + (_text(words, "0", place(0, v)[1] - 4, "axis-label") if v != low else "")
        for v, words in ticks
    )
    drawn += _stretched(inner, height) + _line_ends(ends, width, fmt)
    for i, words in enumerate(labels):
        if i % every == 0 or i == len(labels) - 1:
            css = _aside(i, len(labels), every)
            drawn += _text(words, f"{i * step:.2f}%", height - 5, css, "middle" if i else "start")
    return _figure(drawn, height, label)


def _line_ends(ends: list[tuple[float, float, Series, float]], width: float, fmt: Format) -> str:
    """Dots and names; names of neighbouring ends are pushed apart, an early end is named above itself."""
    drawn, last_y = "", -99.0
    for y, x, one, value in sorted(ends, key=lambda end: end[0]):
        drawn += f'<circle class="point {one.css}" cx="{x:.2f}%" cy="{y:.1f}" r="3.5"/>'
        words = f"{one.name} {fmt(value)}"
        if x < width - 0.5:
            drawn += _text(words, f"{x:.2f}%", y - 10, f"name {one.css}", "start" if x < width / 3 else "end")
            continue
        last_y = max(y + 4, last_y + 15)
        drawn += _text(words, f"{x:.2f}%", last_y, f"name {one.css}", dx=9)
    return drawn


def wash(share: float) -> int:
    """The ink wash 1-5 of a heat map cell for a share of 1 (0 = paper, more than a half = full ink)."""
    return 1 + sum(share > edge for edge in (0, 0.03, 0.10, 0.50))
