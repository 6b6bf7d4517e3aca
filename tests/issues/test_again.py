"""The same with one customer again, causes, and one problem at many customers of a region."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.clock import today
from crm.notifications.models import Notification
from customers.issues import actions, measuring, pausing, ruling, waiting
from customers.issues.models import Issue
from customers.issues.rulemodels import IssueCause
from customers.issues.rules import terms_now
from customers.issues.telling import WAVE, tell_waves
from customers.profile.actions import create_customer
from tests.issues.conftest import at

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def told(customer, by, category="supply", **values):
    return actions.open_issue(customer=customer, title="断货", category=category, by=by, **values)


def test_the_same_class_again_is_linked_and_counted(issue, shops, cast):
    second = told(shops[0], cast.tao)
    third = told(shops[0], cast.tao)
    assert (second.repeat_of, second.nth) == (issue, 2)
    assert (third.repeat_of, third.nth) == (second, 3)
    for other in (told(shops[0], cast.tao, "price"), told(shops[1], cast.tao)):
        assert (other.repeat_of, other.nth) == (None, 1)


def test_after_the_brands_days_it_is_new(issue, shops, cast):
    ruling.change_terms(repeat_days=30, by=cast.ada)
    Issue.objects.filter(pk=issue.pk).update(reported_on=today() - 30 * DAY)
    assert told(shops[0], cast.tao).nth == 2
    Issue.objects.update(reported_on=today() - 31 * DAY)
    assert told(shops[0], cast.tao).nth == 1


def test_what_was_rejected_is_no_former_one(issue, shops, cast):
    actions.reject(issue=issue, answer="不是我们的货", by=cast.tao)
    assert told(shops[0], cast.tao).repeat_of is None


def test_the_same_cause_links_across_classes(issue, shops, cast):
    cause = IssueCause.objects.get(code="transport")
    actions.solve(issue=issue, answer="补发", cause=cause, by=cast.tao)
    other = told(shops[0], cast.tao, "service")
    assert other.repeat_of is None
    named = pausing.name_cause(issue=other, cause=cause, by=cast.tao)
    assert (named.repeat_of, named.nth, named.cause) == (issue, 2, cause)
    assert AuditEntry.objects.filter(action="issue.cause").get().changes["cause"] == [None, "transport"]
    again = pausing.name_cause(issue=named, cause=cause, by=cast.tao)
    assert again.version == named.version


def test_a_cause_that_is_offered_no_more_is_refused_and_stays_where_it_is(issue, shops, cast):
    cause = IssueCause.objects.get(code="transport")
    solved = actions.solve(issue=issue, answer="补发", cause=cause, by=cast.tao)
    ruling.write_cause(cause=cause, active=False, by=cast.ada)
    cause.refresh_from_db()
    other = told(shops[1], cast.tao)
    with pytest.raises(ValidationError):
        actions.solve(issue=other, answer="补发", cause=cause, by=cast.tao)
    other.refresh_from_db()
    assert (other.state, other.cause) == ("open", None)
    assert pausing.name_cause(issue=solved, cause=cause, by=cast.tao).cause == cause


def test_a_person_says_that_it_is_another_matter(issue, shops, cast):
    second = told(shops[0], cast.tao)
    page = at(cast.tao).get(reverse("issues:detail", args=[second.pk])).content.decode()
    assert "2 times the same" in page and "到货少了两箱" in page
    assert "It came back" in at(cast.tao).get(reverse("issues:detail", args=[issue.pk])).content.decode()
    assert at(cast.lin).post(reverse("issues:unlink", args=[second.pk])).status_code == 404
    assert at(cast.ana).post(reverse("issues:unlink", args=[second.pk])).status_code == 403
    second.refresh_from_db()
    assert second.nth == 2
    at(cast.tao).post(reverse("issues:unlink", args=[second.pk]))
    second.refresh_from_db()
    assert (second.repeat_of, second.nth) == (None, 1)
    with pytest.raises(ValidationError):
        pausing.unlink(issue=second, by=cast.tao)


def test_what_somebody_called_another_matter_is_linked_no_more(issue, shops, cast):
    cause = IssueCause.objects.get(code="transport")
    pausing.name_cause(issue=issue, cause=cause, by=cast.tao)
    second = pausing.unlink(issue=told(shops[0], cast.tao), by=cast.tao)
    second = pausing.name_cause(issue=second, cause=cause, by=cast.tao)
    assert (second.repeat_of, second.nth) == (None, 1)
    second = actions.change(issue=second, category="price", by=cast.tao)
    second = actions.change(issue=second, category="supply", by=cast.tao)
    assert (second.repeat_of, second.nth) == (None, 1)
    solved = actions.solve(issue=second, answer="补发", cause=cause, by=cast.tao)
    assert (solved.repeat_of, solved.nth) == (None, 1)
    assert told(shops[0], cast.tao).repeat_of == second  # what comes after it is another question


def test_another_class_is_looked_at_anew(issue, shops, cast):
    second = told(shops[0], cast.tao)
    changed = actions.change(issue=second, category="price", by=cast.tao)
    assert (changed.repeat_of, changed.nth) == (None, 1)
    assert actions.change(issue=changed, category="supply", by=cast.tao).nth == 2


def test_the_list_and_the_api_find_what_came_back_and_why(issue, shops, cast):
    second = told(shops[0], cast.tao)
    pausing.name_cause(issue=second, cause=IssueCause.objects.get(code="planning"), by=cast.tao)
    client = at(cast.mei)
    page = client.get(reverse("issues:list") + "?again=1").content.decode()
    assert "断货" in page and "到货少了两箱" not in page
    pk = second.cause_id or IssueCause.objects.get(code="planning").pk
    page = client.get(reverse("issues:list") + f"?cause={pk}").content.decode()
    assert "断货" in page and "到货少了两箱" not in page
    for query in ("again=true", "cause=planning"):
        found = client.get(f"/api/v1/issues/?{query}").json()["results"]
        assert [(one["id"], one["repeat_of"], one["nth"], one["cause"]) for one in found] == [
            (second.pk, issue.pk, 2, "planning")
        ]
    codes = [one["code"] for one in client.get("/api/v1/issues/causes/").json()["results"]]
    assert codes[0] == "planning" and "elsewhere" in codes
    unlinked = client.post(f"/api/v1/issues/{second.pk}/unlink/").json()
    assert (unlinked["repeat_of"], unlinked["nth"]) == (None, 1)
    answer = client.post(f"/api/v1/issues/{second.pk}/cause/", {"cause": None}, "application/json").json()
    assert answer["cause"] is None


@pytest.fixture
def wave(shops, regions, cast):
    """Three shops of Jiangsu tell of supply within a week; a fourth did before."""
    third, early = (
        create_customer(code=f"N{n}", name=f"新店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)
    )
    for shop in (*shops[:2], third):
        told(shop, cast.mei)
    told(early, cast.mei, reported_on=today() - 7 * DAY)
    told(shops[2], cast.lin)
    return regions.jiangsu


def test_one_problem_at_many_is_shown_to_whoever_looks_after_the_region(wave, cast):
    (found,) = measuring.waves_seen_by(cast.mei, today(), terms_now())
    assert (found.region, found.category, found.customers, found.issues) == (wave.pk, "supply", 3, 3)
    assert found.since == today() - 6 * DAY
    assert measuring.waves_seen_by(cast.lin, today(), terms_now()) == []
    for name in ("issues:list", "issues:board"):
        page = at(cast.mei).get(reverse(name)).content.decode()
        assert "Not one shop&#x27;s problem: supply at 3 customers" in page or "supply at 3 customers" in page
        assert "supply at 3 customers" not in at(cast.tao).get(reverse(name)).content.decode()
    assert "supply at 3 customers" in at(cast.mei).get("/").content.decode()
    assert "supply at 3 customers" not in at(cast.lin).get("/").content.decode()
    link = f"{reverse('issues:list')}?state=all&category=supply&region={wave.pk}&since={found.since}"
    assert at(cast.mei).get(link).content.decode().count('class="clip">断货') == 3


def test_waves_are_counted_by_the_database_the_widest_first(wave, shops, regions, cast, django_assert_num_queries):
    more = [create_customer(code=f"M{n}", name=f"多店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)]
    for shop in (*shops[:2], *more):
        told(shop, cast.mei, "price")
        told(shop, cast.mei, "other")
    told(shops[0], cast.mei, "price")
    for shop in shops[:2]:
        told(shop, cast.mei, "quality")
    rejected = told(more[0], cast.mei, "quality")
    actions.reject(issue=rejected, answer="不是我们的货", by=cast.mei)
    rules = terms_now()
    with django_assert_num_queries(1):
        found = measuring.all_waves(today(), rules)
    assert [(one.region, one.category, one.customers, one.issues) for one in found] == [
        (wave.pk, "price", 4, 5),
        (wave.pk, "supply", 3, 3),
    ]
    assert {(one.region_name, one.region_path) for one in found} == {(wave.name, wave.path)}


def test_the_line_of_a_wave_is_the_same_all_week(wave, cast):
    monday = today() - today().weekday() * DAY
    Issue.objects.update(reported_on=monday - DAY, due_on=monday + 30 * DAY)  # within the days looked at all week
    ruling.change_terms(wave_days=30, by=cast.ada)

    def keys(day):
        return {one.key for one in waiting.tasks(cast.mei, day) if one.key.startswith("wave:")}

    week = [keys(monday + n * DAY) for n in range(7)]
    assert len(week[0]) == 1 and all(one == week[0] for one in week)
    assert keys(monday + 7 * DAY).isdisjoint(week[0])


def test_how_many_make_it_one_is_the_brands_to_say(wave, cast):
    ruling.change_terms(wave_customers=4, by=cast.ada)
    assert measuring.waves_seen_by(cast.mei, today(), terms_now()) == []
    ruling.change_terms(wave_days=8, by=cast.ada)
    assert [one.customers for one in measuring.waves_seen_by(cast.mei, today(), terms_now())] == [4]


def test_heads_are_told_of_it_once_a_week(wave, cast):
    rules = terms_now()
    assert tell_waves(measuring.all_waves(today(), rules), today()) == 1
    tell_waves(measuring.all_waves(today(), rules), today())
    (one,) = Notification.objects.filter(kind=WAVE.code)
    assert one.user == cast.mei
    assert WAVE.words(one.params)[1] == "3 customers within 7 days"
    assert WAVE.words(one.params)[0].startswith("Not one shop's problem: supply in")
