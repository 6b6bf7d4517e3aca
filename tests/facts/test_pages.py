"""The profile's pages: what is shown to whom, one question after the other, two at once, past days."""

from __future__ import annotations

import datetime
import re

import pytest
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.facts import reading
from customers.facts.models import Fact

HTMX = {"HX-Request": "true"}


@pytest.fixture
def tao(sign_in, cast):
    return sign_in(cast.tao)


def at(name, shop, *more):
    return reverse(f"customers:{name}", args=[shop.pk, *more])


def test_the_page_shows_facts_and_masks_sensitive_ones(tao, shop, note):
    note("staff", "3", source="seen")
    note("family", "两个孩子")
    page = tao.get(at("profile", shop)).content.decode()
    row = page[page.index('id="fact-staff"') :]
    assert "3" in row[: row.index("</li>")] and "seen with own eyes" in row
    assert "两个孩子" not in page
    row = page[page.index('id="fact-family"') :]
    assert "•••" in row[: row.index("</li>")] and at("fact-reveal", shop, "family") in row


def test_revealing_shows_it_once_and_writes_it_down(tao, shop, note, cast):
    note("family", "两个孩子")
    told = tao.post(at("fact-reveal", shop, "family"), headers=HTMX)
    assert "两个孩子" in told.content.decode()
    assert AuditEntry.objects.of(shop).filter(action="fact.read", actor=cast.tao).count() == 1
    page = tao.get(at("fact", shop, "family")).content.decode()
    assert "两个孩子" not in page and "Who read it" in page and "Tao" in page[page.index("Who read it") :]
    assert "两个孩子" in tao.post(at("fact-reveal", shop, "family")).content.decode()


@pytest.mark.parametrize("who", ["ana", "wei"])
def test_others_read_no_sensitive_fact(sign_in, cast, regions, shop, note, who):
    from crm.accounts.actions import create_user

    cast.wei = create_user(username="wei", name="Wei", role="manager", region=regions.jiangsu)
    note("family", "两个孩子")
    client = sign_in(getattr(cast, who))
    page = client.get(at("profile", shop)).content.decode()
    assert "•••" in page and at("fact-reveal", shop, "family") not in page
    assert client.post(at("fact-reveal", shop, "family")).status_code == 403
    assert client.post(at("fact", shop, "family"), {"value": "drei"}).status_code == 403
    assert "Who read it" not in client.get(at("fact", shop, "family")).content.decode()
    assert Fact.objects.get().text == "两个孩子"
    assert not AuditEntry.objects.filter(action="fact.read").exists()


def test_who_is_in_the_west_finds_nothing(sign_in, cast, shop):
    client = sign_in(cast.lin)
    for address in (at("profile", shop), at("fact", shop, "staff")):
        assert client.get(address).status_code == 404
    assert client.post(at("fact", shop, "staff"), {"value": "3"}).status_code == 404
    assert not Fact.objects.exists()


def test_an_unknown_field_is_not_there(tao, shop):
    assert tao.get(at("fact", shop, "nonsense")).status_code == 404
    assert tao.post(at("fact", shop, "nonsense"), {"value": 1}).status_code == 404


def test_a_fact_is_written_with_its_origin(tao, shop, cast):
    day = today() - datetime.timedelta(days=3)
    answer = tao.post(
        at("fact", shop, "rent_year"),
        {"value": "120,000", "source": "document", "told_by": "房东", "noted_on": day, "note": "lease", "seen": "0"},
    )
    assert answer.status_code == 302 and answer["Location"].endswith("#fact-rent_year")
    fact = Fact.objects.get()
    assert (fact.value, fact.source, fact.told_by, fact.noted_on, fact.author) == (
        "120000.00",
        "document",
        "房东",
        day,
        cast.tao,
    )


def test_bad_input_is_told_and_nothing_written(tao, shop):
    for headers in ({}, HTMX):
        answer = tao.post(at("fact", shop, "rent_year"), {"value": "a lot", "seen": "0"}, headers=headers)
        assert answer.status_code == 422 and "Enter a number." in answer.content.decode()
    assert not Fact.objects.exists()


