"""Charts as SVG made on the server: no script needed, light and dark by class names.

Every chart is one image with a name; its figures follow in a table for those who cannot see it, and in tips for those
who point (static/crm/js/charts.js). Values are numbers or Decimals; None is "no report".
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from crm.shell import drawing, flowchart, numbers
from crm.shell.svg import (
    BOTTOM,
    TOP,
    chart,
    full,
    grid,
    image,
    joined,
    nothing,
    of,
    stretched,
    table,
    to_float,
    x_label,
    y_labels,
)

register = template.Library()

_MOST_LABELS = 12
_MOST_MARKS = 4
_LONGEST_TABLE = 62


# --- bars -----------------------------------------------------------------------------------------------------


@register.simple_tag
def bars(points, label="", unit="money", now="", before="", table=True):
    """A bar for each point: label, value, title; part=True for a period that is not over (pale).

    reference: the value to compare with, drawn as a dashed line; `now` and `before` name the two. tip: a further line.
    unit: money, count or percent. A value of None leaves the place empty.
    """
    points = list(points)
    values = [to_float(of(p, "value")) for p in points]
    references = [to_float(of(p, "reference")) for p in points]
    if not any(v is not None for v in values + references):
        return nothing()
    scale = drawing.scale([v for v in values + references if v is not None], top=TOP, bottom=BOTTOM)
    now, before = now or gettext("Now"), before or gettext("Before")
    slot = 100 / len(points)
    wide, skip, zero = min(slot * 0.62, 9.0), drawing.every(len(points), _MOST_LABELS), scale.at(0)
    pieces = [grid(scale)]
    for index, (point, value) in enumerate(zip(points, values)):
        pieces.append(
            format_html(
                '<g data-tip="{}"><rect class="hit" x="{}" width="{}" y="{}" height="{}"/>{}</g>',
                _bar_tip(point, unit, now, before),
                drawing.share(index * slot),
                drawing.share(slot),
                TOP,
                BOTTOM - TOP,
                _bar(point, value, index * slot + (slot - wide) / 2, wide, scale, zero),
            )
        )
        if index % skip == 0:
            pieces.append(x_label((index + 0.5) * slot, of(point, "label")))
    if any(r is not None for r in references):
        pieces.append(_dashes(references, slot, scale))
    drawn = image(_bars_name(label, points, values, unit), joined(pieces))
    return chart(drawn, y=y_labels(scale, unit), after=_bars_table(label, points, unit, now, before) if table else "")


def _bar(point, value, x, wide, scale, zero) -> SafeString | str:
    if not value:
        return ""
    edge = scale.at(value)
    return format_html(
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="3"/>',
        "bar" + (" part" if of(point, "part") else "") + (" neg" if value < 0 else ""),
        drawing.share(x),
        drawing.share(wide),
        drawing.number(min(edge, zero)),
        drawing.number(max(abs(edge - zero), 1)),
    )


def _dashes(references, slot, scale) -> SafeString:
    """The comparison, stretched across; at 10 units a percent."""
    lines = []
    for run in drawing.runs(references):
        points = [((index + 0.5) * slot * 10, scale.at(value)) for index, value in run]
        lines.append(format_html('<path class="ref" d="{}"/>', drawing.path(points)))
    return stretched(joined(lines))


def _title(point) -> str:
    return str(of(point, "title") or of(point, "label") or "")


def _bar_tip(point, unit, now, before) -> str:
    lines = [_title(point), f"{now}  {full(of(point, 'value'), unit)}"]
    if of(point, "reference") is not None:
        lines.append(f"{before}  {full(of(point, 'reference'), unit)}")
    if of(point, "part"):
        lines.append(gettext("Not over yet"))
    if of(point, "tip"):
        lines.append(str(of(point, "tip")))
    return "\n".join(lines)


def _bars_name(label, points, values, unit) -> str:
    known = [(value, of(point, "value"), _title(point)) for point, value in zip(points, values) if value is not None]
    if not known:
        return str(label)
    high, low = max(known, key=lambda entry: entry[0])[1:], min(known, key=lambda entry: entry[0])[1:]
    return gettext("%(label)s. Highest: %(high)s (%(high_at)s). Lowest: %(low)s (%(low_at)s).") % {
        "label": label,
        "high": full(high[0], unit),
        "high_at": high[1],
        "low": full(low[0], unit),
        "low_at": low[1],
    }


def _bars_table(label, points, unit, now, before) -> SafeString:
    compared = any(of(p, "reference") is not None for p in points)
    head = [gettext("Period"), now, *([before] if compared else [])]
    rows = [
        [
            _title(p),
            full(of(p, "value"), unit),
            *([full(of(p, "reference"), unit) if of(p, "reference") is not None else "—"] if compared else []),
        ]
        for p in points
    ]
    return table(label, head, rows)


# --- lines ----------------------------------------------------------------------------------------------------


@register.simple_tag
def line(points, label="", unit="money", fill=True, table=True, marks=()):
    """A line through many points (30–400): value (None: no report, a gap), title; label where the axis shall name it.

    Without labels the first, the middle and the last are named by their titles. marks: what happened on the days of
    points, on the same axis: index, tone, tip; several of a day stand one above the other.
    Without labels the first, the middle and the last are named by their titles. low, high: the band in which a value is
    usual, drawn behind; expected: its middle, dashed. tip: a further line.
    """
    points = list(points)
    values = [to_float(of(p, "value")) for p in points]
    known = [v for v in values if v is not None]
    lows, highs, middles = ([to_float(of(p, name)) for p in points] for name in ("low", "high", "expected"))
    known += [v for v in highs if v is not None]
    if not known:
        return nothing()
    scale = drawing.scale(known, top=TOP, bottom=BOTTOM)
    last = max(1, len(points) - 1)
    shapes = [*_band(lows, highs, middles, scale, last)]
    for run in drawing.runs(values):
        at = [(1000 * index / last, scale.at(value)) for index, value in run]
        if fill and len(at) > 1:
            shapes.append(format_html('<path class="area" d="{}"/>', drawing.area(at, scale.at(0))))
        shapes.append(format_html('<path class="line" d="{}"/>', drawing.path(at)))
    content = [
        grid(scale),
        stretched(joined(shapes)),
        mark_safe('<circle class="point" r="4" hidden data-marker />'),
        format_html('<rect class="hit" width="100%" y="{}" height="{}"/>', TOP, BOTTOM - TOP),
        *_line_labels(points, last),
        *_marks(marks, last),
    ]
    series = {
        "y": [None if v is None else round(scale.at(v)) for v in values],
        "tips": ["\n".join(filter(None, (_title(p), full(of(p, "value"), unit), of(p, "tip")))) for p in points],
    }
    extra = format_html(' data-series="{}"', json.dumps(series, ensure_ascii=False, separators=(",", ":")))
    drawn = image(_bars_name(label, points, values, unit), joined(content), extra=extra)
    listed = table and len(points) <= _LONGEST_TABLE
    after = _bars_table(label, points, unit, gettext("Value"), "") if listed else ""
    return chart(drawn, y=y_labels(scale, unit), after=after)


def _marks(marks, last) -> Iterator[SafeString]:
    """The upmost of more than _MOST_MARKS on one day stands for the rest of them."""
    on_day: dict[int, list] = {}
    for mark in marks:
        on_day.setdefault(of(mark, "index"), []).append(mark)
    for index, of_day in sorted(on_day.items()):
        x = drawing.share(100 * index / last)
        yield format_html('<line class="happened" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>', x, TOP, BOTTOM)
        for place, mark in enumerate(of_day[:_MOST_MARKS]):
            rest = of_day[place:] if place == _MOST_MARKS - 1 else [mark]
            yield format_html(
                '<circle class="mark {}" cx="{}" cy="{}" r="5" data-tip="{}"/>',
                of(mark, "tone") or "",
                x,
                BOTTOM - 12 * place,
                "\n".join(str(of(one, "tip")) for one in rest),
            )


def _band(lows, highs, middles, scale, last) -> list[SafeString]:
    found = []
    for run in drawing.runs(highs):
        there = [(1000 * index / last, scale.at(value)) for index, value in run]
        back = [(1000 * index / last, scale.at(lows[index])) for index, _value in reversed(run)]
        found.append(format_html('<path class="band" d="{}Z"/>', drawing.path([*there, *back])))
    for run in drawing.runs(middles):
        at = [(1000 * index / last, scale.at(value)) for index, value in run]
        found.append(format_html('<path class="ref" d="{}"/>', drawing.path(at)))
    return found


def _line_labels(points, last) -> list[SafeString]:
    named = [i for i, p in enumerate(points) if of(p, "label")]
    marked = len(named) >= 3
    if not marked:
        named = sorted({0, last // 2, len(points) - 1})
    stride = drawing.every(len(named), _MOST_LABELS)
    found = []
    for index in named[::stride]:
        at = 100 * index / last
        anchor = "start" if at < 2 else "end" if at > 98 else "middle"
        found.append(x_label(at, (of(points[index], "label") if marked else "") or _title(points[index]), anchor))
    return found


@register.simple_tag
def spark(values, label="", tone=""):
    """A tiny line. tone: up, down, flat or "" (found by comparing the first third with the last).

    Decoration beside a figure unless `label` says what it shows.
    """
    values = [to_float(v) for v in values or ()]
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return format_html('<span class="mut" aria-hidden="true">{}</span>', numbers.DASH)
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 62 / (len(values) - 1)
    shapes = "".join(
        drawing.path([(1 + index * step, 20 - 18 * (value - low) / span) for index, value in run])
        for run in drawing.runs(values)
    )
    third = max(1, len(known) // 3)
    if not tone:
        first, final = sum(known[:third]), sum(known[-third:])
        tone = "up" if final > first * 1.03 else "down" if final < first * 0.97 else "flat"
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="spark {}" viewBox="0 0 64 22" {} focusable="false"><path d="{}"/></svg>', tone, named, shapes
    )


# --- shares ---------------------------------------------------------------------------------------------------


@register.simple_tag
def stack(parts, label="", unit="money", legend=True):
    """One bar cut into shares: label, value, tone (tier-a, tier-b, tier-c, aged-0…3, c1…c5)."""
    sized = [(part, to_float(of(part, "value")) or 0.0) for part in parts]
    sized = [(part, value) for part, value in sized if value > 0]
    total = sum(value for _part, value in sized)
    if not total:
        return nothing()
    at, rects, texts = 0.0, [], []
    for part, value in sized:
        size = 100 * value / total
        share = numbers.percent(size / 100, 1 if size < 10 else 0)
        tip = f"{of(part, 'label')}\n{full(of(part, 'value'), unit)}\n{share}"
        rects.append(
            format_html(
                '<rect class="f-{}" x="{}" width="{}" height="100%" data-tip="{}"/>',
                of(part, "tone", "c4"),
                drawing.share(at),
                drawing.share(size),
                tip,
            )
        )
        texts.append((of(part, "tone", "c4"), of(part, "label"), share))
        at += size
    name = gettext("%(label)s: %(parts)s") % {"label": label, "parts": ", ".join(f"{t[1]} {t[2]}" for t in texts)}
    drawn = format_html('<svg class="stack-bar" role="img" aria-label="{}">{}</svg>', name, joined(rects))
    words = format_html_join(
        "", '<span><i class="sw {}" aria-hidden="true"></i>{} <b class="num m">{}</b></span>', texts
    )
    after = format_html('<div class="legend mt3">{}</div>', words) if legend else ""
    return chart(drawn, after=after, cls="solo")


@register.simple_tag
def concentration(points, label="", cut=None):
    """How much of the sales the largest customers bring: the cumulative curve against the diagonal of equal shares.

    points: (share of customers, share of sales) pairs between 0 and 1, or plain sales that are put in order here.
    cut: a share of customers to mark, say 0.2.
    """
    points = list(points)
    if points and not isinstance(points[0], (tuple, list)):
        points = drawing.cumulative([to_float(v) or 0.0 for v in points])
    points = [(float(x), float(y)) for x, y in points]
    if len(points) < 2:
        return nothing()
    scale = drawing.scale([0.0, 1.0], top=TOP, bottom=BOTTOM)
    curve = [(1000 * x, scale.at(y)) for x, y in points]
    shapes = [
        format_html('<path class="even" d="M0 {}L1000 {}"/>', BOTTOM, TOP),
        format_html('<path class="area" d="{}"/>', drawing.area(curve, BOTTOM)),
        format_html('<path class="line" d="{}"/>', drawing.path(curve)),
    ]
    name, marks = str(label), []
    if cut is not None:
        cut = float(cut)
        height = drawing.share_at(points, cut)
        name = gettext("%(label)s. The largest %(few)s of the customers bring %(much)s of the sales.") % {
            "label": label,
            "few": numbers.percent(cut),
            "much": numbers.percent(height),
        }
        x, y = drawing.share(100 * cut), drawing.number(scale.at(height))
        marks = [
            format_html('<line class="cut" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>', x, TOP, BOTTOM),
            format_html('<circle class="point" cx="{}" cy="{}" r="4"/>', x, y),
            format_html('<text class="strong" x="{}" y="{}" dx="10" dy="16">{}</text>', x, y, numbers.percent(height)),
        ]
    labels = [
        x_label(100 * tick, numbers.percent(tick), {0: "start", 1: "end"}.get(tick, "middle"))
        for tick in (0, 0.2, 0.4, 0.6, 0.8, 1)
    ]
    content = joined([grid(scale), stretched(joined(shapes)), *marks, *labels])
    rows = [
        [numbers.percent(tick), numbers.percent(drawing.share_at(points, tick), 1)]
        for tick in (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)
    ]
    after = table(label, [gettext("Largest customers"), gettext("Share of sales")], rows)
    return chart(image(name, content), y=y_labels(scale, "percent"), after=after)


# --- movements ------------------------------------------------------------------------------------------------


@register.simple_tag
def flow(flows, label="", before="", after=""):
    """Who moved from where to where: source, target (A, B, C or "" for neither), count.

    "" on the left is a newcomer, on the right someone who left. `before` and `after` head the two sides.
    """
    return flowchart.draw(flows, label, before or gettext("Before"), after or gettext("After"))
