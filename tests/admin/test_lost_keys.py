"""Administrators help who lost a password or a second factor; each help is written down."""

from __future__ import annotations

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client

from crm.accounts.actions import change_user, remove_second_factor, send_password_link
from crm.audit.models import AuditEntry
from tests.conftest import PASSWORD
from tests.security.doors import with_factor

PEOPLE = "/admin/crm/user/"


@pytest.fixture(autouse=True)
def without_second_factor(db, settings):
    settings.ADMIN_MFA = False
    cache.clear()


def act(client, action, *people):
    chosen = {"action": action, "_selected_action": [user.pk for user in people]}
    answer = client.post(PEOPLE, chosen, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def said(action):
    return [
        (entry.object_id, entry.actor, entry.via, entry.changes) for entry in AuditEntry.objects.filter(action=action)
    ]


def test_a_password_link_is_sent_and_works(sign_in, cast):
    change_user(user=cast.lin, is_active=False)
    change_user(user=cast.bot, email="")
    messages = act(sign_in(cast.ada), "send_password_links", cast.tao, cast.lin, cast.bot)
    assert sorted(messages) == [
        "1 person is sent a link.",
        "Bot has no e-mail address.",
        "The account of Lin is closed.",
    ]
    assert [letter.to for letter in mail.outbox] == [["tao@qiao.test"]]
    assert said("user.link") == [(str(cast.tao.pk), cast.ada, "admin", {})]
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    person = Client()
    page = person.get(link, follow=True)
    target = page.redirect_chain[-1][0]
    person.post(target, {"password1": "another-horse-8", "password2": "another-horse-8"})
    cast.tao.refresh_from_db()
    assert cast.tao.check_password("another-horse-8")


def test_a_lost_factor_is_removed(sign_in, cast):
    with_factor(cast.mei)
    with_factor(cast.ada)
    messages = act(sign_in(cast.ada), "remove_second_factors", cast.mei, cast.tao, cast.ada)
    assert sorted(messages) == [
        "1 second factor was removed.",
        "Tao has no second factor.",
        "Turn your own second factor off on your profile.",
    ]
    assert [factor.user for factor in Authenticator.objects.all()] == [cast.ada]
    assert said("user.factor") == [(str(cast.mei.pk), cast.ada, "admin", {"totp": ["•••", None]})]
    person = Client()
    person.post("/accounts/login/", {"login": "mei", "password": PASSWORD})
    assert person.get("/profile/").status_code == 200


@pytest.mark.parametrize("who", ["mei", "ana", "tao"])
def test_nobody_else_can(client, rf, cast, who):
    with_factor(cast.lin)
    person = getattr(cast, who)
    client.force_login(person)
    before = AuditEntry.objects.count()
    for action in ("send_password_links", "remove_second_factors"):
        client.post(PEOPLE, {"action": action, "_selected_action": [cast.lin.pk, cast.mei.pk]})
    for refused in (
        lambda: send_password_link(user=cast.lin, by=person, request=rf.get("/")),
        lambda: remove_second_factor(user=cast.lin, by=person),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert Authenticator.objects.count() == 1 and not mail.outbox
    assert AuditEntry.objects.count() == before


def test_by_command(cast):
    with_factor(cast.mei)
    err = io.StringIO()
    call_command("reset_second_factor", "mei", stderr=err)
    assert err.getvalue().strip() == "The second factor of mei is removed."
    assert not Authenticator.objects.exists()
    assert said("user.factor") == [(str(cast.mei.pk), None, "command", {"totp": ["•••", None]})]


@pytest.mark.parametrize(
    "login,reason", [("mei", "美 has no second factor."), ("nobody", "Nobody is called “nobody”.")]
)
def test_what_the_command_refuses(cast, login, reason):
    err = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("reset_second_factor", login, stderr=err)
    assert (end.value.code, err.getvalue().strip()) == (2, reason)


def test_nothing_to_remove_is_a_refusal(cast):
    with pytest.raises(ValidationError):
        remove_second_factor(user=cast.tao, by=cast.ada)
