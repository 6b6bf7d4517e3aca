"""The pages of visits: whose are shown, what is done in a tap, and what others find."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.workdays import next_working_day
from customers.profile.actions import assign
from tests.visits.conftest import ahead, at
from visits.models import PlannedVisit
from visits.plan import actions

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


def page(user, path: str) -> str:
    answer = at(user).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def late(visit, days: int = 1) -> PlannedVisit:
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today() - days * A_DAY)
    visit.refresh_from_db()
    return visit


def test_a_manager_sees_their_own_the_late_ones_on_top(visit, shops, cast):
    other = late(actions.plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(1), by=cast.tao))
    actions.plan_visit(customer=shops[2], visitor=cast.mei, day=ahead(1), by=cast.mei)
    text = page(cast.tao, "/visits/")
    assert "Should have been made" in text and text.index("店1") < text.index("店0")
    assert "店2" not in text and "看库存" in text
    assert f'action="/visits/{other.pk}/done/"' in text and f'action="/visits/{other.pk}/move/"' in text
    assert f'action="/visits/{visit.pk}/done/"' not in text  # its day is yet to come
    assert "店2" not in page(cast.tao, f"/visits/?person={cast.mei.pk}")


def test_heads_choose_whose(visit, shops, cast):
    actions.plan_visit(customer=shops[2], visitor=cast.mei, day=ahead(1), by=cast.mei)
    mine, all_, taos = (page(cast.mei, f"/visits/{query}") for query in ("", "?person=all", f"?person={cast.tao.pk}"))
    assert [("店0" in text, "店2" in text) for text in (mine, all_, taos)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert "店0" in page(cast.ana, "/visits/") and "店0" not in page(cast.lin, "/visits/?person=all")
    assert "/done/" not in page(cast.ana, "/visits/")


def test_earlier_ones_page_by_page(shops, cast, monkeypatch):
    from visits.plan import reading

    monkeypatch.setattr(reading, "PAGE", 2)
    for n in range(5):
        made = late(actions.plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(n + 1), by=cast.tao), n + 1)
        actions.mark_done(visit=made, by=cast.tao, outcome=f"结果{n}")
    seen, query = [], ""
    for _page in range(3):
        text = page(cast.tao, f"/visits/?show=earlier{query}")
        seen.append([n for n in range(5) if f"结果{n}" in text])
        older = re.search(r'href="\?show=earlier(?:&amp;|&)(before=\d+)"', text)
        query = f"&{older[1]}" if older else None
    assert (seen, query) == ([[0, 1], [2, 3], [4]], None)


def test_a_visit_with_what_it_is_for(visit, cast, shops):
    text = page(cast.mei, f"/visits/{visit.pk}/")
    assert all(word in text for word in ("看库存", "谈陈列", "先打电话", "店0", "routine", "Tao"))
    assert "It was made" not in text and f'href="/customers/{shops[0].pk}/"' in text
    assert "It was made" in page(cast.tao, f"/visits/{late(visit).pk}/")
    for path in ("", "edit/", "done/", "call-off/"):
        assert at(cast.lin).get(f"/visits/{visit.pk}/{path}").status_code == 404
    for path in ("edit/", "done/", "call-off/", "move/", "reopen/"):
        assert at(cast.ana).post(f"/visits/{visit.pk}/{path}", {"reason": "x"}).status_code == 403
    visit.refresh_from_db()
    assert (visit.state, visit.version) == ("planned", 1)


def test_ones_own_visit_to_a_customer_that_went_elsewhere(visit, cast, shops):
    assign(customers=[shops[0]], user=cast.mei, since=today())
    text = page(cast.tao, f"/visits/{visit.pk}/")
    assert "店0" in text and f"/customers/{shops[0].pk}/" not in text
    assert at(cast.tao).get(f"/visits/customers/{shops[0].pk}/").status_code == 404
    assert at(cast.tao).post(f"/visits/{visit.pk}/call-off/", {"reason": "换人了"}).status_code == 302


def test_planned_from_the_customer_with_who_is_in_charge(shops, cast):
    url = f"/visits/plan/?customer={shops[0].pk}"
    text = page(cast.mei, url)
    assert f'<option value="{cast.tao.pk}" selected>' in text and f'value="{next_working_day(today())}"' in text
    form = {"visitor": cast.tao.pk, "day": str(ahead(2)), "minutes": "30", "purpose": "money", "starts_at": "09:30"}
    bad = at(cast.mei).post(url, {**form, "day": "2020-01-01"})
    assert bad.status_code == 422 and "This day has passed." in bad.content.decode()
    assert not PlannedVisit.objects.exists()
    made = at(cast.mei).post(url, {**form, "goals": "约定回款\n\n看库存"})
    visit = PlannedVisit.objects.get()
    assert made["Location"] == f"/visits/{visit.pk}/"
    assert (visit.visitor, visit.day, visit.minutes, visit.purpose) == (cast.tao, ahead(2), 30, "money")
    assert [one.text for one in visit.goals.all()] == ["约定回款", "看库存"]
    assert at(cast.lin).get(url).status_code == 404 and at(cast.ana).get(url).status_code == 403
    assert at(cast.mei).get("/visits/plan/")["Location"] == "/customers/"


def test_two_who_edit_at_once(visit, cast):
    url = f"/visits/{visit.pk}/edit/"
    form = {"visitor": cast.tao.pk, "day": str(visit.day), "purpose": "routine", "minutes": "60", "version": "1"}
    assert 'name="version" value="1"' in page(cast.tao, url) and "看库存\n谈陈列" in page(cast.tao, url)
    assert at(cast.mei).post(url, {**form, "goals": "看库存"})["Location"] == f"/visits/{visit.pk}/"
    second = at(cast.tao).post(url, {**form, "minutes": "30"})
    assert second.status_code == 422 and "Somebody else has changed this" in second.content.decode()
    visit.refresh_from_db()
    assert (visit.minutes, visit.version, visit.goals.count()) == (60, 2, 1)


def test_done_in_a_tap_and_undone(visit, cast):
    late(visit)
    answer = at(cast.tao).post(f"/visits/{visit.pk}/done/", {"next": "list", "version": "1"}, follow=True)
    assert answer.request["PATH_INFO"] == "/visits/" and f"/visits/{visit.pk}/reopen/" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.state == "done"
    at(cast.tao).post(f"/visits/{visit.pk}/reopen/")
    visit.refresh_from_db()
    assert visit.state == "planned"


def test_done_with_its_goals(visit, cast):
    late(visit)
    first, second = visit.goals.all()
    form = {"outcome": "谈好了", "version": "1", f"goal-{first.pk}": "yes", f"goal-{second.pk}": "no"}
    assert at(cast.tao).post(f"/visits/{visit.pk}/done/", {**form, f"goal-{first.pk}": "so-so"}).status_code == 422
    assert at(cast.tao).post(f"/visits/{visit.pk}/done/", form)["Location"] == f"/visits/{visit.pk}/"
    visit.refresh_from_db()
    assert (visit.state, visit.outcome, [one.met for one in visit.goals.all()]) == ("done", "谈好了", [True, False])
    assert "not reached" in page(cast.tao, f"/visits/{visit.pk}/")
    early = at(cast.tao).post(f"/visits/{visit.pk}/done/", {"version": "2"})
    assert early.status_code == 422


def test_moved_in_a_tap(visit, shops, cast):
    late(visit)
    day = next_working_day(today())
    assert at(cast.tao).post(f"/visits/{visit.pk}/move/", {"next": "today"})["Location"] == "/"
    visit.refresh_from_db()
    assert (visit.day, visit.version) == (day, 2)
    other = late(actions.plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(5), by=cast.tao))
    text = at(cast.tao).post(f"/visits/{other.pk}/move/", follow=True).content.decode()
    assert "This visit is planned for that day already." in text
    other.refresh_from_db()
    assert other.day == today() - A_DAY


def test_called_off_with_a_reason(visit, cast):
    url = f"/visits/{visit.pk}/call-off/"
    assert at(cast.tao).post(url, {"reason": "", "version": "1"}).status_code == 422
    assert at(cast.tao).post(url, {"reason": "盘点", "version": "1"})["Location"] == "/visits/"
    assert "盘点" in page(cast.tao, f"/visits/{visit.pk}/")


def test_the_customers_tab_and_card(visit, shops, cast):
    made = late(actions.plan_visit(customer=shops[0], visitor=cast.mei, day=ahead(3), by=cast.mei), 3)
    actions.mark_done(visit=made, by=cast.mei, outcome="换了陈列")
    text = page(cast.tao, f"/visits/customers/{shops[0].pk}/")
    assert "换了陈列" in text and f"/visits/{visit.pk}/" in text and "Plan a visit" in text
    card = page(cast.tao, f"/customers/{shops[0].pk}/")
    assert all(f'href="/visits/{one.pk}/"' in card for one in (visit, made))
    assert f'href="/visits/plan/?customer={shops[0].pk}"' in card
    assert "none planned" in page(cast.mei, f"/customers/{shops[1].pk}/")
    assert at(cast.lin).get(f"/visits/customers/{shops[0].pk}/").status_code == 404


def test_today_shows_todays_and_late_ones(visit, shops, cast):
    assert "看库存" not in page(cast.tao, "/")
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today())
    other = late(actions.plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(1), by=cast.tao), 9)
    text = page(cast.tao, "/")
    assert f'action="/visits/{visit.pk}/done/"' in text and f'action="/visits/{other.pk}/move/"' in text
    assert "The visit of" in text  # the late one, in the list of what is to do
    assert f"/visits/{visit.pk}/done" not in page(cast.mei, "/")


@pytest.mark.parametrize("path", ["/", "/visits/", "/visits/?show=earlier", "tab", "api"])
def test_as_few_statements_for_many_as_for_few(shops, cast, path):
    path = {"tab": f"/visits/customers/{shops[0].pk}/", "api": "/api/v1/visits/"}.get(path, path)
    client = at(cast.tao)

    def more(first: int, count: int):
        for n in range(first, first + count):
            for back in (n, 0, -n - 1):
                made = actions.plan_visit(
                    customer=shops[n % 3], visitor=cast.tao, day=ahead(n + 60), by=cast.tao, goals=["x", "y"]
                )
                PlannedVisit.objects.filter(pk=made.pk).update(
                    day=today() - back * A_DAY if back > 0 else ahead(30 + n if back == 0 else 20 + n)
                )
            over = late(
                actions.plan_visit(customer=shops[n % 3], visitor=cast.tao, day=ahead(n + 60), by=cast.tao), 60 + n
            )
            actions.mark_done(visit=over, by=cast.tao)

    def asked() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    more(1, 2)
    few = asked()
    more(11, 9)
    assert asked() == few <= {"/": 43, "/visits/": 20}.get(path, 13)


def test_who_has_none_of_their_own_is_led_to_everybodys(visit, cast):
    alone = page(cast.mei, "/visits/")
    assert "美 has no visit planned." in alone and 'href="?person=all"' in alone
    assert "has no visit planned" not in page(cast.mei, "/visits/?person=all")
