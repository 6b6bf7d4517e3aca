"""Every address there is, walked from the URL configuration itself, so that a new one cannot be forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`path` as in urls.py (`customers/<int:pk>/`), name with its namespaces, parameters {name: converter}."""

    path: str
    name: str

    @property
    def parameters(self) -> dict[str, str]:
        return {name: converter or "str" for converter, name in _PARAMETER.findall(self.path)}

    def address(self, **values) -> str:
        return "/" + _PARAMETER.sub(lambda found: str(values[found[2]]), self.path)

    @property
    def part(self) -> str:
        if self.path.startswith("api/"):
            return "api"
        return "admin" if self.path.startswith("admin/") else "page"


def _text(pattern) -> str:
    if isinstance(pattern, RoutePattern):
        return str(pattern._route)
    if isinstance(pattern, RegexPattern):
        text = str(pattern._regex).lstrip("^").rstrip("$")
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", text)
        return text.replace("\\", "").removesuffix("/?") if "(" not in text else text
    raise AssertionError(f"a kind of address this test does not know: {pattern!r}")


def walk(resolver=None, prefix: str = "", namespace: str = "") -> list[Route]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + _text(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found += walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            found.append(Route(path, f"{namespace}{entry.name or ''}"))
    return found
