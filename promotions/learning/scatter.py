"""The quarter's actions drawn: profit against cost, influence as the size; the form of a mark says how it stands."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.shell import drawing, numbers
from crm.shell.svg import axis, chart, grid, image, joined, y_labels
from promotions.learning.quarter import Acted, Picture

TOP, BOTTOM, HEIGHT = 8, 252, 276
LEAST, MOST = 7.0, 20.0
UNKNOWN = 6.0
"""Radii, in pixels."""
MARGIN = 6
"""Percent kept free at each side, so that no mark is cut off."""
FRONT, OUTDONE, LOST = "front", "outdone", "unknown"


def scatter(picture: Picture, numbered: dict[str, int], influence: str) -> str:
    """numbered: {key of an action: its number in the table}. influence: the name of the measure. Empty if nothing can
    be drawn.
    """
    placed = [(one, FRONT) for one in picture.front] + [(one, OUTDONE) for one, _better in picture.outdone]
    lost = [(one, LOST) for one in picture.unplaced if one.profit is not None]
    if not placed and not lost:
        return ""
    points = [(one, how, float(one.cost or 0), float(one.profit or 0)) for one, how in (*placed, *lost)]
    down = drawing.scale([profit for *_rest, profit in points], top=TOP, bottom=BOTTOM)
    across = drawing.scale([cost for *_rest, cost, _profit in points], top=100 - MARGIN, bottom=MARGIN)
    most = max((float(one.influence or 0) for one, _how in placed), default=0.0)
    pieces = [grid(down)]
    for text, tick in zip(axis(across.ticks, "money"), across.ticks, strict=True):
        pieces.append(_x_label(across.at(tick), text))
    # The largest first, so that small ones lie on top.
    for one, how, cost, profit in sorted(points, key=lambda point: -float(point[0].influence or 0)):
        size = LEAST + (MOST - LEAST) * sqrt(float(one.influence or 0) / most) if most else LEAST
        pieces.append(_mark(one, how, across.at(cost), down.at(profit), size, numbered[one.key], influence))
    words = {"front": len(picture.front), "outdone": len(picture.outdone), "n": len(lost)}
    label = _(
        "Profit against cost: %(front)d outdone by none, %(outdone)d outdone, %(n)d of unknown influence. "
        "The table below tells the same."
    )
    drawn = image(label % words, joined(pieces), HEIGHT)
    return chart(drawn, y=y_labels(down, "money"), cls="p-scatter")


def _x_label(at: float, text: str) -> str:
    return format_html('<text x="{}" y="{}" text-anchor="middle">{}</text>', drawing.share(at), BOTTOM + 18, text)


def _mark(one: Acted, how: str, x: float, y: float, size: float, number: int, influence: str) -> str:
    """A disc, an empty diamond or a cross, with its number."""
    if how == FRONT:
        form = format_html('<circle r="{}"/>', drawing.number(size))
    elif how == OUTDONE:
        form = format_html('<path d="M0 -{0}L{0} 0L0 {0}L-{0} 0Z"/>', drawing.number(size))
    else:
        form = format_html('<path d="M-{0} -{0}L{0} {0}M-{0} {0}L{0} -{0}"/>', drawing.number(UNKNOWN))
    known = how != LOST
    return format_html(
        '<svg class="p-at {}" x="{}" y="{}" overflow="visible" data-tip="{}">{}<text x="{}" y="{}" '
        'text-anchor="{}">{}</text></svg>',
        how,
        drawing.share(x),
        drawing.number(y),
        tip(one, influence),
        form,
        0 if known else UNKNOWN + 4,
        4,
        "middle" if known else "start",
        number,
    )


def tip(one: Acted, influence: str) -> str:
    values = {
        "title": one.title,
        "profit": numbers.money(one.profit, settings.CURRENCY),
        "cost": numbers.money(one.cost, settings.CURRENCY),
        "name": influence,
        "influence": numbers.DASH if one.influence is None else told(one.influence),
    }
    return _("%(title)s: profit %(profit)s, cost %(cost)s; %(name)s: %(influence)s") % values


def told(influence: int | Decimal) -> str:
    """A count, or a share of voice in percent."""
    return f"{influence} %" if isinstance(influence, Decimal) else numbers.grouped(influence)
