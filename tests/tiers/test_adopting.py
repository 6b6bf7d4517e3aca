"""A policy that comes into force on a day to come: nothing before it, the nightly job on it, once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from crm.audit.models import AuditEntry
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.models import TierDecision, TierPolicy, TierStanding
from customers.tiers import actions, adopting
from tests.tiers.test_overrides import DAY, day, refused_by, shops, tiers  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)


@pytest.fixture
def wider(cast, policy):
    return actions.create_policy(code="article", by=cast.ada, top_share="0.40")


def test_until_its_day_nothing_changes(shops, cast, day, wider, policy):  # noqa: F811
    planned = adopting.adopt_from(policy=wider, day=LATER, by=cast.ada, reason="from the new quarter")
    assert (planned.adopted_from, planned.planned_by, planned.adopted_at) == (LATER, cast.ada, None)
    assert adopting.planned() == [wider]
    day.set(LATER - timedelta(days=1))
    assert adopting.adopt_due() == []
    actions.refresh(as_of=day.now)
    assert (tiers(), TierPolicy.objects.adopted()) == ("ACCCC", policy)
    assert not Job.objects.filter(kind="tiers.refresh").exists()


def test_on_its_day_the_nightly_job_adopts_it_once(shops, cast, day, wider, policy):  # noqa: F811
    adopting.adopt_from(policy=wider, day=LATER, by=cast.ada, reason="from the new quarter")
    before = list(TierDecision.objects.order_by("pk").values_list("pk", "tier", "policy"))
    day.set(LATER)
    job = enqueue(kind="tiers.due")
    runner.run_here(job)
    job.refresh_from_db()
    assert job.result == {"expired": 0, "adopted": [wider.pk], "swept": 0}
    wider.refresh_from_db()
    assert (TierPolicy.objects.adopted(), wider.adopted_from, wider.planned_by) == (wider, None, None)
    assert adopting.adopt_due() == []
    assert Job.objects.filter(kind="tiers.refresh", input={"full": True}).count() == 1
    actions.refresh(as_of=day.now)
    assert tiers() == "AACCC"
    assert list(TierDecision.objects.order_by("pk").values_list("pk", "tier", "policy"))[: len(before)] == before
    entry = AuditEntry.objects.get(action="tier_policy.adopt")
    assert (entry.reason, entry.changes["adopted"]) == ("from the new quarter", [str(policy), str(wider)])
    assert TierStanding.objects.filter(tier="A").count() == 2


def test_late_by_days_both_are_adopted_and_the_last_holds(shops, cast, day, wider):  # noqa: F811
    widest = actions.create_policy(code="article", by=cast.ada, top_share="0.60")
    adopting.adopt_from(policy=widest, day=DAY + timedelta(days=5), by=cast.ada)
    adopting.adopt_from(policy=wider, day=DAY + timedelta(days=3), by=cast.ada)
    day.set(DAY + timedelta(days=7))
    assert adopting.adopt_due() == [wider, widest]
    assert TierPolicy.objects.adopted() == widest


def test_called_off_it_does_not_come(shops, cast, day, wider, policy):  # noqa: F811
    adopting.adopt_from(policy=wider, day=LATER, by=cast.ada)
    assert refused_by(lambda: adopting.call_off(policy=wider, by=cast.mei)) == "forbidden"
    adopting.call_off(policy=wider, by=cast.ada)
    assert refused_by(lambda: adopting.call_off(policy=wider, by=cast.ada)) == "planned"
    day.set(LATER)
    assert adopting.adopt_due() == []
    assert TierPolicy.objects.adopted() == policy
    words = [entry.action for entry in AuditEntry.objects.filter(action__startswith="tier_policy").order_by("pk")]
    assert words == ["tier_policy.create", "tier_policy.plan", "tier_policy.unplan"]


def test_adopted_at_once_what_was_planned_is_done(shops, cast, day, wider):  # noqa: F811
    adopting.adopt_from(policy=wider, day=LATER, by=cast.ada)
    adopting.adopt_from(policy=wider, day=None, by=cast.ada)
    assert adopting.planned() == []
    assert TierPolicy.objects.adopted() == wider


def test_what_is_refused(shops, cast, day, wider):  # noqa: F811
    yesterday, far = DAY - timedelta(days=1), DAY + timedelta(days=732)
    assert refused_by(lambda: adopting.adopt_from(policy=wider, day=yesterday, by=cast.ada)) == {"day": ["past"]}
    assert refused_by(lambda: adopting.adopt_from(policy=wider, day=far, by=cast.ada)) == {"day": ["far"]}
    assert refused_by(lambda: adopting.adopt_from(policy=wider, day=LATER, by=cast.mei)) == "forbidden"
    assert refused_by(lambda: adopting.adopt_from(policy=wider, day=LATER, by=cast.ana)) == "forbidden"
    wider.refresh_from_db()
    assert (wider.adopted_from, adopting.planned()) == (None, [])
    with pytest.raises(ValidationError):
        adopting.adopt_from(policy=wider, day=date(1, 1, 1), by=cast.ada)
