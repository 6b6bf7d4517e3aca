"""The pages: who sees what, what a tap does, and how few statements a long list takes."""

import datetime

import pytest
from django.urls import reverse

from crm.clock import now, today
from customers.issues import actions, pausing
from customers.issues.api import ReasonQuestion, ResumeQuestion
from customers.issues.models import Issue
from tests.issues.conftest import at, put_due

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def new(customer) -> str:
    return f"{reverse('issues:new')}?customer={customer.pk}"


GOOD = {"title": "价格乱了", "category": "price", "severity": "4", "origin": "found", "reported_on": ""}


def good() -> dict:
    return GOOD | {"reported_on": str(today())}


def test_an_issue_is_written_down_on_the_customers_page(shops, cast):
    client = at(cast.tao)
    page = client.get(f"{new(shops[0])}&class=price&severity=4&title=价格").content.decode()
    assert 'value="价格"' in page and '<option value="price" selected' in page
    answer = client.post(new(shops[0]), good())
    made = Issue.objects.get()
    assert answer.url == reverse("issues:detail", args=[made.pk])
    assert (made.customer, made.category, made.severity, made.origin) == (shops[0], "price", 4, "found")
    page = client.get(answer.url).content.decode()
    assert "价格乱了" in page and "business stands still" in page


def test_what_is_wrong_stands_under_its_field_and_nothing_is_written(shops, cast):
    answer = at(cast.tao).post(new(shops[0]), good() | {"due_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "It cannot be due before it was reported." in answer.content.decode()
    assert not Issue.objects.exists()


def test_others_are_not_there_and_readers_write_nothing(issue, shops, cast):
    for name in ("detail", "solve", "edit", "assign", "word", "reopen", "reject", "comment"):
        assert at(cast.lin).get(reverse(f"issues:{name}", args=[issue.pk])).status_code == 404
    for name in ("take", "begin"):
        assert at(cast.lin).post(reverse(f"issues:{name}", args=[issue.pk])).status_code == 404
        assert at(cast.ana).post(reverse(f"issues:{name}", args=[issue.pk])).status_code == 403
    assert at(cast.lin).get(new(shops[0])).status_code == 404
    assert at(cast.ana).get(reverse("issues:detail", args=[issue.pk])).status_code == 200
    assert at(cast.ana).post(reverse("issues:solve", args=[issue.pk]), {"answer": "x"}).status_code == 403
    assert "到货少了两箱" not in at(cast.lin).get(reverse("issues:list")).content.decode()
    issue.refresh_from_db()
    assert issue.version == 1


def test_one_tap_takes_it_and_another_begins(issue, cast):
    at(cast.mei).post(reverse("issues:take", args=[issue.pk]))
    at(cast.mei).post(reverse("issues:begin", args=[issue.pk]))
    issue.refresh_from_db()
    assert (issue.owner, issue.state) == (cast.mei, "in_work")


def test_solved_by_the_page_then_the_customers_word_by_telephone(issue, cast):
    client, here = at(cast.tao), reverse("issues:detail", args=[issue.pk])
    assert client.post(reverse("issues:solve", args=[issue.pk]), {"answer": "补发了", "version": 1}).url == here
    assert "What the customer says" in client.get(here).content.decode()
    client.post(reverse("issues:word", args=[issue.pk]), {"solved": "no", "stars": "2", "version": 2})
    issue.refresh_from_db()
    assert (issue.state, issue.word, issue.stars) == ("reopened", False, 2)
    assert "the customer says that it is not" in client.get(here).content.decode()


@pytest.mark.parametrize(
    ("before", "name", "field"),
    [
        (lambda **who: actions.solve(answer="补发了", **who), "reopen", ReasonQuestion().fields["reason"]),
        (lambda **who: pausing.pause(reason="照片", **who), "resume", ResumeQuestion().fields["text"]),
    ],
)
def test_what_the_customer_reads_of_a_step_is_said_where_it_is_written(issue, cast, before, name, field):
    before(issue=issue, by=cast.tao)
    page = at(cast.tao).get(reverse(f"issues:{name}", args=[issue.pk])).content.decode()
    assert "The customer reads it." in page
    assert field.help_text == "The customer reads it."
    at(cast.tao).post(reverse(f"issues:{name}", args=[issue.pk]), {"reason": "到了", "text": "到了"})
    assert issue.steps.told().order_by("pk").last().text == "到了"


def test_who_saw_an_older_version_is_told(issue, cast):
    actions.begin(issue=issue, by=cast.mei)
    answer = at(cast.tao).post(reverse("issues:solve", args=[issue.pk]), {"answer": "x", "version": 1})
    assert answer.status_code == 422 and "Somebody else has changed this" in answer.content.decode()


def test_the_list_is_filtered_by_what_the_address_says(issue, shops, cast):
    late = actions.open_issue(customer=shops[1], title="晚了的", category="price", severity=4, by=cast.mei)
    put_due(Issue.objects.filter(pk=late.pk), today() - 9 * DAY, today() - DAY)
    solved = actions.open_issue(customer=shops[1], title="好了的", category="other", by=cast.tao)
    actions.solve(issue=solved, answer="x", by=cast.tao)
    client = at(cast.mei)

    def shown(query):
        page = client.get(f"{reverse('issues:list')}?{query}").content.decode()
        return {one for one in ("到货少了两箱", "晚了的", "好了的") if one in page}

    assert shown("") == {"到货少了两箱", "晚了的"}
    assert shown("state=late") == {"晚了的"}
    assert shown("state=solved") == {"好了的"}
    assert shown("state=all") == {"到货少了两箱", "晚了的", "好了的"}
    assert shown("severity=4") == {"晚了的"}
    assert shown("category=supply") == {"到货少了两箱"}
    assert shown(f"owner={cast.tao.pk}") == {"到货少了两箱", "晚了的"}
    assert shown("owner=none") == set()
    assert shown("severity=9&state=what&owner=%00") == {"到货少了两箱", "晚了的"}


def _many(shops, cast, n):
    for number in range(n):
        actions.open_issue(customer=shops[number % 2], title=f"第{number}件", category="price", by=cast.tao)


@pytest.mark.parametrize(
    "name", ["issues:list", "issues:figures", "issues:board", "issues:mirror", "issues:mirror-team"]
)
def test_many_take_as_many_statements_as_few(name, issue, shops, cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = at(cast.mei)
    client.get(reverse(name))

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name)).status_code == 200
        return len(seen)

    few = statements()
    _many(shops, cast, 30)
    assert statements() == few


def test_the_customers_pages_show_what_is_open(issue, shops, cast):
    client = at(cast.tao)
    page = client.get(reverse("customers:detail", args=[shops[0].pk])).content.decode()
    part = page[page.index('id="issues"') :].partition("</section>")[0]
    assert "到货少了两箱" in part
    tab = client.get(reverse("issues:customer", args=[shops[0].pk])).content.decode()
    assert "到货少了两箱" in tab and "Open issues" in tab
    assert "到货少了两箱" not in client.get(reverse("issues:customer", args=[shops[1].pk])).content.decode()


def test_today_shows_what_is_about_to_be_late_to_its_owner_and_late_ones_to_the_head(issue, cast):
    assert "到货少了两箱" not in at(cast.tao).get("/").content.decode()
    put_due(Issue.objects.all(), today(), today() + DAY)
    assert "到货少了两箱" in at(cast.tao).get("/").content.decode()
    assert "到货少了两箱" not in at(cast.mei).get("/").content.decode()
    from customers.issues.jobs import escalate

    put_due(Issue.objects.all(), today() - 9 * DAY, today() - DAY)
    escalate(now())
    assert "到货少了两箱" in at(cast.mei).get("/").content.decode()
    assert "到货少了两箱" not in at(cast.lin).get("/").content.decode()


def test_the_search_finds_it_by_a_word_of_its_title(issue, cast):
    assert reverse("issues:detail", args=[issue.pk]) in at(cast.tao).get("/search/?q=两箱").content.decode()
    assert reverse("issues:detail", args=[issue.pk]) not in at(cast.lin).get("/search/?q=两箱").content.decode()


def test_the_timeline_tells_of_it(issue, cast, django_assert_num_queries):
    from customers.issues.timeline import entries

    actions.solve(issue=issue, answer="补发", by=cast.tao)
    actions.comment(issue=issue, text="没什么", by=cast.tao)
    cast.tao.__dict__.pop("_reach", None)
    days = (today() - DAY, today())
    found = entries(cast.tao, issue.customer, *days)
    assert [(one.kind, one.tone, one.text) for one in found] == [
        ("issue", "ok", "补发"),
        ("issue", "acc", "清点时少两箱"),
    ]
    assert entries(cast.lin, issue.customer, *days) == []


def test_the_file_holds_the_list(issue, cast):
    from django.http import QueryDict

    from customers.issues.exporting import COLUMNS, count, rows

    Issue.objects.update(waited_minutes=90)
    found = list(rows(cast.mei, QueryDict("severity=2")))
    assert [row[3] for row in found] == ["到货少了两箱"] and count(cast.mei, QueryDict("severity=2")) == 1
    # Waiting for the customer, and called solved though it was not.
    assert (str(COLUMNS[-1].label), found[0][-1]) == ("Working hours not counted", 1.5)
    assert list(rows(cast.lin, QueryDict(""))) == []
    assert at(cast.ana).post(reverse("issues:export"), {"format": "csv", "query": ""}).url == reverse("crm:exports")
