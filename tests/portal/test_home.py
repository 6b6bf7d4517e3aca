"""What a dealer sees: the shop's own figures, exactly, and nothing else of anybody."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import formats

from crm.accounts.actions import change_user, create_user
from crm.clock import today
from customers.care.notes import write_note
from customers.care.standing_in import name_stand_in
from customers.facts.actions import note_fact
from customers.files.actions import attach
from customers.models import (
    Commitment,
    Customer,
    MonthlySales,
    Observation,
    OpenItem,
    Promise,
    StandingState,
    TierStanding,
)
from customers.people.actions import create_person
from customers.portal import reading
from customers.promises.actions import keep, make_commitment
from customers.tiers.actions import refresh
from tests.portal.conftest import enter
from tests.security.addresses import CATCH_ALL, address_of
from tests.security.routes import walk

pytestmark = pytest.mark.django_db
UNTIL = datetime.date(2026, 3, 14)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sold(shop: Customer, month: datetime.date, net: str) -> None:
    amount = Decimal(net)
    MonthlySales.objects.create(customer=shop, month=month, gross=amount, returns=Decimal(0), net=amount, days=1)


def test_this_year_by_month_against_last_year(shop):
    for month, net in (("2025-01-01", "100"), ("2025-03-01", "50.50"), ("2025-12-01", "7"), ("2026-01-01", "130.25")):
        sold(shop, datetime.date.fromisoformat(month), net)
    found = reading.sales(shop, UNTIL)
    assert (found.year, found.so_far, found.before) == (2026, Decimal("130.25"), Decimal("150.50"))
    assert [one["label"] for one in found.points] == [str(n) for n in range(1, 13)]
    assert [one["value"] for one in found.points] == [Decimal("130.25"), *[None] * 11]
    references = [one["reference"] for one in found.points]
    assert references == [Decimal(100), None, Decimal("50.50"), *[None] * 8, Decimal(7)]
    assert [one["label"] for one in found.points if one["part"]] == ["3"]
    nothing = reading.sales(Customer(pk=0), UNTIL)
    assert (nothing.so_far, nothing.before) == (None, None)


def owe(shop, number, amount, due, **more):
    value = Decimal(amount)
    return OpenItem.objects.create(
        customer=shop,
        number=number,
        issued_on=due - datetime.timedelta(days=30),
        due_on=due,
        amount=value,
        open_amount=value,
        **more,
    )


def test_what_is_owed_promised_and_whom_to_call(account, shop, cast, policy):
    day = today()
    owe(shop, "R-1", "1000.00", day - datetime.timedelta(days=3))
    owe(shop, "R-2", "250.50", day + datetime.timedelta(days=10))
    note_fact(customer=shop, field="credit_limit", value="2000", by=cast.ada)
    Promise.objects.create(customer=shop, what="记在账上的旧事", due_on=day, made_on=day, made_by="us")
    Promise.objects.create(customer=shop, amount=Decimal("321.00"), due_on=day, made_on=day)
    for side, text in (("ours", "样品两套"), ("theirs", "清掉夏款"), ("ours", "做完的事")):
        made = make_commitment(customer=shop, side=side, text=text, due_on=day, by=cast.tao)
    keep(commitment=made, by=cast.tao)
    change_user(user=cast.tao, phone="138 2222 3333")
    text = text_of(enter(account).get("/portal/"))
    for part in (
        "¥1,250.50",
        "¥1,000.00 overdue",
        "¥749.50",
        "of ¥2,000.00",
        "R-1",
        "R-2",
        "¥250.50",
        f"样品两套 we, until {formats.date_format(day)}",
        f"清掉夏款 you, until {formats.date_format(day)}",
        f"¥321.00 you, until {formats.date_format(day)}",
        "Tao",
        "138 2222 3333",
        "Signed in as 王老板",
    ):
        assert part in text, part
    assert "记在账上的旧事" not in text and "做完的事" not in text  # the promise book tells it; what is kept is over


def test_while_the_manager_is_away_whoever_stands_in_is_called(account, cast, policy):
    other = create_user(username="wei", name="伟", role="manager", phone="139 7777 8888")
    day = today()
    name_stand_in(
        absent=cast.tao, stand_in=other, since=day, until=day + datetime.timedelta(days=3), reason="休假", by=None
    )
    text = text_of(enter(account).get("/portal/"))
    assert "伟 stands in for Tao until" in text and "139 7777 8888" in text and "休假" not in text


def test_what_is_not_there_leads_back_to_the_portal(account):
    answer = enter(account).get("/portal/nowhere/")
    assert answer.status_code == 404 and 'href="/portal/"' in answer.content.decode()


def test_the_tier_and_the_way_up_in_ones_own_sales(regions, cast, policy, account, shop):
    """Nothing of the cut-off, which is somebody's sales, nor of how anybody judged the shop."""
    from tests.duplicates.company import sell

    rivals = [
        Customer.objects.create(code=f"R{n}", name=f"对手{n}", kind="franchisee", region=regions.jiangsu)
        for n in range(4)
    ]
    sell(
        [
            ("E1", "2026-05-05", "1000.00", None, None),
            *((one.code, "2026-05-05", f"{n}7777.00", None, None) for n, one in enumerate(rivals, 1)),
        ]
    )
    for trait in ("cooperation", "loyalty"):
        Observation.objects.create(
            customer=shop, trait=trait, score=13, seen_on=datetime.date(2026, 5, 1), note="JUDGED"
        )
    refresh(as_of=datetime.date(2026, 5, 31), full=True)
    standing = TierStanding.objects.get(customer=shop)
    text = text_of(enter(account).get("/portal/"))
    assert standing.tier == "C" and "You are in tier C" in text
    assert "¥46,777.00" in text  # what it takes: 47,777 less its own 1,000
    assert "¥47,777" not in text and "rank" not in text.lower() and "cut-off" not in text
    assert "Cooperation is" not in text and "Loyalty" not in text and "observation" not in text
    assert "对手" not in text and "JUDGED" not in text


