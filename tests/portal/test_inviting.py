"""Many invited at once, the links to pass on, and the letters."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import now
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.care import bulk
from customers.models import BulkAction, BulkStep, PortalAccount, PortalLink, PortalSession
from customers.people.actions import create_person
from customers.portal import actions, inviting, jobs, reading
from customers.profile.actions import create_customer
from tests.portal.asking import at
from tests.portal.conftest import BASE, DAY, address_of, enter

pytestmark = pytest.mark.django_db


def begin(by, shops):
    return bulk.start(kind="invite", by=by, params={"base": BASE}, ids=[one.pk for one in shops])


def test_of_each_the_owner_else_the_first_to_call_else_any(shop, owner, cast):
    manager = create_person(name="店长", email="m@shop.test", customer=shop, role={"role": "manager"}, by=cast.ada)
    assert inviting.contacts([shop.pk])[shop.pk].person == owner
    owner.roles.update(role="partner", is_primary=False)
    assert inviting.contacts([shop.pk])[shop.pk].person == owner  # written down first
    manager.roles.update(is_primary=True)
    assert inviting.contacts([shop.pk])[shop.pk].person == manager
    owner.roles.update(role="owner")
    assert inviting.contacts([shop.pk])[shop.pk].person == owner
    owner.roles.update(until=DAY)
    assert inviting.contacts([shop.pk])[shop.pk].person == manager


def test_many_are_invited_and_taken_back(shops, cast):
    made, phone = shops
    action = begin(cast.mei, made)
    assert (action.changed, action.unchanged, action.refused) == (2, 1, 3)
    steps = dict(BulkStep.objects.filter(action=action).values_list("customer__code", "reason"))
    assert steps == {"E1": "", "E2": "", "E3": "nobody", "E4": "nobody", "E5": "closed", "E6": ""}
    invited = {one.customer.code: one for one in PortalAccount.objects.filter(invited_by=cast.mei)}
    assert {code: one.name for code, one in invited.items()} == {"E1": "王老板", "E2": "只有电话"}
    assert invited["E2"].person == phone
    assert AuditEntry.objects.filter(action="portal.invite", actor=cast.mei).count() == 2
    assert runner.drain() == 1
    assert [letter.to for letter in mail.outbox] == [["wang@shop.test"]]
    assert f"{BASE}{address_of(invited['E1'])}" in mail.outbox[0].body
    enter(invited["E1"])
    link = PortalLink.objects.get(account=invited["E2"])
    path = address_of(invited["E2"])
    undone = bulk.ask_undo(action=action, by=cast.mei)
    assert (undone.undone, undone.left) == (1, 1)
    assert BulkStep.objects.get(result="left").reason == "entered"
    link.refresh_from_db()
    assert link.revoked_at is not None and Client().get(path).status_code == 404
    assert PortalAccount.objects.get(pk=invited["E1"].pk).is_active
    ended = PortalAccount.objects.get(pk=invited["E2"].pk)
    assert (ended.is_active, ended.ended_by) == (False, cast.mei)
    again = begin(cast.mei, made)
    assert (again.changed, again.unchanged) == (1, 2)


def test_an_access_ended_meanwhile_is_left(shops, cast):
    made, _phone = shops
    action = begin(cast.mei, made[1:2])
    actions.end_access(account=PortalAccount.objects.get(customer=made[1]), by=cast.ada)
    undone = bulk.ask_undo(action=action, by=cast.mei)
    assert (undone.undone, undone.left, BulkStep.objects.get(action=action).reason) == (0, 1, "ended")


def test_a_page_of_many_takes_as_many_statements_as_a_page_of_few(regions, cast):
    def some(n, prefix):
        made = []
        for k in range(n):
            one = create_customer(code=f"{prefix}{k}", name=f"店{k}", kind="franchisee", region=regions.jiangsu)
            email = f"{prefix}{k}@shop.test" if k % 2 else ""
            create_person(name=f"人{k}", email=email, phone="1", customer=one, role={"role": "owner"}, by=cast.ada)
            made.append(one)
        return made

    def cost(made):
        with CaptureQueriesContext(connection) as queries:
            assert begin(cast.mei, made).changed == len(made)
        return len(queries)

    cost(some(2, "W"))  # whoever asks is known by then
    few, many = cost(some(4, "A")), cost(some(60, "B"))
    assert few == many


def test_the_page_of_many_asks_first_and_leads_to_the_links(shops, cast):
    made, _phone = shops
    client = at(cast.mei)
    assert 'formaction="/customers/invite/"' in client.get("/customers/").content.decode()
    sent = {"id": [one.pk for one in made[:2]]}
    page = client.post("/customers/invite/", sent)
    assert page.status_code == 200 and "2 customers" in page.content.decode() and not BulkAction.objects.exists()
    answer = client.post("/customers/invite/", {**sent, "sure": "1"})
    action = BulkAction.objects.get()
    assert answer["Location"] == f"/customers/portal/links/?action={action.pk}"
    account = PortalAccount.objects.get(customer=made[1])
    page = client.get(answer["Location"]).content.decode()
    whole = f"http://testserver{address_of(account)}"
    assert whole in page and "只有电话" in page and "王老板" not in page
    file = client.get(f"{answer['Location']}&format=csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0] == ["Code", "Customer", "Name", "Phone", "Link", "Valid until"]
    assert [row[:5] for row in rows[1:]] == [["E2", "店2", "只有电话", "137 1", whole]]
    assert (
        f"/customers/portal/links/?action={action.pk}" in client.get(f"/customers/bulk/{action.pk}/").content.decode()
    )
    assert "店6" in client.get("/customers/portal/links/").content.decode()  # another one's, in reach
    lin = at(cast.lin)
    assert lin.get(answer["Location"]).status_code == 404
    assert "店" not in lin.get("/customers/portal/links/").content.decode()
    enter(account)
    assert whole not in client.get(answer["Location"]).content.decode()


def test_more_than_a_few_by_a_job(shops, cast, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    monkeypatch.setattr(bulk, "PAGE", 2)
    made, _phone = shops
    action = begin(cast.mei, made)
    assert action.changed == 0
    assert runner.drain() == 2
    action.refresh_from_db()
    assert (action.changed, action.unchanged, action.refused) == (2, 1, 3)
    assert len(mail.outbox) == 1


def test_a_letter_goes_out_once(account, cast):
    link = PortalLink.objects.get()
    job = jobs.ask_to_send([link], BASE, cast.tao)
    again = jobs.ask_to_send([link], BASE, cast.tao)
    assert runner.run_here(job).result == {"sent": 1} and runner.run_here(again).result == {"sent": 0}
    assert len(mail.outbox) == 1


def test_a_letter_that_did_not_go_out_is_tried_again(account, cast, settings):
    settings.EMAIL_BACKEND = "tests.portal.test_door.Away"
    job = jobs.ask_to_send([PortalLink.objects.get()], BASE, cast.tao)
    tried = runner.run_here(job)
    assert tried.state == "queued" and "Away" not in tried.error and "OSError" in tried.error
    link = PortalLink.objects.get()
    assert (link.sent_at, link.sent_to) == (None, "")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.filter(pk=job.pk).update(run_after=now())
    assert runner.run_here(Job.objects.get(pk=job.pk)).result == {"sent": 1}


def test_no_letter_with_a_link_that_opens_nothing(account, cast):
    job = jobs.ask_to_send([PortalLink.objects.get()], BASE, cast.tao)
    actions.revoke_link(account=account, by=cast.tao)
    assert runner.run_here(job).result == {"sent": 0} and mail.outbox == []


def test_a_letter_speaks_the_dealers_language(account, cast):
    PortalAccount.objects.update(language="en", name="王\n老板")
    runner.run_here(jobs.ask_to_send([PortalLink.objects.get()], BASE, cast.tao))
    assert mail.outbox[0].subject == "Your access to Qiao"
    assert "with this link you see the figures of 东店" in mail.outbox[0].body


def test_the_night_takes_old_links_and_sessions(account, cast, settings):
    enter(account)
    actions.new_link(account=account, by=cast.tao)
    old = now() - datetime.timedelta(days=181)
    PortalLink.objects.filter(used_at__isnull=False).update(used_at=old)
    assert runner.run_here(enqueue(kind="portal.purge")).result == {"links": 1, "sessions": 0}
    assert reading.open_link(account) is not None and PortalSession.objects.count() == 1
    PortalSession.objects.update(expires_at=old)
    assert runner.run_here(enqueue(kind="portal.purge")).result == {"links": 0, "sessions": 1}
