"""Django's admin in our clothes: the theme and the way in. test_every_page looks at its pages."""

from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.browser


def test_admin_follows_the_theme_of_the_person(cast, page_for):
    page = page_for(cast.ada, "/admin/", theme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 18, 20)"


def test_admin_sends_strangers_to_the_one_sign_in_page(db, page_for):
    page = page_for(None, "/admin/")
    assert unquote(page.url).endswith("/accounts/login/?next=/admin/")
