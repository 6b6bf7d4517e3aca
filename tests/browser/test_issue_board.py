"""The board of issues: a card is dragged into a lane, or moved with the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crm.accounts.models import User
from customers.issues.actions import open_issue
from customers.issues.models import Issue
from customers.profile.models import Customer

pytestmark = pytest.mark.browser


@pytest.fixture
def cards(house):
    """Two to begin, of Mei's: so bad that they stand on top, in sight together with the lanes."""
    mei = User.objects.get(username="mei")
    customer = Customer.objects.get(pk=house.rows["customer"])
    made = [
        open_issue(customer=customer, title=name, category="other", severity=4, owner=mei, by=mei)
        for name in ("Card one", "Card two")
    ]
    yield made
    Issue.objects.filter(pk__in=[one.pk for one in made]).update(owner=None)


@pytest.fixture
def page(house):
    page = house.open("mei")
    yield page
    page.context.close()


def test_a_card_is_dragged_where_it_begins_and_where_a_form_opens(page, cards):
    page.goto("/issues/board/?owner=me")
    card = page.locator("[data-card]", has_text="Card one")
    card.drag_to(page.locator('[data-lane="in_work"] h2'))
    expect(page.locator('[data-lane="in_work"] [data-card]', has_text="Card one")).to_be_visible()
    assert page.url.endswith("/issues/board/?owner=me")
    cards[0].refresh_from_db()
    assert cards[0].state == "in_work"
    page.locator("[data-card]", has_text="Card one").drag_to(page.locator('[data-lane="waiting"] h2'))
    expect(page.get_by_role("heading", name="Wait for the customer")).to_be_visible()
    assert page.url.endswith(f"/issues/{cards[0].pk}/pause/")


def test_a_card_is_moved_with_the_keyboard(page, cards):
    page.goto("/issues/board/?owner=me")
    move = page.locator("[data-card]", has_text="Card two").locator("summary")
    move.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-card]", has_text="Card two").get_by_role("button", name="In work")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-lane="in_work"] [data-card]', has_text="Card two")).to_be_visible()
    cards[1].refresh_from_db()
    assert cards[1].state == "in_work"
