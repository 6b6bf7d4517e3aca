"""The brand's rules: who changes them, what is refused, and that they count from now on."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from crm.audit.models import AuditEntry
from crm.audit.words import further_name, value_name
from crm.clock import today
from customers.issues import actions, ruling
from customers.issues.hours import Hours
from customers.issues.rulemodels import IssueCause, IssueTerms, IssueTime
from customers.issues.rules import terms_now
from customers.issues.standard import CAUSES
from customers.issues.terms import USUAL, Time
from customers.issues.writing import end_of
from tests.issues.conftest import at, moment

pytestmark = pytest.mark.django_db
D = Decimal


def codes(refused) -> dict:
    return {name: [one.code for one in errors] for name, errors in refused.value.error_dict.items()}


def test_the_brand_begins_with_the_usual_rows_and_causes():
    assert terms_now().rows == USUAL
    assert list(IssueCause.objects.values_list("code", flat=True)) == [code for code, _name in CAUSES]


def test_a_row_of_a_class_counts_from_now_on(frozen, issue_in_autumn, shops, cast):
    ruling.set_time(category="price", tier="", answer_hours=D(1), solve_hours=D("1.5"), by=cast.ada)
    made = actions.open_issue(customer=shops[0], title="乱价", category="price", by=cast.tao)
    assert (made.answer_due_at, made.due_at) == (moment("09-30 17:00"), moment("09-30 17:30"))
    issue_in_autumn.refresh_from_db()
    assert issue_in_autumn.due_at == moment("10-20 16:00")
    entry = AuditEntry.objects.filter(action="issue.time").get()
    assert entry.changes["solve_hours"] == [None, "1.5"]
    ruling.set_time(category="price", tier="", answer_hours=D(1), solve_hours=D("1.5"), by=cast.ada)
    assert AuditEntry.objects.filter(action="issue.time").count() == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"category": "weather"}, {"category": ["category"]}),
        ({"tier": "D"}, {"tier": ["tier"]}),
        ({"answer_hours": D(0)}, {"answer_hours": ["hours"]}),
        ({"solve_hours": D(2001)}, {"solve_hours": ["hours"]}),
        ({"answer_hours": D(9)}, {"solve_hours": ["order"]}),
    ],
)
def test_what_is_wrong_with_a_row_is_refused_and_nothing_is_written(cast, values, wrong):
    good = {"category": "price", "tier": "A", "answer_hours": D(1), "solve_hours": D(8)}
    with pytest.raises(ValidationError) as refused:
        ruling.set_time(**good | values, by=cast.ada)
    assert codes(refused) == wrong
    assert terms_now().rows == USUAL


def test_what_would_take_years_is_refused_and_nothing_is_written(shops, cast):
    with pytest.raises(ValidationError) as refused:
        ruling.change_terms(
            opens=datetime.time(9), closes=datetime.time(9, 1), break_from=None, break_to=None, by=cast.ada
        )
    assert refused.value.code == "far" and "730 days" in refused.value.messages[0]
    ruling.set_time(category="price", tier="", answer_hours=D(1), solve_hours=D(2000), by=cast.ada)
    with pytest.raises(ValidationError) as refused:
        ruling.change_terms(percents=[500, 100, 50, 20], by=cast.ada)
    assert refused.value.code == "far"
    assert (terms_now().percents, terms_now().hours) == ((200, 100, 50, 20), Hours())
    ruling.set_time(category="price", tier="", answer_hours=D(1), solve_hours=D(100), by=cast.ada)
    ruling.change_terms(closes=datetime.time(15), by=cast.ada)  # 5 hours a day
    with pytest.raises(ValidationError) as refused:
        ruling.set_time(category="service", tier="", answer_hours=D(1), solve_hours=D(1400), by=cast.ada)
    assert refused.value.code == "far" and ("service", "") not in terms_now().rows


def test_rules_of_before_that_never_end_are_refused_in_words(issue, shops, cast):
    IssueTerms.objects.update_or_create(
        pk=1, defaults={"closes": datetime.time(9, 1), "break_from": None, "break_to": None}
    )
    with pytest.raises(ValidationError) as refused:
        actions.open_issue(customer=shops[0], title="乱价", category="price", by=cast.tao)
    assert refused.value.code == "rules"
    assert list(issue.__class__.objects.all()) == [issue]
    assert at(cast.tao).get(f"{reverse('issues:new')}?customer={shops[0].pk}").status_code == 200
    chosen = {"title": "乱价", "category": "price", "due_on": today()}
    with pytest.raises(ValidationError):
        actions.open_issue(customer=shops[0], by=cast.tao, **chosen)


def test_a_time_beyond_the_days_by_hand_can_still_be_worked_on(issue, cast):
    far = issue.reported_on + datetime.timedelta(days=800)
    issue.__class__.objects.update(due_on=far, due_at=end_of(far))
    issue.refresh_from_db()
    held = actions.change(issue=issue, title="少了三箱", by=cast.tao)
    assert (held.title, held.due_on) == ("少了三箱", far)
    with pytest.raises(ValidationError) as refused:
        actions.change(issue=held, due_on=far, reason="x", by=cast.tao)
    assert codes(refused) == {"due_on": ["far"]}


def test_the_log_says_about_what_a_time_was_changed(cast):
    ruling.set_time(category="price", tier="A", answer_hours=D(1), solve_hours=D(8), by=cast.ada)
    changes = AuditEntry.objects.get(action="issue.time").changes
    assert changes["about"] == "price"
    assert (str(further_name("about")), value_name("customers.issuetime", "about", "price")) == ("about", "price")
    with override("zh-hans"):
        assert value_name("customers.issuetime", "about", "price") == "价格"


def test_the_last_row_stays(cast):
    last = IssueTime.objects.get(category="", tier="")
    with pytest.raises(ValidationError) as refused:
        ruling.drop_time(row=last, by=cast.ada)
    assert refused.value.code == "last" and IssueTime.objects.filter(pk=last.pk).exists()
    ruling.drop_time(row=IssueTime.objects.get(tier="A"), by=cast.ada)
    assert terms_now().rows == {key: time for key, time in USUAL.items() if key != ("", "A")}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"percents": [1, 2, 3, 4]}, {"percents": ["order"]}),
        ({"percents": [1, 1, 1]}, {"percents": ["rows"]}),
        ({"closes": datetime.time(8)}, {"closes": ["order"]}),
        ({"break_to": None}, {"break_to": ["break"]}),
        ({"repeat_days": 0}, {"repeat_days": ["range"]}),
        ({"wave_customers": 1}, {"wave_customers": ["range"]}),
    ],
)
def test_what_is_wrong_with_the_rules_is_refused_and_nothing_is_written(cast, fields, wrong):
    with pytest.raises(ValidationError) as refused:
        ruling.change_terms(by=cast.ada, **fields)
    assert codes(refused) == wrong
    assert terms_now().hours == Hours() and not AuditEntry.objects.filter(action="issue.terms").exists()


def test_other_hours_count_from_now_on(frozen, shops, cast):
    ruling.change_terms(closes=datetime.time(17), break_from=None, break_to=None, by=cast.ada)
    made = actions.open_issue(customer=shops[0], title="乱价", category="price", severity=4, by=cast.tao)
    # 3.2 and 16 hours from 16:00: one of them left that day, then days of eight.
    assert (made.answer_due_at, made.due_at) == (moment("10-08 11:12"), moment("10-09 16:00"))
    entry = AuditEntry.objects.filter(action="issue.terms").get()
    assert entry.changes == {
        "closes": ["18:00", "17:00"],
        "break_from": ["12:00", None],
        "break_to": ["13:00", None],
    }


def rules(**more) -> dict:
    return {
        "opens": "09:00",
        "closes": "18:00",
        "break_from": "12:00",
        "break_to": "13:00",
        "repeat_days": "60",
        "wave_days": "7",
        "wave_customers": "3",
        "percent_1": "200",
        "percent_2": "100",
        "percent_3": "50",
        "percent_4": "25",
    } | more


def test_everybody_reads_the_rules_and_administrators_change_them(cast):
    here = reverse("issues:terms")
    row = {"category": "price", "tier": "A", "answer_hours": "1", "solve_hours": "6"}
    assert at(cast.tao).get(here).status_code == 200
    for values in (rules(), row):
        assert at(cast.tao).post(here, values).status_code == 403
        assert at(cast.mei).post(here, values).status_code == 403
        assert at(cast.ada).post(here, values).status_code == 302
    held = IssueTerms.objects.get()
    assert (held.repeat_days, held.percents, held.changed_by) == (60, [200, 100, 50, 25], cast.ada)
    assert terms_now().rows["price", "A"] == Time(D(1), D(6))
    assert "within 60 days" in at(cast.tao).get(here).content.decode()
    assert at(cast.ada).post(here, rules(percent_4="300")).status_code == 422
    assert at(cast.ada).post(here, rules(version="1")).status_code == 422  # somebody else was faster
    assert at(cast.ada).post(here, row | {"answer_hours": "7"}).status_code == 422
    assert terms_now().rows["price", "A"] == Time(D(1), D(6))
    pk = IssueTime.objects.get(category="price").pk
    assert at(cast.mei).post(reverse("issues:time-drop", args=[pk])).status_code == 403
    assert at(cast.ada).post(reverse("issues:time-drop", args=[pk])).status_code == 302
    assert ("price", "A") not in terms_now().rows
    last = IssueTime.objects.get(category="", tier="").pk
    at(cast.ada).post(reverse("issues:time-drop", args=[last]))
    assert IssueTime.objects.filter(pk=last).exists()


def test_administrators_change_rows_and_causes_in_the_admin(cast):
    client, there = at(cast.ada), IssueTime.objects.get(tier="B")
    page = reverse("admin:customers_issuetime_change", args=[there.pk])
    assert client.post(page, {"answer_hours": "3", "solve_hours": "30"}).status_code == 302
    there.refresh_from_db()
    assert (there.answer_hours, there.solve_hours) == (D(3), D(30))
    assert client.post(page, {"answer_hours": "31", "solve_hours": "30"}).status_code == 200
    new = {"category": "quality", "tier": "A", "answer_hours": "1", "solve_hours": "8"}
    assert client.post(reverse("admin:customers_issuetime_add"), new).status_code == 302
    assert terms_now().rows["quality", "A"] == Time(D(1), D(8))
    cause = {"code": "customs", "name": "Customs", "name_zh_hans": "海关", "position": "5", "active": "on"}
    assert client.post(reverse("admin:customers_issuecause_add"), cause).status_code == 302
    assert IssueCause.objects.order_by("position").first().code == "customs"
    assert AuditEntry.objects.filter(action="issue_cause.write").count() == 1
    assert at(cast.mei).post(reverse("admin:customers_issuecause_add"), cause).status_code == 403


def test_the_api_tells_the_rows(cast):
    rows = at(cast.tao).get("/api/v1/issues/times/").json()["results"]
    assert {(one["category"], one["tier"], one["answer_hours"], one["solve_hours"]) for one in rows} == {
        ("", "A", "4.0", "40.0"),
        ("", "B", "8.0", "56.0"),
        ("", "C", "16.0", "80.0"),
        ("", "", "16.0", "80.0"),
    }
