"""Loading the demo company, the way a real one would come in: regions, people, files, imports, tiers month by month."""

from __future__ import annotations

import datetime
import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from crm import crypt, periods
from crm.accounts.models import User
from crm.audit.context import acting
from crm.clock import today
from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from crm.listing.actions import save_view
from customers.demo import (
    asked,
    calendar,
    caring,
    company,
    connections,
    dealers,
    doubles,
    evidence,
    files,
    knowledge,
    people,
    pictures,
    receivables,
    sales,
    slumping,
)
from customers.demo.calendar import Day
from customers.demo.company import Client
from customers.duplicates import scanning
from customers.facts.actions import form_of, usual_expiry
from customers.facts.fields import FIELDS
from customers.facts.models import Consent, Fact
from customers.facts.values import number_of
from customers.files import actions as attachments
from customers.files.models import Attachment
from customers.people.models import Person
from customers.profile import actions as profile
from customers.profile.models import Customer
from customers.receivables import settling
from customers.receivables.models import Promise
from customers.relationship.models import Observation
from customers.tiers import actions as tiers

MONTHS_OF_HISTORY = 12
SHOPS_WITH_PICTURES = 12
_AT_ONCE = 5_000


@dataclass
class Story:
    """What is told: daily sales from `start` until before `end`, and monthly sums for a year before that."""

    seed: int
    start: datetime.date
    end: datetime.date
    clients: Sequence[Client]
    days: Sequence[Day]
    before: Sequence[Day]

    @classmethod
    def make(cls, *, count: int, years: int, seed: int, end: datetime.date) -> Story:
        """The year before is there so that growth over two years can be judged from the first tier run on."""
        start = periods.shift_month(end, -12 * years)
        earlier = periods.shift_month(start, -12)
        return cls(
            seed=seed,
            start=start,
            end=end,
            clients=slumping.some_now(company.make(count=count, seed=seed, start=start, end=end), end),
            days=calendar.days(start, end),
            before=calendar.days(earlier, start),
        )


@dataclass
class Loaded:
    customers: int = 0
    lines: int = 0
    relations: int = 0
    observations: int = 0
    facts: int = 0
    files: int = 0
    documents: int = 0
    notes: int = 0
    tiers: dict[str, int] = field(default_factory=dict)


def load(story: Story, say: Callable[[str], None] = lambda text: None) -> Loaded:
    """Fill an empty database. Each step is a transaction of its own, as it would be in use."""
    loaded = Loaded()
    with acting(via="command"):
        with transaction.atomic():
            staff = people.make_people(people.make_regions())
        admin = staff["admin"]
        with tempfile.TemporaryDirectory(prefix="qiao-demo-") as name:
            folder = Path(name)
            _import("customers", files.write_customers(folder / "customers.csv", story.clients), admin)
            loaded.customers = len(story.clients)
            say(f"{loaded.customers:,} customers")
            _put_in_charge(story, staff)
            _import("people", connections.write(folder / "people.csv", story.clients, story.seed), admin)
            loaded.relations = connections.relate(story.seed, story.end)
            say(f"{Person.objects.count():,} people around them, {loaded.relations:,} relations")
            loaded.observations = _observe(story, staff)
            say(f"{loaded.observations:,} observations of how they cooperate")
            loaded.facts = _know(story, staff)
            say(f"{loaded.facts:,} facts of their profiles")
            loaded.files = _pictures(story, staff)
            say(f"{loaded.files} photos and papers of shops")
            loaded.lines = _sell(story, folder, admin, say)
            _mistakes(story, folder, staff)
            loaded.documents = _owe(story, folder, staff, say)
            _entered_twice(story, folder, admin, staff)
        loaded.tiers = _history(story, admin, say)
        manager_of = {province: staff[login] for login, _name, provinces in people.MANAGERS for province in provinces}
        loaded.notes = caring.write(story.clients, story.seed, story.end, manager_of)
        caring.look_after(story.clients, story.end, staff)
        say(f"{loaded.notes:,} notes")
        for path in settings.DEMO_PARTS:
            import_string(path)(story, staff, manager_of)
        in_charge = {
            pk: manager_of[place] for pk, place in Customer.objects.values_list("pk", "province") if place in manager_of
        }
        say(f"{slumping.find(story.end, story.seed, in_charge)} slumps found")
        say(f"{dealers.let_in(story.clients, manager_of)} dealers invited to their portal")
        _views(staff)
        asked.load(story.clients, staff)
        scanning.scan()()
    runner.drain()
    return loaded


def _import(kind: str, path: Path, by: User, partial: bool = False) -> ImportRun:
    run = imports.import_file(kind=kind, path=path, by=by, partial=partial)
    if run.state != ImportRun.State.DONE:
        raise RuntimeError(f"{path.name}: {run.state}, {run.problem or run.errors[:3]}")
    return run


# --- who is in charge -----------------------------------------------------------------------------------------


