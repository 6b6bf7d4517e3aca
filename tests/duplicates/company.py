"""Two shops that are one, with rows of every kind, and a checksum of every table that a merge may touch."""

from __future__ import annotations

import hashlib
import io
import random
from datetime import date, timedelta
from decimal import Decimal

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from customers.duplicates import scanning
from customers.duplicates.journal import Table
from customers.files.actions import attach
from customers.issues.actions import open_issue
from customers.models import Customer, Fact, Observation, OpenItem, Payment, Promise, RelationType, Responsibility
from customers.people.actions import add_role, create_person, relate
from customers.people.standard import ship
from customers.surveys import actions as surveys
from customers.surveys.answering import Said, answer
from customers.tiers.actions import refresh

# What a merge and its undo write about themselves: the log, the jobs they ask for, the journal, and outboxes, which
# hold no more than whom a refresh should look at once again.
DIARY = {
    "crm.AuditEntry",
    "crm.Job",
    "customers.Merge",
    "customers.MergeStep",
    "customers.SalesDirty",
    "customers.SlumpState",
    "customers.TierDirty",
    "customers.ScoreDirty",
}


def checksums(leave_out=()) -> dict[str, str]:
    """{table: digest over its rows in the order of their keys}, as the database holds them, of every table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            label = model._meta.label
            if label.split(".")[0] not in ("crm", "customers", "visits", "promotions") or label in {*DIARY, *leave_out}:
                continue
            rows = Table(model).read(cursor, "1 = 1", [])
            if label == "customers.SearchEntry":
                # An index kept by triggers: it must say the same, under whatever numbers.
                rows = sorted(repr({name: value for name, value in row.items() if name != "id"}) for row in rows)
            found[label] = hashlib.sha256(repr(rows).encode()).hexdigest()[:16] + f" {len(rows)}"
    return found


def sell(lines, by=None) -> ImportRun:
    """lines: (code, day, amount, returns, units)."""
    head = "customer_code,date,amount,returns,units\n"
    text = head + "".join(",".join("" if cell is None else str(cell) for cell in line) + "\n" for line in lines)
    return bring("sales", text, by)


def bring(kind, text, by=None) -> ImportRun:
    run = imports.upload(kind=kind, file=ContentFile(text.encode()), name=f"{kind}.csv", by=by)
    imports.start(run=run, by=by)
    runner.drain()
    run.refresh_from_db()
    assert run.state == "done", (run.state, run.errors, run.problem)
    return run


def build(cast, regions, seed=1, days=60):
    """(stays, goes, a customer supplied by the one that goes): common days, corrections, observations, handovers."""
    dice = random.Random(seed)
    agent = Customer.objects.create(code="AG", name="总代理", kind="agent", region=regions.zhejiang)
    stays = Customer.objects.create(
        code="S1", name="张三鲜母婴", kind="franchisee", region=regions.jiangsu, phone="0571-8888 1234", city="南京"
    )
    goes = Customer.objects.create(
        code="S2",
        name="张三鲜母婴用品店",
        kind="franchisee",
        region=regions.zhejiang,
        phone="057188881234",
        address="中山路1号",
        city="南京",
        upstream=agent,
    )
    below = Customer.objects.create(code="S3", name="乡镇店", kind="franchisee", region=regions.jiangsu, upstream=goes)
    others = [
        Customer.objects.create(code=f"O{n}", name=f"其他{n}号店", kind="franchisee", region=regions.jiangsu)
        for n in range(8)
    ]
    last = date(2026, 6, 20)
    lines = []
    for one, share in ((stays, 0.8), (goes, 0.7), (below, 0.2), *((other, 0.1) for other in others)):
        for ago in range(days):
            if dice.random() < share:
                amount = Decimal(dice.randrange(100, 900_000)) / 100
                back = Decimal(dice.randrange(0, 5_000)) / 100 if dice.random() < 0.2 else None
                units = dice.randrange(1, 50) if dice.random() < 0.7 else None
                lines.append((one.code, last - timedelta(days=ago), amount, back, units))
    sell(lines)
    # Corrections, so that lines out of force go over as well.
    sell([(code, day, amount + 1, back, units) for code, day, amount, back, units in lines[:: dice.randrange(3, 7)]])
    for one in (stays, goes):
        Observation.objects.bulk_create(
            Observation(
                customer=one,
                trait=dice.choice(["loyalty", "cooperation"]),
                score=dice.randrange(101),
                seen_on=last - timedelta(days=dice.randrange(300)),
                note="看到的",
            )
            for _ in range(dice.randrange(3, 9))
        )
        middle = last - timedelta(days=dice.randrange(100, 300))
        Responsibility.objects.create(customer=one, user=cast.mei, since=date(2024, 1, 1), until=middle)
        Responsibility.objects.create(customer=one, user=cast.tao, since=middle)
    for one, field, value, noted in (
        (stays, "shop_area", "60", date(2026, 1, 1)),
        (goes, "shop_area", "80", date(2026, 3, 1)),
        (stays, "staff", "3", date(2026, 3, 1)),
        (goes, "staff", "4", date(2026, 1, 1)),
        (goes, "licence_number", "91330100MA2H", date(2026, 1, 1)),
    ):
        Fact.objects.create(customer=one, field=field, value=value, noted_on=noted, created_at=timezone.now())
    _meet(cast, stays, goes, below)
    _owe(dice, stays, goes)
    for one in (stays, goes):
        attach(customer=one, file=io.BytesIO("营业执照复印件".encode()), name=f"{one.code}.txt", by=cast.ada)
    attach(customer=goes, file=io.BytesIO(b"only here"), name="only.txt", by=cast.ada)
    for day in (date(2026, 5, 31), date(2026, 6, 30)):
        refresh(as_of=day, full=True)
    scanning.scan()()
    _ask(stays, goes)
    return stays, goes, below


def _ask(stays, goes):
    """Both in one round, and only the one that goes has answered."""
    template = surveys.write_template(name="How content", by=None)
    day = timezone.localdate()
    round_ = surveys.begin_survey(
        template=template, name="Autumn", opens_on=day, closes_on=day, customers=[stays, goes], by=None
    )
    said = {one.pk: Said(8, 4) for one in template.points.all()}
    answer(invitation=round_.invitations.get(customer=goes), answers=said, overall=4, renew=4, through="link")


def _meet(cast, stays, goes, below):
    """One owner of both, a landlord; relations that would stand twice, or lead to themselves, afterwards."""
    owner = create_person(name="张三", by=cast.ada)
    wife = create_person(name="李四", by=cast.ada)
    landlord = create_person(name="王五", by=cast.ada)
    for customer, first in ((stays, True), (goes, True)):
        add_role(person=owner, customer=customer, role="owner", is_primary=first, by=cast.ada)
    add_role(person=wife, customer=goes, role="spouse", by=cast.ada)
    ship(RelationType.objects)  # a test before this one may have emptied the tables
    types = {one.code: one for one in RelationType.objects.all()}
    for start, code, end in (
        (landlord, "landlord", stays),
        (landlord, "landlord", goes),
        (goes, "competes", stays),
        (below, "competes", goes),
        (below, "competes", stays),
        (owner, "married", wife),
    ):
        relate(start=start, type=types[code], end=end, by=cast.ada)


def _owe(dice, stays, goes):
    """Invoices with numbers that both have, payments, money of one that will settle what the other owes, promises."""
    lines = ["customer_code,number,type,issued_on,due_on,amount,paid_on"]
    for one in (stays, goes):
        for n in range(1, 7):
            issued = date(2026, 1, 5) + timedelta(days=20 * n)
            amount = f"{dice.randrange(100, 9000)}.50"
            lines.append(f"{one.code},INV-{n},invoice,{issued},{issued + timedelta(days=30)},{amount},")
        for n in (1, 2):
            lines.append(f"{one.code},P-{n},payment,,,{dice.randrange(500, 7000)}.25,2026-0{n + 2}-15")
    bring("receivables", "\n".join(lines) + "\n")
    assert (OpenItem.objects.count(), Payment.objects.count()) == (12, 4)
    for one in (stays, goes):
        open_issue(customer=one, title="到货少了两箱", category="supply", by=None)
        Promise.objects.create(
            customer=one, what="下周付清", due_on=date(2026, 7, 1), made_on=date(2026, 6, 1), amount=Decimal(500)
        )
