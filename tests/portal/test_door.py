"""Coming in by a link, once; staying, leaving, and everything that does not let anybody in."""

from __future__ import annotations

import datetime
import hashlib
import logging
import re
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import now
from crm.logs import formatter
from customers.models import Customer, PortalAccount, PortalLink, PortalSession
from customers.portal import actions, links
from customers.profile.actions import create_customer
from tests.portal.conftest import address_of, enter

pytestmark = pytest.mark.django_db


def state() -> tuple:
    return (
        list(PortalLink.objects.order_by("pk").values_list("pk", "used_at", "revoked_at", "expires_at", "sent_at")),
        list(PortalSession.objects.order_by("pk").values_list("pk", "account", "last_seen_at", "ended_at")),
        list(PortalAccount.objects.order_by("pk").values_list("pk", "is_active", "last_seen_at", "version")),
        AuditEntry.objects.count(),
    )


def refused(answer) -> bool:
    return answer.status_code == 404 and "This link does not work any more" in answer.content.decode()


def test_looking_at_a_link_changes_nothing(account):
    before, client = state(), Client()
    for _n in range(3):
        page = client.get(address_of(account))
        assert page.status_code == 200 and "Sign in as 王老板 of 东店" in page.content.decode()
    assert client.head(address_of(account)).status_code == 200
    assert state() == before and client.cookies.get("qiao_portal") is None
    assert client.get("/portal/").content.decode().count("东店") == 0


def test_a_link_lets_in_once(account):
    path = address_of(account)
    client = enter(account)
    assert "东店" in client.get("/portal/").content.decode()
    before = state()
    for other in (Client(), client):
        assert refused(other.get(path)) and refused(other.post(path))
    assert state() == before
    assert PortalSession.objects.count() == 1


