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

# Playwright's sync API runs a loop in this thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.conf import settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer

from tests.browser import company, looking
from tests.conftest import adopted_policy

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


def open_page(chromium, url, *, session=None, theme="light", phone=False, language="en", worker=False):
    """A page that takes notes of what goes wrong, in a context of its own; with a worker only where it is asked for."""
    context = chromium.new_context(
        viewport=PHONE if phone else DESKTOP,
        has_touch=phone,
        is_mobile=phone,
        device_scale_factor=1,
        reduced_motion="reduce",
        base_url=url,
        service_workers="allow" if worker else "block",
    )
    cookies = {"qiao_theme": theme, settings.LANGUAGE_COOKIE_NAME: language}
    if session is not None:
        cookies[settings.SESSION_COOKIE_NAME] = session
    context.add_cookies([{"name": k, "value": v, "url": url} for k, v in cookies.items()])
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.findings = []
    page.on("pageerror", lambda error: page.findings.append(f"script: {error}"))
    page.on("console", lambda message: _note(page, message))
    page.on("requestfailed", lambda request: _note_failure(page, request))
    return page


@pytest.fixture
def page_for(chromium, live_server, client):
    contexts = []

    def open_for(user=None, path="/", *, theme="light", phone=False, language="en", worker=False):
        session = None
        if user is not None:
            type(user).objects.filter(pk=user.pk).update(theme=theme, language=language)
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
        looks = {"theme": theme, "phone": phone, "language": language}
        page = open_page(chromium, live_server.url, session=session, worker=worker, **looks)
        contexts.append(page.context)
        if path is not None:
            page.goto(path)
        return page

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def database(request, django_db_setup, django_db_blocker):
    """The test database, open to fixtures that outlive a test. pytest-django makes it only for tests that ask for one
    of its own fixtures: without such a test, the real database would be met here.
    """
    own = {"db", "transactional_db", "live_server"}
    made = any(own & set(item.fixturenames) or item.get_closest_marker("django_db") for item in request.session.items)
    with django_db_blocker.unblock():
        config = None if made else setup_databases(verbosity=0, interactive=False, aliases={"default"})
        yield
        if config is not None:
            teardown_databases(config, verbosity=0)


@pytest.fixture(scope="session")
def house(chromium, database, tmp_path_factory):
    """One small company on one server for all tests that only look: `people`, `rows`, `known` of company.build, and
    `open(who, …)` for a page as somebody ("half": asked for the second factor, None: a stranger).

    Tests with it must not ask for the database: pytest-django runs them last, so that nothing empties its tables.
    """
    from crm.accounts.actions import create_region
    from crm.accounts.models import Region

    # A test before this one may have emptied the tables, of what migrations wrote as well.
    adopted_policy()
    if not Region.objects.exists():
        create_region(code="CN", name="全国")
    built = company.build(tmp_path_factory.mktemp("house"))
    server = LiveServer("localhost")

    def open_for(who, *, theme="light", phone=False, language="en"):
        person = built.people.get("careful" if who == "half" else who)
        if person is not None:
            type(person).objects.filter(pk=person.pk).update(theme=theme, language=language)
        session = None
        if person is not None:
            session = company.half_signed_in(person) if who == "half" else company.session_of(person)
        return open_page(chromium, server.url, session=session, theme=theme, phone=phone, language=language)

    built.open = open_for
    yield built
    server.stop()


def _note(page, message) -> None:
    # What the policy refuses is counted by its own event, which can tell the page's doing from axe's. What htmx says of
    # a request without an answer is counted as the request, which knows whether somebody left the page meanwhile.
    known = ("Content Security Policy", "htmx:afterRequest,", "htmx:sendError,", "htmx:sendAbort,")
    if message.type == "error" and not any(text in message.text for text in known):
        page.findings.append(f"console: {message.text}")


def _note_failure(page, request) -> None:
    # Whoever leaves a page takes back what it was still asking for.
    if request.failure != "net::ERR_ABORTED":
        page.findings.append(f"request: {request.url} {request.failure}")


def findings(page, *, ignore_status: bool = False, rules: list[str] | None = None) -> list[str]:
    """What is wrong with the page as it stands now; rules: only these of axe's."""
    page.wait_for_load_state("load")
    found = [f"policy: {text}" for text in page.evaluate("window.__policy")]
    found += [f for f in page.findings if not (ignore_status and "Failed to load resource" in f)]
    found += looking.sideways(page) + looking.askew(page) + looking.axe(page, rules)
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