def test_nothing_of_others_and_nothing_private(account, other, shop, cast, policy):
    mark = "CANARY-A"
    write_note(customer=shop, text=f"{mark} note", by=cast.tao)
    note_fact(customer=shop, field="family", value=f"{mark} family", by=cast.ada)
    note_fact(customer=shop, field="other_brands", value=f"{mark} brands", by=cast.ada)
    Observation.objects.create(customer=shop, trait="loyalty", score=50, seen_on=today(), note=f"{mark} judged")
    create_person(name=f"{mark} person", note=mark, customer=shop, role={"role": "manager"}, by=cast.ada)
    import io

    attach(customer=shop, file=io.BytesIO(mark.encode()), name=f"{mark}.txt", by=cast.ada)
    item = owe(shop, "R-1", "10", today(), note=f"{mark} item")
    owe(other.customer, "CANARY-B-1", "10", today())
    promised = {"due_on": today(), "made_on": today()}
    Promise.objects.create(customer=other.customer, what="CANARY-B", amount=Decimal(5), **promised)
    Commitment.objects.create(customer=other.customer, text="CANARY-B too", side="theirs", **promised)
    refresh(full=True)
    client = enter(account)
    pages = [client.get(path).content.decode() for path in ("/portal/", "/portal/?customer=2", "/portal/in/x/")]
    assert "R-1" in pages[0] and item.note == f"{mark} item"
    for page in pages:
        assert mark not in page and "CANARY-B" not in page and "西店" not in page
    mirror = enter(other).get("/portal/").content.decode()
    assert mirror.count("CANARY-B") >= 3 and "CANARY-B too" in mirror and "东店" not in mirror and "R-1" not in mirror


