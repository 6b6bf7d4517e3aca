"""Goals suggested for visits: how they are ranked, what suggests them, and how they become goals."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.contacts.actions import log_contact
from customers.issues.actions import open_issue
from customers.promises.actions import make_commitment
from customers.receivables.models import OpenItem
from customers.tiers.models import StandingState, TierStanding
from tests.visits.conftest import ahead, at
from visits.models import PlannedVisit, VisitGoal
from visits.plan import actions, suggesting, suggestions
from visits.plan.suggesting import Suggestion

A_DAY = datetime.timedelta(days=1)


def one(key: str, kind: str, **more) -> Suggestion:
    return Suggestion(key, kind, f"text {key}", f"/{key}/", more.pop("purpose", "problem"), "flag", **more)


def test_what_is_at_stake_and_how_late_it_is_decides():
    money = one("m", "money", stake=Decimal(1000), late=7)
    issue = one("i", "issue", days_of_sales=14, late=0)
    small = one("s", "profile", days_of_sales=1)
    assert suggesting.stake_of(issue, Decimal(36500)) == Decimal("1400.00")
    assert suggesting.weight(money, None) == 2000 and suggesting.weight(issue, Decimal(36500)) == 1400
    assert suggesting.weight(small, None) == 100  # the floor
    assert suggesting.ranked([small, issue, money], Decimal(36500)) == [money, issue, small]
    assert suggesting.ranked([small, issue, money], Decimal(365000)) == [issue, money, small]


def test_three_goals_no_two_of_a_kind_before_the_others():
    issues = [one(f"i{n}", "issue", stake=Decimal(900 - n)) for n in range(3)]
    money, profile = one("m", "money", stake=Decimal(500), purpose="money"), one("p", "profile", purpose="profile")
    ranked = suggesting.ranked([profile, *issues, money], None)
    assert [each.key for each in suggesting.picked(ranked)] == ["i0", "m", "p"]
    assert [each.key for each in suggesting.picked(suggesting.ranked([*issues, money], None))] == ["i0", "i1", "m"]
    assert suggesting.purpose_of(suggesting.picked(ranked)) == "problem" and suggesting.purpose_of([]) == ""


def test_a_goal_fits():
    assert suggesting.fitting("a  b\nc") == "a b c" and len(suggesting.fitting("x" * 300)) == 200


pages = pytest.mark.django_db


@pytest.fixture
def trouble(shops, cast):
    """Of the first shop: an issue, money, a promise of ours; of the second one issue."""
    issue = open_issue(
        customer=shops[0], title="断货三天", category="supply", severity=3, text="", by=cast.tao, origin="told"
    )
    OpenItem.objects.create(
        customer=shops[0],
        number="R1",
        issued_on=today() - 60 * A_DAY,
        due_on=today() - 14 * A_DAY,
        amount=Decimal("5000.00"),
        open_amount=Decimal("5000.00"),
    )
    word = make_commitment(
        customer=shops[0], side="ours", text="送两箱样品", due_on=today() + A_DAY, owner=cast.tao, by=cast.tao
    )
    open_issue(customer=shops[1], title="价格乱", category="price", severity=2, text="", by=cast.tao, origin="told")
    return issue, word


@pages
def test_what_is_known_suggests_goals_with_their_numbers(shops, cast, trouble, policy):
    issue, word = trouble
    TierStanding.objects.update_or_create(
        customer=shops[0], defaults={"kind": "franchisee", "region": shops[0].region, "w0": Decimal("365000")}
    )
    found = suggestions.of(cast.tao, shops[0], today())
    by_kind = {each.kind: each for each in found.all}
    assert by_kind["issue"].text == "Solve “断货三天”, which waits for 0 days"
    assert by_kind["issue"].link == f"/issues/{issue.pk}/"
    assert by_kind["money"].text == "Agree a day for ¥5,000.00 overdue, the oldest for 14 days"
    assert by_kind["money"].stake == Decimal("5000.00")
    assert by_kind["promise"].text.endswith("送两箱样品") and by_kind["promise"].link == f"/promises/{word.pk}/"
    assert by_kind["profile"].text.startswith("Learn what the profile lacks (") and by_kind["profile"].why
    assert [each.kind for each in found.best] == ["issue", "money", "promise"] and found.purpose == "problem"
    assert "money" not in {each.kind for each in suggestions.of(cast.tao, shops[1], today()).all}


@pages
def test_silence_is_counted_and_a_private_talk_ends_none_for_others(shops, cast, policy):
    from customers.contacts.models import Contact

    said = log_contact(customer=shops[0], by=cast.tao, channel="call", text="好")
    Contact.objects.filter(pk=said.pk).update(happened_at=said.happened_at - 100 * A_DAY)
    quiet = [each for each in suggestions.of(cast.tao, shops[0], today()).all if each.kind == "silence"]
    assert [each.text for each in quiet] == ["End 100 days of silence: how are they, what do they need?"]
    log_contact(customer=shops[0], by=cast.tao, channel="call", text="私下", is_private=True)
    assert "silence" in {each.kind for each in suggestions.of(cast.mei, shops[0], today()).all}
    log_contact(customer=shops[0], by=cast.tao, channel="call", text="好")
    assert "silence" not in {each.kind for each in suggestions.of(cast.tao, shops[0], today()).all}


@pages
def test_who_stands_just_below_an_a_is_shown_the_step(shops, cast, policy):
    def stands(customer, w0, **more):
        figures = {"kind": "franchisee", "region": customer.region, "w0": Decimal(w0), "tier": "C"}
        TierStanding.objects.update_or_create(customer=customer, defaults=figures | more)

    def growth(customer):
        return [
            (one.text, one.stake) for one in suggestions.of(cast.mei, customer, today()).all if one.kind == "growth"
        ]

    StandingState.objects.filter(pk=1).update(cutoff=Decimal("100000.01"))
    stands(shops[0], "90000.01")
    said = "Find a way to sell ¥10,000.00 more in twelve months: then it is an A"
    assert growth(shops[0]) == [(said, Decimal("10000.00"))]
    for w0, more in (
        ("90000.00", {}),
        ("100000.01", {}),
        ("95000", {"tier": "A"}),
        ("95000", {"open_now": False}),
        ("95000", {"override_tier": "B"}),
        ("95000", {"kind": "agent"}),
    ):
        stands(shops[0], w0, **{"open_now": True, "override_tier": "", **more})
        assert growth(shops[0]) == [], (w0, more)
    stands(shops[0], "95000", override_tier="", open_now=True)
    StandingState.objects.filter(pk=1).update(cutoff=None)
    assert growth(shops[0]) == []


@pages
def test_as_few_statements_for_many_customers_as_for_one(shops, cast, trouble, policy):
    def asked(ids) -> int:
        with CaptureQueriesContext(connection) as found:
            suggestions.of_many(cast.mei, ids, today())
        return len(found)

    asked([])  # reads the reach
    few, many = asked([shops[0].pk]), asked([each.pk for each in shops[:3]])
    assert few == many <= 20


@pages
def test_one_tap_fills_the_form_in_and_keeps_what_was_entered(shops, cast, trouble, policy):
    url = f"/visits/plan/?customer={shops[0].pk}"
    issue = trouble[0]
    form = {"visitor": cast.tao.pk, "day": str(ahead(2)), "minutes": "30", "purpose": "routine", "goals": "看库存"}
    client = at(cast.tao)
    text = client.get(url).content.decode()
    assert f'name="take" value="issue-{issue.pk}"' in text and "Take the best 3" in text
    back = client.post(url, {**form, "take": f"issue-{issue.pk}"})
    page = back.content.decode()
    goal = "Solve “断货三天”, which waits for 0 days"
    assert back.status_code == 200 and f"看库存\n{goal}" in page and f'value="{ahead(2)}"' in page
    assert '<option value="problem" selected>' in page and f'value="issue-{issue.pk}"' not in page
    assert not PlannedVisit.objects.exists()
    everything = client.post(url, {**form, "take": "all"}).content.decode()
    assert "Agree a day for ¥5,000.00 overdue" in everything.partition("</textarea>")[0]
    client.post(url, {**form, "goals": f"看库存\n{goal}"})
    visit = PlannedVisit.objects.get()
    assert [(each.text, each.link) for each in visit.goals.all()] == [("看库存", ""), (goal, f"/issues/{issue.pk}/")]


@pages
def test_a_suggestion_becomes_a_goal_once(visit, shops, cast, trouble, policy):
    client, key = at(cast.tao), f"overdue-{shops[0].pk}"
    assert f'value="{key}"' in client.get(f"/visits/{visit.pk}/").content.decode()
    for _n in range(2):
        client.post(f"/visits/{visit.pk}/goals/", {"key": key})
    assert VisitGoal.objects.filter(visit=visit, link=f"/customers/{shops[0].pk}/payments/").count() == 1
    visit.refresh_from_db()
    assert visit.version == 2
    assert f'value="{key}"' not in client.get(f"/visits/{visit.pk}/").content.decode()
    assert at(cast.lin).post(f"/visits/{visit.pk}/goals/", {"key": "x"}).status_code == 404
    assert at(cast.ana).post(f"/visits/{visit.pk}/goals/", {"key": "x"}).status_code == 403
    assert actions.MOST_GOALS == 10 and visit.goals.count() == 3


@pages
def test_the_api_tells_and_takes_them(visit, shops, cast, trouble, policy):
    issue = trouble[0]
    told = at(cast.tao).get(f"/api/v1/customers/{shops[0].pk}/visit-suggestions/").json()
    assert (told["purpose"], told["suggestions"][0]["best"]) == (told["suggestions"][0]["purpose"], True)
    link = f"/issues/{issue.pk}/"
    made = at(cast.tao).post(
        f"/api/v1/visits/{visit.pk}/goals/", {"text": "解决断货", "link": link}, "application/json"
    )
    assert made.status_code == 201 and made.json()["link"] == link
    other = {"text": "别的话", "link": link}
    again = at(cast.tao).post(f"/api/v1/visits/{visit.pk}/goals/", other, "application/json")
    assert again.json()["id"] == made.json()["id"]
    for path in (f"customers/{shops[0].pk}/visit-suggestions", f"customers/{shops[0].pk}/findings"):
        assert at(cast.lin).get(f"/api/v1/{path}/").status_code == 404
    assert at(cast.lin).get(f"/api/v1/visits/{visit.pk}/brief/").status_code == 404