def test_the_cookie_is_sent_to_these_pages_only(account, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = enter(account).cookies["qiao_portal"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == ("/portal/", True, "Lax", True)
    assert cookie["max-age"] == 30 * 86400
    session = PortalSession.objects.get()
    assert session.digest == hashlib.sha256(cookie.value.encode()).hexdigest()
    assert len(cookie.value) == 43 and cookie.value not in repr(PortalSession.objects.values_list())


@pytest.mark.parametrize("why", ["expired", "revoked", "ended", "closed", "replaced"])
def test_a_link_that_does_not_let_in(account, cast, why):
    path = address_of(account)
    if why == "expired":
        PortalLink.objects.update(expires_at=now() - datetime.timedelta(seconds=1))
    elif why == "revoked":
        actions.revoke_link(account=account, by=cast.tao)
    elif why == "ended":
        actions.end_access(account=account, by=cast.tao)
    elif why == "closed":
        Customer.objects.update(state="closed")
    else:
        actions.new_link(account=account, by=cast.tao)
    before = state()
    seen, tried = Client().get(path), Client().post(path)
    assert refused(seen) and refused(tried)
    unknown = Client().get("/portal/in/nothing/")
    plain = [re.sub(r'value="[^"]{64}"', "", one.content.decode()) for one in (seen, unknown)]
    assert plain[0] == plain[1]
    assert state() == before and not PortalSession.objects.exists()


def test_no_token_can_be_made_without_the_servers_key(account, settings):
    link = PortalLink.objects.get()
    token = links.token_of(link)
    assert actions.usable(token) == link
    forged = [
        f"{link.pk}.{link.nonce}",
        f"{link.pk}.{link.nonce}.x",
        token[:-1],
        token.replace(f"{link.pk}.", f"{link.pk + 1}.", 1),
        token.swapcase(),
        "x" * 5000,
        "%00",
        "-1.x.y",
    ]
    assert [one for one in forged if actions.usable(one)] == []
    with pytest.raises(ValidationError) as refusal:
        actions.enter(token=forged[0])
    assert refusal.value.code == "link"
    settings.SECRET_KEY = "another-key-another-key-another-key-1"
    assert Signer(sep=".", salt="customers.portal.link").sign(f"{link.pk}.{link.nonce}") != token


def test_a_closed_shop_and_an_ended_access_shut_out_those_inside(account, cast):
    client = enter(account)
    Customer.objects.update(state="closed")
    assert "东店" not in client.get("/portal/").content.decode()
    Customer.objects.update(state="active")
    assert "东店" in client.get("/portal/").content.decode()
    again = actions.new_link(account=account, by=cast.tao)
    actions.end_access(account=account, by=cast.tao)
    assert "东店" not in client.get("/portal/").content.decode()
    again.refresh_from_db()
    assert again.revoked_at is not None and PortalSession.objects.get().ended_at is not None
    with pytest.raises(ValidationError) as refusal:
        actions.new_link(account=account, by=cast.tao)
    assert refusal.value.code == "ended"


def test_leaving_ends_this_device_only(account, cast):
    first = enter(account)
    actions.new_link(account=account, by=cast.tao)
    second = enter(account)
    key = first.cookies["qiao_portal"].value
    answer = first.post("/portal/out/")
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    assert first.cookies["qiao_portal"].value == ""
    thief = Client()
    thief.cookies["qiao_portal"] = key
    assert "东店" not in thief.get("/portal/").content.decode()
    assert "东店" in second.get("/portal/").content.decode()
    assert first.get("/portal/out/").status_code == 405


def test_a_session_runs_out(account):
    client = enter(account)
    PortalSession.objects.update(expires_at=now())
    assert "东店" not in client.get("/portal/").content.decode()


def test_being_there_is_written_down_now_and_then(account):
    client = enter(account)
    before = state()
    client.get("/portal/")
    assert state() == before
    past = now() - datetime.timedelta(minutes=6)
    PortalSession.objects.update(last_seen_at=past)
    PortalAccount.objects.update(last_seen_at=past)
    client.get("/portal/")
    assert PortalSession.objects.get().last_seen_at > past and PortalAccount.objects.get().last_seen_at > past


def test_the_log_names_the_dealer_and_keeps_neither_address_nor_link(account, cast):
    path = address_of(account)
    client = enter(account)
    client.post("/portal/out/")
    actions.new_link(account=account, by=cast.tao)
    actions.end_access(account=account, by=cast.tao)
    entries = list(AuditEntry.objects.filter(action__startswith="portal.").order_by("pk"))
    assert [(one.action, one.actor_id and one.actor.username, one.object_name) for one in entries] == [
        ("portal.invite", "tao", "东店"),
        ("portal.enter", None, "东店"),
        ("portal.leave", None, "东店"),
        ("portal.link", "tao", "东店"),
        ("portal.end", "tao", "东店"),
    ]
    kept = repr(list(AuditEntry.objects.filter(action__startswith="portal.").values()))
    assert "王老板" in kept and "wang@shop.test" not in kept
    assert path.split("/")[-2] not in kept and PortalLink.objects.first().nonce not in kept


@pytest.mark.parametrize("door", ["in", "survey"])
def test_no_line_of_a_log_holds_a_link(account, door):
    """A form without its token is refused and logged with its address; so is what breaks. Whoever held the address
    could come in, or answer for somebody else.
    """
    token = address_of(account).split("/")[-2]
    path = f"/portal/{door}/{token}/"
    seen = []

    class Keep(logging.Handler):
        def emit(self, record):
            seen.append(self.format(record))

    handlers = [Keep(), Keep()]
    handlers[0].setFormatter(formatter(json=True))
    handlers[1].setFormatter(formatter(json=False))
    logger = logging.getLogger("django.security.csrf")
    for one in handlers:
        logger.addHandler(one)
    try:
        answer = Client(enforce_csrf_checks=True).post(path)
    finally:
        for one in handlers:
            logger.removeHandler(one)
    assert answer.status_code == 403 and not PortalSession.objects.exists()
    assert len(seen) == 2 and all(f"/portal/{door}/•••" in line and token not in line for line in seen)


def test_what_these_pages_say_to_browsers(account):
    for answer in (Client().get(address_of(account)), Client().get("/portal/"), enter(account).get("/portal/")):
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
        assert "Cookie" in answer["Vary"]
        assert "default-src 'self'" in answer["Content-Security-Policy"]


# --- a new link by e-mail -----------------------------------------------------------------------------------------


def ask(email, address="10.0.0.1"):
    return Client().post("/portal/", {"email": email}, REMOTE_ADDR=address)


def test_who_has_access_is_sent_a_new_link(account):
    old = address_of(account)
    answer = ask("WANG@shop.test")
    assert answer.status_code == 200
    assert [letter.to for letter in mail.outbox] == [["wang@shop.test"]]
    path = re.search(r"http://testserver(/portal/in/\S+)", mail.outbox[0].body)[1]
    assert path != old and refused(Client().get(old))
    link = PortalLink.objects.order_by("-pk")[0]
    assert (link.sent_to, link.made_by) == ("w•••@shop.test", None) and link.sent_at is not None
    assert Client().post(path)["Location"] == "/portal/"


def test_everybody_is_answered_alike(account, cast, regions):
    gone = create_customer(code="E9", name="关", kind="franchisee", region=regions.jiangsu)
    actions.invite(customer=gone, name="x", email="closed@shop.test", by=None)
    Customer.objects.filter(pk=gone.pk).update(state="closed")
    ended = actions.invite(customer=account.customer, name="y", email="ended@shop.test", by=None)
    actions.end_access(account=ended, by=None)
    answers, work = [], []
    for n, email in enumerate(("wang@shop.test", "nobody@shop.test", "closed@shop.test", "ended@shop.test")):
        with patch("customers.portal.letters.answer") as later, CaptureQueriesContext(connection) as queries:
            answer = ask(email, f"10.0.1.{n}")
        answers.append(re.sub(r'value="[^"]{64}"', "", answer.content.decode()))
        work.append([re.sub(r"'[^']*'", "?", one["sql"].split("WHERE")[0]) for one in queries.captured_queries])
        assert later.call_args.args == (email, "http://testserver")
    assert len(set(answers)) == 1
    assert len({len(one) for one in work}) == 1
    for email in ("nobody@shop.test", "closed@shop.test", "ended@shop.test"):
        ask(email)
    assert mail.outbox == []


def test_a_mailbox_is_not_flooded_and_nobody_is_told(account):
    answers = {ask("wang@shop.test", f"10.0.2.{n}").status_code for n in range(8)}
    assert answers == {200} and len(mail.outbox) == 5


def test_an_address_asks_only_so_often(account):
    answers = [ask(f"n{n}@shop.test", "10.0.3.1").status_code for n in range(31)]
    assert answers == [200] * 30 + [429]
    assert ask("wang@shop.test", "10.0.3.2").status_code == 200


def test_what_is_no_address_is_told_so(account):
    answer = ask("wang")
    assert answer.status_code == 422 and mail.outbox == []


def test_a_mail_server_that_is_away_breaks_nothing(account, settings, caplog):
    settings.EMAIL_BACKEND = "tests.portal.test_door.Away"
    answer = ask("wang@shop.test")
    assert answer.status_code == 200
    assert "wang@shop.test" not in caplog.text
    assert PortalLink.objects.order_by("-pk")[0].sent_at is None


class Away(BaseEmailBackend):
    def send_messages(self, messages):
        raise OSError("mail server away")


def test_language_is_the_dealers_own(account, cast):
    client = enter(account)
    client.force_login(cast.tao)
    client.post("/portal/language/", {"language": "zh-hans"})
    account.refresh_from_db()
    cast.tao.refresh_from_db()
    assert (account.language, cast.tao.language) == ("zh-hans", "")
    page = client.get("/portal/")
    assert '<html lang="zh-hans"' in page.content.decode()
    client.post("/portal/language/", {"language": "xx"})
    account.refresh_from_db()
    assert account.language == "zh-hans"
    stranger = Client()
    stranger.post("/portal/language/", {"language": "zh-hans"})
    assert stranger.cookies["qiao_portal_language"]["path"] == "/portal/"
    assert '<html lang="zh-hans"' in stranger.get("/portal/").content.decode()
