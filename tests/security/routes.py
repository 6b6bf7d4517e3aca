"""Every address there is, walked from the URL configuration itself, so that a new one cannot be forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`path` as in urls.py (`customers/<int:pk>/`), name with its namespaces, parameters {name: converter}.

    methods: those its view answers, as far as the view says so; all of them, if it does not.
    """

    path: str
    name: str
    methods: tuple[str, ...] = METHODS

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


def methods_of(view) -> tuple[str, ...]:
    """Of a viewset by its `actions`, of a class by what it defines, of a function by `require_http_methods`."""
    actions = getattr(view, "actions", None)
    if actions:
        return tuple(method for method in METHODS if method in actions)
    made_of = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if made_of:
        return tuple(method for method in METHODS if hasattr(made_of, method))
    while view is not None:
        names = view.__code__.co_freevars if hasattr(view, "__code__") else ()
        if "request_method_list" in names:
            allowed = view.__closure__[names.index("request_method_list")].cell_contents
            return tuple(method for method in METHODS if method.upper() in allowed)
        view = getattr(view, "__wrapped__", None)
    return METHODS


def walk(resolver=None, prefix: str = "", namespace: str = "") -> list[Route]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + _text(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found += walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            found.append(Route(path, f"{namespace}{entry.name or ''}", methods_of(entry.callback)))
    return found
