"""Pages that only come about when something is wrong, and those of a company that has nothing yet."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_error_pages_are_clean(cast, sweep, settings, phone):
    settings.DEBUG = False
    sweep(cast.mei, ["/nowhere/", "/jobs/999999/"], phone=phone, statuses=(404,))


def test_empty_pages_are_clean_and_say_what_to_do(cast, sweep, policy, settings):
    settings.DEBUG = True
    empty = ["/", "/customers/", "/customers/tiers/", "/imports/", "/exports/", "/jobs/", "/design/?toast=1"]
    sweep(cast.mei, empty, language="zh-hans")
