"""What the brand tells and plans with a dealer stands behind the dealers' door: notices and promotions."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.models import Customer
from customers.portal import actions
from promotions.calculator.actions import show_plan, write_plan
from promotions.policies.actions import write_notice
from promotions.policies.audience import Audience
from promotions.policies.papers import add_paper
from promotions.policies.sending import send_notice
from promotions.rollout.actions import open_promotion, write_promotion
from tests.portal.conftest import enter

pytestmark = pytest.mark.django_db
READS = ["notices_portal:list", "notices_portal:one", "notices_portal:paper", "promotions_portal:plan"]
READS += ["promotions_portal:run"]
WRITES = {
    "notices_portal:answer": {"seen": 1, "answer": "agree"},
    "notices_portal:ask": {"text": "?"},
    "notices_portal:done": {},
    "promotions_portal:costs": {"seen": 1, "staff": "9"},
    "promotions_portal:sign": {"seen": 1, "variant": 0},
    "promotions_portal:drop": {"why": "x"},
    "promotions_portal:run-answer": {"answer": "accepted"},
    "promotions_portal:run-received": {},
    "promotions_portal:run-seen": {"seen_on": str(today())},
    "promotions_portal:run-claim": {"amount": "9"},
}


@pytest.fixture
def told(account, cast):
    """A notice with a paper, and a plan, both shown to the dealer's shop."""
    shop = account.customer
    notice = write_notice(
        kind="rule",
        language="en",
        texts={"en": {"title": "CANARY-NOTICE", "task": "", "clauses": "One."}},
        answer_by=today(),
        audience=Audience(codes=(shop.code,)),
        asks_doing=True,
        by=cast.mei,
    )
    paper = add_paper(notice=notice, file=io.BytesIO(b"CANARY-PAPER"), name="a.txt", by=cast.mei)
    send_notice(notice=notice, by=cast.mei)
    terms = {
        "goods": {"name": "", "retail": "10", "wholesale": "6", "cost": "3.5"},
        "baseline": 20,
        "timing": {"days": 14},
        "budgets": {},
        "own": {},
        "variants": [{"name": "CANARY-VARIANT", "cut": "1"}],
    }
    plan = write_plan(customer=shop, title="CANARY-PLAN", kind="price", starts_on=today(), terms=terms, by=cast.tao)
    show_plan(plan=plan, by=cast.tao)
    run = write_promotion(
        code="canary",
        title="CANARY-RUN",
        kind="price",
        mechanics="x",
        starts_on=today(),
        ends_on=today(),
        answer_by=today(),
        materials=[{"name": "x", "quantity": 1}],
        audience=Audience(codes=(shop.code,)),
        by=cast.mei,
    )
    part = open_promotion(promotion=run, by=cast.mei).participations.get()
    return SimpleNamespace(delivery=notice.deliveries.get(), paper=paper, plan=plan, part=part)


def address(told, name: str) -> str:
    if name.startswith("promotions_portal:run"):
        return reverse(name, args=[told.part.pk])
    if name.startswith("promotions"):
        return reverse(name, args=[told.plan.pk])
    if name.endswith(":list"):
        return reverse(name)
    more = [told.paper.pk] if name.endswith(":paper") else []
    return reverse(name, args=[told.delivery.pk, *more])


def state(told) -> tuple:
    told.delivery.refresh_from_db()
    told.plan.refresh_from_db()
    told.part.refresh_from_db()
    said = told.delivery.answer, told.delivery.read_at, told.delivery.done_on, told.delivery.questions.count()
    planned = told.plan.state, told.plan.version, told.plan.versions.count()
    ran = told.part.version, told.part.answer, told.part.executions.count()
    return *said, *planned, *ran, AuditEntry.objects.count()


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def ask_all(client, told):
    """(name, answer) of each address."""
    for name in READS:
        yield name, client.get(address(told, name))
    for name, data in WRITES.items():
        yield name, client.post(address(told, name), data)


def test_every_address_of_theirs_is_asked_here():
    from promotions import portal_urls as promotions
    from promotions.policies import portal_urls as notices

    named = {f"{part.app_name}:{one.name}" for part in (notices, promotions) for one in part.urlpatterns}
    assert named == {*READS, *WRITES}


def test_the_dealer_reads_all_of_it(told, account):
    client = enter(account)
    assert [client.get(address(told, name)).status_code for name in READS] == [200] * 5
    assert b"CANARY-NOTICE" in body(client.get(address(told, READS[1])))
    assert body(client.get(address(told, READS[2]))) == b"CANARY-PAPER"
    assert b"CANARY-PLAN" in body(client.get(address(told, READS[3])))
    assert b"CANARY-RUN" in body(client.get(address(told, READS[4])))


@pytest.mark.parametrize("why", ["stranger", "staff", "ended", "left", "closed"])
def test_who_is_not_in_is_asked_to_come_in_and_writes_nothing(told, account, cast, why):
    client = Client()
    if why == "staff":
        client.force_login(cast.ada)  # who is one of us is nobody here
    elif why != "stranger":
        enter(account, client)
    if why == "ended":
        actions.end_access(account=account, by=cast.tao)
    elif why == "left":
        client.post("/portal/out/")
    elif why == "closed":
        Customer.objects.filter(pk=account.customer_id).update(state="closed")
    before = state(told)
    for name, answer in ask_all(client, told):
        assert (name, answer.status_code, answer["Location"]) == (name, 302, "/portal/")
    assert state(told) == before


def test_another_shops_dealer_finds_none_of_it(told, other):
    client = enter(other)
    before = state(told)
    for name, answer in ask_all(client, told):
        assert (name, answer.status_code) == (name, 200 if name == "notices_portal:list" else 404)
        assert b"CANARY-NOTICE" not in body(answer) and b"CANARY-PLAN" not in body(answer)
        assert b"CANARY-RUN" not in body(answer)
    assert state(told) == before


def test_papers_of_other_notices_are_not_had_through_ones_own(told, account, cast):
    hidden = write_notice(
        kind="rule",
        language="en",
        texts={"en": {"title": "x", "task": "", "clauses": "x"}},
        answer_by=today(),
        audience=Audience(everybody=True),
        by=cast.mei,
    )
    paper = add_paper(notice=hidden, file=io.BytesIO(b"not theirs"), name="b.txt", by=cast.mei)
    client = enter(account)
    assert client.get(reverse("notices_portal:paper", args=[told.delivery.pk, paper.pk])).status_code == 404


def test_nothing_is_written_by_looking_or_without_the_forms_token(told, account):
    client = Client(enforce_csrf_checks=True)
    inside = enter(account)
    client.cookies = inside.cookies
    before = state(told)
    for name, data in WRITES.items():
        assert (name, client.get(address(told, name)).status_code) == (name, 405)
        assert (name, client.post(address(told, name), data).status_code) == (name, 403)
    assert state(told) == before


def test_browsers_keep_nothing_of_it(told, account):
    client = enter(account)
    for name in READS:
        answer = client.get(address(told, name))
        assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"], name
        assert answer["Referrer-Policy"] == "strict-origin"
