"""One's own figures: right, private first, shared by oneself alone and logged; and the team's."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.issues import actions, measuring, sharing
from customers.issues.clocks import Spread
from customers.issues.rulemodels import SharedMirror
from tests.issues.conftest import at

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def worked(frozen, issue_in_autumn, shops, cast):
    """Of Tao: one answered after 2 and solved after 5 working hours over the holiday, one found by himself and denied
    once, one of Lin's.
    """
    found = actions.open_issue(customer=shops[1], title="陈列乱", category="service", origin="found", by=cast.tao)
    actions.open_issue(customer=shops[2], title="西", category="supply", by=cast.lin)
    frozen.at("09-30 18:00")
    actions.comment(issue=issue_in_autumn, text="查", by=cast.tao)
    frozen.at("10-08 12:00")
    actions.solve(issue=issue_in_autumn, answer="补发", by=cast.tao)
    actions.say(issue=issue_in_autumn, solved=True, stars=4, by=None, told_by="王老板")
    actions.solve(issue=found, answer="重排了", by=cast.tao)
    frozen.at("10-09 12:00")
    actions.say(issue=found, solved=False, by=None, told_by="王老板")
    frozen.at("10-09 15:00")
    actions.solve(issue=found, answer="又排了", by=cast.tao)
    frozen.at("10-12 10:00")


def test_the_mirror_shows_ones_own(worked, cast):
    one = measuring.my_mirror(cast.tao, today()).whole
    assert (one.n, one.found, one.judged, one.in_time, one.reopened) == (2, 1, 2, 2, 1)
    assert one.answer == Spread(1, D("2.0"), D("2.0"))  # nobody waits for a word on what we found
    # 5 hours; and 5 + 2 (after noon of the 9th): the day in which it was called solved counts for nothing.
    assert one.solve == Spread(2, D("6.0"), D("7.0"))
    assert (one.rated, one.stars, one.found_share) == (1, D("4.0"), D("0.5000"))
    mirror = measuring.my_mirror(cast.tao, today())
    assert [(month.month, part.n, part.judged) for month, part in mirror.months[-2:]] == [(9, 2, 0), (10, 0, 2)]
    assert [name for name, _part in mirror.classes] == ["service", "supply"]
    assert measuring.my_mirror(cast.lin, today()).whole.n == 1


def test_the_page_and_the_api_show_ones_own(worked, cast):
    page = at(cast.tao).get(reverse("issues:mirror")).content.decode()
    assert "You alone see this page." in page and "1 of 2, before anybody told us" in page and "6.0" in page
    answer = at(cast.tao).get("/api/v1/issues/mirror/").json()
    assert answer["shared"] is False and answer["whole"]["solve"] == {"n": 2, "middle": "6.0", "most": "7.0"}
    assert [one["category"] for one in answer["categories"]] == ["service", "supply"]
    assert len(answer["months"]) == 6


def test_nobody_else_sees_it_until_it_is_shared_and_it_can_be_taken_back(worked, cast):
    team = reverse("issues:mirror-team")
    assert measuring.team(cast.mei, today()) == ([], 1)
    assert "1 manager keeps theirs" in at(cast.mei).get(team).content.decode()
    assert at(cast.tao).get(team).status_code == 403
    assert at(cast.tao).get("/api/v1/issues/mirror/team/").status_code == 403
    at(cast.tao).post(reverse("issues:mirror-share"), {"shared": "1"})
    at(cast.tao).post(reverse("issues:mirror-share"), {"shared": "1"})
    assert AuditEntry.objects.filter(action="mirror.share", actor=cast.tao).count() == 1
    (member,), private = measuring.team(cast.mei, today())
    assert (member.name, member.mirror.whole.n, private) == ("Tao", 2, 0)
    assert "Tao" in at(cast.mei).get(team).content.decode()
    assert measuring.team(cast.lin, today()) == ([], 0)
    found = at(cast.mei).get("/api/v1/issues/mirror/team/").json()
    assert (found["members"][0]["figures"]["found_share"], found["private"]) == ("0.5000", 0)
    at(cast.tao).post(reverse("issues:mirror-share"), {"shared": "0"})
    assert measuring.team(cast.mei, today()) == ([], 1)
    assert AuditEntry.objects.filter(action="mirror.private", actor=cast.tao).count() == 1


def test_the_api_shares_and_takes_back(cast):
    here = "/api/v1/issues/mirror/"
    assert at(cast.tao).post(here, {"shared": True}, "application/json").json()["shared"] is True
    assert at(cast.tao).post(here, {"shared": False}, "application/json").json()["shared"] is False
    assert at(cast.ana).post(here, {"shared": True}, "application/json").status_code == 403
    assert at(cast.tao).post(here, {}, "application/json").status_code == 400
    assert not SharedMirror.objects.exists()


def test_readers_share_nothing(cast):
    assert at(cast.ana).post(reverse("issues:mirror-share"), {"shared": "1"}).status_code == 403
    assert not SharedMirror.objects.exists()


def test_how_long_a_person_takes_is_theirs_to_share_in_the_common_figures_too(worked, cast):
    def row(user) -> str:
        page = at(user).get(reverse("issues:figures")).content.decode()
        return page[page.index('<th scope="row" class="c-name">Tao') :].partition("</tr>")[0]

    assert "100" in row(cast.mei) and row(cast.mei).count("private") == 2
    assert "private" not in row(cast.tao) and "6.0" in row(cast.tao)
    sharing.share(user=cast.tao)
    assert "private" not in row(cast.mei) and "6.0" in row(cast.mei)


def rows_of(user) -> dict[str, str]:
    """{name of the row: the row} of all tables; and what stands above them."""
    page = at(user).get(reverse("issues:figures")).content.decode()
    parts = page.split('<th scope="row" class="c-name">')
    return {part.partition("<")[0]: part.partition("</tr>")[0] for part in parts[1:]} | {"": parts[0]}


def test_hours_of_a_region_or_class_in_which_one_alone_works_are_that_ones_own(worked, regions, shops, cast, frozen):
    jiangsu = regions.jiangsu.name
    alone = rows_of(cast.mei)
    assert [alone[name].count("private") for name in (jiangsu, "supply", "service")] == [2, 2, 1]
    assert "100" in alone[jiangsu] and "Until it was solved" not in alone[""]
    # What we found ourselves nobody waits for a word on: of that there is nothing to keep.
    assert rows_of(cast.tao)[jiangsu].count("private") == 0 and "Until it was solved" in rows_of(cast.tao)[""]
    other = actions.open_issue(customer=shops[0], title="断货", category="supply", owner=cast.mei, by=cast.mei)
    frozen.at("10-12 11:00")
    actions.solve(issue=other, answer="补发", by=cast.mei)
    both = rows_of(cast.ana)
    assert [both[name].count("private") for name in (jiangsu, "supply", "service")] == [0, 0, 1]
    assert "5.0" in both[jiangsu] and "Until it was solved" in both[""]


def test_hours_that_are_shared_are_shown_of_the_region_too(worked, regions, cast):
    sharing.share(user=cast.tao)
    assert rows_of(cast.mei)[regions.jiangsu.name].count("private") == 0


def test_the_page_of_figures_reads_the_rows_once(worked, cast):
    client = at(cast.mei)
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("issues:figures"))
    assert sum('FROM "customers_issue"' in one["sql"] for one in seen.captured_queries) == 1
