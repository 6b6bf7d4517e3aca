"""Addresses that lead somebody to a shop with the map programs of their phone, each in its own coordinates. Pure.

geo: (RFC 5870) is WGS-84. Amap and, in China, Apple's maps draw in GCJ-02; Baidu draws in BD-09. A position handed over
in the wrong system ends up to a kilometre off.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from crm import geo

SOURCE = "qiao"


@dataclass(frozen=True, slots=True)
class Ways:
    """Empty where nothing is known to look for."""

    geo: str = ""
    amap: str = ""
    baidu: str = ""
    apple: str = ""


def ways(latitude: float | None, longitude: float | None, name: str, address: str = "") -> Ways:
    """latitude, longitude: WGS-84; without them the address is looked for."""
    if latitude is None or longitude is None:
        return _by_address(address) if address.strip() else Ways()
    wgs = _pair(latitude, longitude)
    lat, lon = geo.convert(latitude, longitude, geo.WGS84, geo.GCJ02)
    gcj = _pair(lat, lon)
    baidu = _pair(*geo.convert(latitude, longitude, geo.WGS84, geo.BD09))
    to_amap = {"to": f"{lon:.6f},{lat:.6f},{name}", "mode": "car", "coordinate": "gaode", "callnative": 1}
    to_baidu = {"location": baidu, "title": name, "content": address or name, "output": "html"}
    return Ways(
        geo=f"geo:{wgs}?q={wgs}({quote(name, safe='')})",
        amap=f"https://uri.amap.com/navigation?{urlencode({**to_amap, 'src': SOURCE})}",
        baidu=f"https://api.map.baidu.com/marker?{urlencode({**to_baidu, 'coord_type': 'bd09ll', 'src': SOURCE})}",
        apple=f"https://maps.apple.com/?{urlencode({'daddr': gcj, 'q': name})}",
    )


def _by_address(address: str) -> Ways:
    return Ways(
        geo=f"geo:0,0?q={quote(address, safe='')}",
        amap=f"https://uri.amap.com/search?{urlencode({'keyword': address, 'src': SOURCE, 'callnative': 1})}",
        baidu=f"https://api.map.baidu.com/geocoder?{urlencode({'address': address, 'output': 'html', 'src': SOURCE})}",
        apple=f"https://maps.apple.com/?{urlencode({'daddr': address})}",
    )


def _pair(latitude: float, longitude: float) -> str:
    return f"{latitude:.6f},{longitude:.6f}"
