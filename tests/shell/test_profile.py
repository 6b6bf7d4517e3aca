"""What people do with their own account."""

from __future__ import annotations

import pytest
from knox.crypto import hash_token

from crm.accounts.models import ApiToken
from crm.audit.models import AuditEntry
from tests.conftest import PASSWORD


@pytest.fixture
def just_signed_in(client):
    """The client of somebody who typed their password once more, a moment ago."""

    def enter(user):
        client.logout()
        client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return enter


def test_a_token_is_shown_once_and_only_its_digest_is_kept(cast, just_signed_in):
    client = just_signed_in(cast.mei)
    answer = client.post("/profile/tokens/", {"label": "ERP", "scope": "read"})
    text = answer.context["token_text"]
    token = ApiToken.objects.get(user=cast.mei)
    assert (token.label, token.scope) == ("ERP", "read")
    assert text in answer.content.decode()
    assert text not in client.get("/profile/").content.decode()
    assert token.digest == hash_token(text)
    assert AuditEntry.objects.filter(action="token.create").count() == 1


def test_a_token_needs_a_fresh_proof_of_the_password(cast, sign_in):
    client = sign_in(cast.mei)
    answer = client.post("/profile/tokens/", {"label": "ERP", "scope": "read"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()
    assert client.post(answer["Location"], {"password": "wrong-wrong-1"}).status_code == 200
    assert not ApiToken.objects.exists()
    made = client.post(answer["Location"], {"password": PASSWORD})
    assert ApiToken.objects.get().label == "ERP"
    assert made.context["token_text"] in made.content.decode()


def test_a_token_without_a_purpose_is_refused(cast, just_signed_in):
    answer = just_signed_in(cast.mei).post("/profile/tokens/", {"label": "", "scope": "everything"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"label", "scope"}
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_and_the_log_says_so(cast, just_signed_in):
    client = just_signed_in(cast.mei)
    client.post("/profile/tokens/", {"label": "ERP", "scope": "write"})
    token = ApiToken.objects.get()
    assert client.post(f"/profile/tokens/{token.pk}/revoke/")["Location"] == "/profile/"
    assert not ApiToken.objects.exists()
    entry = AuditEntry.objects.get(action="token.revoke")
    assert entry.changes == {"label": ["ERP", None], "scope": ["write", None]}


def test_nobody_revokes_the_token_of_another(cast, just_signed_in):
    just_signed_in(cast.lin).post("/profile/tokens/", {"label": "ERP", "scope": "read"})
    token = ApiToken.objects.get()
    assert just_signed_in(cast.ada).post(f"/profile/tokens/{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_signing_in_by_name_or_by_e_mail(cast, client):
    for login in ("mei", "mei@qiao.test", "MEI@qiao.test"):
        client.logout()
        answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/"), login


def test_unticked_the_session_ends_with_the_browser(cast, client):
    client.post("/accounts/login/", {"login": "mei", "password": PASSWORD})
    assert client.session.get_expire_at_browser_close() is True
    client.logout()
    client.post("/accounts/login/", {"login": "mei", "password": PASSWORD, "remember": "on"})
    assert client.session.get_expire_at_browser_close() is False


def test_a_wrong_password_says_the_same_as_an_unknown_name(cast, client):
    wrong = client.post("/accounts/login/", {"login": "mei", "password": "nope-nope-1"})
    unknown = client.post("/accounts/login/", {"login": "nobody", "password": "nope-nope-1"})
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert "data-error-summary" in wrong.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-bad/",
        "password/reset/key/done/",
        "inactive/",
    ],
)
def test_no_page_before_sign_in_is_the_library_s_own(db, client, path):
    html = client.get(f"/accounts/{path}", follow=True).content.decode()
    assert 'class="bare"' in html and 'class="art"' in html


@pytest.mark.parametrize("path", ["logout/", "password/change/", "2fa/", "2fa/totp/activate/", "reauthenticate/"])
def test_no_page_after_sign_in_is_the_library_s_own(cast, just_signed_in, path):
    answer = just_signed_in(cast.mei).get(f"/accounts/{path}", follow=True)
    assert answer.status_code == 200
    assert 'class="bare"' in answer.content.decode()


def test_the_whole_second_factor_goes_through_our_pages(cast, just_signed_in):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client = just_signed_in(cast.mei)
    page = client.get("/accounts/2fa/totp/activate/")
    assert 'class="qr"' in page.content.decode()
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)
    assert 'class="codes"' in answer.content.decode()
    assert 'class="bare"' in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    assert 'class="bare"' in client.get("/accounts/2fa/recovery-codes/generate/").content.decode()
    client.logout()
    asked = client.post("/accounts/login/", {"login": "mei", "password": PASSWORD}, follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert 'class="bare"' in asked.content.decode()
    assert client.get("/").status_code == 302
