"""Our side: inviting, showing and ending links, many at once, over pages, API and the command line."""

from __future__ import annotations

import csv
import datetime
import io
import re

import pytest
import qrcode
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from crm.accounts.actions import create_token
from crm.accounts.models import User
from crm.api.models import IdempotencyKey
from crm.audit.models import AuditEntry
from crm.clock import now
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.care import bulk
from customers.models import BulkAction, BulkStep, Customer, PortalAccount, PortalLink, PortalSession
from customers.people.actions import create_person
from customers.portal import actions, inviting, jobs, qr, reading
from customers.profile.actions import assign, create_customer
from tests.portal.conftest import BASE, DAY, address_of, enter

pytestmark = pytest.mark.django_db


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def program(user, scope="write") -> APIClient:
    client = APIClient()
    _token, text = create_token(user=user, scope=scope)
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def counts() -> tuple:
    return PortalAccount.objects.count(), PortalLink.objects.count(), Job.objects.count(), AuditEntry.objects.count()


# --- one at a time ------------------------------------------------------------------------------------------------


def test_a_person_is_invited_with_what_is_known_of_them(shop, owner, cast):
    made = actions.invite(customer=shop, person=owner, by=cast.tao)
    assert (made.name, made.email, made.phone, made.invited_by) == (
        "王老板",
        "wang@shop.test",
        "139 0000 1111",
        cast.tao,
    )
    link = PortalLink.objects.get()
    assert (link.expires_at - link.made_at).days == 7 and link.state == "open"


@pytest.mark.parametrize(
    "values,field,code",
    [
        ({"name": " "}, "name", "required"),
        ({"name": "x"}, "email", "required"),
        ({"name": "x", "email": "nonsense"}, "email", "invalid"),
        ({"name": "x", "email": "WANG@shop.test"}, "email", "twice"),
        ({"name": "x" * 81, "phone": "1"}, "name", "max_length"),
    ],
)
def test_what_is_refused(account, shop, cast, values, field, code):
    before = counts()
    with pytest.raises(ValidationError) as refusal:
        actions.invite(customer=shop, by=cast.tao, **values)
    assert refusal.value.error_dict[field][0].code == code
    assert counts() == before


def test_nobody_twice_no_stranger_and_no_closed_shop(account, shop, owner, other, cast):
    stranger = create_person(name="外人", phone="1", customer=other.customer, role={"role": "owner"}, by=cast.lin)
    before = counts()
    for person, code in ((owner, "twice"), (stranger, "stands")):
        with pytest.raises(ValidationError) as refusal:
            actions.invite(customer=shop, person=person, email="new@shop.test", by=cast.tao)
        assert refusal.value.error_dict["person"][0].code == code
    Customer.objects.filter(pk=shop.pk).update(state="closed")
    with pytest.raises(ValidationError) as refusal:
        actions.invite(customer=shop, name="x", phone="1", by=cast.tao)
    assert refusal.value.code == "closed"
    with pytest.raises(ValidationError) as refusal:
        actions.new_link(account=account, by=cast.tao)
    assert refusal.value.code == "closed"
    assert counts() == before
    Customer.objects.filter(pk=shop.pk).update(state="active")
    actions.end_access(account=account, by=cast.tao)
    assert actions.invite(customer=shop, person=owner, by=cast.tao).pk != account.pk


def test_the_database_holds_it_too(account, shop):
    values = {"customer": shop, "name": "x", "invited_at": account.invited_at}
    for wrong in (
        {"email": "Wang@Shop.test"},
        {"person": account.person},
        {"is_active": False},
        {"name": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PortalAccount.objects.create(**{**values, **wrong})
    link = PortalLink.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PortalLink.objects.create(account=account, nonce="n", made_at=link.made_at, expires_at=link.expires_at)


def test_the_tab_invites_and_shows_the_link(shop, owner, cast):
    client = at(cast.tao)
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "Nobody yet." in page and f'href="/customers/{shop.pk}/portal/"' in page and "王老板" in page
    answer = client.post(f"/customers/{shop.pk}/portal/", {"person": owner.pk, "send": "on"})
    account = PortalAccount.objects.get()
    assert answer["Location"] == f"/customers/portal/accounts/{account.pk}/link/"
    page = client.get(answer["Location"]).content.decode()
    whole = f"http://testserver{address_of(account)}"
    assert f'value="{whole}"' in page and f'd="{qr.drawn(whole)[1]}"' in page and "style=" not in page
    assert client.get(answer["Location"]).content.decode().count(whole) == 1  # shown until it is used
    assert mail.outbox == []
    assert runner.drain() == 1
    assert [letter.to for letter in mail.outbox] == [["wang@shop.test"]] and whole in mail.outbox[0].body
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "waits to be used" in page and "sent to w•••@shop.test" in page and "never seen" in page
    enter(account)
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "has come in" in page and "link: used" in page and "never seen" not in page
    assert "There is no link that could be used" in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"send": "1"})
    assert runner.drain() == 1 and len(mail.outbox) == 2
    client.post(f"/customers/portal/accounts/{account.pk}/revoke/")
    assert "link: revoked" in client.get(f"/customers/{shop.pk}/portal/").content.decode()
    client.post(f"/customers/portal/accounts/{account.pk}/end/")
    account.refresh_from_db()
    assert (account.is_active, account.ended_by, PortalSession.objects.get().ended_at is None) == (
        False,
        cast.tao,
        False,
    )
    assert "no access any more" in client.get(f"/customers/{shop.pk}/portal/").content.decode()


