"""A real browser for tests.

    @pytest.mark.browser
    def test_customers_page(cast, page_for, audit):
        page = page_for(cast.mei, "/customers/", phone=True, theme="dark", language="zh-hans")
        audit(page)                                    # axe, policy violations, console errors, sideways scroll
        page.get_by_role("link", name="新建客户").click()

`page_for(user=None, path="/", *, theme="light", phone=False, language="en")` opens a page as that person, in a context
of its own; `audit(page)` raises AssertionError that lists every finding, and `sweep(user, paths, phone=…)` audits many
addresses in both themes. Tests with these fixtures need `@pytest.mark.browser`. The browser is $CHROMIUM, or the
machine's chromium; without one the tests are skipped, but never in CI.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# Playwright's sync API runs a loop in this thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.conf import settings

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_WATCH = """
window.__policy = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__policy.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""


def _chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """A file and not memory: the server's threads need connections of their own."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("browser") / "test.sqlite3")


@pytest.fixture(scope="session")
def chromium():
    path = _chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: set CHROMIUM to its path")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_for(chromium, live_server, client):
    contexts = []

    def open_page(user=None, path="/", *, theme="light", phone=False, language="en"):
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=1,
            reduced_motion="reduce",
            base_url=live_server.url,
        )
        contexts.append(context)
        cookies = {"qiao_theme": theme, settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            type(user).objects.filter(pk=user.pk).update(theme=theme, language=language)
            client.force_login(user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.findings = []
        page.on("pageerror", lambda error: page.findings.append(f"script: {error}"))
        page.on("console", lambda message: _note(page, message))
        if path is not None:
            page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _note(page, message) -> None:
    # What the policy refuses is counted by its own event, which can tell the page's doing from axe's.
    if message.type == "error" and "Content Security Policy" not in message.text:
        page.findings.append(f"console: {message.text}")


def _axe(page) -> list[str]:
    """Run axe in the page. It adds styles itself, which the policy refuses: read the policy's list before."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options).then((result) => result.violations)", options)
    return [
        f"axe {rule['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def findings(page, *, ignore_status: bool = False) -> list[str]:
    """What is wrong with the page as it stands now."""
    page.wait_for_load_state("load")
    found = [f"policy: {text}" for text in page.evaluate("window.__policy")]
    found += [f for f in page.findings if not (ignore_status and "Failed to load resource" in f)]
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > room:
        found.append(f"scrolls sideways: {wide} > {room}")
    found += _axe(page)
    # What axe itself made the policy refuse is not the page's fault.
    page.findings.clear()
    page.evaluate("new Promise((done) => setTimeout(done, 30)).then(() => { window.__policy.length = 0 })")
    return found


@pytest.fixture
def audit():
    """audit(page): no finding at all. ignore_status: the page itself answers 4xx or 5xx."""

    def check(page, *, ignore_status: bool = False) -> None:
        found = findings(page, ignore_status=ignore_status)
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check


@pytest.fixture
def sweep(page_for):
    """sweep(user, paths, phone=False, language="en"): audits each address in light and dark."""

    def run(user, paths, *, phone=False, language="en", statuses=(200,)) -> None:
        page, wrong = page_for(user, None, phone=phone, language=language), []
        for path in paths:
            answer = page.goto(path)
            if answer.status not in statuses:
                wrong.append(f"{path}: {answer.status}")
                continue
            for theme in ("light", "dark"):
                page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
                found = findings(page, ignore_status=answer.status >= 400)
                wrong += [f"{path} {theme} {'phone' if phone else 'desktop'}: {text}" for text in found]
        assert not wrong, "\n".join(wrong)

    return run
