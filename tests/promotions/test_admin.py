"""Promotion plans in the admin: read by staff, in reach, and written by nobody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from promotions.calculator.actions import show_plan, sign, write_plan
from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan
from tests.promotions.conftest import at, terms

pytestmark = pytest.mark.django_db
HERE = "/admin/promotions/"
NAMES = ["promotionplan", "planversion", "plansignature"]


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.ADMIN_MFA = False


@pytest.fixture
def rows(shown, cast):
    sign(plan=shown, variant=0, side="brand", seen=1, by=cast.tao)
    shown.refresh_from_db()
    return {"promotionplan": shown, "planversion": shown.shown, "plansignature": PlanSignature.objects.get()}


@pytest.mark.parametrize("name", NAMES)
def test_staff_read_what_is_in_their_reach(rows, cast, name):
    change = f"{HERE}{name}/{rows[name].pk}/change/"
    for who in (cast.ada, cast.mei, cast.ana):
        assert "东店" in at(who).get(f"{HERE}{name}/").text
        assert at(who).get(change).status_code == 200
    assert "东店" not in at(cast.lin).get(f"{HERE}{name}/").text
    assert at(cast.lin).get(change).status_code == 302  # to the start, as from what is not there


@pytest.mark.parametrize("name", NAMES)
def test_nobody_writes_there(rows, cast, name):
    ada, row = at(cast.ada), f"{HERE}{name}/{rows[name].pk}/"
    assert ada.get(f"{HERE}{name}/add/").status_code == 403
    assert ada.post(f"{row}change/", {"title": "x", "note": "x", "variant": 1}).status_code == 403
    assert ada.post(f"{row}delete/", {"post": "yes"}).status_code == 403
    assert (PromotionPlan.objects.get().title, PlanVersion.objects.get().note) == ("春节联合促销", "")
    assert PlanSignature.objects.get().variant == 0


def test_they_are_found_by_title_and_customer(rows, cast):
    for name in NAMES:
        for word in ("春节", "E1"):
            assert "东店" in at(cast.ada).get(f"{HERE}{name}/?q={word}").text
        assert "东店" not in at(cast.ada).get(f"{HERE}{name}/?q=E9").text


def test_more_plans_take_no_more_statements(rows, shop, west, cast):
    def count(name):
        client = at(cast.ada)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{HERE}{name}/").status_code == 200
        return len(seen)

    few = {name: count(name) for name in NAMES}
    for n in range(4):
        made = write_plan(
            customer=(shop, west)[n % 2], title=f"{n}", kind="gift", starts_on=today(), terms=terms(), by=cast.lin
        )
        show_plan(plan=made, by=cast.lin)
        sign(plan=made, variant=0, side="brand", seen=1, by=cast.mei)
    assert {name: count(name) for name in NAMES} == few
