"""Dealers' access over the API and by the command line."""

from __future__ import annotations

import io

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from crm.accounts.models import User
from crm.api.models import IdempotencyKey
from crm.jobs import runner
from customers.models import PortalAccount
from tests.portal.asking import counts, program
from tests.portal.conftest import address_of, enter

pytestmark = pytest.mark.django_db


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
