"""What charts are made of: the image, its axes, the table beside it.

The outer SVG has no view box: positions across are percentages, heights are pixels, so that text keeps its size at
any width. Lines live in an inner SVG that is stretched (their strokes are not). Colours are
classes.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from crm.shell import drawing, numbers

TOP, BOTTOM, HEIGHT = 8, 192, 216


def of(item, name, default=None):
    """item.name or item["name"]."""
    if isinstance(item, dict):
        return item.get(name, default)
    return getattr(item, name, default)


def to_float(value) -> float | None:
    number = numbers.to_decimal(value)
    return None if number is None else float(number)


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def full(value, unit: str) -> str:
    if numbers.to_decimal(value) is None:
        return gettext("no report")
    if unit == "money":
        return numbers.money(value, settings.CURRENCY)
    return numbers.percent(value, 1) if unit == "percent" else numbers.grouped(value)


def axis(ticks, unit: str) -> list[str]:
    if unit == "percent":
        return [numbers.percent(tick) for tick in ticks]
    return numbers.axis(ticks, language())


def joined(pieces) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 - each piece comes from format_html or is a number of ours


def y_labels(scale: drawing.Scale, unit: str) -> SafeString:
    labels = format_html_join("", "<span>{}</span>", ((label,) for label in reversed(axis(scale.ticks, unit))))
    return format_html('<div class="chart-y" aria-hidden="true">{}</div>', labels)


def grid(scale: drawing.Scale) -> SafeString:
    return joined(
        format_html(
            '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>',
            "axis" if tick == 0 else "gl",
            drawing.number(scale.at(tick)),
            drawing.number(scale.at(tick)),
        )
        for tick in scale.ticks
    )


def x_label(at: float, text, anchor: str = "middle") -> SafeString:
    return format_html('<text x="{}" y="{}" text-anchor="{}">{}</text>', drawing.share(at), BOTTOM + 18, anchor, text)


def table(label: str, head: list[str], rows: list[list[str]]) -> SafeString:
    heads = format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))) for row in rows),
    )
    return format_html(
        '<div class="vh"><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        label,
        heads,
        body,
    )


def image(label: str, content, height: int = HEIGHT, extra="") -> SafeString:
    return format_html(
        '<svg role="img" aria-label="{}" width="100%" height="{}" focusable="false"{}>{}</svg>',
        label,
        height,
        extra,
        content,
    )


def chart(svg, *, y="", after="", cls: str = "") -> SafeString:
    return format_html('<div class="{}" data-chart>{}{}{}</div>', f"chart {cls}".strip(), y, svg, after)


def nothing() -> SafeString:
    return format_html('<p class="sub">{}</p>', gettext("Nothing to draw yet."))


def stretched(content, height: int = HEIGHT, width: int = 1000) -> SafeString:
    return format_html(
        '<svg class="flat" width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>',
        height,
        width,
        height,
        content,
    )
