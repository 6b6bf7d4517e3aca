"""A new customer's licence number: asked for at entry, kept as a fact from a document, and compared before."""

from __future__ import annotations

import pytest

from customers.duplicates import scanning
from customers.facts.actions import note_fact
from customers.models import Customer, Fact

pytestmark = pytest.mark.django_db
LICENCE = "91320106MA1XYZ1234"


@pytest.fixture
def there(regions):
    made = Customer.objects.create(code="T1", name="旺角文具", kind="franchisee", region=regions.jiangsu)
    note_fact(customer=made, field="licence_number", value=LICENCE, by=None)
    scanning.scan()()
    return made


@pytest.fixture
def form(regions):
    return {
        "code": "NEW",
        "name": "全新名字",
        "kind": "franchisee",
        "state": "active",
        "region": regions.jiangsu.pk,
        "licence_number": f" {LICENCE} ",
    }


def test_the_page_keeps_it_as_a_fact_from_a_document(cast, sign_in, form):
    client = sign_in(cast.mei)
    page = client.get("/customers/new/").content.decode()
    assert 'name="licence_number"' in page and "from:#id_licence_number" in page
    assert client.post("/customers/new/", form).status_code == 302
    fact = Fact.objects.get(customer__code="NEW")
    assert (fact.field, fact.value, fact.source, fact.author) == ("licence_number", LICENCE, "document", cast.mei)


def test_it_may_be_left_empty_and_is_asked_of_new_ones_only(cast, sign_in, form):
    client = sign_in(cast.mei)
    assert client.post("/customers/new/", {**form, "licence_number": " "}).status_code == 302
    made = Customer.objects.get(code="NEW")
    assert not Fact.objects.exists()
    assert "licence_number" not in client.get(f"/customers/{made.pk}/edit/").content.decode()


def test_the_same_number_is_asked_about_before_anything_is_written(there, cast, sign_in, form):
    client = sign_in(cast.mei)
    asked = client.post("/customers/new/", form)
    assert asked.status_code == 409
    assert [(one.customer, one.reasons) for one in asked.context["alike"].likes] == [
        (there, ["same licence number …1234"])
    ]
    assert LICENCE in asked.content.decode() and not Customer.objects.filter(code="NEW").exists()
    assert client.post("/customers/new/", {**form, "even_if_alike": "1"}).status_code == 302
    assert Fact.objects.filter(value=LICENCE).count() == 2


def test_the_hint_needs_nothing_but_the_number(there, cast, sign_in):
    client = sign_in(cast.mei)
    assert "旺角文具" in client.get("/customers/duplicates/hint/", {"licence_number": LICENCE}).content.decode()
    assert client.get("/customers/duplicates/hint/", {"city": "南京"}).content.decode().strip() == ""


def test_a_refused_number_leaves_no_customer(cast, sign_in, form):
    client = sign_in(cast.mei)
    refused = client.post("/customers/new/", {**form, "licence_number": "9" * 201})
    assert refused.status_code == 422 and not Customer.objects.exists() and not Fact.objects.exists()
    row = {"code": "NEW", "name": "全新名字", "kind": "franchisee", "region": "JIANGSU", "licence_number": "9" * 201}
    assert client.post("/api/v1/customers/", row, content_type="application/json").status_code == 400
    assert not Customer.objects.exists() and not Fact.objects.exists()


def test_what_the_slice_refuses_is_said_under_its_field_and_undoes_the_rest(cast, sign_in, form, monkeypatch):
    from django.core.exceptions import ValidationError

    from customers.facts import entry

    def refuse(**_given):
        raise ValidationError({"value": "Not this one."})

    monkeypatch.setattr(entry, "note_fact", refuse)
    answer = sign_in(cast.mei).post("/customers/new/", form)
    assert answer.status_code == 422 and answer.context["form"].errors == {"licence_number": ["Not this one."]}
    assert not Customer.objects.exists()


def test_the_api_takes_it_too(there, cast, sign_in):
    client = sign_in(cast.mei)
    row = {"code": "NEW", "name": "全新名字", "kind": "franchisee", "region": "JIANGSU", "licence_number": LICENCE}
    refused = client.post("/api/v1/customers/", row, content_type="application/json")
    assert refused.status_code == 409 and [one["code"] for one in refused.json()["alike"]] == ["T1"]
    made = client.post("/api/v1/customers/", {**row, "even_if_alike": True}, content_type="application/json")
    assert made.status_code == 201
    fact = Fact.objects.get(customer_id=made.json()["id"])
    assert (fact.value, fact.source, fact.author) == (LICENCE, "document", cast.mei)


def test_who_only_reads_is_told_nothing(there, cast, sign_in):
    assert sign_in(cast.ana).get("/customers/duplicates/hint/", {"licence_number": LICENCE}).content.strip() == b""
