"""Django's admin in our clothes is as clean as our own pages."""

from urllib.parse import unquote

import pytest

from crm.accounts.models import User
from crm.site import site

pytestmark = pytest.mark.browser


def _addresses(user: User) -> list[str]:
    """The first page, every list, every form to add, and one form to change."""
    lists = [f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in site._registry]
    return ["/admin/", "/admin/crm/", *lists, "/admin/crm/user/add/", f"/admin/crm/user/{user.pk}/change/"]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_admin_is_clean(cast, sweep, phone):
    sweep(cast.ada, _addresses(cast.mei), phone=phone)


def test_admin_follows_the_theme_of_the_person(cast, page_for):
    page = page_for(cast.ada, "/admin/", theme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 18, 20)"


def test_admin_sends_strangers_to_the_one_sign_in_page(db, page_for):
    page = page_for(None, "/admin/")
    assert unquote(page.url).endswith("/accounts/login/?next=/admin/")
