"""What every page's frame needs, worked out only when a template asks (so that a failing page costs nothing)."""

from __future__ import annotations

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from crm.clock import today

THEME_COOKIE = "qiao_theme"
THEMES = ("system", "light", "dark")


class Shell:
    def __init__(self, request):
        self.request = request

    @cached_property
    def nav(self) -> list[dict]:
        """settings.NAV with addresses; the entry whose address begins this page's is the current one.

        An entry may name `go` (the letter after g on the keyboard), `also` (further addresses that it stands for),
        `may`, a dotted path to a callable (user) -> bool without whose word it is not shown, and `count`, one to a
        callable (request) -> int | None.
        """
        entries = []
        user = getattr(self.request, "user", None)
        for entry in settings.NAV:
            try:
                href, *also = [reverse(url) for url in (entry["url"], *entry.get("also", ()))]
            except NoReverseMatch:
                continue
            if entry.get("may") and (user is None or not import_string(entry["may"])(user)):
                continue
            count = import_string(entry["count"])(self.request) if entry.get("count") else None
            entries.append({**entry, "href": href, "addresses": (href, *also), "count": count, "current": False})
        fitting = [(len(href), n) for n, e in enumerate(entries) for href in e["addresses"] if self._holds(href)]
        if fitting:
            entries[max(fitting)[1]]["current"] = True
        return entries

    def _holds(self, href: str) -> bool:
        path = self.request.path
        return path == href if href == "/" else path.startswith(href)

    @cached_property
    def tabs(self) -> list[dict]:
        """The first three places go into the phone's bar, the rest under More."""
        return self.nav[:3]

    @cached_property
    def more(self) -> list[dict]:
        return self.nav[3:]

    @cached_property
    def quick(self) -> list[dict]:
        """What the phone's + offers: settings.QUICK, shaped like NAV."""
        found = []
        default = [e for e in settings.NAV if e["key"] == "imports"]
        writes = getattr(getattr(self.request, "user", None), "may_write", False)
        for entry in getattr(settings, "QUICK", default):
            if entry.get("panel") and not writes:
                continue
            try:
                found.append({**entry, "href": reverse(entry["url"])})
            except NoReverseMatch:
                continue
        return found

    @cached_property
    def quick_panel(self) -> dict | None:
        """The entry of QUICK that opens over any page (`panel`, with the address `src`), for those who may write."""
        user = getattr(self.request, "user", None)
        if not getattr(user, "may_write", False):
            return None
        for entry in self.quick:
            if entry.get("panel"):
                return {**entry, "src": reverse(entry["panel"])}
        return None

    @cached_property
    def theme(self) -> str:
        user = getattr(self.request, "user", None)
        if user is not None and user.is_authenticated:
            return user.theme
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "system"

    @cached_property
    def phone(self) -> dict | None:
        """Where the day is kept on the phone, for those who make visits."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated or not import_string(settings.PHONE_MAY)(user):
            return None
        return {"page": reverse(settings.PHONE_PAGE), "list": reverse(settings.PHONE_LIST)}

    @property
    def is_for_keeping(self) -> bool:
        """Asked for to be kept on a phone: what is said once is not for it."""
        return "X-Keep" in self.request.headers

    @property
    def day(self) -> str:
        return today().isoformat()

    @property
    def zone(self) -> str:
        return settings.TIME_ZONE

    @property
    def languages(self) -> list[tuple[str, str]]:
        return settings.LANGUAGES

    @property
    def company(self) -> str:
        return settings.COMPANY_NAME

    @property
    def debug(self) -> bool:
        return settings.DEBUG

    @cached_property
    def here(self) -> str:
        return self.request.get_full_path()


def shell(request):
    return {"shell": Shell(request), "nav": settings.NAV}