def test_statements_stay_the_same_as_rows_grow(account, shop, cast, policy):
    from tests.duplicates.company import sell

    client = enter(account)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/portal/").status_code == 200
        return len(queries)

    sell([("E1", "2026-05-05", "10.00", None, None)])
    owe(shop, "R-0", "10", today())
    Promise.objects.create(customer=shop, what="x", due_on=today(), made_on=today(), made_by="us")
    refresh(full=True)
    few = count()
    sell([("E1", f"2026-0{m}-{d:02}", "10.00", None, None) for m in range(1, 6) for d in range(1, 28)])
    for n in range(40):
        owe(shop, f"N-{n}", "10", today())
        Promise.objects.create(customer=shop, what="x", amount=Decimal(5), due_on=today(), made_on=today())
        make_commitment(customer=shop, side="ours", text="x", due_on=today(), by=cast.tao)
    refresh(full=True)
    assert count() == few
    assert few <= 29


def test_panels_hang_in_by_settings(account, settings):
    settings.PORTAL_PANELS = ["tests.portal.test_home.extra", "tests.portal.test_home.nothing"]
    text = text_of(enter(account).get("/portal/"))
    assert "Nobody is in charge" in text and "What is open" not in text


def extra(request, *, account, **context):
    from crm.panels import Panel

    return Panel("portal/_call.html", {"manager": None}, "side")


def nothing(request, *, account, **context):
    return None


# --- two sides that know nothing of each other ----------------------------------------------------------------------


def test_a_dealers_cookie_opens_nothing_of_ours(account, shop, cast, policy):
    """Sent along everywhere, as no browser would: each page, API and admin address answers as to a stranger."""
    client, stranger = enter(account), Client()
    client.cookies["qiao_portal"]["path"] = "/"
    asked = 0
    for route in walk():
        if CATCH_ALL & route.parameters.keys() or route.path.startswith("portal/"):
            continue
        path = address_of(route, shop.pk)
        mine, theirs = client.get(path), stranger.get(path)
        asked += 1
        assert mine.status_code == theirs.status_code, path
        assert mine.get("Location") == theirs.get("Location"), path
        assert mine.status_code in (302, 401, 403, 404, 405) or "东店" not in mine.content.decode(), path
    assert asked > 300
    assert client.get("/api/v1/customers/").status_code == 401


@pytest.mark.parametrize("who", ["ada", "tao"])
def test_a_session_of_ours_opens_no_dealers_page(account, cast, who, settings):
    client = Client()
    client.force_login(getattr(cast, who))
    page = client.get("/portal/")
    assert page.status_code == 200 and "东店" not in page.content.decode() and "Send me a link" in page.content.decode()
    assert getattr(cast, who).name not in page.content.decode()
    assert page.wsgi_request.user.is_anonymous and page.wsgi_request.portal is None
    settings.REQUIRE_MFA = True  # whom the staff's side would send to set a factor up
    assert client.get("/portal/").status_code == 200
    settings.REQUIRE_MFA = False
    # Both in one browser: each side knows its own.
    enter(account, client)
    both = client.get("/portal/")
    assert "东店" in both.content.decode() and both.wsgi_request.user.is_anonymous
    assert client.get("/profile/").status_code == 200
    client.post("/portal/out/")
    assert client.get("/profile/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/profile/").status_code == 302


def test_dealers_pages_lead_nowhere_else(account):
    page = enter(account).get("/portal/").content.decode()
    inside = set(re.findall(r'(?:href|action)="(/[^"]*)"', page))
    assert {one for one in inside if not one.startswith(("/portal/", "/static/"))} == set()
    with pytest.raises(NoReverseMatch):
        reverse("portal:accounts")


def test_before_the_first_run_there_is_no_tier(account):
    StandingState.objects.all().delete()
    text = text_of(enter(account).get("/portal/"))
    assert "Your tier" not in text and "Nothing to pay." in text and "No sales were reported" in text
