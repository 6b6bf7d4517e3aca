"""Signing in and out, and rights that change while somebody is at work."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from crm.accounts.actions import change_user, create_token, end_posting, revoke_token
from crm.audit.models import AuditEntry
from crm.clock import today
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


def try_in(client, who, password=PASSWORD, address="10.0.0.1"):
    return client.post(LOGIN, {"login": who, "password": password}, REMOTE_ADDR=address)


def is_in(client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.parametrize("name", ["mei", "mei@qiao.test", "MEI@qiao.test"])
def test_by_name_or_by_e_mail(client, cast, name):
    assert try_in(client, name).status_code == 302
    assert is_in(client)
    assert AuditEntry.objects.filter(action="session.begin", actor=cast.mei).count() == 1


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(client, cast):
    wrong, unknown = try_in(client, "mei", "wrong"), try_in(client, "nobody", "wrong")
    assert wrong.status_code == unknown.status_code
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert not is_in(client)
    assert AuditEntry.objects.filter(action="session.refuse").count() == 2


def test_after_ten_wrong_tries_the_right_password_is_refused_too(cast):
    for n in range(10):
        assert try_in(Client(), "mei", f"wrong-{n}", f"10.0.1.{n}").status_code in (200, 422)
    late = Client()
    refusal = try_in(late, "mei", PASSWORD, "10.0.2.1")
    assert refusal.status_code in (200, 422, 429)
    assert not is_in(late)
    assert AuditEntry.objects.filter(action="session.begin").count() == 0


def test_others_are_not_locked_out_by_it(cast):
    for n in range(12):
        try_in(Client(), "mei", f"wrong-{n}", f"10.0.1.{n}")
    other = Client()
    assert try_in(other, "tao", address="10.0.2.1").status_code == 302
    assert is_in(other)


def test_nine_wrong_tries_do_not_lock(cast):
    for n in range(9):
        try_in(Client(), "mei", f"wrong-{n}")
    client = Client()
    try_in(client, "mei")
    assert is_in(client)


def test_an_address_is_stopped_after_fifty_wrong_tries_whatever_names_it_tries(cast):
    for n in range(50):
        try_in(Client(), f"name-{n}", "wrong", "10.9.9.9")
    client = Client()
    try_in(client, "mei", address="10.9.9.9")
    assert not is_in(client)
    elsewhere = Client()
    try_in(elsewhere, "mei", address="10.9.9.8")
    assert is_in(elsewhere)


def test_a_forwarded_address_of_strangers_is_not_believed(cast):
    """Else every try could come from an address of its own."""
    for n in range(50):
        Client().post(
            LOGIN, {"login": f"n{n}", "password": "x"}, REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}"
        )
    client = Client()
    client.post(LOGIN, {"login": "mei", "password": PASSWORD}, REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR="1.2.3.200")
    assert not is_in(client)


def test_the_session_is_a_new_one_after_signing_in(client, cast):
    client.get(LOGIN)
    session = client.session
    session["planted"] = "before"
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key
    try_in(client, "mei")
    assert client.session.session_key != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


def test_leaving_ends_the_session_for_every_copy_of_it(client, cast):
    try_in(client, "mei")
    copy = Client()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(copy)
    assert client.get("/accounts/logout/").status_code == 200  # asks first: a link must not sign anybody out
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client) and not is_in(copy)


def test_a_new_password_ends_the_other_sessions(client, cast):
    try_in(client, "mei")
    other = Client()
    try_in(other, "mei")
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-horse-8", "password2": "another-horse-8"},
    )
    assert is_in(client) and not is_in(other)


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(client, cast, target):
    response = client.post(f"{LOGIN}?next={target}", {"login": "mei", "password": PASSWORD, "next": target})
    assert response["Location"] == "/"


def test_there_is_no_signing_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404


def test_a_closed_account_is_out_with_the_next_request(cast):
    page, program = Client(), APIClient()
    try_in(page, "mei")
    _token, text = create_token(user=cast.mei, scope="write")
    program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert is_in(page) and program.get("/api/v1/customers/").status_code == 200
    change_user(user=cast.mei, is_active=False)
    assert not is_in(page)
    assert program.get("/api/v1/customers/").status_code == 401
    again = Client()
    try_in(again, "mei")
    assert not is_in(again)


def test_a_revoked_token_is_out_with_the_next_request(cast):
    program = APIClient()
    token, text = create_token(user=cast.mei)
    program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert program.get("/api/v1/people/me/").status_code == 200
    revoke_token(token=token, by=cast.mei)
    assert program.get("/api/v1/people/me/").status_code == 401


def test_a_changed_role_acts_at_once(cast, regions):
    from customers.profile.actions import create_customer

    customer = create_customer(code="E1", name="E1", kind="agent", region=regions.jiangsu)
    program = APIClient()
    _token, text = create_token(user=cast.mei, scope="write")
    program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    url = f"/api/v1/customers/{customer.pk}/"
    assert program.patch(url, {"city": "a"}, headers={"If-Match": "*"}).status_code == 200
    change_user(user=cast.mei, role="analyst")
    assert program.patch(url, {"city": "b"}, headers={"If-Match": "*"}).status_code == 403
    assert program.get(url).json()["city"] == "a"
    end_posting(posting=cast.mei.postings.get(), until=today().replace(year=today().year + 1))
    assert program.get(url).status_code == 200
    cast.mei.postings.all().delete()
    assert program.get(url).status_code == 404


def test_a_read_token_makes_its_person_a_reader_everywhere(cast):
    program = APIClient()
    _token, text = create_token(user=cast.ada, scope="read")
    program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    before = AuditEntry.objects.count()
    for url in ("customers/", "customers/bulk/", "sales/bulk/", "exports/", "tiers/runs/", "tiers/policies/"):
        answer = program.post(f"/api/v1/{url}", {})
        assert (answer.status_code, answer.json()["detail"]) in (
            (403, "You may read, not change."),
            (403, "Only administrators may do this."),
        )
    assert AuditEntry.objects.count() == before
