"""A canary in every personal column and every copy of one: after the erasure nothing of it is anywhere."""

import io
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage

from crm.audit import sealing
from crm.clock import today
from crm.jobs import runner
from crm.jobs.actions import enqueue
from customers.files import actions as attachments
from customers.models import Attachment, Customer, Erasure, Fact, Merge, Person, PersonRole, Promise, Relation
from customers.people.actions import create_person
from customers.privacy.actions import ask_erasure
from tests.privacy.conftest import CANARY, dump, media

pytestmark = pytest.mark.django_db


def seal():
    runner.run_here(enqueue(kind="audit.seal"))


def erase(row, by, **more) -> Erasure:
    typed = row.code if isinstance(row, Customer) else str(row.pk)
    erasure = ask_erasure(row=row, typed=typed, by=by, reason=f"{CANARY} Wang asked by letter", **more)
    job = runner.run_here(erasure.job)
    assert (job.state, job.error) == ("done", "")
    erasure.refresh_from_db()
    return erasure


def test_the_canary_is_everywhere_before(shop):
    seen = dump()
    for table in (
        *("customers_customer", "customers_person", "customers_personrole", "customers_relation", "customers_fact"),
        *("customers_attachment", "customers_observation", "customers_promise", "customers_searchentry"),
        *("customers_merge", "customers_mergestep", "crm_auditentry", "crm_importrun", "crm_importchange"),
        *("crm_export", "crm_job", "crm_savedview", "crm_idempotencykey"),
    ):
        assert table in seen, table
    assert {name.split("/")[0] for name in media()} == {"imports", "exports", "files"}


def test_nothing_of_a_customer_is_left_and_the_books_are(shop, cast, django_assert_max_num_queries):
    seal()
    before = Promise.objects.filter(customer=shop.shop).values_list("due_on", "state").get()
    with django_assert_max_num_queries(400):
        erasure = erase(shop.shop, cast.mei)
    assert dump() == {}
    assert media() == []
    assert cache.get("last") is None
    row = Customer.objects.get(pk=shop.shop.pk)
    assert (row.code, row.name, row.phone, row.address, row.city) == (
        "K1",
        f"erased customer #{row.pk}",
        "",
        "",
        "Nanjing",
    )
    assert Promise.objects.filter(customer=row).values_list("due_on", "state").get() == before
    assert (erasure.state, erasure.code, erasure.asked_by, erasure.pending) == ("done", "K1", cast.mei, [])
    assert erasure.reason == "••• asked by letter"
    assert erasure.counts["customers.Customer"] == 1
    assert erasure.counts["customers.Person"] == 2  # the owner and the one by file; the landlord stands with K9 too
    # The landlord stays, but for the relation to who is gone.
    assert Person.objects.get(pk=shop.landlord.pk).name == "Landlord Li"
    assert not Relation.objects.exists()
    assert not Attachment.objects.exists()
    # Search finds nothing, and the log still proves what it proved.
    assert list(Customer.objects.filter(search_text__contains=CANARY.lower())) == []
    assert list(sealing.broken()) == []
    seal()
    assert list(sealing.broken()) == []


def test_nothing_of_a_person_is_left_and_the_shop_is(shop, cast):
    seal()
    photo = attachments.attach(
        customer=shop.shop, file=io.BytesIO(b"nothing here"), name="stays.txt", by=cast.ada, note=f"{CANARY} Wang too"
    )
    mine = Attachment.objects.exclude(pk=photo.pk).get(customer=shop.shop)
    person = shop.owner
    owned = Fact.objects.filter(customer=shop.shop, field="family").get()
    erasure = erase(person, cast.ada, chosen=[mine.pk])
    row = Person.objects.get(pk=person.pk)
    assert (row.name, row.phone, row.wechat, row.email, row.gender, row.note) == (
        f"erased person #{row.pk}", "", "", "", "", "",
    )  # fmt: skip
    assert (row.birth_year, row.birth_month, row.birth_day, row.phone_digits) == (None, None, None, "")
    assert PersonRole.objects.filter(person=row, customer=shop.shop, role="owner", note="").count() == 1
    owned.refresh_from_db()
    assert (owned.value, owned.told_by, owned.purpose, owned.consent) == ("", "", "", "spoken")
    assert owned.erased_at is not None
    assert not Attachment.objects.filter(pk=mine.pk).exists()
    assert Attachment.objects.get(pk=photo.pk).note == "••• too"
    assert erasure.counts["customers.Fact"] >= 5
    whole = "".join(line for lines in dump().values() for line in lines)
    for text in ("Wang", "13912345678", "wx-", "loves", "wife", "knows the mall", "role note", "teacher", "fishing"):
        assert f"{CANARY} {text}" not in whole, text
        assert f"{text}{CANARY}" not in whole, text
    assert "13912345678" not in whole
    assert Customer.objects.get(pk=shop.shop.pk).name == f"{CANARY} shop"
    assert list(sealing.broken()) == []