def test_not_known_any_more(tao, shop, note):
    seen = note("staff", "3")
    tao.post(at("fact", shop, "staff"), {"value": "3", "forget": "1", "seen": seen.pk})
    assert "staff" not in reading.current(shop)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_two_at_once_the_second_sees_both_and_chooses(tao, shop, note, cast, headers):
    seen = note("rent_year", "100000")
    note("rent_year", "120000", by=cast.mei)
    answer = tao.post(at("fact", shop, "rent_year"), {"value": "90000", "seen": seen.pk}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 409 and "¥120,000" in page and "¥90,000" in page and "美" in page
    assert reading.current(shop)["rent_year"].value == "120000.00"
    again = dict(re.findall(r'name="(seen|value)"[^>]*value="([^"]*)"', page))
    again |= {name: value for value, name in re.findall(r'value="([^"]*)"[^>]*name="(seen|value)"', page)}
    assert again == {"seen": str(reading.current(shop)["rent_year"].pk), "value": "90000"}
    assert tao.post(at("fact", shop, "rent_year"), again).status_code == 302
    assert reading.current(shop)["rent_year"].value == "90000.00"


def test_one_question_follows_the_other(tao, shop):
    """Every answer is one tap; what it adds is what the percentage gains; what is put off does not come again."""
    page = tao.get(at("profile", shop), {"skip": "owner"}).content.decode()
    asked = []
    for _n in range(4):
        field = re.search(r'<section class="card ask"[^>]*><form method="post" action="[^"]*/profile/(\w+)/"', page)[1]
        asked.append(field)
        skip = re.search(r'hx-get="([^"]*profile/ask/\?skip=[^"]*)"', page)[1]
        page = tao.get(skip, headers=HTMX).content.decode()
    assert len(set(asked)) == 4 and "owner" not in asked
    before = reading.completeness(shop, "", reading.current(shop), today())
    answer = tao.post(
        at("fact", shop, "capital_strength"), {"value": "sound", "then": "ask", "seen": "0"}, headers=HTMX
    )
    page = answer.content.decode()
    after = reading.completeness(shop, "", reading.current(shop), today())
    gain = next(gap.gain for gap in before.gaps if gap.key == "capital_strength")
    assert after.share - before.share == gain
    assert 'id="ask"' in page and f"{after.percent} %" in page
    assert re.search(r'<li class="fact" id="fact-capital_strength" hx-swap-oob="true">', page)
    assert "sound: covers its business" in page


def test_a_past_day_shows_what_was_known_and_the_row_as_it_was(tao, shop, note, cast, settings):
    from customers.profile.actions import change_customer

    note("staff", "3")
    change_customer(customer=shop, by=cast.tao, name="张三鲜旗舰店")
    yesterday = today() - datetime.timedelta(days=1)
    page = tao.get(at("profile", shop), {"on": yesterday.isoformat()}).content.decode()
    assert "Qiao did not know this customer yet." in page
    assert at("fact", shop, "staff") not in page, "a past day is not edited"
    from crm.audit.models import AuditEntry as Entry
    from customers.profile.models import Customer

    # The customer known for a month, the change made today.
    Customer.objects.filter(pk=shop.pk).update(created_at=shop.created_at - datetime.timedelta(days=31))
    page = tao.get(at("profile", shop), {"on": yesterday.isoformat()}).content.decode()
    assert Entry.objects.of(shop).filter(action="customer.change").count() == 1
    basics = page[page.index("<h2>Basics</h2>") : page.index('id="part-background"')]
    assert "张三鲜 <span" in basics and "other today" in basics
    assert "Tao" in basics


def test_the_customers_page_says_how_complete_the_profile_is(tao, shop, note):
    note("staff", "3")
    complete = reading.completeness(shop, "", reading.current(shop), today())
    page = tao.get(at("detail", shop)).content.decode()
    assert f"{complete.percent} %" in page and at("profile", shop) in page


def test_statements_do_not_grow_with_facts(tao, shop, note, django_assert_max_num_queries):
    for n in range(3):
        note("staff", str(n + 1), noted_on=today() - datetime.timedelta(days=9 - n))
    with django_assert_max_num_queries(12):
        tao.get(at("profile", shop))
    with django_assert_max_num_queries(12):
        tao.get(at("fact", shop, "staff"))


def test_the_business_block_fills_itself(tao, shop, note, cast):
    """Sales from the ledger, what is owed from the books, cost recovery from facts that belong together."""
    from decimal import Decimal

    from customers.models import OpenItem, TierStanding
    from customers.profile.actions import change_customer

    day = today()
    opened = (day.replace(day=1) - datetime.timedelta(days=1)).replace(day=1) - datetime.timedelta(days=300)
    change_customer(customer=shop, by=cast.tao, opened_on=opened)
    TierStanding.objects.create(
        customer=shop, kind=shop.kind, region=shop.region, w0=Decimal(120000), w1=Decimal(100000), growth=2000
    )
    OpenItem.objects.create(
        customer=shop,
        number="I1",
        issued_on=day - datetime.timedelta(days=60),
        due_on=day - datetime.timedelta(days=30),
        amount=Decimal(700),
        open_amount=Decimal(700),
    )
    note("opening_investment", "100000")
    note("monthly_profit", "5000")
    page = tao.get(at("profile", shop)).content.decode()
    block = page[page.index("Filled in by itself") : page.index("Capital strength")]
    for told in ("¥120,000.00", "¥100,000.00", "+20.0%", "¥700.00", "Overdue", "Opening investment recovered"):
        assert told in block, told
    from customers.receivables.views import months_open

    months = months_open(shop.__class__.objects.get(pk=shop.pk), day)
    assert f"{months * 5}%" in block and f"{20 - months} months to go" in block
