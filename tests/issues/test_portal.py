"""What dealers do and see: their own issues and nothing that we say among ourselves."""

import pytest
from django.test import Client

from crm.notifications.models import Notification
from customers.issues import actions
from customers.issues.models import Issue
from customers.issues.telling import RAISED
from customers.portal import actions as portal
from customers.portal import links, reading

pytestmark = pytest.mark.django_db


def let_in(customer, by, name="王老板"):
    account = portal.invite(customer=customer, name=name, phone="13900001111", by=by)
    client = Client()
    client.post(links.address(reading.open_link(account), ""))
    return client


@pytest.fixture
def dealer(shops, cast):
    return let_in(shops[0], cast.tao)


GOOD = {"title": "海报没到", "category": "promotion", "severity": "3", "text": "活动明天开始"}


def test_a_dealer_raises_an_issue_and_the_manager_has_it(dealer, shops, cast):
    answer = dealer.post("/portal/issues/new/", GOOD)
    made = Issue.objects.get()
    assert answer.url == f"/portal/issues/{made.pk}/"
    assert (made.customer, made.owner, made.origin, made.told_by, made.opened_by) == (
        shops[0],
        cast.tao,
        "told",
        "王老板",
        None,
    )
    assert "海报没到" in dealer.get("/portal/").content.decode()
    assert "活动明天开始" in dealer.get(answer.url).content.decode()
    assert dealer.post("/portal/issues/new/", {**GOOD, "title": ""}).status_code == 422


def test_what_we_say_among_ourselves_is_not_shown(dealer, issue, shops, cast):
    actions.comment(issue=issue, text="老板又在发火", by=cast.tao)
    actions.comment(issue=issue, text="周四补发", by=cast.tao, is_public=True)
    page = dealer.get(f"/portal/issues/{issue.pk}/").content.decode()
    assert "周四补发" in page and "老板又在发火" not in page and "清点时少两箱" not in page
    ours = actions.open_issue(customer=shops[0], title="店员不会讲", category="service", origin="found", by=cast.tao)
    others = actions.open_issue(customer=shops[1], title="别家的事", category="service", by=cast.tao)
    for hidden in (ours, others):
        assert dealer.get(f"/portal/issues/{hidden.pk}/").status_code == 404
        assert dealer.post(f"/portal/issues/{hidden.pk}/say/", {"solved": "yes"}).status_code == 404
        assert dealer.post(f"/portal/issues/{hidden.pk}/comment/", {"text": "x"}).status_code == 404
    page = dealer.get("/portal/issues/").content.decode()
    assert "店员不会讲" not in page and "别家的事" not in page


def test_what_opens_by_itself_tells_the_owner_and_shows_dealers_none_of_our_words(dealer, shops, cast):
    ask = {"customer": shops[0], "category": "supply", "text": "问清楚要多少才够", "by": None}
    made = actions.open_issue(title="供货：不如所期", once="survey:1:1", **ask)
    assert made.steps.get().is_public is False
    page = dealer.get(f"/portal/issues/{made.pk}/").content.decode()
    assert "供货：不如所期" in page and "问清楚要多少才够" not in page
    told = Notification.objects.get(user=cast.tao)
    assert (told.kind, told.params["title"], told.params["raised"]) == ("issue.raised", "供货：不如所期", False)
    assert RAISED.words(told.params)[0] == "An issue of 店0 is for you to solve"
    assert RAISED.words({"name": "店0", "title": "x"})[0] == "店0 raises an issue"
    actions.open_issue(title="价格", once="survey:1:2", **ask | {"by": cast.tao})  # it is his own doing
    actions.open_issue(title="价格", once="survey:1:3", **ask | {"by": cast.mei})
    assert Notification.objects.filter(user=cast.tao).count() == 2


def test_a_dealer_says_whether_it_is_solved(dealer, issue, cast):
    assert dealer.post(f"/portal/issues/{issue.pk}/say/", {"solved": "yes"}).status_code == 422
    actions.solve(issue=issue, answer="补发了", by=cast.tao)
    assert "Is it solved?" in dealer.get(f"/portal/issues/{issue.pk}/").content.decode()
    assert dealer.post(f"/portal/issues/{issue.pk}/say/", {"solved": "maybe"}).status_code == 422
    dealer.post(f"/portal/issues/{issue.pk}/say/", {"solved": "no", "stars": "2", "text": "还少一箱"})
    issue.refresh_from_db()
    assert (issue.state, issue.word, issue.stars) == ("reopened", False, 2)
    assert issue.steps.latest("pk").told_by == "王老板"


def test_nobody_comes_in_without_a_session(issue):
    for path in ("", "new/", f"{issue.pk}/"):
        assert Client().get(f"/portal/issues/{path}").status_code == 302
    assert Client().post(f"/portal/issues/{issue.pk}/say/", {"solved": "yes"}).status_code == 302
    issue.refresh_from_db()
    assert issue.version == 1


def test_who_writes_too_often_is_asked_to_wait(dealer, issue, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"portal_issue": "1/h/key"}
    first = dealer.post(f"/portal/issues/{issue.pk}/comment/", {"text": "一"})
    second = dealer.post(f"/portal/issues/{issue.pk}/comment/", {"text": "二"})
    assert (first.status_code, second.status_code) == (302, 429)
    assert [one.text for one in issue.steps.filter(what="comment")] == ["一"]
