"""Photos and papers of the demo company's shops, drawn: the same for the same seed and shop."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw

SIZE = (720, 540)
_SIGNS = ("#a3261d", "#2646b8", "#0d6639", "#83470a", "#5b2a86")
_GOODS = ("#dfa32b", "#cf4a6b", "#0e8f8f", "#2f54d6", "#8b8e98", "#e7f5ed")


class Paper(NamedTuple):
    """What is brought of a shop: the file's bytes and name, and what it shows."""

    data: bytes
    name: str
    category: str
    note: str
    day: datetime.date


def papers(code: str, seed: int, end: datetime.date, *, contract: bool) -> Iterator[Paper]:
    """A shop front, a shelf and, for some, the contract; taken within the last half year."""
    random = Random(f"pictures {seed} {code}")
    day = end - datetime.timedelta(days=random.randrange(20, 180))
    yield Paper(_jpeg(_front(random), day), "门头.jpg", "shop_front", "", day)
    later = day + datetime.timedelta(days=random.randrange(0, 15))
    note = random.choice(("", "第二层缺货", "堆头做得好", "价签没换"))
    yield Paper(_jpeg(_shelf(random), later), "货架.jpg", "shelf", note, later)
    if contract:
        yield Paper(_pdf(random, day), f"加盟合同-{code}.pdf", "contract", "", day)


def _jpeg(image: Image.Image, day: datetime.date) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{day:%Y:%m:%d} 10:30:00"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()


def _front(random: Random) -> Image.Image:
    """Sky, wall, an awning in stripes, a sign, two windows and a door."""
    image = Image.new("RGB", SIZE, random.choice(("#c9d9ea", "#dfe6ee", "#b9cfe6")))
    draw, sign = ImageDraw.Draw(image), random.choice(_SIGNS)
    wall = random.choice(("#efe6d8", "#d9d4cc", "#e9e2e0"))
    draw.rectangle([40, 70, 680, 480], fill=wall)
    draw.rectangle([0, 480, 720, 540], fill="#8b8e98")
    draw.rectangle([60, 90, 660, 180], fill=sign)
    for n in range(random.randrange(3, 6)):
        draw.rounded_rectangle([110 + n * 105, 112, 180 + n * 105, 158], 8, fill="#fff6e0")
    for n in range(12):
        draw.rectangle([60 + n * 50, 190, 109 + n * 50, 235], fill=sign if n % 2 else "#ffffff")
    door = random.choice((80, 290, 500))
    for left in (80, 290, 500):
        fill = "#5d6b7a" if left == door else "#9fb8c9"
        draw.rectangle([left, 260, left + 150, 480 if left == door else 430], fill=fill, outline="#3c444d", width=4)
    draw.line([door + 75, 262, door + 75, 478], fill="#3c444d", width=4)
    return image


def _shelf(random: Random) -> Image.Image:
    """Four boards of goods, some of them with gaps."""
    image = Image.new("RGB", SIZE, "#f3efe8")
    draw = ImageDraw.Draw(image)
    for board in range(4):
        base = 130 + board * 125
        left = 30
        while left < 660:
            width, height = random.randrange(28, 62), random.randrange(50, 96)
            if random.random() > 0.12:
                fill = random.choice(_GOODS)
                draw.rounded_rectangle([left, base - height, left + width, base], 6, fill=fill, outline="#53555c")
                draw.rectangle([left + 6, base - height // 2, left + width - 6, base - height // 3], fill="#ffffff")
            left += width + 5
        draw.rectangle([16, base, 704, base + 12], fill="#9a7b55")
    return image


def _pdf(random: Random, day: datetime.date) -> bytes:
    """A page of grey lines and a red seal; its dates are those of the contract, not of the moment."""
    image = Image.new("L", (420, 594), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle([130, 50, 290, 66], fill=60)
    for line in range(24):
        draw.rectangle([50, 100 + line * 17, random.randrange(250, 370), 105 + line * 17], fill=170)
    draw.ellipse([270, 490, 350, 570], outline=90, width=4)
    moment = day.timetuple()
    out = io.BytesIO()
    image.save(out, "PDF", creationDate=moment, modDate=moment)
    return out.getvalue()
