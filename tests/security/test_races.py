"""Two of everything in the same moment, on a real PostgreSQL: one takes effect, the other is told, nothing breaks."""

from __future__ import annotations

import datetime
import os
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connections
from rest_framework.test import APIClient

from crm.accounts.actions import create_region, create_token, create_user, move_region
from crm.accounts.models import Region, User
from crm.api.models import IdempotencyKey
from crm.audit.models import AuditEntry
from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import actions as jobs
from crm.jobs import runner
from crm.jobs.models import Job
from crm.listing.actions import save_view
from crm.listing.models import SavedView
from customers.models import Customer, MonthlySales, SaleLine, TierPolicy
from customers.profile.actions import assign, change_customer, close_customer, create_customer
from customers.tiers.actions import adopt, create_policy

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif("postgres" not in os.environ.get("DATABASE_URL", ""), reason="needs PostgreSQL"),
]


def at_once(*works) -> list:
    """What each returns, or the exception it raises; all begin together, each on its own connection."""
    found: list = [None] * len(works)
    gate = threading.Barrier(len(works))

    def carry(n, work):
        try:
            gate.wait()
            found[n] = work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def told(found: list) -> list[str]:
    """How each ended: 'ok', or the class of what it raised."""
    return sorted(type(one).__name__ if isinstance(one, Exception) else "ok" for one in found)


ONE_OF_FOUR = ["ValidationError"] * 3 + ["ok"]


@pytest.fixture
def shop(cast, regions, policy):
    return create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu)


def test_one_name_one_person_one_code_one_region(cast, regions):
    people = at_once(*[lambda n=n: create_user(username="eve", role="manager", name=str(n)) for n in range(4)])
    mails = at_once(
        *[lambda n=n: create_user(username=f"u{n}", role="manager", email=f"{'xX'[n % 2]}@q.test") for n in range(4)]
    )
    codes = at_once(*[lambda: create_region(code="NEW", name="新", parent=regions.east)] * 4)
    assert told(people) == told(mails) == told(codes) == ONE_OF_FOUR
    assert [list(e.message_dict) for e in people if isinstance(e, Exception)] == [["username"]] * 3
    assert User.objects.filter(username="eve").count() == Region.objects.filter(code="NEW").count() == 1
    assert AuditEntry.objects.filter(action="region.create", object_name="新").count() == 1


def test_one_code_one_customer(cast, regions, policy):
    makes = [lambda: create_customer(code="N1", name="n", kind="agent", region=regions.jiangsu, by=cast.mei)] * 4
    found = at_once(*makes)
    assert told(found) == ONE_OF_FOUR
    assert [list(e.message_dict) for e in found if isinstance(e, Exception)] == [["code"]] * 3
    assert AuditEntry.objects.filter(action="customer.create").count() == 1


def test_of_two_who_change_the_same_version_one_is_told(cast, shop):
    found = at_once(
        *[lambda n=n: change_customer(customer=shop, by=cast.mei, version=1, city=f"c{n}") for n in range(4)]
    )
    assert told(found) == ONE_OF_FOUR
    assert {e.code for e in found if isinstance(e, Exception)} == {"conflict"}
    shop.refresh_from_db()
    assert shop.version == 2


def test_a_customer_is_closed_once_and_handed_over_in_order(cast, shop):
    days = [datetime.date(2026, 1, n) for n in range(1, 5)]
    assert told(at_once(*[lambda day=day: close_customer(customer=shop, closed_on=day) for day in days])) == ONE_OF_FOUR
    since = datetime.date(2026, 2, 1)
    handed = at_once(
        *[lambda who=who: assign(customers=[shop], user=who, since=since) for who in (cast.mei, cast.tao, cast.lin)]
    )
    assert told(handed) == ["ok"] * 3
    assert shop.responsibilities.count() == 1


def test_two_policies_adopted_at_once_follow_each_other(cast, policy):
    made = at_once(*[lambda: create_policy(code="new", by=cast.ada)] * 4)
    assert told(made) == ["ok"] * 4
    assert sorted(one.version for one in made) == [1, 2, 3, 4]
    first, second = (TierPolicy.objects.get(code="new", version=n) for n in (1, 2))
    assert (
        told(at_once(lambda: adopt(policy=first, by=cast.ada), lambda: adopt(policy=second, by=cast.ada))) == ["ok"] * 2
    )
    changes = AuditEntry.objects.filter(action="tier_policy.adopt").order_by("pk").values_list("changes", flat=True)
    (one, two) = [entry["adopted"] for entry in changes]
    assert two[0] == one[1]  # each knows which one it took the place of
    assert str(TierPolicy.objects.adopted()) == two[1]
    same = at_once(*[lambda: adopt(policy=policy, by=cast.ada)] * 4)
    assert told(same) == ONE_OF_FOUR


def test_a_view_saved_twice_is_one_view(cast):
    found = at_once(*[lambda: save_view(owner=cast.mei, page="customers", name="v", query="tier=A")] * 4)
    assert set(told(found)) <= {"ok", "ValidationError"} and SavedView.objects.count() == 1


SALES = "customer_code,date,amount\n" + "".join(f"E1,2026-01-{day:02},{day}.50\n" for day in range(1, 29))
TOTAL = sum(day + 0.5 for day in range(1, 29))


def an_import(cast, text=SALES, kind="sales") -> ImportRun:
    return imports.upload(kind=kind, file=ContentFile(text.encode()), name="x.csv", by=cast.ada)


def work():
    while (job := runner.claim()) is not None:
        runner.run(job)


