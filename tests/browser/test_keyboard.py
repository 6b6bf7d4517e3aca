"""The key steps without a mouse: into the content, to any customer, along the rows, through menus and dialogs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(house):
    page = house.open("admin")
    yield page
    page.context.close()


def focused(page, text: str) -> bool:
    return text in page.evaluate("document.activeElement.textContent.trim()")


def tab_to(page, text: str, most: int = 80) -> None:
    """Tab until the element with this text has the focus, as somebody without a mouse has to."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(
            """(text) => {
              const one = document.activeElement;
              const label = one.labels?.[0]?.textContent ?? "";
              const texts = [one.textContent, label, one.getAttribute("aria-label") ?? ""];
              return !one.closest(".side") && texts.some((one) => one.trim().startsWith(text));
            }""",
            text,
        ):
            return
    raise AssertionError(f"{text!r} cannot be reached by the Tab key")


def test_the_first_key_leads_past_the_menu(page):
    page.goto("/customers/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main') !== null")


def test_what_has_the_focus_is_seen_to_have_it(page):
    page.goto("/customers/")
    unseen = []
    for _step in range(45):
        page.keyboard.press("Tab")
        bare = page.evaluate(
            """() => {
              const one = document.activeElement, style = getComputedStyle(one);
              const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
              const boxed = one.closest(".search") && getComputedStyle(one.closest(".search")).boxShadow !== "none";
              return ring || boxed || one.matches(".skip") ? "" : one.outerHTML.slice(0, 120);
            }"""
        )
        unseen += [bare] if bare else []
    assert unseen == []


def test_a_customer_is_found_opened_and_left_again(page):
    page.goto("/customers/")
    name = page.locator("table[data-rows] a.open").first.inner_text()
    page.keyboard.press("Control+k")
    page.keyboard.type(name)
    expect(page.get_by_role("option").first).to_contain_text(name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_rows_are_walked_chosen_and_opened(page):
    page.goto("/customers/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("table[data-rows] tbody tr").nth(1)
    expect(second).to_have_class(re.compile("cursor"))
    expect(second.locator("a.open")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-selected-count]")).to_have_text("1")
    name = second.locator("a.open").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_menu_opens_is_walked_and_gives_the_focus_back(page):
    page.goto("/customers/")
    tab_to(page, "Export")
    page.keyboard.press("Enter")
    menu = page.get_by_role("main").locator("details[data-menu]", has_text="Excel (XLSX)").first
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    assert focused(page, "Excel (XLSX)")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


@pytest.mark.parametrize("key,name", [("Control+k", "Search"), ("?", "Keyboard shortcuts")])
def test_a_dialog_holds_the_focus_and_gives_it_back(page, key, name):
    page.goto("/customers/")
    page.locator("table[data-rows] a.open").nth(2).focus()
    page.keyboard.press(key)
    dialog = page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    for back in (False, True):
        for _step in range(12):
            page.keyboard.press("Shift+Tab" if back else "Tab")
            # Outside a modal dialog there is only the browser's own bar, which the page sees as its body.
            assert page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("table[data-rows] a.open").nth(2)).to_be_focused()


def test_a_dialog_that_asks_first_can_be_refused(page, house):
    page.goto(f"/imports/{house.known['done']}/")
    tab_to(page, "Undo the import")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Undo this import?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo the import").first).to_be_focused()
    assert page.url.endswith(f"/imports/{house.known['done']}/")
    expect(page.get_by_text(": imported.")).to_be_visible()


@pytest.mark.parametrize("state,steps", [("mapping", ["Customer code", "Date", "Amount", "Check the file"])])
def test_columns_are_named_without_a_mouse(page, house, state, steps):
    page.goto(f"/imports/{house.known[state]}/")
    for step in steps:
        tab_to(page, step)


def test_an_import_is_sent_and_started_without_a_mouse(page, house):
    page.goto("/imports/")
    page.keyboard.press("n")
    page.wait_for_url("**/imports/new/**")
    for step in ("Customers", "Drop the file here", "Upload and check"):
        tab_to(page, step)
    page.goto(f"/imports/{house.known['checked']}/")
    tab_to(page, "Import the row")
    page.goto(f"/imports/{house.known['checked-refused']}/")
    tab_to(page, "Import the good row only")
    page.goto(f"/imports/{house.known['checked-refused']}/")
    tab_to(page, "Refused rows")
