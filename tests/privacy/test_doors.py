"""Who may have a copy, ask for an erasure, agree to it: by page, API and command."""

import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from crm.accounts.models import Posting
from crm.audit.models import AuditEntry
from crm.clock import today
from crm.exports.models import Export
from crm.jobs import runner
from customers.facts.actions import Origin, note_fact
from customers.models import Customer, Erasure, Fact
from customers.people.actions import add_role, create_person
from customers.privacy.actions import ask_copy, ask_erasure
from customers.profile.actions import assign, create_customer
from tests.privacy.conftest import jsons

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast, regions, policy):
    made = create_customer(by=cast.ada, code="P1", name="张三鲜", kind="franchisee", region=regions.jiangsu)
    note_fact(
        customer=made,
        field="family",
        value="two sons",
        by=cast.ada,
        origin=Origin(purpose="greetings", consent="written"),
    )
    note_fact(customer=made, field="annual_income", value="300000", by=cast.ada)
    return made


@pytest.fixture
def owner(cast, shop):
    return create_person(by=cast.ada, customer=shop, role={"role": "owner"}, name="张三", phone="13912345678")


def made(export: Export) -> Export:
    runner.run_here(export.job)
    export.refresh_from_db()
    return export


# --- copies -------------------------------------------------------------------------------------------------------


def test_the_page_tells_purposes_and_no_values(shop, cast, sign_in):
    text = sign_in(cast.mei).get(f"/customers/{shop.pk}/privacy/").content.decode()
    assert "greetings" in text
    assert "given in writing" in text
    assert "two sons" not in text
    assert f"/customers/{shop.pk}/privacy/copy/" in text
    assert f"/customers/{shop.pk}/privacy/erase/" in text


@pytest.mark.parametrize("who", ["ana", "tao", "bot"])
def test_who_may_not_reveal_gets_no_copy(who, shop, cast, sign_in, regions):
    # Tao works in the region; Mei is in charge of this one.
    Posting.objects.create(user=cast.tao, region=regions.jiangsu, since=today())
    assign(customers=[shop], user=cast.mei, since=today(), by=cast.ada)
    person = getattr(cast, who)
    client = sign_in(person)
    page = client.get(f"/customers/{shop.pk}/privacy/")
    assert page.status_code == 200
    assert "privacy/copy/" not in page.content.decode()
    assert client.post(f"/customers/{shop.pk}/privacy/copy/", {"reason": "x"}).status_code == 403
    assert client.get(f"/customers/{shop.pk}/privacy/erase/").status_code == 403
    assert not Export.objects.exists()
    assert not AuditEntry.objects.filter(action="privacy.export").exists()


def test_lin_of_west_finds_none_of_it(shop, owner, cast, sign_in):
    client = sign_in(cast.lin)
    for path in ("", "copy/", "erase/"):
        assert client.post(f"/customers/{shop.pk}/privacy/{path}").status_code in (404, 405)
        assert client.get(f"/customers/{shop.pk}/privacy/{path}").status_code in (404, 405)
        assert client.get(f"/customers/people/{owner.pk}/privacy/{path}").status_code in (404, 405)
    assert client.get(f"/customers/{shop.pk}/privacy/").status_code == 404


def test_a_copy_is_made_read_and_written_down(shop, owner, cast, sign_in):
    client = sign_in(cast.mei)
    refused = client.post(f"/customers/{shop.pk}/privacy/copy/", {"reason": " "})
    assert refused.status_code == 422
    assert client.post(f"/customers/{shop.pk}/privacy/copy/", {"reason": "asked by letter"}).status_code == 302
    export = made(Export.objects.get())
    answer = client.get(f"/exports/{export.pk}/file/")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(default_storage.open(export.file.name)) as book:
        data = jsons(book)
    values = {one["field"]: one["value"] for one in data["customers.Fact"]}
    assert values == {"family": "two sons", "annual_income": "300000.00"}
    assert data["customers.Person"][0]["phone"] == "13912345678"
    read = AuditEntry.objects.filter(action="fact.read", actor=cast.mei)
    assert sorted(one.changes["field"] for one in read) == ["annual_income", "family"]
    assert AuditEntry.objects.filter(action="privacy.export", reason="asked by letter").count() == 1
    assert "a copy of everything" in client.get(f"/customers/{shop.pk}/privacy/").content.decode()