def test_the_same_file_twice_at_once_counts_once(cast, shop):
    for _n in range(2):
        imports.start(run=an_import(cast), by=cast.ada)
    assert told(at_once(work, work, work)) == ["ok"] * 3
    work()
    runs = ImportRun.objects.order_by("created")
    assert [(one.state, one.created, one.updated, one.unchanged) for one in runs] == [
        ("done", 0, 0, 28),
        ("done", 28, 0, 0),
    ]
    assert SaleLine.objects.filter(live=True).count() == 28
    assert float(sum(one.net for one in MonthlySales.objects.all())) == TOTAL


def test_the_same_customers_twice_at_once_are_made_once(cast, regions, policy):
    rows = "code,name,kind,region\n" + "".join(f"N{n},店{n},franchisee,JIANGSU\n" for n in range(200))
    for _n in range(2):
        imports.start(run=an_import(cast, rows, "customers"), by=cast.ada)
    assert told(at_once(work, work)) == ["ok"] * 2
    work()
    assert sorted((one.state, one.created, one.unchanged) for one in ImportRun.objects.all()) == [
        ("done", 0, 200),
        ("done", 200, 0),
    ]
    assert Customer.objects.count() == AuditEntry.objects.filter(action="customer.create").count() == 200


def test_one_upload_is_started_once_and_undone_once(cast, shop):
    run = an_import(cast)
    assert told(at_once(*[lambda: imports.start(run=run, by=cast.ada)] * 4)) == ONE_OF_FOUR
    work()
    assert told(at_once(*[lambda: imports.undo(run=run, by=cast.ada)] * 4)) == ONE_OF_FOUR
    assert AuditEntry.objects.filter(action="import.undo").count() == 1
    assert not SaleLine.objects.filter(live=True).exists()


def test_two_undos_asked_for_at_once_are_one_job(cast, shop):
    run = an_import(cast)
    imports.start(run=run, by=cast.ada)
    work()
    assert told(at_once(*[lambda: imports.ask_undo(run=run, by=cast.ada)] * 4)) == ONE_OF_FOUR
    assert Job.objects.filter(kind="imports.undo").count() == 1


def test_a_job_told_to_stop_and_to_run_again_at_once_does_one_after_the_other(cast, shop):
    for _n in range(5):
        job = jobs.enqueue(kind="tiers.refresh", asked_by=cast.ada)
        Job.objects.filter(pk=job.pk).update(state="failed")
        at_once(
            lambda job=job: jobs.retry(job=job, by=cast.ada),
            lambda job=job: jobs.stop(job=job, by=cast.ada),
            lambda job=job: jobs.retry(job=job, by=cast.ada),
            lambda job=job: runner.claim(job.pk),
        )
        job.refresh_from_db()
        deeds = AuditEntry.objects.filter(model="crm.job", object_id=str(job.pk)).values_list("action", flat=True)
        stopped = "job.stop" in deeds
        assert job.state in {"queued", "running", "stopped"} and job.fence <= 1
        assert stopped or not job.stop_asked
        Job.objects.all().delete()


def test_a_key_used_twenty_times_at_once_takes_effect_once(cast, regions, policy):
    _token, text = create_token(user=cast.bot, scope="write")
    new = {"code": "N1", "name": "新店", "kind": "franchisee", "region": "JIANGSU"}

    def send():
        client = APIClient()
        return client.post(
            "/api/v1/customers/", new, headers={"Authorization": f"Token {text}", "Idempotency-Key": "k"}
        )

    codes = sorted(answer.status_code for answer in at_once(*[send] * 20))
    assert set(codes) <= {201, 409} and codes.count(201) >= 1
    assert Customer.objects.filter(code="N1").count() == IdempotencyKey.objects.count() == 1
    assert send().headers["Idempotency-Replayed"] == "true"


def test_an_etag_is_good_for_one_change(cast, shop):
    _token, text = create_token(user=cast.bot, scope="write")

    def send(n):
        headers = {"Authorization": f"Token {text}", "If-Match": f'"{shop.pk}-1"'}
        return APIClient().patch(f"/api/v1/customers/{shop.pk}/", {"city": f"c{n}"}, headers=headers).status_code

    assert sorted(at_once(*[lambda n=n: send(n) for n in range(8)])) == [200] + [412] * 7


def test_two_branches_cannot_be_hung_under_each_other(regions):
    found = at_once(
        lambda: move_region(region=regions.east, parent=regions.west),
        lambda: move_region(region=regions.west, parent=regions.east),
    )
    assert told(found) == ["ValidationError", "ok"]
    paths = dict(Region.objects.values_list("pk", "path"))
    for one in Region.objects.all():
        above = paths[one.parent_id] if one.parent_id else "/"
        assert (one.path, one.depth) == (f"{above}{one.pk}/", one.path.count("/") - 2)


def test_refusals_name_fields_not_tables(cast, shop):
    with pytest.raises(ValidationError) as refusal:
        create_customer(code="E1", name="x", kind="agent", region=shop.region)
    assert list(refusal.value.message_dict) == ["code"]


def test_of_four_who_use_a_link_one_comes_in(shop, cast):
    from customers.models import PortalSession
    from customers.portal import actions, reading
    from customers.portal.links import token_of

    account = actions.invite(customer=shop, name="王老板", phone="1", by=cast.ada)
    token = token_of(reading.open_link(account))
    assert told(at_once(*[lambda: actions.enter(token=token)] * 4)) == ONE_OF_FOUR
    assert PortalSession.objects.count() == 1
    # Who comes in and whoever ends the access wait for each other, and neither for ever.
    token = token_of(actions.new_link(account=account, by=None))
    ended = at_once(lambda: actions.enter(token=token), lambda: actions.end_access(account=account, by=cast.ada))
    assert not isinstance(ended[1], Exception)
    assert not PortalSession.objects.filter(ended_at=None).exists()
