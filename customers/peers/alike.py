"""Which shops are like one another: the same kind, and near in size, in the level of their city and in age. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

MOST = 30
"""So many of the nearest are compared with."""
LEAST = 5
"""Fewer say nothing, and would tell who they are."""
SIZE = 2.0
"""A shop that sells more than so many times as much in a year, or less than that part of it, is not alike."""
FIRST, SECOND, COUNTY = 1, 2, 3
_LARGEST = "北京 上海 天津 重庆"
_CAPITALS = (
    "石家庄 太原 呼和浩特 沈阳 长春 哈尔滨 南京 杭州 合肥 福州 南昌 济南 郑州 武汉 长沙 广州 南宁 海口 成都 贵阳 昆明 "
    "拉萨 西安 兰州 西宁 银川 乌鲁木齐 深圳 厦门 宁波 青岛 大连 苏州"
)
_FIRST = frozenset(f"{_LARGEST} {_CAPITALS}".split())


@dataclass(frozen=True, slots=True)
class Shop:
    """yearly: net sales of 12 months, above 0. level: of its city. age: whole days since it opened, or None."""

    id: int
    yearly: float
    level: int
    age: int | None = None


def city_level(province: str, city: str, district: str) -> int:
    """1: municipalities, capitals of provinces and cities ranked with them; 3: counties; 2: every other city."""
    if district.endswith(("县", "旗")) or city.endswith(("县", "旗")):
        return COUNTY
    names = {name.removesuffix("市") for name in (city, province) if name}
    return FIRST if names & _FIRST else SECOND


def distance(one: Shop, other: Shop) -> float | None:
    """0 for two of the same size, level and age; None for two that are not alike in size."""
    size = abs(log(one.yearly / other.yearly)) / log(SIZE)
    if size > 1:
        return None
    age = 0.25  # unknown: neither near nor far
    if one.age is not None and other.age is not None:
        age = min(abs(log((one.age + 365) / (other.age + 365))), 1) / 2
    return size + abs(one.level - other.level) / 2 + age


def nearest(own: Shop, others: Iterable[Shop], most: int = MOST) -> list[int]:
    """Their ids, the nearest first; of equals the lower id."""
    found = [(far, one.id) for one in others if one.id != own.id and (far := distance(own, one)) is not None]
    return [pk for _far, pk in sorted(found)[:most]]
