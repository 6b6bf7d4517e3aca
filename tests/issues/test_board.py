"""The board: each card in its lane with the ways out of it, and a card that is moved comes back to the board."""

import re

import pytest
from django.urls import reverse

from crm.clock import now
from customers.issues import actions, pausing, reading
from tests.issues.conftest import at

pytestmark = pytest.mark.django_db
BOARD = "issues:board"


def lanes(page: str) -> dict[str, list[str]]:
    """{lane: the ways out of its cards, in order}."""
    parts = re.split(r'data-lane="(\w+)"', page)[1:]
    return {name: re.findall(r'data-to="(\w+)"', text) for name, text in zip(parts[::2], parts[1::2])}


def test_every_card_stands_in_its_lane_with_its_ways_out(issue, shops, cast):
    begun, waiting, solved, done = (
        actions.open_issue(customer=shops[1], title=name, category="other", by=cast.mei) for name in "甲乙丙丁"
    )
    actions.begin(issue=begun, by=cast.tao)
    pausing.pause(issue=waiting, reason="照片", by=cast.tao)
    actions.solve(issue=solved, answer="好了", by=cast.tao)
    actions.solve(issue=done, answer="好了", by=cast.tao)
    actions.say(issue=done, solved=True, by=cast.tao)
    page = at(cast.tao).get(reverse(BOARD)).content.decode()
    assert lanes(page) == {
        "to_begin": ["in_work", "waiting", "solved"],
        "in_work": ["waiting", "solved"],
        "waiting": ["in_work", "solved"],
        "solved": ["to_begin"],
    }
    assert "丁" not in page
    assert "data-to=" not in at(cast.ana).get(reverse(BOARD)).content.decode()
    assert "到货少了两箱" not in at(cast.lin).get(reverse(BOARD)).content.decode()


def test_mine_are_those_i_own(issue, shops, cast):
    actions.open_issue(customer=shops[0], title="美的事", category="other", owner=cast.mei, by=cast.mei)
    page = at(cast.tao).get(reverse(BOARD) + "?owner=me").content.decode()
    assert "到货少了两箱" in page and "美的事" not in page


def test_a_card_that_is_moved_by_its_button_comes_back_to_the_board(issue, cast):
    client = at(cast.tao)
    assert client.post(reverse("issues:begin", args=[issue.pk]) + "?back=board-mine").url == "/issues/board/?owner=me"
    issue.refresh_from_db()
    assert issue.state == "in_work"
    assert client.post(reverse("issues:begin", args=[issue.pk]) + "?back=//evil.test").url == f"/issues/{issue.pk}/"


def test_a_full_lane_says_how_many_there_are_and_where_the_rest_is(issue, shops, cast):
    for number in range(reading.MOST_CARDS):
        actions.open_issue(customer=shops[0], title=f"第{number}件", category="other", by=cast.tao)
    actions.reject(issue=issue, answer="不是我们的货", by=cast.tao)
    actions.reopen(issue=issue, reason="是我们的", by=cast.tao)
    begun = actions.open_issue(customer=shops[1], title="在做的", category="other", by=cast.tao)
    actions.begin(issue=begun, by=cast.tao)
    column = reading.board(cast.tao, mine=False)["to_begin"]
    assert (column.n, len(column.issues)) == (reading.MOST_CARDS + 1, reading.MOST_CARDS)
    assert 'href="/issues/?state=to_begin"' in at(cast.tao).get(reverse(BOARD)).content.decode()
    found = reading.narrowed(cast.tao, reading.Filters(state="to_begin"), now())
    assert set(found.values_list("state", flat=True)) == {"open", "reopened"} and found.count() == column.n
    page = at(cast.tao).get("/issues/?state=to_begin").content.decode()
    assert "到货少了两箱" in page and "在做的" not in page