def test_a_form_that_is_wrong_says_so(shop, owner, cast):
    answer = at(cast.tao).post(f"/customers/{shop.pk}/portal/", {"name": "x"})
    assert answer.status_code == 422
    assert "An e-mail address or a phone number is needed" in answer.content.decode()
    assert not PortalAccount.objects.exists()


def test_readers_see_who_has_access_and_no_link(account, shop, cast):
    client = at(cast.ana)
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "王老板" in page and "Show the link" not in page and "Invite somebody" not in page
    before = counts()
    for path in (f"/customers/portal/accounts/{account.pk}/link/", "/customers/portal/links/"):
        assert client.get(path).status_code == 403
    for path in (
        f"/customers/{shop.pk}/portal/",
        f"/customers/portal/accounts/{account.pk}/link/",
        f"/customers/portal/accounts/{account.pk}/revoke/",
        f"/customers/portal/accounts/{account.pk}/end/",
        "/customers/invite/",
    ):
        assert client.post(path, {"name": "x", "phone": "1", "id": shop.pk, "sure": "1"}).status_code == 403, path
    assert counts() == before


def test_a_scanned_code_holds_the_whole_link(account):
    """The path drawn is the code's: every dark module, and no other."""
    text = f"{BASE}{address_of(account)}"
    side, path = qr.drawn(text)
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    dark = {(x, y) for y, row in enumerate(code.get_matrix()) for x, on in enumerate(row) if on}
    drawn = set()
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        drawn |= {(int(x) + n, int(y)) for n in range(int(wide))}
    assert drawn == dark and side == len(code.get_matrix())


def test_the_tab_takes_no_more_statements_for_more_people(account, shop, cast):
    client = at(cast.tao)
    path = f"/customers/{shop.pk}/portal/"
    client.get(path)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    few = count()
    for n in range(12):
        actions.invite(customer=shop, name=f"n{n}", phone="1", by=cast.tao)
    assert count() == few


# --- many ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def shops(regions, cast, shop, owner):
    """With mail; a phone only; nobody; somebody without either; closed; with access already."""
    made = [shop]
    for n in range(2, 7):
        made.append(create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu))
    phone = create_person(name="只有电话", phone="137 1", customer=made[1], role={"role": "manager"}, by=cast.ada)
    create_person(name="什么都没有", customer=made[1], role={"role": "owner", "is_primary": True}, by=cast.ada)
    create_person(name="没有", customer=made[3], role={"role": "owner"}, by=cast.ada)
    create_person(name="关店老板", phone="1", customer=made[4], role={"role": "owner"}, by=cast.ada)
    Customer.objects.filter(pk=made[4].pk).update(state="closed")
    actions.invite(customer=made[5], name="已有", phone="1", by=cast.ada)
    assign(customers=made, user=cast.tao, since=DAY)
    return made, phone


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


# --- programs and the command line --------------------------------------------------------------------------------


