"""How alike two customers are: a score from 0 to 100 with its reasons, and the keys under which likely doubles meet.

Pure. A card holds what is compared; texts may be written any way, they are folded here. Weights: a licence number
alone says it, the same telephone or the same name in the same city nearly; a street, a position or a city only adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import cos, floor, radians

from crm.geo import distance_m
from customers.profile.searching import digits, fold, pinyin

LIKELY = 50
"""From this score on, two are proposed as one and a new one is warned of."""
NEAR_M = 150
NAME_FROM = 0.70
_PHONE = 8
_CELL = 0.004  # degrees: more than twice NEAR_M, so that a half-shifted grid holds both of two near points
_LEGAL = (
    *("股份有限公司", "有限责任公司", "有限公司", "分公司", "公司", "集团", "个体工商户", "商贸", "贸易", "实业"),
    *("经营部", "营业部", "专卖店", "旗舰店", "直营店", "加盟店", "连锁店", "门店", "商店", "商行", "百货"),
    *("总店", "分店", "店", "行"),
)
_LATIN_LEGAL = {"co", "ltd", "limited", "inc", "llc", "gmbh", "company", "corp", "store", "shop", "the", "trading"}
_PLACE_ENDS = "省市区县镇"
_STREET = str.maketrans("一二三四五六七八九〇零", "12345678900")


@dataclass(frozen=True, slots=True)
class Card:
    """What is compared of a customer; whatever is unknown is empty. lat, lon: WGS-84 degrees."""

    name: str = ""
    phone: str = ""
    licence: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """A card made comparable; `core` is the name without places, company forms and spaces."""

    whole: str
    core: str
    sound: str
    phone: str
    licence: str
    city: str
    address: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """code: licence, phone, name, name_alike, sound, address, address_alike, near, city, other_city, other_phone.

    value: what to show beside it: per cent, metres, or the last digits of a telephone.
    """

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY


def folded(card: Card) -> Folded:
    whole = fold(card.name)
    core = core_name(whole, (card.province, card.city, card.district))
    number = digits(card.phone)
    return Folded(
        whole=whole.replace(" ", ""),
        core=core,
        sound=pinyin(core)[0],
        phone=number[-_PHONE:] if len(number) >= _PHONE else "",
        licence=re.sub(r"[^0-9A-Z]", "", fold(card.licence).upper()),
        city=_bare(card.city),
        address=_street(card.address, card),
        lat=card.lat,
        lon=card.lon,
    )


def core_name(whole: str, places: Iterable[str]) -> str:
    """The telling part of a folded name: 浙江杭州张三鲜母婴用品有限公司 in 杭州 -> 张三鲜母婴用品.

    Where nothing telling is left, the whole name.
    """
    kept = [word for word in whole.split() if word not in _LATIN_LEGAL] or whole.split()
    text = "".join(kept)
    for place in places:
        bare = _bare(place)
        if len(bare) > 1:
            text = re.sub(f"{re.escape(bare)}[{_PLACE_ENDS}]?", "", text) or text
    for form in _LEGAL:
        if text.endswith(form) and len(text) - len(form) >= 2:
            text = text[: -len(form)]
    return text or whole.replace(" ", "")


def _bare(place: str) -> str:
    text = fold(place).replace(" ", "")
    return text[:-1] if len(text) > 2 and text[-1] in _PLACE_ENDS else text


def _street(address: str, card: Card) -> str:
    text = fold(address).replace(" ", "").translate(_STREET)
    for place in (card.province, card.city, card.district):
        bare = _bare(place).translate(_STREET)
        if len(bare) > 1:
            text = re.sub(f"^{re.escape(bare)}[{_PLACE_ENDS}]?", "", text)
    return text.replace("號", "号").replace("号", "") if len(text) > 1 else ""


def alike(left: str, right: str) -> float:
    """From 0 to 1, by edit distance: 1 − distance / length of the longer; order and length both count."""
    if left == right:
        return 1.0 if left else 0.0
    longest = max(len(left), len(right))
    if not left or not right or abs(len(left) - len(right)) * 2 > longest:
        return 0.0
    return 1 - distance(left, right, longest // 2 + 1) / longest


def distance(left: str, right: str, most: int) -> int:
    """Levenshtein's distance (changes, additions and losses of a letter), no further than `most`: then that."""
    if len(left) > len(right):
        left, right = right, left
    before = list(range(len(left) + 1))
    for row, letter in enumerate(right, 1):
        now = [row]
        for column, other in enumerate(left, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != other)))
        if min(now) >= most:
            return most
        before = now
    return min(before[-1], most)