def _put_in_charge(story: Story, staff: dict[str, User]) -> None:
    """Everybody from the start (or the year they opened), then the handovers."""
    manager_of = {province: login for login, _name, provinces in people.MANAGERS for province in provinces}
    given = {taken_by: (giver, share, ago) for giver, taken_by, share, ago in people.HANDOVERS}
    by_code = {customer.code: customer for customer in Customer.objects.order_by("code")}
    groups: dict[tuple[datetime.date, str], list[Customer]] = defaultdict(list)
    random = Random(f"handover {story.seed}")
    for client in story.clients:
        login = manager_of[client.city.province]
        giver, share, ago = given.get(login, (None, 0.0, 0))
        since = story.start if client.opened_on <= story.start else client.opened_on.replace(day=1)
        handed = story.end - datetime.timedelta(days=ago)
        if giver and since < handed and random.random() < share:
            groups[since, giver].append(by_code[client.code])
            since = handed
        groups[since, login].append(by_code[client.code])
    for (since, login), customers in sorted(groups.items(), key=lambda group: group[0]):
        for at in range(0, len(customers), _AT_ONCE):
            profile.assign(customers=customers[at : at + _AT_ONCE], user=staff[login], since=since, by=staff["admin"])


# --- what is known of them ------------------------------------------------------------------------------------


def _observe(story: Story, staff: dict[str, User]) -> int:
    """Written in bulk: an audit entry each would say nothing that the observation does not."""
    manager_of = {province: staff[login] for login, _name, provinces in people.MANAGERS for province in provinces}
    ids = dict(Customer.objects.values_list("code", "pk"))
    count = 0
    for at in range(0, len(story.clients), _AT_ONCE):
        rows = [
            Observation(
                customer_id=ids[client.code],
                trait=one.trait,
                score=one.score,
                seen_on=one.seen_on,
                seen_by=manager_of[client.city.province],
                source=one.source,
                kind=one.kind,
            )
            for client in story.clients[at : at + _AT_ONCE]
            for one in evidence.sightings(client, story.start, story.end, story.seed)
        ]
        Observation.objects.bulk_create(rows, batch_size=2_000)
        count += len(rows)
    return count


def _know(story: Story, staff: dict[str, User]) -> int:
    """Written in bulk like the observations; what was noted is written the same evening."""
    manager_of = {province: staff[login] for login, _name, provinces in people.MANAGERS for province in provinces}
    ids = dict(Customer.objects.values_list("code", "pk"))
    count = 0
    for at in range(0, len(story.clients), 1_000):
        rows = [
            _fact(ids[client.code], manager_of[client.city.province], one, story.end)
            for client in story.clients[at : at + 1_000]
            for one in knowledge.facts(client, story.start, story.end, story.seed)
        ]
        Fact.objects.bulk_create(rows, batch_size=1_000)
        count += len(rows)
    return count


def _fact(customer_id: int, author: User, one: knowledge.Known, end: datetime.date) -> Fact:
    known = FIELDS[one.field]
    evening = datetime.datetime.combine(one.noted_on, datetime.time(18, 30))
    fact = Fact(
        customer_id=customer_id,
        field=one.field,
        value=crypt.seal(one.value) if known.sensitive else one.value,
        number=None if known.sensitive else number_of(form_of(known), one.value),
        source=one.source,
        told_by=one.told_by,
        noted_on=one.noted_on,
        author=author,
        created_at=timezone.make_aware(evening),
    )
    if known.sensitive:
        fact.purpose, fact.consent = "便于沟通和授信", Consent.SPOKEN
        fact.expires_on = max(usual_expiry(one.noted_on), end + datetime.timedelta(days=30))
    return fact