def test_an_erasure_carried_out_twice_changes_nothing(shop, cast):
    from customers.privacy.actions import carry_out

    erasure = erase(shop.shop, cast.ada)
    counts = erasure.counts
    again = carry_out(Erasure.objects.get(pk=erasure.pk))
    assert again.counts == counts
    assert Erasure.objects.count() == 1


def test_a_merge_with_what_was_erased_cannot_be_undone(shop, cast):
    from django.core.exceptions import ValidationError

    from customers.duplicates import actions as doubles

    erase(shop.shop, cast.ada)
    with pytest.raises(ValidationError):
        doubles.undo(merge=Merge.objects.get(), by=cast.ada)
    assert dump() == {}


def test_an_import_of_what_was_erased_cannot_be_undone(shop, cast):
    from crm.imports import actions as imports
    from crm.imports.models import ImportRun

    erase(shop.shop, cast.ada)
    run = ImportRun.objects.get(kind="customers")
    assert (run.file.name, run.name) == ("", "•••-customers.csv")
    job = imports.ask_undo(run=run, by=cast.ada).job
    assert runner.run_here(job).state == "failed"
    assert dump() == {}


def test_files_of_others_stay(shop, cast, regions):
    from crm.imports.models import ImportRun
    from tests.privacy.conftest import bring

    before = bring("customers", "code,name,kind,region\nK8,Far shop,franchisee,SICHUAN\n", cast.ada)
    ImportRun.objects.filter(pk=before.pk).update(name="far.csv")
    far = create_person(by=cast.ada, customer=Customer.objects.get(code="K8"), role={"role": "owner"}, name="Far Away")
    erase(shop.shop, cast.ada)
    before.refresh_from_db()
    assert default_storage.exists(before.file.name)
    assert before.name == "far.csv"
    assert Person.objects.get(pk=far.pk).name == "Far Away"


def test_what_a_customer_held_comes_whole_in_one_file(shop, cast, tmp_path):
    from crm.privacy import CUSTOMER, tables
    from customers.privacy.exporting import write
    from customers.privacy.subjects import of_customer
    from tests.privacy.conftest import jsons

    path = tmp_path / "all.zip"
    write(of_customer(shop.shop.pk), str(path), by=cast.mei, why="asked by letter")
    with zipfile.ZipFile(path) as book:
        data = jsons(book)
        names = book.namelist()
        assert any(name.startswith("files/") for name in names)
    assert {one.model for one in tables() if CUSTOMER in one.of} == set(data) - {"_"}
    told = {one["field"]: one["value"] for one in data["customers.Fact"]}
    assert told["family"] == f"{CANARY} wife and two sons"
    assert told["annual_income"] == "300000.00"
    assert [one["name"] for one in data["customers.Customer"]] == [f"{CANARY} shop"]
    assert {one["name"] for one in data["customers.Person"]} == {f"{CANARY} Wang", f"{CANARY} Zhao", "Landlord Li"}
    assert all("errors" not in one for one in data["crm.ImportRun"])  # rows of others stand in them
    assert any(one["action"] == "customer.create" for one in data["crm.AuditEntry"])
    assert data["customers.Promise"][0]["due_on"] == str(today())
    assert f"tables/{Fact._meta.label}.csv" in names