def compare(first: Folded, second: Folded) -> Likeness:
    """Symmetric: in either order the same."""
    found: list[tuple[int, Reason]] = []
    add = found.append
    same_city = bool(first.city) and first.city == second.city
    if first.licence and len(first.licence) >= 6 and first.licence == second.licence:
        add((90, Reason("licence", first.licence[-4:])))
    same_phone = bool(first.phone) and first.phone == second.phone
    if same_phone:
        add((45, Reason("phone", first.phone[-4:])))
    name = _names(first, second)
    if name:
        add(name)
    street = alike(first.address, second.address) if min(len(first.address), len(second.address)) >= 4 else 0.0
    if street == 1:
        add((25, Reason("address")))
    elif street >= 0.8:
        add((12, Reason("address_alike", _percent(street))))
    if None not in (first.lat, first.lon, second.lat, second.lon):
        metres = distance_m(first.lat, first.lon, second.lat, second.lon)  # type: ignore[arg-type]
        if metres <= NEAR_M:
            add((15, Reason("near", str(round(metres)))))
        elif metres > 20_000 and not same_phone:
            add((-10, Reason("other_place")))
    if same_city:
        add((8, Reason("city")))
    elif first.city and second.city:
        add((-15, Reason("other_city")))
    if first.phone and second.phone and not same_phone:
        add((-4, Reason("other_phone")))
    score = max(0, min(100, sum(points for points, _reason in found)))
    ordered = sorted(found, key=lambda one: -one[0])
    return Likeness(score, tuple(reason for points, reason in ordered if points > 0))


def _names(first: Folded, second: Folded) -> tuple[int, Reason] | None:
    if first.core and first.core == second.core:
        return (50, Reason("name")) if first.whole == second.whole else (46, Reason("name"))
    share = max(alike(first.core, second.core), alike(first.whole, second.whole))
    if first.sound and len(first.sound) > 5 and first.sound == second.sound:
        return 42, Reason("sound", _percent(share))
    if share < NAME_FROM:
        # A word put before, after or between: as long as the shorter is whole in the longer.
        shorter, longer = sorted((first.core, second.core), key=len)
        if len(shorter) >= 4 and shorter in longer:
            return 28, Reason("name_within", _percent(SequenceMatcher(None, shorter, longer).ratio()))
        return None
    return round(45 * (share - 0.5) / 0.5), Reason("name_alike", _percent(share))


def _percent(share: float) -> str:
    return str(floor(share * 100))


def keys(card: Folded) -> set[tuple[str, str]]:
    """(kind, key): two customers worth comparing share at least one. Names also by how they begin and end."""
    found = set()
    if card.phone:
        found.add(("phone", card.phone))
    if len(card.licence) >= 6:
        found.add(("licence", card.licence))
    if card.core:
        found.add(("name", card.core[:60]))
        if len(card.core) >= 3:
            found.add(("head", f"{card.city[:20]} {card.core[:3]}"))
            found.add(("tail", f"{card.city[:20]} {card.core[-3:]}"))
    if len(card.sound) > 5:
        found.add(("sound", card.sound[:60]))
    if len(card.address) >= 4:
        found.add(("address", f"{card.city[:20]} {card.address[:60]}"))
    if card.lat is not None and card.lon is not None:
        found |= {("cell", cell) for cell in cells(card.lat, card.lon)}
    return found


def cells(lat: float, lon: float) -> set[str]:
    """The cells a point lies in, of four grids shifted by half a cell: near points share one at least."""
    wide = _CELL / max(0.2, cos(radians(round(lat))))
    return {
        f"{down}{right}{floor(lat / _CELL + down / 2)}:{floor(lon / wide + right / 2)}"
        for down in (0, 1)
        for right in (0, 1)
    }
