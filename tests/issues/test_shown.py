"""What is shown to the heads: as not answered and as late each once, and an edit of the words shows nothing again."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from crm.notifications.models import Notification
from customers.issues import actions, pausing
from customers.issues.jobs import escalate
from customers.issues.models import Issue, IssueStep
from tests.issues.conftest import at, moment
from visits.brief import parts

pytestmark = pytest.mark.django_db


def test_what_was_not_answered_is_shown_again_once_it_is_late(frozen, issue_in_autumn, cast):
    issue = issue_in_autumn
    assert escalate(frozen.at("10-09 16:01")) == 1
    issue.refresh_from_db()
    assert (issue.unheard_at, issue.escalated_at) == (moment("10-09 16:01"), None)
    assert escalate(frozen.at("10-20 16:01")) == 1
    issue.refresh_from_db()
    assert (issue.unheard_at, issue.escalated_at) == (moment("10-09 16:01"), moment("10-20 16:01"))
    assert escalate(frozen.at("10-21 10:00")) == 0
    kinds = Notification.objects.filter(user=cast.mei).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["issue.unheard", "issue.late"]


def test_what_is_shown_as_late_is_not_shown_as_not_answered_too(frozen, issue_in_autumn, cast):
    assert escalate(frozen.at("10-20 16:01")) == 1
    issue_in_autumn.refresh_from_db()
    assert (issue_in_autumn.unheard_at, issue_in_autumn.escalated_at) == (None, moment("10-20 16:01"))


def test_other_words_show_nothing_again_another_day_does(frozen, issue_in_autumn, cast):
    issue = issue_in_autumn
    escalate(frozen.at("10-09 16:01"))
    assert actions.change(issue=issue, title="少了三箱", by=cast.tao).unheard_at == moment("10-09 16:01")
    assert escalate(frozen.at("10-09 17:00")) == 0
    escalate(frozen.at("10-20 16:01"))
    held = actions.change(issue=issue, text="清点", by=cast.tao)
    assert held.escalated_at == moment("10-20 16:01")
    held = actions.change(issue=held, due_on=datetime.date(2026, 10, 30), reason="等总部", by=cast.tao)
    assert (held.escalated_at, held.unheard_at) == (None, moment("10-09 16:01"))
    assert escalate(frozen.at("10-31 10:00")) == 1


def test_the_answer_takes_it_from_the_heads_page_and_keeps_when_it_was_shown(frozen, issue_in_autumn, cast):
    escalate(frozen.at("10-09 16:01"))
    assert "到货少了两箱" in at(cast.mei).get("/").content.decode()
    actions.comment(issue=issue_in_autumn, text="查", by=cast.tao)
    issue_in_autumn.refresh_from_db()
    assert issue_in_autumn.unheard_at == moment("10-09 16:01")
    assert "到货少了两箱" not in at(cast.mei).get("/").content.decode()
    shown = at(cast.tao).get(f"/api/v1/issues/{issue_in_autumn.pk}/").json()
    assert (shown["unheard_at"], shown["escalated_at"]) == ("2026-10-09T16:01:00+08:00", None)


def test_who_told_it_decides_whether_it_has_to_be_answered(frozen, issue_in_autumn, cast):
    issue = issue_in_autumn
    escalate(frozen.at("10-09 16:01"))
    held = actions.change(issue=issue, origin="found", by=cast.tao)
    assert (held.answer_due_at, held.unheard_at, held.due_at) == (None, None, issue.due_at)
    assert escalate(frozen.at("10-12 10:00")) == 0
    held = actions.change(issue=held, origin="told", by=cast.tao)
    assert (held.answer_due_at, held.due_at) == (moment("10-09 16:00"), issue.due_at)
    assert escalate(frozen.at("10-12 11:00")) == 1


def test_what_was_shown_before_is_parted_by_what_was_shown_last(issue, shops, cast):
    late, unheard, both = (
        actions.open_issue(customer=shops[1], title=name, category="other", by=cast.tao) for name in "甲乙丙"
    )
    then = moment("10-09 16:00")
    steps = ((late, "escalated"), (unheard, "unheard"), (both, "escalated"), (both, "unheard"))
    for one, what in steps:
        IssueStep.objects.create(issue=one, what=what, at=then)
    Issue.objects.exclude(pk=issue.pk).update(escalated_at=then)
    import_module("customers.migrations.0036_issue_moments").part_unheard(apps, None)
    found = {one.title: (one.escalated_at, one.unheard_at) for one in Issue.objects.all()}
    assert found == {"到货少了两箱": (None, None), "甲": (then, None), "乙": (None, then), "丙": (None, then)}


def test_issues_that_were_rejected_before_stand_since_then(frozen, issue_in_autumn, cast):
    frozen.at("10-08 10:00")
    gone = actions.reject(issue=issue_in_autumn, answer="不是我们的货", by=cast.tao)
    Issue.objects.update(stopped_at=None)
    import_module("customers.migrations.0036_issue_moments").stop_rejected(apps, None)
    gone.refresh_from_db()
    assert gone.stopped_at == moment("10-08 10:00")
    frozen.at("10-09 10:00")
    assert actions.reopen(issue=gone, reason="是我们的", by=cast.mei).waited_minutes == 480


def test_what_waits_is_called_late_where_it_was_before_it_waited(frozen, issue_in_autumn, shops, cast):
    timely = actions.open_issue(customer=shops[1], title="及时的", category="other", by=cast.tao)
    pausing.pause(issue=timely, reason="照片", by=cast.tao)
    frozen.at("10-20 16:01")
    pausing.pause(issue=issue_in_autumn, reason="照片", by=cast.tao)
    frozen.at("11-20 10:00")
    late = [one.title for one in Issue.objects.order_by("pk") if one.is_late]
    assert late == [one.title for one in Issue.objects.late(frozen.moment)] == ["到货少了两箱"]
    for name, start, end in (("issues:list", "<li>", "</li>"), ("issues:board", "<li class", "</li>")):
        page = at(cast.tao).get(reverse(name)).content.decode()
        lines = [part.partition(end)[0] for part in page.split(start)]
        shown = {title: [">late<" in one for one in lines if title in one] for title in ("及时的", "到货少了两箱")}
        assert shown == {"及时的": [False], "到货少了两箱": [True]}


def test_a_brief_says_what_waits_and_how_late_it_was_before(frozen, issue_in_autumn, shops, cast):
    timely, running = (
        actions.open_issue(customer=shops[0], title=name, category=kind, by=cast.tao)
        for name, kind in (("及时的", "price"), ("在跑的", "other"))
    )
    pausing.pause(issue=timely, reason="照片", by=cast.tao)
    frozen.at("10-22 10:00")
    pausing.pause(issue=issue_in_autumn, reason="照片", by=cast.tao)
    day = frozen.at("11-20 10:00").date()
    assert sorted(parts.issues(cast.tao, [shops[0].pk], day)[shops[0].pk]) == [
        "到货少了两箱 (waits for the customer; 2 days late before)",
        "及时的 (waits for the customer)",
        "在跑的 (31 days late)",
    ]
    assert running.due_on == datetime.date(2026, 10, 20)
