"""Every page there is, by the URL configuration itself: on a desk and in a hand, by day and by night, in Chinese and
English. No accessibility violation, no breach of the policy, no error, nothing failed, nothing cut off, nothing that
scrolls sideways, and no English on a Chinese page.
"""

from __future__ import annotations

import os
from itertools import count

import pytest
from django.test import Client

from tests.browser import company, looking, routes
from tests.browser.conftest import findings

pytestmark = pytest.mark.browser

# What depends on colours alone, and what on room; all else is the same in both themes and on all screens.
COLOURS = ["color-contrast", "link-in-text-block"]
ROOM = ["scrollable-region-focusable", "target-size"]
# What a bar or a card that only small screens show may lack; the rest of a page is judged whole on the desk.
NAMES = ["button-name", "link-name", "label", "select-name", "image-alt", "aria-valid-attr-value", "list", "listitem"]
# Names that are English in Chinese as well.
# `survey` is the code of a source of evidence, which the admin shows as it is kept.
SAME = ("survey", "Qiao", "Qiao API", "admin", "head", "analyst", "careful")


EVERYWHERE = bool(os.environ.get("EVERYWHERE"))
"""Every page in every way there is; else what two ways have in common is shared out between them."""


@pytest.fixture(autouse=True)
def _debug_only_pages(settings):
    settings.DEBUG = True


ALIKE = ("/history/", "/delete/")
"""Pages of the admin that are the same for every model."""


def walk_through(house, part, look, but=(), every=1, first=0, **how) -> list[str]:
    """every, first: of the pages only each so-manieth, from the first-th on. Of those all alike each fourth."""
    wrong, page, last, alike = [], None, object(), count()
    for who, path in routes.visits(house, part)[first::every]:
        if any(piece in path for piece in but):
            continue
        if any(piece in path for piece in ALIKE) and next(alike) % 4 and not EVERYWHERE:
            continue
        if page is None or who != last:
            if page is not None:
                page.context.close()
            page, last = house.open(who, **how), who
        answer = page.goto(path)
        if answer.status != 200 or (answer.url.split("?")[0].rstrip("/").endswith("login") and who is not None):
            wrong.append(f"{path} as {who}: {answer.status} {answer.url}")
            page.findings.clear()
            continue
        wrong += [f"{path} as {who}: {text}" for text in look(page)]
    page.context.close()
    return wrong


def test_pages_on_a_desk_in_chinese_by_day_and_by_night(house):
    def look(page):
        found = looking.cut_off(page) + looking.untranslated(page, "zh-hans", SAME) + findings(page)
        if next(number) % 4:
            return found
        # By night every page is judged in a hand; of what only a desk shows, every fourth is enough.
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        return found + [f"dark: {text}" for text in findings(page, rules=COLOURS)]

    number = count()

    wrong = walk_through(house, "page", look, language="zh-hans")
    assert not wrong, "\n".join(wrong)


def test_pages_in_a_hand_in_english_by_night(house):
    """Every second page; the others are looked at in a hand in Traditional Chinese, by the same rules."""

    def look(page):
        return looking.cut_off(page) + findings(page, rules=COLOURS + ROOM + NAMES)

    wrong = walk_through(house, "page", look, every=1 if EVERYWHERE else 2, phone=True, theme="dark")
    assert not wrong, "\n".join(wrong)


def test_english_fits_on_a_desk(house):
    """The longest texts; without axe, which has judged the same pages above. Every third page: each second one is
    looked at in English in a hand, where there is less room.
    """

    def look(page):
        return looking.cut_off(page) + looking.sideways(page)

    wrong = walk_through(house, "page", look, every=1 if EVERYWHERE else 3)
    assert not wrong, "\n".join(wrong)


def test_traditional_chinese_fits_a_hand(house):
    """Its words, no others; the other half of the pages, by night as well."""

    def look(page):
        found = looking.cut_off(page) + looking.untranslated(page, "zh-hant", SAME)
        return found + findings(page, rules=COLOURS + ROOM + NAMES)

    how = {"every": 1, "first": 0} if EVERYWHERE else {"every": 2, "first": 1}
    wrong = walk_through(house, "page", look, phone=True, theme="dark", language="zh-hant", **how)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "hand"])
def test_the_admin(house, phone):
    """Its pages are made of the same few pieces: rules that depend on neither room nor colour are asked once, and
    some histories and questions before deleting, which are the same for every model, on the desk only. In a hand
    every third page is enough.
    """

    def look(page):
        found = looking.cut_off(page)
        if not phone:
            found += looking.untranslated(page, "zh-hans", SAME)
        return found + findings(page, rules=COLOURS + ROOM if phone or "/history/" in page.url else None)

    how = {"phone": True, "theme": "dark", "every": 3} if phone else {"language": "zh-hans"}
    wrong = walk_through(house, "admin", look, but=ALIKE if phone else (), **how)
    assert not wrong, "\n".join(wrong)


def test_excuses_hold(house, settings):
    """Whatever is left out above does not answer with a page, to an administrator with a second factor."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = company.session_of(house.people["careful"])
    pages = []
    for route in routes.NO_PAGES:
        answer = client.get(routes.address(route, house.rows))
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content[:400]:
            pages.append(route.path)
    assert pages == []


def test_no_excuse_is_left_over():
    names = {routes.name_of(route) for route in routes.ROUTES}
    assert sorted((routes.EXCUSED.keys() | routes.LOOKED_AT.keys() | routes.BY.keys() | routes.MAY_ADD) - names) == []