def test_a_right_taken_away_counts_for_a_copy_made_before(shop, cast, sign_in, regions):
    export = made(ask_copy(row=shop, reason="why", by=cast.mei))
    Posting.objects.filter(user=cast.mei).update(region=regions.west)
    assert sign_in(cast.mei).get(f"/exports/{export.pk}/file/").status_code == 403


def test_the_list_of_exports_makes_no_such_file(cast, sign_in):
    client = sign_in(cast.ada)
    client.post("/exports/ask/", {"kind": "privacy.subject", "format": "zip", "query": "subject=customer&id=1"})
    assert not Export.objects.exists()


def test_the_command_writes_the_same(shop, owner, cast, tmp_path):
    call_command("export_subject", customer="P1", out=tmp_path / "c.zip", reason="letter")
    with zipfile.ZipFile(tmp_path / "c.zip") as book:
        data = jsons(book)
    assert data["customers.Customer"][0]["name"] == "张三鲜"
    call_command("export_subject", person=owner.pk, out=tmp_path / "p.zip")
    with zipfile.ZipFile(tmp_path / "p.zip") as book:
        data = jsons(book)
    assert "customers.Customer" not in data
    # What is known of the owner of a shop is about the owner.
    assert {one["field"] for one in data["customers.Fact"]} == {"family", "annual_income"}
    with pytest.raises(SystemExit):
        call_command("export_subject", customer="NONE", out=tmp_path / "n.zip")
    assert not (tmp_path / "n.zip").exists()


# --- erasing ------------------------------------------------------------------------------------------------------


def test_an_erasure_is_seen_first_confirmed_by_the_code_and_certified(shop, owner, cast, sign_in):
    client = sign_in(cast.mei)
    page = client.get(f"/customers/{shop.pk}/privacy/erase/")
    assert page.status_code == 200
    assert Customer.objects.get(pk=shop.pk).name == "张三鲜"
    wrong = client.post(f"/customers/{shop.pk}/privacy/erase/", {"typed": "P2", "ground": "request"})
    assert wrong.status_code == 422
    assert not Erasure.objects.exists()
    done = client.post(f"/customers/{shop.pk}/privacy/erase/", {"typed": "P1", "ground": "request"})
    erasure = Erasure.objects.get()
    assert done["Location"] == f"/customers/privacy/erasures/{erasure.pk}/"
    runner.run_here(erasure.job)
    assert Customer.objects.get(pk=shop.pk).name == f"erased customer #{shop.pk}"
    text = client.get(done["Location"]).content.decode()
    assert "P1" in text
    assert "张三" not in text
    assert client.get("/customers/privacy/erasures/").status_code == 200


def test_four_eyes_need_an_administrator_other_than_who_asked(shop, cast, sign_in, settings):
    settings.ERASURE_FOUR_EYES = True
    client = sign_in(cast.ada)
    client.post(f"/customers/{shop.pk}/privacy/erase/", {"typed": "P1", "ground": "request"})
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.job) == ("asked", None)
    assert client.post(f"/customers/privacy/erasures/{erasure.pk}/agree/").status_code == 403
    assert sign_in(cast.mei).post(f"/customers/privacy/erasures/{erasure.pk}/agree/").status_code == 403
    erasure.refresh_from_db()
    assert erasure.state == "asked"
    from crm.accounts.actions import create_user

    eve = create_user(username="eve", name="Eve", role="admin", password="correct-horse-7", email="eve@qiao.test")
    assert sign_in(eve).post(f"/customers/privacy/erasures/{erasure.pk}/agree/").status_code == 302
    erasure.refresh_from_db()
    assert (erasure.state, erasure.decided_by) == ("running", eve)
    runner.run_here(erasure.job)
    assert Customer.objects.get(pk=shop.pk).name == f"erased customer #{shop.pk}"


