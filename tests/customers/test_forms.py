"""Entering and changing customers by page: refusals leave everything as it was."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from crm.clock import today
from crm.models import AuditEntry
from customers.models import Customer, Observation, Responsibility
from customers.profile.actions import assign, change_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def values(regions):
    return {
        "code": "S1",
        "name": "张三鲜",
        "kind": "franchisee",
        "state": "active",
        "region": regions.jiangsu.pk,
        "province": "江苏省",
        "city": "苏州市",
        "phone": "0512-1",
    }


def test_a_customer_is_entered(values, cast, sign_in):
    position = {"latitude": "31.3", "longitude": "120.6", "datum": "bd09", "opened_on": "2024-02-29"}
    answer = sign_in(cast.mei).post("/customers/new/", {**values, **position})
    customer = Customer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{customer.pk}/")
    assert (customer.latitude, customer.datum, customer.opened_on) == (
        Decimal("31.3"),
        "bd09",
        datetime.date(2024, 2, 29),
    )
    entry = AuditEntry.objects.of(customer).get()
    assert (entry.actor, entry.via) == (cast.mei, "page")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": ""}, "This field is required."),
        ({"name": ""}, "This field is required."),
        ({"kind": "shop"}, "Select a valid choice."),
        ({"region": ""}, "This field is required."),
        ({"latitude": "31"}, "A position needs latitude and longitude."),
        ({"latitude": "31", "longitude": "120"}, "Say which coordinate system the position is in."),
        ({"latitude": "91", "longitude": "120", "datum": "wgs84"}, "less than or equal to 90"),
        ({"opened_on": "2026-02-01", "closed_on": "2026-01-31"}, "A customer cannot close before it opens."),
        ({"opened_on": "31.2.2026"}, "Enter a valid date."),
        ({"upstream": "nobody"}, "There is no customer with this code."),
        ({"name": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words(values, cast, sign_in, change, words):
    if "latitude" in change and "longitude" not in change:
        change = {**change, "datum": "wgs84"}
    answer = sign_in(cast.mei).post("/customers/new/", {**values, **change})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "data-error-summary" in text
    assert not Customer.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="customer.").exists()


def test_a_code_that_is_taken_is_refused_even_where_it_cannot_be_seen(values, make, cast, sign_in, regions):
    make("S1", "elsewhere", regions.sichuan)
    answer = sign_in(cast.mei).post("/customers/new/", values)
    assert answer.status_code == 422
    assert "already exists" in answer.content.decode()
    assert Customer.objects.count() == 1


def test_a_region_out_of_reach_cannot_be_chosen(values, cast, sign_in, regions):
    answer = sign_in(cast.mei).post("/customers/new/", {**values, "region": regions.sichuan.pk})
    assert answer.status_code == 422
    assert "西部" not in answer.content.decode() and "四川" not in answer.content.decode()
    assert not Customer.objects.exists()


def test_a_supplier_out_of_reach_is_unknown(values, make, cast, sign_in, regions):
    make("W1", "西部", regions.sichuan, kind="agent")
    answer = sign_in(cast.mei).post("/customers/new/", {**values, "upstream": "W1"})
    assert "There is no customer with this code." in answer.content.decode()
    assert Customer.objects.count() == 1


def posted(customer, **change):
    """What the edit form sends for a customer."""
    return {
        "code": customer.code,
        "name": customer.name,
        "kind": customer.kind,
        "state": customer.state,
        "region": customer.region_id,
        "version": customer.version,
        **change,
    }


def test_the_edit_form_shows_what_is_and_saves_what_is_new(make, cast, sign_in):
    customer = make("S1", "张三鲜", city="苏州市")
    client = sign_in(cast.mei)
    form = client.get(f"/customers/{customer.pk}/edit/").context["form"]
    assert form.initial["city"] == "苏州市"
    answer = client.post(f"/customers/{customer.pk}/edit/", posted(customer, city="南京市"))
    assert answer["Location"] == f"/customers/{customer.pk}/"
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("南京市", 2)
    assert AuditEntry.objects.of(customer).get(action="customer.change").changes == {"city": ["苏州市", "南京市"]}


def test_sending_the_form_unchanged_changes_nothing(make, cast, sign_in):
    customer = make("S1", latitude=Decimal("31.5"), longitude=Decimal(120), datum="gcj02")
    place = {"latitude": "31.5000000", "longitude": "120.0000000", "datum": "gcj02"}
    sign_in(cast.mei).post(f"/customers/{customer.pk}/edit/", posted(customer, **place))
    customer.refresh_from_db()
    assert customer.version == 1
    assert not AuditEntry.objects.filter(action="customer.change").exists()


def test_two_editors_see_both_texts_and_nothing_is_lost(make, cast, sign_in):
    customer = make("S1", "张三鲜", city="苏州市")
    change_customer(customer=customer, name="王五", state="dormant")  # somebody was faster
    client = sign_in(cast.mei)
    answer = client.post(f"/customers/{customer.pk}/edit/", posted(customer, name="李四", city="苏州市", version=1))
    assert answer.status_code == 409
    differing = [(one["field"].name, one["theirs"], one["mine"]) for one in answer.context["differing"]]
    assert differing == [("name", "王五", "李四"), ("state", "dormant", "active")]
    customer.refresh_from_db()
    assert (customer.name, customer.version) == ("王五", 2)
    again = {name: value for name, value in answer.context["form"].data.items() if value}
    assert again["version"] == 2
    client.post(f"/customers/{customer.pk}/edit/", again)
    customer.refresh_from_db()
    assert (customer.name, customer.state, customer.version) == ("李四", "active", 3)


def test_a_loop_of_suppliers_is_refused_by_page(make, cast, sign_in):
    first, second = make("A1", kind="agent"), make("A2", kind="agent")
    change_customer(customer=second, upstream=first)
    answer = sign_in(cast.mei).post(f"/customers/{first.pk}/edit/", posted(first, upstream="A2"))
    assert answer.status_code == 422
    assert "A customer cannot be supplied by itself." in answer.content.decode()
    first.refresh_from_db()
    assert first.upstream is None


def test_closing_by_page(make, cast, sign_in):
    customer = make("S1", opened_on=datetime.date(2025, 1, 1))
    client, url = sign_in(cast.mei), f"/customers/{customer.pk}/close/"
    answer = client.post(url, {"closed_on": "2024-01-01"})
    assert answer.status_code == 422
    assert "A customer cannot close before it opens." in answer.content.decode()
    customer.refresh_from_db()
    assert customer.state == "active"
    client.post(url, {"closed_on": "2026-01-01", "reason": "sold"})
    customer.refresh_from_db()
    assert (customer.state, customer.closed_on) == ("closed", datetime.date(2026, 1, 1))
    assert "closed already" in client.post(url, {"closed_on": "2026-01-02"}).content.decode()


def test_assigning_asks_whom_and_from_when_first(make, cast, sign_in):
    shops = [make(f"S{n}") for n in range(3)]
    assign(customers=shops[:1], user=cast.tao, since=datetime.date(2026, 1, 1))
    client = sign_in(cast.mei)
    ids = [shop.pk for shop in shops[:2]]
    asked = client.post("/customers/assign/", {"id": ids})
    assert asked.status_code == 200
    assert asked.context["count"] == 2
    assert [str(person) for person in asked.context["form"].fields["user"].queryset] == ["Tao", "美"]
    assert Responsibility.objects.count() == 1
    done = client.post("/customers/assign/", {"id": ids, "user": cast.mei.pk, "since": "2026-03-01"}, follow=True)
    assert "美 is now in charge of 2 customers." in done.content.decode()
    assert Responsibility.objects.filter(user=cast.mei, since=datetime.date(2026, 3, 1), until=None).count() == 2
    assert Responsibility.objects.get(user=cast.tao).until == datetime.date(2026, 3, 1)


def test_a_responsibility_ends_without_a_successor(make, cast, sign_in):
    shop, other = make("A"), make("B")
    assign(customers=[shop], user=cast.tao, since=datetime.date(2026, 1, 1))
    data = {"id": [shop.pk, other.pk], "since": "2026-03-01", "nobody": "1", "user": ""}
    done = sign_in(cast.mei).post("/customers/assign/", data, follow=True)
    assert "Nobody is in charge of 1 customer from then on." in done.content.decode()
    held = Responsibility.objects.get()
    assert (held.customer, held.user, held.until) == (shop, cast.tao, datetime.date(2026, 3, 1))
    entry = AuditEntry.objects.of(shop).filter(action="customer.assign").latest("pk")
    assert entry.changes["manager"] == ["Tao", None]
    # Without saying so, an empty field is a mistake.
    refused = sign_in(cast.mei).post("/customers/assign/", {"id": [shop.pk], "since": "2026-04-01", "user": ""})
    assert refused.status_code == 422 and "This field is required." in refused.content.decode()
    assert Responsibility.objects.count() == 1


def test_assigning_the_whole_filter(make, cast, sign_in, regions):
    for n in range(3):
        make(f"S{n}", city="苏州市" if n else "南京市")
    make("W1", city="苏州市", region=regions.sichuan)
    query = "city=苏州市"
    data = {"all": "1", "query": query, "user": cast.mei.pk, "since": "2026-03-01"}
    answer = sign_in(cast.mei).post("/customers/assign/", data)
    assert answer["Location"].startswith("/customers/?city=")
    assert set(Responsibility.objects.values_list("customer__code", flat=True)) == {"S1", "S2"}


def test_rows_out_of_reach_are_not_assigned(make, cast, sign_in, regions):
    west = make("W1", region=regions.sichuan)
    data = {"id": [west.pk], "user": cast.mei.pk, "since": "2026-03-01"}
    answer = sign_in(cast.mei).post("/customers/assign/", data, follow=True)
    assert "Choose at least one customer." in answer.content.decode()
    assert not Responsibility.objects.exists()


def test_readers_write_nothing(make, values, cast, sign_in):
    customer = make("S9")
    client = sign_in(cast.ana)
    data = {"id": [customer.pk], "user": cast.mei.pk, "since": "2026-03-01"}
    assert client.post("/customers/new/", values).status_code == 403
    assert client.get("/customers/new/").status_code == 403
    assert client.post(f"/customers/{customer.pk}/edit/", posted(customer, name="x")).status_code == 403
    assert client.post(f"/customers/{customer.pk}/close/", {"closed_on": "2026-01-01"}).status_code == 403
    assert client.post("/customers/assign/", data).status_code == 403
    assert client.post(f"/customers/{customer.pk}/observe/", {"trait": "loyalty"}).status_code == 403
    customer.refresh_from_db()
    assert (customer.name, customer.state, Customer.objects.count()) == ("Shop S9", "active", 1)
    assert not Responsibility.objects.exists() and not Observation.objects.exists()


def test_an_observation_is_written_down(make, cast, sign_in):
    customer = make("S1")
    data = {"trait": "cooperation", "score": "85", "seen_on": "2026-02-03", "note": "took part in the promotion"}
    answer = sign_in(cast.mei).post(f"/customers/{customer.pk}/observe/", data)
    assert answer["Location"] == f"/customers/{customer.pk}/"
    seen = Observation.objects.get()
    assert (seen.customer, seen.trait, seen.score, seen.seen_on, seen.seen_by, seen.note) == (
        customer,
        "cooperation",
        85,
        datetime.date(2026, 2, 3),
        cast.mei,
        "took part in the promotion",
    )
    assert AuditEntry.objects.of(customer).filter(action="customer.observe", actor=cast.mei).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"score": "101"},
        {"score": "-1"},
        {"score": "ten"},
        {"trait": "wealth"},
        {"note": ""},
        {"seen_on": str(today() + datetime.timedelta(days=1))},
    ],
)
def test_an_observation_that_cannot_be_is_refused(make, cast, sign_in, change):
    customer = make("S1")
    data = {"trait": "loyalty", "score": "85", "seen_on": "2026-02-03", "note": "seen", **change}
    assert sign_in(cast.mei).post(f"/customers/{customer.pk}/observe/", data).status_code == 422
    assert not Observation.objects.exists()
    assert not AuditEntry.objects.filter(action="customer.observe").exists()


@pytest.mark.parametrize("path", ["assign/", "export/"])
def test_what_writes_is_posted(cast, sign_in, path):
    assert sign_in(cast.mei).get(f"/customers/{path}").status_code == 405