def _pictures(story: Story, staff: dict[str, User]) -> int:
    """Of a dozen shops that are open, spread over the company; each brought by whoever is in charge there."""
    manager_of = {province: staff[login] for login, _name, provinces in people.MANAGERS for province in provinces}
    there = [client for client in story.clients if client.state == "active"]
    chosen = there[:: max(1, len(there) // SHOPS_WITH_PICTURES)][:SHOPS_WITH_PICTURES]
    customers = Customer.objects.in_bulk([client.code for client in chosen], field_name="code")
    brought: list[Attachment] = []
    for number, client in enumerate(chosen):
        for paper in pictures.papers(client.code, story.seed, story.end, contract=number % 3 == 0):
            made = attachments.attach(
                customer=customers[client.code],
                file=io.BytesIO(paper.data),
                name=paper.name,
                by=manager_of[client.city.province],
                category=paper.category,
                note=paper.note,
            )
            made.uploaded_at = datetime.datetime.combine(paper.day, datetime.time(3), datetime.UTC)
            brought.append(made)
    Attachment.objects.bulk_update(brought, ["uploaded_at"], batch_size=100)
    return len(brought)


# --- sales and mistakes ---------------------------------------------------------------------------------------


def _sell(story: Story, folder: Path, admin: User, say: Callable[[str], None]) -> int:
    count = 0

    def early(client):
        return sales.monthly_before(client, story.before, story.seed)

    def daily(client):
        return sales.lines(client, story.days, story.seed)

    for name, told in (("sales-by-month", early), ("sales-by-day", daily)):
        for path in files.write_sales(folder, name, story.clients, told):
            count += _import("sales", path, admin).created
            say(f"{count:,} lines of sales")
    return count


def _mistakes(story: Story, folder: Path, staff: dict[str, User]) -> None:
    """Three imports worth a look: one refused, its good rows taken after all, and one undone."""
    active = [client for client in story.clients if client.state == "active"]
    mine, by = [client for client in active if client.city.province == "ZHEJIANG"], staff["mei"]
    if len(mine) < 20:
        mine, by = active, staff["admin"]
    faulty = files.write_faulty(folder / "浙江周一补录.csv", mine, story.end)
    imports.import_file(kind="sales", path=faulty, by=by)
    imports.import_file(kind="sales", path=faulty, by=by, partial=True)
    mistaken = files.write_mistaken(folder / "上周销售.csv", mine[:30], story.days, story.seed)
    run = imports.import_file(kind="sales", path=mistaken, by=by)
    if run.state == ImportRun.State.DONE:
        imports.undo(run=run, by=by)


# --- what is owed ---------------------------------------------------------------------------------------------


def _owe(story: Story, folder: Path, staff: dict[str, User], say: Callable[[str], None]) -> int:
    """A file of the last year's invoices and payments, and what was promised about them."""
    admin, count = staff["admin"], 0
    manager_of = {province: staff[login] for login, _name, provinces in people.MANAGERS for province in provinces}
    for at in range(0, len(story.clients), _AT_ONCE):
        clients = story.clients[at : at + _AT_ONCE]
        accounts = [(client, receivables.account(client, story.end, story.seed)) for client in clients]
        rows = [receivables.HEADER, *(row for _client, one in accounts for row in one.rows)]
        path = files.write_table(folder / f"receivables-{at // _AT_ONCE + 1}.csv", rows)
        count += _import("receivables", path, admin).created
        codes = [client.code for client in clients]
        known = {one.code: one for one in Customer.objects.filter(code__in=codes)}
        with transaction.atomic():
            books = [(known[client.code], manager_of[client.city.province], one) for client, one in accounts]
            _promise(books)
            settling.follow(today(), [customer.pk for customer, _by, _one in books])
    say(f"{count:,} invoices and payments")
    return count


def _promise(books) -> None:
    Promise.objects.bulk_create(
        [
            Promise(
                customer=customer,
                made_by=one.side,
                what=one.what,
                amount=one.amount,
                made_on=one.made_on,
                due_on=one.due_on,
                state="open" if one.kept is None else "kept" if one.kept else "broken",
                settled_on=None if one.kept is None else one.due_on,
                written_by=by,
                decided_by=None if one.kept is None else by,
            )
            for customer, by, account in books
            for one in account.promises
        ],
        batch_size=2_000,
    )


def _entered_twice(story: Story, folder: Path, admin: User, staff: dict[str, User]) -> None:
    """Likely duplicates to decide about, with sales of the same days under both codes."""
    made = doubles.make(story.clients, story.end, story.seed)
    known = Customer.objects.select_related("region").in_bulk([one.of.code for one in made], field_name="code")
    manager_of = {province: staff[login] for login, _name, provinces in people.MANAGERS for province in provinces}
    for one in made:
        twin = known[one.of.code]
        profile.create_customer(
            by=admin,
            manager=manager_of[one.of.city.province],
            code=one.code,
            name=one.name,
            kind=twin.kind,
            region=twin.region,
            province=twin.province,
            city=twin.city,
            address=one.address,
            phone=one.phone,
        )
    if made:
        _import("sales", doubles.write_sales(folder / "手工登记.csv", made), admin)


# --- tiers ----------------------------------------------------------------------------------------------------


def _history(story: Story, admin: User, say: Callable[[str], None]) -> dict[str, int]:
    """The tiers as they were at the end of each of the last months, then as they are today."""
    this_month = periods.month_of(story.end)
    for ago in range(MONTHS_OF_HISTORY, 0, -1):
        tiers.refresh(as_of=periods.month_end(periods.shift_month(this_month, -ago)), full=True)
    run = tiers.refresh(full=True, asked_by=admin)
    say(f"tiers of {MONTHS_OF_HISTORY} months and of today: {run.a} A, {run.b} B, {run.c} C")
    return {"A": run.a, "B": run.b, "C": run.c}


def _views(staff: dict[str, User]) -> None:
    for login in ("mei", "head", "admin"):
        save_view(owner=staff[login], page="customers", name="A 类客户", query="tier=A&sort=-sales")
        save_view(owner=staff[login], page="customers", name="正在下滑", query="growth=down&sort=growth")
    save_view(owner=staff["head"], page="customers", name="60 天没有销售", query="quiet=60", shared=True)
