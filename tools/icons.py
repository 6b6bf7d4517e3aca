"""Draw the app's icons from the mark of the favicon: only needed to change it, since they are committed.

    python tools/icons.py

The maskable one keeps its mark inside the circle that every phone leaves of it (80 % of the side).
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "crm" / "static" / "crm" / "icons"
ACCENT, MARK = "#2f54d6", "#fff"
FINE = 4
"""Drawn so many times larger and made smaller, since lines are drawn without smoothing."""
# In the favicon's units (32 by 32): the deck, the three posts and the arch, a cubic curve.
LINES = [((6, 12.5), (26, 12.5)), ((16, 12.5), (16, 15.5)), ((10.6, 12.5), (10.6, 16.5)), ((21.4, 12.5), (21.4, 16.5))]
ARCH = ((7.5, 23.5), (7.5, 12.5), (24.5, 12.5), (24.5, 23.5))
WIDTH = 2.4


def along(curve, steps: int = 200):
    a, b, c, d = curve
    for n in range(steps + 1):
        t = n / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        yield tuple(sum(w * point[axis] for w, point in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))


def draw(side: int, *, maskable: bool) -> Image.Image:
    large = side * FINE
    picture = Image.new("RGBA", (large, large), ACCENT if maskable else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if not maskable:
        pen.rounded_rectangle((0, 0, large - 1, large - 1), radius=large // 4, fill=ACCENT)
    scale = large / 32 * (0.72 if maskable else 1)
    shift = (large - 32 * scale) / 2
    radius = WIDTH * scale / 2
    for stroke in [*LINES, tuple(along(ARCH))]:
        points = [(x * scale + shift, y * scale + shift) for x, y in stroke]
        pen.line(points, fill=MARK, width=round(2 * radius), joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=MARK)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, side, maskable in (("qiao-192", 192, False), ("qiao-512", 512, False), ("qiao-maskable-512", 512, True)):
        draw(side, maskable=maskable).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
