"""Writing and adopting policies: versions, refusals, who may, and what is kept of it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.audit.models import AuditEntry
from crm.jobs import runner
from crm.jobs.models import Job
from customers.models import StandingState, TierPolicy
from customers.tiers import actions

pytestmark = pytest.mark.django_db


def test_a_change_is_a_new_version(policy, cast):
    first = actions.create_policy(code="wide", name="Wide", by=cast.ada, top_share=Decimal("0.3"), note="try")
    second = actions.create_policy(code="wide", by=cast.ada, growth=Decimal("0.05"))
    assert [(p.version, p.name, p.top_share, p.growth) for p in (first, second)] == [
        (1, "Wide", Decimal("0.3"), Decimal("0.1")),
        (2, "Wide", Decimal("0.3"), Decimal("0.05")),
    ]
    entry = AuditEntry.objects.get(action="tier_policy.create", object_id=second.pk)
    assert (entry.actor, entry.changes["growth"]) == (cast.ada, ["0.1000", "0.05"])
    assert TierPolicy.objects.adopted() == policy


def test_adopting_is_audited_and_asks_for_a_full_refresh(policy, cast):
    wide = actions.create_policy(code="wide", by=cast.ada, top_share=Decimal("0.3"))
    actions.adopt(policy=wide, by=cast.ada, reason="agreed in Hangzhou")
    assert TierPolicy.objects.adopted() == wide
    entry = AuditEntry.objects.get(action="tier_policy.adopt")
    assert (entry.actor, entry.reason) == (cast.ada, "agreed in Hangzhou")
    assert entry.changes == {"adopted": [str(policy), str(wide)]}
    job = Job.objects.get(kind="tiers.refresh")
    assert (job.input, job.asked_by) == ({"full": True}, cast.ada)
    assert runner.run_here(job).state == Job.State.DONE
    assert StandingState.objects.get().policy == wide


@pytest.mark.parametrize("who", ["mei", "tao", "ana", "bot"])
def test_only_administrators_write_and_adopt(policy, cast, who):
    person = getattr(cast, who)
    wide = actions.create_policy(code="wide", by=cast.ada)
    with pytest.raises(ValidationError, match="Only administrators"):
        actions.create_policy(code="wide", by=person)
    with pytest.raises(ValidationError, match="Only administrators"):
        actions.adopt(policy=wide, by=person)
    assert TierPolicy.objects.count() == 2
    assert TierPolicy.objects.adopted() == policy
    assert not Job.objects.exists()


def test_what_is_in_force_is_not_adopted_again(policy, cast):
    with pytest.raises(ValidationError, match="in force already"):
        actions.adopt(policy=policy, by=cast.ada)
    assert not AuditEntry.objects.filter(action="tier_policy.adopt").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"top_share": Decimal("1.5")}, "__all__"),
        ({"growth": Decimal("-0.1")}, "__all__"),
        ({"options": {"colour": "red"}}, "options"),
        ({"options": {"rank_within": "galaxy"}}, "options"),
        ({"options": {"absolute_cutoff": "0"}}, "options"),
        ({"options": {"absolute_cutoff": "much"}}, "options"),
        ({"options": {"stability_band": True, "band_enter": "0.5"}}, "options"),
        ({"options": {"stability_band": True, "absolute_cutoff": "5"}}, "options"),
        ({"share": 1}, "__all__"),
    ],
)
def test_what_no_company_can_mean_is_refused(policy, cast, values, field):
    with pytest.raises(ValidationError) as refusal:
        actions.create_policy(code="odd", by=cast.ada, **values)
    assert list(refusal.value.message_dict) == [field]
    assert list(TierPolicy.objects.values_list("code", flat=True)) == ["article"]