def test_the_api(shop, owner, other, cast):
    bot = program(cast.bot)
    made = bot.post("/api/v1/portal/accounts/", {"customer": shop.pk, "person": owner.pk, "send": True})
    assert made.status_code == 201
    one = made.json()
    account = PortalAccount.objects.get(pk=one["id"])
    assert {name: one[name] for name in ("customer", "person", "name", "email", "is_active", "link_state")} == {
        "customer": shop.pk,
        "person": owner.pk,
        "name": "王老板",
        "email": "wang@shop.test",
        "is_active": True,
        "link_state": "open",
    }
    path = f"/api/v1/portal/accounts/{account.pk}/"
    first = bot.get(f"{path}link/").json()
    assert first["link"] == f"http://testserver{address_of(account)}" and first["link"] not in str(one)
    assert runner.drain() == 1 and len(mail.outbox) == 1
    assert bot.post(f"{path}link/", {}).json()["link_state"] == "open"
    assert bot.get(f"{path}link/").json()["link"] != first["link"]
    assert [row["id"] for row in bot.get("/api/v1/portal/accounts/").json()["results"]] == [account.pk]
    assert bot.get("/api/v1/portal/accounts/?is_active=false").json()["results"] == []
    assert bot.get(f"/api/v1/portal/accounts/?customer={shop.pk}").json()["results"][0]["id"] == account.pk
    assert bot.get(path).json()["invited_by"]["name"] == "Bot"
    assert bot.post(f"{path}end/", {}).json()["is_active"] is False
    assert bot.get(f"{path}link/").status_code == 400
    assert bot.post(f"{path}link/", {}).status_code == 400
    for foreign in (other.pk, 999_999):
        assert bot.get(f"/api/v1/portal/accounts/{foreign}/").status_code == 404
        assert bot.post(f"/api/v1/portal/accounts/{foreign}/end/", {}).status_code == 404
    refused = bot.post("/api/v1/portal/accounts/", {"customer": other.customer_id, "name": "x", "phone": "1"})
    assert refused.status_code == 400 and list(refused.json()) == ["customer"]
    reader = program(cast.bot, "read")
    assert reader.get(path).status_code == 200
    assert reader.get(f"{path}link/").status_code == 403
    assert reader.post(f"{path}end/", {}).status_code == 403


def test_a_repeated_request_invites_once_and_keeps_no_link(shop, owner, cast):
    bot = program(cast.bot)
    body = {"customer": shop.pk, "person": owner.pk}
    answers = [bot.post("/api/v1/portal/accounts/", body, headers={"Idempotency-Key": "k1"}) for _n in range(2)]
    assert [one.status_code for one in answers] == [201, 201] and PortalAccount.objects.count() == 1
    token = address_of(PortalAccount.objects.get()).split("/")[-2]
    assert token not in repr(list(IdempotencyKey.objects.values()))


def test_many_over_the_api(shops, cast):
    made, _phone = shops
    bot = program(cast.bot)
    answer = bot.post("/api/v1/bulk/invite/", {"ids": [one.pk for one in made]})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["kind"], told["changed"], told["unchanged"], told["refused"]) == ("invite", 2, 1, 3)
    assert sorted(one["reason"] for one in told["told"]) == ["closed", "nobody", "nobody"]
    assert program(cast.bot, "read").post("/api/v1/bulk/invite/", {"query": ""}).status_code == 403


def run(*args) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("create_user", *args, stdout=out, stderr=err)
    except SystemExit as end:
        return out.getvalue().strip(), err.getvalue().strip(), int(end.code or 0)
    return out.getvalue().strip(), err.getvalue().strip(), 0


@pytest.mark.parametrize(
    "login,options,kept",
    [
        ("wang@shop.test", [], ("wang@shop.test", "wang@shop.test", "")),
        ("+86 139 0000 1111", ["--name", "王"], ("王", "", "+86 139 0000 1111")),
        ("王老板", ["--email", "w@shop.test"], ("王老板", "w@shop.test", "")),
        ("王老板", [], ("王老板", "", "")),
    ],
)
def test_the_command_lets_a_dealer_in(shop, settings, login, options, kept):
    settings.PUBLIC_URL = "https://dealers.qiao.test"
    out, err, code = run(login, "--portal", "E1", *options)
    account = PortalAccount.objects.get()
    assert (account.name, account.email, account.phone) == kept
    assert (out, code) == (f"https://dealers.qiao.test{address_of(account)}", 0)
    assert err == f"{login} (E1) invited."
    assert "东店" in enter(account).get("/portal/").content.decode()
    assert not User.objects.filter(username=login).exists()


def test_the_command_refuses(shop, account):
    before = counts()
    assert run("x", "--portal", "NONE")[::2] == ("", 2)
    assert run("wang@shop.test", "--portal", "E1")[::2] == ("", 2)
    assert run("x", "--portal", "E1", "--region", "EAST")[::2] == ("", 2)
    for wrong in (["x"], ["x", "--portal", "E1", "--role", "manager"]):
        with pytest.raises(CommandError):
            call_command("create_user", *wrong)
    assert counts() == before


def test_who_has_seen_a_link_is_written_down(account, cast, sign_in):
    client, page = sign_in(cast.tao), f"/customers/portal/accounts/{account.pk}/link/"
    client.get(page)
    client.get(f"/api/v1/portal/accounts/{account.pk}/link/")
    seen = AuditEntry.objects.filter(action="portal.show", object_id=str(account.customer_id))
    assert [(one.actor, one.changes) for one in seen] == [(cast.tao, {"dealer": account.name})] * 2
    actions.revoke_link(account=account, by=cast.tao)
    client.get(page)
    assert seen.count() == 2  # there is none to see any more
