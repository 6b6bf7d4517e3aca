"""Many at once: page by page, journalled, taken back exactly; what changed since is named and left."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.jobs import runner
from crm.jobs.models import Job
from crm.models import AuditEntry
from customers.care import bulk
from customers.models import BulkAction, BulkStep, Customer, CustomerTag, Handover, HandoverBrief, Responsibility, Tag
from customers.profile import actions
from customers.profile.actions import assign, create_customer
from tests.care.conftest import DAY

pytestmark = pytest.mark.django_db
MARCH = datetime.date(2026, 3, 1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def charges() -> list[tuple]:
    return list(
        Responsibility.objects.order_by("pk").values_list("pk", "customer__code", "user__username", "since", "until")
    )


def tags() -> list[tuple]:
    return list(
        CustomerTag.objects.order_by("pk").values_list("pk", "customer__code", "tag__name", "added_by", "added_at")
    )


@pytest.fixture
def few(monkeypatch):
    """Two a page, and none while the person waits."""
    monkeypatch.setattr(bulk, "PAGE", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 0)


def test_the_undo_of_a_handover_gives_back_the_very_rows(shops, cast):
    nobody = create_customer(code="E9", name="无", kind="franchisee", region=shops[0].region)
    assign(customers=[shops[1]], user=cast.mei, since=MARCH)  # begins on the very day
    before = charges()
    action = bulk.assign(by=cast.mei, user=cast.mei, since=MARCH, ids=[one.pk for one in [*shops, nobody]])
    assert (action.state, action.total, action.changed, action.unchanged, action.refused) == ("done", 4, 3, 1, 0)
    assert Responsibility.objects.filter(user=cast.mei, until=None).count() == 4
    assert charges() != before
    undone = bulk.ask_undo(action=action, by=cast.mei)
    assert (undone.state, undone.undone, undone.left) == ("undone", 3, 0)
    assert charges() == before
    with pytest.raises(ValidationError):
        bulk.ask_undo(action=undone, by=cast.mei)
    assert AuditEntry.objects.filter(action="customer.assign_undo").count() == 3


def test_what_replaced_a_row_of_the_same_day_is_undone_too(shops, cast):
    before = charges()
    action = bulk.assign(by=cast.mei, user=None, since=DAY, ids=[shops[0].pk])
    assert not Responsibility.objects.filter(customer=shops[0]).exists()
    bulk.ask_undo(action=action, by=cast.mei)
    assert charges() == before


def test_what_changed_since_is_named_and_left(shops, cast):
    action = bulk.assign(by=cast.mei, user=cast.mei, since=MARCH, ids=[one.pk for one in shops])
    assign(customers=[shops[1]], user=cast.tao, since=datetime.date(2026, 4, 1))
    middle = list(Responsibility.objects.filter(customer=shops[1]).order_by("pk").values_list("pk", "user", "until"))
    undone = bulk.ask_undo(action=action, by=cast.mei)
    assert (undone.undone, undone.left) == (2, 1)
    step = BulkStep.objects.get(result="left")
    assert (step.customer, step.reason) == (shops[1], "moved")
    assert (
        list(Responsibility.objects.filter(customer=shops[1]).order_by("pk").values_list("pk", "user", "until"))
        == middle
    )
    page = at(cast.mei).get(f"/customers/bulk/{action.pk}/").content.decode()
    assert "Somebody else was put in charge since." in page and "店1" in page


def test_one_with_a_later_day_is_refused_and_the_others_go_on(shops, cast):
    assign(customers=[shops[0]], user=cast.mei, since=datetime.date(2027, 1, 1))
    before = [row for row in charges() if row[1] == "E0"]
    action = bulk.assign(by=cast.mei, user=cast.mei, since=MARCH, ids=[one.pk for one in shops[:3]])
    assert (action.changed, action.refused) == (2, 1)
    assert BulkStep.objects.get(result="refused").reason == "later"
    assert [row for row in charges() if row[1] == "E0"] == before


def test_any_number_by_a_job_in_pages_without_skipping_any(regions, cast, few, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)
    made = [create_customer(code=f"S{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(5)]
    create_customer(code="W", name="西", kind="franchisee", region=regions.sichuan)
    assign(customers=made[:1], user=cast.tao, since=DAY)
    for one in made[1:]:
        assign(customers=[one], user=cast.tao, since=DAY)
    # The filter asks for Tao's, and each page takes rows out of it.
    query = f"manager={cast.tao.pk}"
    answer = at(cast.mei).post(
        "/customers/assign/", {"all": "1", "query": query, "user": cast.mei.pk, "since": str(MARCH)}
    )
    action = BulkAction.objects.get()
    assert answer["Location"] == f"/customers/bulk/{action.pk}/"
    assert (action.state, action.total, action.changed) == ("working", 5, 0)
    job = runner.run_here(action.job)
    assert (job.state, job.result) == ("done", {"action": action.pk, "changed": 5, "unchanged": 0, "refused": 0})
    assert (job.done_units, job.total_units) == (5, 5)
    assert Responsibility.objects.filter(user=cast.mei, until=None).count() == 5
    before = charges()
    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None)
    runner.run_here(job)
    assert charges() == before and BulkStep.objects.count() == 5
    undo = at(cast.mei).post(f"/customers/bulk/{action.pk}/undo/")
    assert undo["Location"] == f"/customers/bulk/{action.pk}/"
    action.refresh_from_db()
    assert runner.run_here(action.job).result == {"action": action.pk, "undone": 5, "left": 0}
    assert Responsibility.objects.filter(user=cast.tao, until=None).count() == 5


def test_a_job_that_died_goes_on_where_it_was(regions, cast, few):
    for n in range(5):
        create_customer(code=f"S{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu)
    action = bulk.tag(by=cast.mei, name="春", query="")
    assert bulk.do_page(action) is True  # one page, then the worker dies
    assert CustomerTag.objects.count() == 2
    runner.run_here(action.job)
    action.refresh_from_db()
    assert (action.changed, action.unchanged, CustomerTag.objects.count()) == (5, 0, 5)


def test_a_frozen_worker_writes_no_page(regions, cast, few):
    from crm.jobs.context import JobContext, Superseded
    from customers.care import jobs

    create_customer(code="S", name="店", kind="franchisee", region=regions.jiangsu)
    action = bulk.tag(by=cast.mei, name="春", query="")
    claimed = runner.claim(action.job_id)
    Job.objects.filter(pk=claimed.pk).update(fence=claimed.fence + 1)  # another worker has it by now
    with pytest.raises(Superseded):
        jobs.do(JobContext(job=claimed, fence=claimed.fence))
    assert not CustomerTag.objects.exists() and not BulkStep.objects.exists()


def test_rights_are_looked_at_when_the_job_runs(shops, cast, few):
    action = bulk.tag(by=cast.mei, name="春", ids=[shops[0].pk, shops[1].pk])
    from crm.accounts.models import Posting

    Posting.objects.filter(user=cast.mei).update(until=datetime.date(2020, 1, 1), since=datetime.date(2019, 1, 1))
    runner.run_here(action.job)
    action.refresh_from_db()
    assert (action.changed, action.refused) == (0, 2)
    assert not CustomerTag.objects.exists()


def test_tags_come_and_go_and_come_back_as_they_were(shops, cast):
    bulk.tag(by=cast.tao, name="Spring  sale", ids=[shops[0].pk])
    before = tags()
    action = bulk.tag(by=cast.mei, name="spring sale", ids=[one.pk for one in shops])
    assert (action.total, action.changed, action.unchanged) == (3, 2, 1)
    assert Tag.objects.get().name == "Spring sale"
    bulk.ask_undo(action=action, by=cast.mei)
    assert tags() == before
    off = bulk.tag(by=cast.mei, name="Spring sale", ids=[one.pk for one in shops], off=True)
    assert (off.changed, off.unchanged) == (1, 2) and tags() == []
    bulk.ask_undo(action=off, by=cast.mei)
    assert tags() == before


def test_a_tag_taken_off_meanwhile_is_left(shops, cast):
    action = bulk.tag(by=cast.mei, name="x", ids=[shops[0].pk])
    CustomerTag.objects.all().delete()
    undone = bulk.ask_undo(action=action, by=cast.mei)
    assert (undone.undone, undone.left, BulkStep.objects.get().reason) == (0, 1, "tagged")


def test_the_list_shows_and_filters_tags(shops, cast):
    client = at(cast.mei)
    ids = [shops[0].pk, shops[1].pk]
    assert client.post("/customers/tag/", {"id": ids}).status_code == 200
    assert not Tag.objects.exists()
    answer = client.post("/customers/tag/", {"id": ids, "tag": "旗舰"}, follow=True).content.decode()
    assert "“旗舰” is on 2 customers now." in answer and "/undo/" in answer
    page = client.get("/customers/?tag=旗舰").content.decode()
    assert "店0" in page and "店1" in page and "店2" not in page
    assert client.get("/customers/filters/tag/").content.decode().count("旗舰") >= 1
    assert "旗舰" not in at(cast.lin).get("/customers/filters/tag/").content.decode()
    assert "旗舰" in client.get(f"/customers/{shops[0].pk}/").content.decode()
    found = client.get("/api/v1/customers/?tag=旗舰").json()["results"]
    assert [(one["code"], one["tags"]) for one in found] == [("E0", ["旗舰"]), ("E1", ["旗舰"])]
    client.post(f"/customers/{shops[0].pk}/tags/", {"off": "旗舰"})
    assert CustomerTag.objects.count() == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 31])
def test_no_tag_without_a_proper_name(shops, cast, name):
    answer = at(cast.mei).post("/customers/tag/", {"id": [shops[0].pk], "tag": name})
    assert answer.status_code == 422
    assert not Tag.objects.exists() and not BulkAction.objects.exists()


def test_others_see_and_undo_nothing_of_it(shops, cast):
    action = bulk.tag(by=cast.mei, name="x", ids=[shops[0].pk])
    for person in (cast.lin, cast.tao, cast.ana):
        assert at(person).get(f"/customers/bulk/{action.pk}/").status_code == 404
        assert at(person).post(f"/customers/bulk/{action.pk}/undo/").status_code == 404
    assert at(cast.ana).post("/customers/tag/", {"id": [shops[0].pk], "tag": "y"}).status_code == 403
    assert "Choose at least one customer." in (
        at(cast.lin).post("/customers/tag/", {"id": [shops[0].pk], "tag": "y"}, follow=True).content.decode()
    )
    assert CustomerTag.objects.count() == 1
    assert at(cast.ada).post(f"/customers/bulk/{action.pk}/undo/").status_code == 302
    assert not CustomerTag.objects.exists()


def test_over_the_api(shops, cast):
    client = at(cast.mei)
    sent = {"content_type": "application/json"}
    both = client.post("/api/v1/bulk/tag/", {"ids": [shops[0].pk], "query": "", "name": "x"}, **sent)
    assert both.status_code == 400 and not Tag.objects.exists()
    made = client.post("/api/v1/bulk/assign/", {"query": "", "user": cast.mei.pk, "since": str(MARCH)}, **sent)
    assert (made.status_code, made.json()["changed"], made.json()["state"]) == (201, 3, "done")
    url = f"/api/v1/bulk/{made.json()['id']}/"
    assert at(cast.lin).get(url).status_code == 404
    assert client.post(f"{url}undo/").json()["undone"] == 3
    assert client.post(f"{url}undo/").status_code == 400
    assert at(cast.ana).post("/api/v1/bulk/tag/", {"query": "", "name": "x"}, **sent).status_code == 403
    assert not Tag.objects.exists()


def test_a_page_takes_as_few_statements_for_many_as_for_few(regions, cast):
    from crm.clock import now
    from customers.models import Note

    counts = []
    for size in (5, 40):
        made = [
            create_customer(code=f"S{size}-{n}", name="店", kind="franchisee", region=regions.jiangsu)
            for n in range(size)
        ]
        Note.objects.bulk_create([Note(customer=one, text="x", written_by=cast.mei, at=now()) for one in made])
        with CaptureQueriesContext(connection) as asked:
            bulk.assign(by=cast.ada, user=cast.mei, since=MARCH, ids=[one.pk for one in made])
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert HandoverBrief.objects.count() == 45 and Handover.objects.count() == 2
    assert Customer.objects.count() == 45
