"""Movements between tiers as bands from left to right, as wide as they have customers."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from crm.shell import drawing, numbers
from crm.shell.svg import chart, image, joined, nothing, of, stretched, table

_GAP, _LEAST, _TALL, _NODE = 12, 2.0, 180, 10
_TONES = {"A": "tier-a", "B": "tier-b", "C": "tier-c"}


def draw(flows, label: str, before: str, after: str) -> SafeString:
    """See the tag `flow`."""
    counts: dict[tuple[str, str], int] = {}
    for item in flows:
        key = (str(of(item, "source") or ""), str(of(item, "target") or ""))
        counts[key] = counts.get(key, 0) + int(of(item, "count") or 0)
    counts = {key: n for key, n in counts.items() if n > 0}
    total = sum(counts.values())
    if not total:
        return nothing()
    sizes = {key: max(_LEAST, _TALL * n / total) for key, n in counts.items()}
    left, right = _nodes(sizes, 0), _nodes(sizes, 1)
    height = int(max(_end(left), _end(right))) + 4
    pieces = [stretched(_ribbons(counts, sizes, left, right), height, 100)]
    pieces += [_node(name, at, size, _count(counts, 0, name), start=True) for name, (at, size) in left.items()]
    pieces += [_node(name, at, size, _count(counts, 1, name), start=False) for name, (at, size) in right.items()]
    drawn = image(_flow_name(label, counts), joined(pieces), height)
    heads = format_html(
        '<div class="flow-heads" aria-hidden="true"><span>{}</span><span>{}</span></div>',
        before,
        after,
    )
    rows = [[_node_name(s, True), _node_name(t, False), numbers.grouped(n)] for (s, t), n in sorted(counts.items())]
    listed = table(label, [before, after, gettext("Customers")], rows)
    return chart(drawn, y=heads, after=listed, cls="solo flow")


def _order(name: str) -> str:
    return name or "~"


def _nodes(sizes, side) -> dict[str, tuple[float, float]]:
    """Name -> (top, height) of one side, A first, newcomers and leavers last."""
    found, at = {}, 2.0
    for name in sorted({key[side] for key in sizes}, key=_order):
        size = max(sum(s for key, s in sizes.items() if key[side] == name), 14.0)
        found[name] = (at, size)
        at += size + _GAP
    return found


def _end(nodes) -> float:
    return max(at + size for at, size in nodes.values())


def _ribbons(counts, sizes, left, right) -> SafeString:
    used_left = {name: at for name, (at, _size) in left.items()}
    used_right = {name: at for name, (at, _size) in right.items()}
    found = []
    for source, target in sorted(counts, key=lambda key: (_order(key[0]), _order(key[1]))):
        size = sizes[source, target]
        tone = "new" if not source else "left" if not target else _TONES.get(source, "c4")
        found.append(
            format_html(
                '<path class="flow-r f-{}{}" d="{}" data-tip="{}"/>',
                tone,
                "" if source == target else " moved",
                drawing.ribbon(used_left[source], used_right[target], size),
                _flow_tip(source, target, counts[source, target]),
            )
        )
        used_left[source] += size
        used_right[target] += size
    return joined(found)


def _node_name(name: str, start: bool) -> str:
    if name:
        return name
    return gettext("New") if start else gettext("No longer counted")


def _node(name, at, size, count, *, start: bool) -> SafeString:
    tone = _TONES.get(name) or ("new" if start else "left")
    rect = format_html(
        '<rect class="f-{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
        tone,
        0 if start else -_NODE,
        drawing.number(at),
        _NODE,
        drawing.number(size),
    )
    text = format_html(
        '<text class="strong" x="{}" y="{}" text-anchor="{}">{} <tspan class="soft">{}</tspan></text>',
        _NODE + 8 if start else -_NODE - 8,
        drawing.number(at + size / 2 + 4.5),
        "start" if start else "end",
        _node_name(name, start),
        numbers.grouped(count),
    )
    return format_html('<svg x="{}" class="over">{}{}</svg>', 0 if start else "100%", rect, text)


def _count(counts, side, name) -> int:
    return sum(n for key, n in counts.items() if key[side] == name)


def _flow_tip(source, target, count) -> str:
    customers = ngettext("%(n)s customer", "%(n)s customers", count) % {"n": numbers.grouped(count)}
    return f"{_node_name(source, True)} → {_node_name(target, False)}\n{customers}"


def _flow_name(label, counts) -> str:
    moved = sum(n for (source, target), n in counts.items() if source != target)
    total = sum(counts.values())
    return gettext("%(label)s. %(moved)s of %(total)s customers changed.") % {
        "label": label,
        "moved": numbers.grouped(moved),
        "total": numbers.grouped(total),
    }
