"""The clock stands while we wait for the customer, runs on by working time, and hides nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.notifications.models import Notification
from customers.issues import actions, pausing
from customers.issues.clocks import solve_minutes
from customers.issues.jobs import escalate
from customers.issues.measuring import clock_of_issue
from customers.issues.models import Issue, IssueStep
from customers.issues.rules import terms_now, work_clock
from tests.issues.conftest import at, moment
from tests.issues.test_portal import let_in

pytestmark = pytest.mark.django_db


def test_waiting_over_the_holiday_costs_working_hours_only(frozen, issue_in_autumn, cast):
    issue = issue_in_autumn
    frozen.at("09-30 17:00")
    waiting = pausing.pause(issue=issue, reason="照片", by=cast.tao)
    assert (waiting.state, waiting.stopped_at, waiting.due_at) == ("waiting", moment("09-30 17:00"), issue.due_at)
    assert waiting.first_response_at == moment("09-30 17:00")
    frozen.at("10-10 11:00")  # the Saturday worked for the holiday
    on = pausing.resume(issue=waiting, by=cast.tao, text="照片到了")
    # One hour of 30 September, 8 and 9 October, two of the 10th: 19 hours.
    assert (on.state, on.stopped_at, on.waited_minutes) == ("in_work", None, 19 * 60)
    assert on.due_at == moment("10-23 10:00") and on.due_on == on.due_at.date()
    frozen.at("10-12 11:00")
    solved = actions.solve(issue=on, answer="补发", by=cast.tao)
    # 1 hour before, 7 left of the Saturday, 2 of the Monday; without the wait.
    assert solve_minutes(clock_of_issue(solved), work_clock(terms_now())) == (1 + 6 + 2) * 60
    assert [one.what for one in issue.steps.order_by("pk")] == ["opened", "paused", "resumed", "solved"]
    assert [one.is_public for one in issue.steps.order_by("pk")] == [False, True, True, True]


def test_waiting_takes_a_reason_and_happens_once(issue, cast):
    with pytest.raises(ValidationError) as refused:
        pausing.pause(issue=issue, reason=" ", by=cast.tao)
    assert set(refused.value.error_dict) == {"reason"}
    with pytest.raises(ValidationError):
        pausing.resume(issue=issue, by=cast.tao)
    held = pausing.pause(issue=issue, reason="照片", by=cast.tao)
    with pytest.raises(ValidationError):
        pausing.pause(issue=issue, reason="照片", by=cast.tao)
    held.refresh_from_db()
    assert (held.state, held.version, held.steps.count()) == ("waiting", 2, 2)


def test_the_customers_word_ends_the_waiting(frozen, issue_in_autumn, shops, cast):
    dealer = let_in(shops[0], cast.tao)
    frozen.at("09-30 17:00")
    pausing.pause(issue=issue_in_autumn, reason="请发照片", by=cast.tao)
    page = dealer.get(f"/portal/issues/{issue_in_autumn.pk}/").content.decode()
    assert "We wait for you" in page and "请发照片" in page
    frozen.at("10-08 10:00")
    dealer.post(f"/portal/issues/{issue_in_autumn.pk}/comment/", {"text": "发了"})
    issue_in_autumn.refresh_from_db()
    assert (issue_in_autumn.state, issue_in_autumn.stopped_at) == ("in_work", None)
    assert issue_in_autumn.waited_minutes == 120
    assert issue_in_autumn.due_at == moment("10-20 18:00")


def test_what_was_late_before_it_waited_is_late_all_the_same(frozen, issue_in_autumn, cast):
    frozen.at("10-20 16:00")
    assert Issue.objects.late(moment("10-20 16:00")).count() == 0
    frozen.at("10-20 16:01")
    pausing.pause(issue=issue_in_autumn, reason="照片", by=cast.tao)
    frozen.at("11-20 10:00")
    assert list(Issue.objects.late(moment("11-20 10:00"))) == [issue_in_autumn]
    on = pausing.resume(issue=issue_in_autumn, by=cast.tao)
    assert on.due_at < moment("11-20 10:00")


def test_what_waits_in_time_does_not_become_late(frozen, issue_in_autumn, cast):
    frozen.at("10-20 15:00")
    pausing.pause(issue=issue_in_autumn, reason="照片", by=cast.tao)
    frozen.at("11-20 10:00")
    assert not Issue.objects.late(moment("11-20 10:00")).exists()
    assert escalate(moment("11-20 10:00")) == 0


def test_what_is_rejected_while_it_waits_stands_from_then_on(frozen, issue_in_autumn, cast):
    pausing.pause(issue=issue_in_autumn, reason="照片", by=cast.tao)
    frozen.at("10-08 10:00")
    gone = actions.reject(issue=issue_in_autumn, answer="不是我们的货", by=cast.tao)
    assert (gone.waited_minutes, gone.stopped_at) == (180, moment("10-08 10:00"))
    frozen.at("10-09 10:00")
    back = actions.reopen(issue=gone, reason="是我们的", by=cast.mei)
    assert (back.waited_minutes, back.stopped_at, back.reopened) == (180 + 480, None, 1)


def test_what_nobody_answers_is_shown_to_the_heads_once_and_no_more_once_answered(frozen, issue_in_autumn, cast):
    frozen.at("10-09 16:00")
    assert escalate(moment("10-09 16:00")) == 0
    assert escalate(moment("10-09 16:01")) == 1
    assert escalate(moment("10-09 16:02")) == 0
    assert [one.kind for one in Notification.objects.filter(user=cast.mei)] == ["issue.unheard"]
    assert not Notification.objects.filter(user=cast.lin).exists()
    assert AuditEntry.objects.filter(action="issue.unheard").count() == 1
    assert IssueStep.objects.filter(what="unheard").count() == 1
    assert "To be answered by" in at(cast.mei).get("/").content.decode()
    actions.comment(issue=issue_in_autumn, text="查", by=cast.tao)
    issue_in_autumn.refresh_from_db()
    assert issue_in_autumn.escalated_at is None
    assert "到货少了两箱" not in at(cast.mei).get("/").content.decode()
    assert escalate(moment("10-20 16:01")) == 1  # late after all, which is told for itself
    assert [one.kind for one in Notification.objects.filter(user=cast.mei).order_by("pk")] == [
        "issue.unheard",
        "issue.late",
    ]


def test_nobody_waits_for_a_word_on_what_we_found(frozen, shops, cast):
    made = actions.open_issue(customer=shops[0], title="陈列乱", category="service", origin="found", by=cast.tao)
    assert made.answer_due_at is None
    assert escalate(moment("10-12 16:00")) == 0


def test_the_pages_of_waiting(issue, cast):
    client, here = at(cast.tao), reverse("issues:detail", args=[issue.pk])
    assert client.post(reverse("issues:pause", args=[issue.pk]), {"reason": "", "version": 1}).status_code == 422
    assert client.post(reverse("issues:pause", args=[issue.pk]), {"reason": "照片", "version": 1}).url == here
    page = client.get(here).content.decode()
    assert "the clock stands since" in page and reverse("issues:resume", args=[issue.pk]) in page
    assert "waiting for the customer" in client.get(reverse("issues:list")).content.decode()
    assert client.post(reverse("issues:resume", args=[issue.pk]), {"version": 2}).url == here
    issue.refresh_from_db()
    assert issue.state == "in_work"
    for name in ("pause", "resume", "cause"):
        assert at(cast.lin).get(reverse(f"issues:{name}", args=[issue.pk])).status_code == 404
        assert at(cast.ana).get(reverse(f"issues:{name}", args=[issue.pk])).status_code == 403


def test_the_api_of_waiting(issue, cast):
    client, here = at(cast.tao), f"/api/v1/issues/{issue.pk}/"
    said = client.post(f"{here}pause/", {"reason": "照片"}, "application/json").json()
    assert (said["state"], said["waited_minutes"]) == ("waiting", 0) and said["stopped_at"]
    assert client.post(f"{here}pause/", {"reason": "照片"}, "application/json").status_code == 400
    assert client.post(f"{here}resume/", {}, "application/json").json()["state"] == "in_work"
    assert at(cast.lin).post(f"{here}pause/", {"reason": "x"}, "application/json").status_code == 404
