"""Breaking in: names and passwords tried, links and second factors misused."""

from __future__ import annotations

import json
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from crm.accounts.actions import change_user
from crm.audit.models import AuditEntry
from tests.conftest import PASSWORD
from tests.security.doors import code_of, fresh_counters, is_in, try_in, with_factor  # noqa: F401 - a fixture

# --- signing in ---------------------------------------------------------------------------------------------------


def test_name_and_e_mail_count_as_one_person(cast):
    for n, login in enumerate(["mei", "mei@qiao.test", "MEI", "Mei@Qiao.test", " mei "] * 2):
        assert try_in(Client(), login, "wrong", f"10.0.1.{n}").status_code in (200, 422)
    for login in ("mei", "mei@qiao.test"):
        client = Client()
        try_in(client, login, address="10.0.2.1")
        assert not is_in(client)
    other = Client()
    try_in(other, "lin", address="10.0.2.1")
    assert is_in(other)


def test_what_is_no_ones_name_is_not_kept(cast):
    """It may be a password, typed in the wrong field."""
    try_in(Client(), "correct-horse-7", "mei")
    try_in(Client(), "mei@qiao.test", "wrong")
    kept = AuditEntry.objects.filter(action="session.refuse").order_by("pk")
    assert [(one.reason, one.object_name, one.address) for one in kept] == [
        ("", "", "10.0.0.1"),
        ("mei@qiao.test", "美", "10.0.0.1"),
    ]


@pytest.mark.parametrize("login", ["mei", "mei@qiao.test", "nobody", "nobody@qiao.test", "closed"])
def test_every_try_costs_one_hash(cast, login, monkeypatch):
    """Else the time of the answer tells who exists."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    change_user(user=cast.lin, is_active=False, username="closed")
    counted = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: counted.append(1) or real(*a, **k))
    try_in(Client(), login, "wrong")
    assert len(counted) == 1


def test_a_forgotten_password_is_answered_alike_for_everybody(cast):
    change_user(user=cast.lin, is_active=False)
    answers = []
    for address in ("mei@qiao.test", "nobody@qiao.test", "lin@qiao.test"):
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": address}, REMOTE_ADDR="10.0.0.1")
        answers.append((answer.status_code, answer.get("Location")))
    assert answers == [(302, "/accounts/password/reset/done/")] * 3
    links = [re.search(r"/accounts/password/reset/key/\S+", message.body) for message in mail.outbox]
    assert [bool(link) for link in links] == [True, False, False][: len(links)]


def test_a_mailbox_is_not_flooded(cast):
    for n in range(8):
        Client().post("/accounts/password/reset/", {"email": "mei@qiao.test"}, REMOTE_ADDR=f"10.0.0.{n}")
    assert len(mail.outbox) == 5


def reset_link(client, address) -> str | None:
    mail.outbox.clear()
    client.post("/accounts/password/reset/", {"email": address}, REMOTE_ADDR="10.0.0.1")
    found = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body) if mail.outbox else None
    return found and found[0]


def test_an_e_mail_address_of_before_opens_nothing(cast):
    """allauth notes an address when it first writes there: after a change it must be worth nothing."""
    first = reset_link(Client(), "mei@qiao.test")
    change_user(user=cast.mei, email="new@qiao.test")
    assert reset_link(Client(), "mei@qiao.test") is None
    assert reset_link(Client(), "new@qiao.test")
    client = Client()
    try_in(client, "mei@qiao.test")
    assert not is_in(client)
    page = client.get(first, follow=True)
    assert page.context["token_fail"] is True


def test_a_new_password_by_mail_is_written_down_ends_sessions_and_signs_nobody_in(cast):
    inside, outside = Client(), Client()
    try_in(inside, "mei")
    page = outside.get(reset_link(outside, "mei@qiao.test"), follow=True)
    new = {"password1": "another-horse-8", "password2": "another-horse-8"}
    outside.post(page.redirect_chain[-1][0], new)
    assert not is_in(inside) and not is_in(outside)
    entry = AuditEntry.objects.get(action="user.password")
    assert (entry.actor, entry.reason, entry.changes) == (cast.mei, "reset", {"password": ["•••", "•••"]})
    assert "horse" not in json.dumps(list(AuditEntry.objects.values_list("changes", "reason")))


def test_a_strange_host_is_refused_and_never_written_into_a_mail(cast):
    for headers in ({"Host": "evil.test"}, {"Host": "testserver", "X-Forwarded-Host": "evil.test"}):
        Client().post("/accounts/password/reset/", {"email": "mei@qiao.test"}, headers=headers)
    assert "evil" not in "".join(message.body for message in mail.outbox)


# --- the second factor --------------------------------------------------------------------------------------------


def test_with_the_password_alone_nothing_opens(cast, policy):
    with_factor(cast.ada)
    client = Client()
    try_in(client, "ada")
    for address in ("/", "/admin/", "/api/v1/people/me/", "/customers/", "/accounts/2fa/", "/profile/", "/api/schema/"):
        assert client.get(address).status_code in (302, 401, 403), address
    assert not AuditEntry.objects.filter(action="session.begin").exists()


def test_codes_cannot_be_tried_for_long_nor_used_twice(cast):
    secret = with_factor(cast.ada)
    client = Client()
    try_in(client, "ada")
    good = code_of(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": good}).status_code == 302 and is_in(client)
    again = Client()
    try_in(again, "ada")
    again.post("/accounts/2fa/authenticate/", {"code": good})
    assert not is_in(again)
    for n in range(12):
        again.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}, REMOTE_ADDR=f"10.1.0.{n}")
    cache.delete_many([key for key in [] if key])
    last = again.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert not is_in(again) and last.status_code in (200, 302, 422, 429)


def test_the_admin_opens_to_nobody_without_a_factor(cast, policy, settings):
    settings.ADMIN_MFA = True
    client = Client()
    try_in(client, "ada")
    for address in ("/admin/", "/admin/crm/user/add/", "/admin/crm/user/autocomplete/", "/admin/password_change/"):
        assert client.get(address).status_code == 302, address
    made = client.post("/admin/crm/user/add/", {"username": "eve", "role": "admin"})
    assert made.status_code == 302
    assert not type(cast.ada).objects.filter(username="eve").exists()


def test_changes_of_how_one_signs_in_are_written_down(cast, django_capture_on_commit_callbacks):
    client = Client()
    try_in(client, "ada")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    change = {"oldpassword": PASSWORD, "password1": "another-horse-8", "password2": "another-horse-8"}
    client.post("/accounts/password/change/", change)
    client.post("/accounts/logout/")
    told = AuditEntry.objects.filter(actor=cast.ada).order_by("pk")
    assert [(one.action, one.changes) for one in told] == [
        ("session.begin", {}),
        ("user.factor", {"totp": [None, "•••"]}),
        ("user.factor", {"recovery_codes": [None, "•••"]}),
        ("user.factor", {"recovery_codes": ["•••", "•••"]}),
        ("user.factor", {"totp": ["•••", None]}),
        ("user.factor", {"recovery_codes": ["•••", None]}),
        ("user.password", {"password": ["•••", "•••"]}),
        ("session.end", {}),
    ]
