"""Every page of the shell is clean: accessible, within the policy, no errors, no sideways scroll."""

import pytest

pytestmark = pytest.mark.browser

SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/"]
SIGNED_IN = [
    "/",
    "/search/",
    "/search/?q=zzz",
    "/jobs/",
    "/profile/",
    "/design/?toast=1",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/2fa/",
]
ADMIN = ["/admin/", "/admin/crm/"]


@pytest.fixture(autouse=True)
def _debug_only_pages(settings):
    settings.DEBUG = True


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_pages_before_sign_in_are_clean(db, sweep, phone):
    sweep(None, SIGNED_OUT, phone=phone)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_pages_after_sign_in_are_clean(cast, sweep, phone):
    sweep(cast.ada, SIGNED_IN, phone=phone)


def test_pages_in_chinese_hold_on_a_phone(cast, sweep):
    sweep(cast.mei, ["/", "/jobs/", "/profile/", "/design/"], phone=True, language="zh-hans")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_error_pages_are_clean(cast, sweep, settings, phone):
    settings.DEBUG = False
    sweep(cast.mei, ["/nowhere/", "/jobs/999999/"], phone=phone, statuses=(404,))
