"""What can be done about issues, what is refused, and that a refusal changes nothing."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from crm.audit.models import AuditEntry
from crm.clock import now, today
from customers.issues import actions, reading
from customers.issues.jobs import escalate
from customers.issues.models import Issue, IssueStep
from tests.issues.conftest import moment, put_due

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def codes(refused) -> dict:
    return {name: [one.code for one in errors] for name, errors in refused.value.error_dict.items()}


def test_an_issue_has_an_owner_and_its_times_from_the_start(frozen, issue_in_autumn, shops, cast):
    issue = issue_in_autumn
    assert (issue.owner, issue.state, issue.origin, issue.severity) == (cast.tao, "open", "told", 2)
    assert issue.reported_on == datetime.date(2026, 9, 30)
    # No tier: 16 and 80 working hours, over the National Day and with the Saturday worked for it.
    assert (issue.answer_due_at, issue.due_at) == (moment("10-09 16:00"), moment("10-20 16:00"))
    assert issue.due_on == datetime.date(2026, 10, 20)
    step = IssueStep.objects.get(issue=issue)
    assert (step.what, step.by, step.is_public) == ("opened", cast.tao, False)
    entry = AuditEntry.objects.filter(action="issue.open").get()
    assert entry.object_id == str(shops[0].pk)
    assert entry.changes["issue"] == [None, "到货少了两箱"]


def test_the_manager_in_charge_owns_what_somebody_else_writes_down(shops, cast):
    made = actions.open_issue(customer=shops[0], title="x", category="price", severity=4, by=cast.mei)
    assert made.owner == cast.tao


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"title": "  "}, {"title": ["required"]}),
        ({"title": "x" * 121}, {"title": ["long"]}),
        ({"category": "weather"}, {"category": ["category"]}),
        ({"origin": "dreamt"}, {"origin": ["origin"]}),
        ({"severity": 5}, {"severity": ["severity"]}),
        ({"reported_on": datetime.date(2999, 1, 1)}, {"reported_on": ["future"]}),
        ({"due_on": datetime.date(2020, 1, 1)}, {"due_on": ["early"]}),
        ({"text": "x" * 2001}, {"text": ["long"]}),
    ],
)
def test_what_is_wrong_is_said_under_its_name_and_nothing_is_written(shops, cast, values, wrong):
    good = {"title": "x", "category": "price"}
    with pytest.raises(ValidationError) as refused:
        actions.open_issue(customer=shops[0], by=cast.tao, **good | values)
    assert codes(refused) == wrong
    assert not Issue.objects.exists() and not IssueStep.objects.exists()


def test_nobody_gives_an_issue_to_who_does_not_see_the_customer(issue, cast):
    with pytest.raises(ValidationError) as refused:
        actions.assign(issue=issue, owner=cast.lin, by=cast.mei)
    assert codes(refused) == {"owner": ["sight"]}
    with pytest.raises(ValidationError) as refused:
        actions.assign(issue=issue, owner=cast.ana, by=cast.ada)
    assert codes(refused) == {"owner": ["role"]}
    issue.refresh_from_db()
    assert (issue.owner, issue.version) == (cast.tao, 1)


def test_a_key_opens_an_issue_once(shops, cast):
    first = actions.open_issue(customer=shops[0], title="x", category="price", by=None, once="survey:1:price")
    again = actions.open_issue(customer=shops[0], title="y", category="price", by=None, once="survey:1:price")
    assert first.pk == again.pk and Issue.objects.count() == 1


def test_what_one_of_us_says_is_the_first_answer_what_the_customer_says_is_none(issue, cast):
    actions.comment(issue=issue, text="还是没到", by=None, told_by="王老板")
    issue.refresh_from_db()
    assert issue.first_response_at is None
    actions.comment(issue=issue, text="查物流", by=cast.tao)
    issue.refresh_from_db()
    said = issue.first_response_at
    assert said is not None
    actions.comment(issue=issue, text="找到了", by=cast.tao, is_public=True)
    issue.refresh_from_db()
    assert issue.first_response_at == said
    assert [(one.text, one.is_public) for one in issue.steps.order_by("pk")][1:] == [
        ("还是没到", True),
        ("查物流", False),
        ("找到了", True),
    ]


def test_more_time_needs_a_reason(issue, cast):
    with pytest.raises(ValidationError) as refused:
        actions.change(issue=issue, due_on=issue.due_on + DAY, by=cast.tao)
    assert codes(refused) == {"reason": ["required"]}
    changed = actions.change(issue=issue, due_on=issue.due_on + DAY, reason="等总部", by=cast.tao)
    assert (changed.due_on, changed.version) == (issue.due_on + DAY, 2)
    sooner = actions.change(issue=changed, due_on=issue.due_on, by=cast.tao)
    assert sooner.due_on == issue.due_on
    assert [one.text for one in IssueStep.objects.filter(what="changed").order_by("pk")] == ["等总部", ""]


def test_who_saw_an_older_version_overwrites_nothing(issue, cast):
    actions.change(issue=issue, title="到货少了三箱", by=cast.tao, version=1)
    with pytest.raises(ValidationError) as refused:
        actions.solve(issue=issue, answer="补发", by=cast.mei, version=1)
    assert refused.value.code == "conflict"
    issue.refresh_from_db()
    assert (issue.state, issue.title) == ("open", "到货少了三箱")


def test_from_open_to_confirmed(issue, cast):
    assert actions.begin(issue=issue, by=cast.tao).state == "in_work"
    assert actions.begin(issue=issue, by=cast.tao).version == 2  # tapped twice
    solved = actions.solve(issue=issue, answer="当天补发", by=cast.tao)
    assert (solved.state, solved.solved_on) == ("solved", today())
    with pytest.raises(ValidationError) as refused:
        actions.solve(issue=issue, answer="again", by=cast.tao)
    assert refused.value.code == "over"
    said = actions.say(issue=issue, solved=True, stars=5, by=None, told_by="王老板")
    assert (said.state, said.word, said.stars) == ("confirmed", True, 5)
    again = actions.say(issue=issue, solved=True, stars=5, by=None, told_by="王老板")
    assert again.version == said.version
    assert [one.what for one in issue.steps.order_by("pk")] == ["opened", "begun", "solved", "confirmed"]


def test_not_solved_opens_it_again_with_new_time(frozen, issue_in_autumn, cast):
    issue = issue_in_autumn
    frozen.at("10-08 16:00")
    actions.solve(issue=issue, answer="当天补发", by=cast.tao)
    frozen.at("10-12 10:00")
    back = actions.say(issue=issue, solved=False, stars=1, text="还是少一箱", by=cast.mei)
    assert (back.state, back.word, back.solved_at, back.solved_on) == ("reopened", False, None, None)
    # As long as one reported now; the 2 + 8 + 8 + 1 hours in which it was called solved count for nothing.
    assert (back.due_at, back.waited_minutes, back.reopened) == (moment("10-26 10:00"), 19 * 60, 1)
    assert (back.stopped_at, back.escalated_at) == (None, None)
    once_more = actions.solve(issue=issue, answer="送到店里", by=cast.tao)
    assert (once_more.word, once_more.stars) == (None, None)


def test_a_word_needs_something_solved_and_stars_from_1_to_5(issue, cast):
    with pytest.raises(ValidationError) as refused:
        actions.say(issue=issue, solved=True, by=None)
    assert refused.value.code == "state"
    actions.solve(issue=issue, answer="x", by=cast.tao)
    with pytest.raises(ValidationError) as refused:
        actions.say(issue=issue, solved=True, stars=6, by=None)
    assert codes(refused) == {"stars": ["stars"]}


def test_rejecting_and_opening_again_say_why(issue, cast):
    for act, name in ((actions.reject, "answer"), (actions.solve, "answer")):
        with pytest.raises(ValidationError) as refused:
            act(issue=issue, by=cast.tao, **{name: " "})
        assert codes(refused) == {name: ["required"]}
    rejected = actions.reject(issue=issue, answer="不是我们的货", by=cast.tao)
    assert (rejected.state, rejected.answer, rejected.solved_at) == ("rejected", "不是我们的货", None)
    with pytest.raises(ValidationError):
        actions.begin(issue=issue, by=cast.tao)
    assert actions.reopen(issue=issue, reason="是我们的", by=cast.mei).state == "reopened"


def test_late_ones_are_escalated_once(issue, shops, cast):
    others = [actions.open_issue(customer=shops[1], title=f"t{n}", category="price", by=cast.tao) for n in range(3)]
    put_due(Issue.objects.exclude(pk=others[2].pk), today() - 30 * DAY, today() - DAY)
    assert escalate(now()) == 3
    assert set(Issue.objects.filter(escalated_at__isnull=False)) == {issue, *others[:2]}
    assert IssueStep.objects.filter(what="escalated").count() == 3
    assert escalate(now()) == 0
    assert IssueStep.objects.filter(what="escalated").count() == 3
    actions.change(issue=issue, due_on=today(), reason="x", by=cast.tao)
    issue.refresh_from_db()
    assert issue.escalated_at is None
    assert escalate(now() + DAY) == 1


def test_the_history_cannot_be_changed(issue):
    step = issue.steps.get()
    for act in (lambda: IssueStep.objects.filter(pk=step.pk).update(text="x"), step.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_database_holds_what_must_hold(issue):
    for wrong in (
        {"state": "solved"},
        {"severity": 9},
        {"title": ""},
        {"word": True},
        {"stars": 3},
        {"state": "rejected"},
        {"due_on": issue.reported_on - DAY},
        {"state": "waiting"},
        {"nth": 2},
        {"repeat_of": issue},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.filter(pk=issue.pk).update(**wrong)


def test_solved_in_time_is_counted_in_one_statement(issue, shops, cast, django_assert_num_queries):
    good = actions.open_issue(customer=shops[0], title="a", category="price", by=cast.tao)
    actions.solve(issue=good, answer="x", by=cast.tao)
    late = actions.open_issue(customer=shops[0], title="b", category="price", by=cast.tao)
    put_due(Issue.objects.filter(pk=late.pk), today() - 9 * DAY, today() - DAY)
    with django_assert_num_queries(1):
        found = reading.solved_in_time([one.pk for one in shops], today() - 90 * DAY, today())
    assert found == {shops[0].pk: (1, 2)}
