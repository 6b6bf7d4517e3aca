"""A customer of East and its people, with a canary in every personal column and in every copy of one."""

from __future__ import annotations

import io
import json
import zipfile
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from crm.api.models import IdempotencyKey
from crm.clock import now, today
from crm.exports import actions as exports
from crm.imports import actions as imports
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.listing.models import SavedView
from customers.care.notes import write_note
from customers.duplicates import actions as doubles
from customers.facts.actions import Origin, note_fact
from customers.files import actions as attachments
from customers.issues.actions import open_issue
from customers.models import Customer, Person, RelationType
from customers.people.actions import add_role, change_person, create_person, relate
from customers.profile.actions import assign, create_customer
from customers.receivables.actions import promise
from customers.relationship.actions import observe
from customers.surveys import actions as surveys
from customers.surveys.answering import Said, answer, waive_guess

CANARY = "KANARIENVOGEL"


def dump() -> dict[str, list[str]]:
    """{table: rows that hold the canary}, over every table there is, sealed values opened."""
    from crm import crypt

    found = {}
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                texts = [str(one) for one in row]
                texts += [crypt.unseal(one) for one in texts if crypt.is_sealed(one)]
                if any(CANARY in one.upper() for one in texts):
                    found.setdefault(table, []).append(str(row))
    return found


def media() -> list[str]:
    """Files of the storage that hold the canary, also inside archives."""
    found = []
    for folder in ("imports", "exports", "files"):
        if not default_storage.exists(folder):
            continue
        for name in default_storage.listdir(folder)[1]:
            with default_storage.open(f"{folder}/{name}", "rb") as handle:
                data = handle.read()
            if data[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(data)) as book:
                    data = b"".join(book.read(part) for part in book.namelist())
            if CANARY.encode() in data.upper() or CANARY.encode("utf-16-le") in data:
                found.append(f"{folder}/{name}")
    return found


@pytest.fixture
def empty_media():
    for folder in ("imports", "exports", "files"):
        if default_storage.exists(folder):
            for name in default_storage.listdir(folder)[1]:
                default_storage.delete(f"{folder}/{name}")


def bring(kind: str, text: str, by):
    run = imports.upload(kind=kind, file=ContentFile(text.encode()), name=f"{CANARY}-{kind}.csv", by=by)
    imports.start(run=run, by=by)
    runner.drain()
    run.refresh_from_db()
    return run


@pytest.fixture
def shop(cast, regions, policy, empty_media):
    """Everything about K1 and its owner, by every way in; K2 is merged into it, K9 is somebody else's."""
    by = cast.ada
    bring(
        "customers",
        "code,name,kind,region,phone,address,city\n"
        f"K1,{CANARY} shop,franchisee,JIANGSU,139{CANARY},{CANARY} road 1,Nanjing\n",
        by,
    )
    shop = Customer.objects.get(code="K1")
    assign(customers=[shop], user=cast.tao, since=today(), by=by)
    owner = create_person(
        by=by,
        customer=shop,
        role={"role": "owner", "note": f"{CANARY} role note"},
        name=f"{CANARY} Wang",
        phone="13912345678",
        wechat=f"wx-{CANARY}",
        email=f"{CANARY.lower()}@example.test",
        gender="m",
        birth_year=1970,
        birth_month=5,
        birth_day=6,
        note=f"{CANARY} loves tea",
    )
    change_person(person=owner, by=by, note=f"{CANARY} loves coffee")
    other = create_customer(by=by, code="K9", name="Other shop", kind="franchisee", region=regions.jiangsu)
    landlord = create_person(by=by, customer=shop, role={"role": "landlord"}, name="Landlord Li", phone="13800000001")
    add_role(person=landlord, customer=other, role="landlord", by=by)
    relation = RelationType.objects.filter(symmetric=False).first()
    relate(type=relation, start=landlord, end=owner, note=f"{CANARY} relation", by=by)
    for field, value in (
        ("family", f"{CANARY} wife and two sons"),
        ("marital_status", "married"),
        ("annual_income", "300000"),
        ("occupation", f"{CANARY} was a teacher"),
        ("connections", f"{CANARY} knows the mall manager"),
    ):
        note_fact(
            customer=shop,
            field=field,
            value=value,
            by=by,
            origin=Origin(told_by=f"{CANARY} told", purpose=f"{CANARY} purpose", consent="spoken"),
        )
    observe(customer=shop, trait="cooperation", score=80, seen_on=today(), seen_by=by, note=f"{CANARY} was kind")
    write_note(customer=shop, text=CANARY, by=by)
    open_issue(
        customer=shop, title=f"{CANARY} complains", text=f"{CANARY} shouted", category="price", told_by=CANARY, by=by
    )
    template = surveys.write_template(name="How content", by=by)
    asked = surveys.begin_survey(
        template=template, name="Autumn", opens_on=today(), closes_on=today(), customers=[shop], by=by
    ).invitations.get()
    waive_guess(invitation=asked, reason=f"{CANARY} told me", by=by)
    said = {one.pk: Said(8, 4) for one in template.points.all()}
    answer(
        invitation=asked, answers=said, overall=4, renew=4, comment=f"{CANARY} is angry", told_by=CANARY, through="link"
    )
    promise(customer=shop, due_on=today(), what=f"{CANARY} brings the contract", by=by)
    attachments.attach(
        customer=shop,
        file=io.BytesIO(f"{CANARY} contract".encode()),
        name=f"{CANARY}.txt",
        by=by,
        note=f"{CANARY} note",
    )
    bring("people", f"code,name,role,phone,note\nK1,{CANARY} Zhao,manager,13911112222,{CANARY} by file\n", by)
    bring("profiles", f"code,interests\nK1,{CANARY} fishing\n", by)
    loser = create_customer(
        by=by, code="K2", name=f"{CANARY} second", kind="franchisee", region=regions.jiangsu, phone=f"138{CANARY}"
    )
    note_fact(customer=loser, field="avoid", value=f"{CANARY} his brother", by=by)
    doubles.merge(survivor=shop, loser=loser, by=by, reason=f"{CANARY} the same")
    exports.ask(kind="customers", format="csv", by=cast.mei)
    exports.ask(kind="customers", format="xlsx", query=f"q={CANARY}", by=cast.mei)
    runner.drain()
    enqueue(kind="duplicates.scan", asked_by=by, title=f"look at {CANARY} shop")
    runner.drain()
    SavedView.objects.create(owner=by, page="customers", name=f"{CANARY} Wang", query=f"q={CANARY}+Wang")
    IdempotencyKey.objects.create(
        principal=cast.bot, key="k", fingerprint="f", claimed_at=now(), body={"name": f"{CANARY} Wang"}
    )
    cache.set("last", f"{CANARY} shop")
    return SimpleNamespace(
        shop=Customer.objects.get(code="K1"), owner=Person.objects.get(pk=owner.pk), other=other, landlord=landlord
    )


def jsons(book: zipfile.ZipFile) -> dict:
    return json.loads(book.read("data.json"))