def test_a_refused_erasure_changes_nothing(shop, cast, sign_in, settings):
    settings.ERASURE_FOUR_EYES = True
    erasure = ask_erasure(row=shop, typed="P1", by=cast.mei)
    sign_in(cast.ada).post(f"/customers/privacy/erasures/{erasure.pk}/refuse/")
    erasure.refresh_from_db()
    assert (erasure.state, erasure.job) == ("refused", None)
    assert Customer.objects.get(pk=shop.pk).name == "张三鲜"
    assert ask_erasure(row=shop, typed="P1", by=cast.mei).state == "asked"


def test_a_head_does_not_erase_somebody_who_stands_with_others_customers(owner, cast, regions, sign_in):
    far = create_customer(by=cast.ada, code="W1", name="Far", kind="franchisee", region=regions.sichuan)
    add_role(person=owner, customer=far, role="landlord", by=cast.ada)
    path = f"/customers/people/{owner.pk}/privacy/erase/"
    assert sign_in(cast.mei).get(path).status_code == 403
    assert sign_in(cast.ada).get(path).status_code == 200


def test_withdrawn_consent_erases_that_fact_alone(shop, cast, sign_in):
    client = sign_in(cast.mei)
    assert client.post(f"/customers/{shop.pk}/privacy/family/withdraw/").status_code == 302
    family, income = Fact.objects.get(field="family"), Fact.objects.get(field="annual_income")
    assert (family.value, family.purpose, family.consent) == ("", "", "written")
    assert family.erased_at is not None
    assert income.text == "300000.00"
    assert AuditEntry.objects.filter(action="fact.erase").get().changes == {"fact.family": ["•••", ""]}
    client.post(f"/customers/{shop.pk}/privacy/family/withdraw/")
    assert AuditEntry.objects.filter(action="fact.erase").count() == 1
    assert client.post(f"/customers/{shop.pk}/privacy/staff/withdraw/").status_code == 404
    assert sign_in(cast.ana).post(f"/customers/{shop.pk}/privacy/annual_income/withdraw/").status_code == 403
    assert Fact.objects.get(field="annual_income").text == "300000.00"


# --- the API ------------------------------------------------------------------------------------------------------


def test_the_api_tells_copies_and_erases(shop, owner, cast, sign_in):
    client = sign_in(cast.mei)
    found = client.get(f"/api/v1/customers/{shop.pk}/privacy/").json()
    assert [(one["field"], one["purpose"], one["consent"]) for one in found["facts"]] == [
        ("family", "greetings", "written"),
        ("annual_income", "", ""),
    ]
    assert {one["table"]: one["rows"] for one in found["held"]}["customers.Fact"] == 2
    assert (found["may_copy"], found["may_erase"]) == (True, True)
    preview = client.get(f"/api/v1/customers/{shop.pk}/privacy/preview/").json()
    assert {one["table"]: one["rows"] for one in preview["goes"]}["customers.Person"] == 1
    copy = client.post(
        f"/api/v1/customers/{shop.pk}/privacy/copy/", json.dumps({"reason": "x"}), content_type="application/json"
    )
    assert copy.status_code == 202
    assert copy.json()["format"] == "zip"
    sent = {"typed": str(owner.pk), "ground": "request"}
    erased = client.post(
        f"/api/v1/customers/people/{owner.pk}/privacy/erase/", json.dumps(sent), content_type="application/json"
    )
    assert erased.status_code == 202
    runner.run_here(Erasure.objects.get().job)
    found = client.get(f"/api/v1/erasures/{erased.json()['id']}/").json()
    assert found["state"] == "done"
    assert found["counts"]["customers.Person"] == 1
    assert sign_in(cast.tao).get("/api/v1/erasures/").json()["results"] == []
    assert sign_in(cast.lin).get(f"/api/v1/erasures/{found['id']}/").status_code == 404
