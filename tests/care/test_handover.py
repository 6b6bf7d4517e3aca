"""The brief for the new manager: what it holds, what it leaves out, who reads it and until when it is told."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from crm.clock import today
from crm.models import AuditEntry
from customers.care import brieflines, briefs, bulk, notes, special
from customers.facts.actions import note_fact
from customers.facts.fields import FIELDS
from customers.models import Handover, HandoverBrief, Responsibility
from customers.profile.actions import assign

pytestmark = pytest.mark.django_db


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def known(shops, cast):
    shop = shops[0]
    note_fact(customer=shop, field="interests", value="fishing", by=cast.tao)
    note_fact(customer=shop, field="avoid", value="HIDDENPRICE", by=cast.tao)
    for n in range(6):
        notes.write_note(
            customer=shop,
            text=f"said {n}",
            mood=2 if n == 5 else 4,
            by=cast.tao,
            at=datetime.datetime(2026, 2, 1 + n, 4, tzinfo=datetime.UTC),
        )
    notes.write_note(customer=shop, text="PRIVATE", is_private=True, by=cast.tao)
    special.begin_care(
        customer=shop,
        user=cast.mei,
        reason="dispute",
        review_on=today() + datetime.timedelta(days=9),
        exit_rule="paid",
        by=cast.mei,
    )
    return shop


def sections(shop) -> dict[str, list[str]]:
    """As its reader sees them, with nothing of the sensitive facts."""
    return {one["key"]: [brieflines.said(line) for line in one["lines"]] for one in briefs.build([shop])[shop.pk]}


def test_what_a_brief_holds(known, cast):
    found = sections(known)
    assert [line.split(": ")[1] for line in found["common"]] == ["fishing"]
    assert found["avoid"] == []
    assert found["mood"][0] == "Feb. 6, 2026: uneasy" and len(found["mood"]) == 5
    assert found["notes"][0] == "Feb. 6, 2026, Tao: said 5" and len(found["notes"]) == 5
    assert found["special"][0].endswith(": dispute")
    (asked,) = [one["questions"] for one in briefs.build([known])[known.pk] if one["key"] == "ask"]
    assert len(asked) == 5 and asked[0] == "owner" and set(asked[1:]) <= set(FIELDS)
    assert "PRIVATE" not in str(briefs.build([known])) and "HIDDENPRICE" not in str(briefs.build([known]))


def test_people_promises_and_money_are_in_it(known, cast):
    from decimal import Decimal

    from customers.people.actions import add_role, create_person
    from customers.receivables.actions import promise

    owner = create_person(name="王老板", phone="13800001111", note="PERSONAL", by=cast.mei)
    add_role(person=owner, customer=known, role="owner", by=cast.mei)
    promise(customer=known, due_on=today(), amount=Decimal(100), by=cast.mei)
    found = sections(known)
    assert found["people"] == ["王老板, owner, 13800001111"]
    [line] = found["promises"]
    assert line.startswith("They promised by ") and line.endswith(": ¥100.00")
    assert "PERSONAL" not in str(found)
    assert list(found)[:2] == ["promises", "people"]


def test_masked_until_asked_for_and_each_reading_is_written_down(known, cast):
    url = f"/customers/{known.pk}/handover/"
    client = at(cast.mei)
    page = client.get(url).content.decode()
    assert "fishing" in page and "HIDDENPRICE" not in page and "PRIVATE" not in page
    assert not AuditEntry.objects.filter(action="fact.read").exists()
    shown = client.post(url, {"reveal": "1"}).content.decode()
    assert "HIDDENPRICE" in shown and "PRIVATE" not in shown
    entry = AuditEntry.objects.get(action="fact.read")
    assert (entry.actor, entry.changes["field"]) == (cast.mei, "avoid")
    assert at(cast.ana).post(url, {"reveal": "1"}).status_code == 403
    assert at(cast.lin).get(url).status_code == 404
    assert "HIDDENPRICE" not in str(at(cast.mei).get(f"/api/v1/customers/{known.pk}/brief/").json())
    assert AuditEntry.objects.filter(action="fact.read").count() == 1
    assert not Handover.objects.exists() and Responsibility.objects.filter(customer=known).count() == 1


def test_handed_over_with_a_brief_read_and_taken_back(known, shops, cast, wei):
    assign(customers=[shops[1]], user=wei, since=datetime.date(2026, 1, 1), by=None)
    data = {"user": wei.pk, "since": str(today()), "word": "be patient"}
    answer = at(cast.mei).post(f"/customers/{known.pk}/handover/", data)
    handover = Handover.objects.get()
    assert answer["Location"] == f"/customers/handovers/{handover.pk}/"
    assert (handover.to, handover.done_by, handover.word, handover.read_at) == (wei, cast.mei, "be patient", None)
    brief = HandoverBrief.objects.get()
    assert (brief.customer, brief.given_by) == (known, cast.tao)
    assert "HIDDENPRICE" not in str(brief.sections) and "PRIVATE" not in str(brief.sections)
    # The brief is as it was then, whatever is written later.
    notes.write_note(customer=known, text="LATER", by=cast.mei)
    client = at(wei)
    assert "hands customers over to you" in client.get("/").content.decode()
    page = client.get(f"/customers/handovers/{handover.pk}/").content.decode()
    assert "be patient" in page and "said 5" in page and "LATER" not in page
    shown = client.post(f"/customers/handovers/{handover.pk}/", {"reveal": str(brief.pk)}).content.decode()
    assert "HIDDENPRICE" in shown
    assert at(cast.mei).post(f"/customers/handovers/{handover.pk}/read/").status_code == 403
    assert at(cast.lin).get(f"/customers/handovers/{handover.pk}/").status_code == 404
    client.post(f"/customers/handovers/{handover.pk}/read/")
    handover.refresh_from_db()
    assert handover.read_at is not None
    assert "hands customers over to you" not in client.get("/").content.decode()
    from customers.models import BulkAction

    bulk.ask_undo(action=BulkAction.objects.get(), by=cast.mei)
    handover.refresh_from_db()
    assert handover.undone_at is not None
    assert list(Responsibility.objects.filter(customer=known).values_list("user__username", "until")) == [("tao", None)]


def test_a_brief_is_read_before_the_day_comes_and_hides_again_when_taken_back(known, shops, cast, wei):
    assign(customers=[shops[1]], user=wei, since=datetime.date(2026, 1, 1), by=None)
    later = today() + datetime.timedelta(days=5)
    action = bulk.assign(by=cast.mei, user=wei, since=later, ids=[known.pk])
    page = at(wei).get(f"/customers/handovers/{action.handover_id}/").content.decode()
    assert "said 5" in page
    assert at(wei).get(f"/customers/{known.pk}/").status_code == 404
    bulk.ask_undo(action=action, by=cast.mei)
    assert "said 5" not in at(wei).get(f"/customers/handovers/{action.handover_id}/").content.decode()


def test_who_gives_it_away_may_take_it_back_though_it_left_their_reach(shops, cast, wei):
    assign(customers=[shops[1]], user=wei, since=datetime.date(2026, 1, 1), by=None)
    assign(customers=[shops[2]], user=cast.tao, since=datetime.date(2026, 1, 1), by=None)
    from crm.accounts.actions import create_user

    giver = create_user(username="gu", name="Gu", role="manager", password="correct-horse-7", email="gu@qiao.test")
    assign(customers=[shops[0]], user=giver, since=datetime.date(2026, 2, 1), by=None)
    taken = bulk.assign(by=giver, user=cast.tao, since=today(), ids=[shops[0].pk])  # Tao has had it before
    assert at(giver).get(f"/customers/{shops[0].pk}/").status_code == 404
    back = bulk.ask_undo(action=taken, by=giver)
    assert (back.undone, back.left) == (1, 0)
    assert at(giver).get(f"/customers/{shops[0].pk}/").status_code == 200


def test_nobody_hands_over_beyond_their_reach_and_readers_not_at_all(known, cast):
    url = f"/customers/{known.pk}/handover/"
    refused = at(cast.mei).post(url, {"user": cast.lin.pk, "since": str(today())})
    assert refused.status_code == 422
    assert at(cast.ana).post(url, {"user": cast.mei.pk, "since": str(today())}).status_code == 403
    assert not Handover.objects.exists() and Responsibility.objects.filter(customer=known).count() == 1


def test_a_brief_is_read_in_the_readers_language(known, shops, cast, wei):
    from decimal import Decimal

    from customers.models import OpenItem, TierStanding
    from customers.people.actions import add_role, create_person
    from customers.receivables.actions import promise

    assign(customers=[shops[1]], user=wei, since=datetime.date(2026, 1, 1), by=None)
    owner = create_person(name="王老板", phone="13800001111", by=cast.mei)
    add_role(person=owner, customer=known, role="owner", by=cast.mei)
    add_role(person=owner, customer=known, role="other", role_other="uncle", by=cast.mei)
    promise(customer=known, due_on=datetime.date(2026, 12, 24), amount=Decimal(100), by=cast.mei)
    note_fact(customer=known, field="capital_strength", value="sound", by=cast.tao)
    note_fact(customer=known, field="values_most", value="support", by=cast.tao)
    OpenItem.objects.create(
        customer=known,
        number="I1",
        issued_on=today() - datetime.timedelta(days=60),
        due_on=today() - datetime.timedelta(days=5),
        amount=Decimal("1234.50"),
        open_amount=Decimal("1234.50"),
    )
    TierStanding.objects.create(customer=known, kind="franchisee", region=known.region, tier="", w0=Decimal(500))
    type(wei).objects.filter(pk=wei.pk).update(language="zh-hans")
    bulk.assign(by=cast.mei, user=wei, since=today(), ids=[known.pk])
    brief = HandoverBrief.objects.get()
    assert all(isinstance(line, dict) for one in brief.sections for line in one["lines"])
    url = f"/customers/handovers/{brief.handover_id}/"

    chinese = at(type(wei).objects.get(pk=wei.pk)).get(url).content.decode()
    english = at(cast.mei).get(url).content.decode()
    pairs = (
        ("王老板, owner, 13800001111", "王老板，老板，13800001111"),
        ("They promised by Dec. 24, 2026: ¥100.00", "2026年12月24日"),
        ("Values most in a brand: support on the spot", "2026年2月6日"),
        ("Feb. 6, 2026: uneasy", "2026年2月6日"),
        ("It owes ¥1,234.50, of which ¥1,234.50 is overdue, the oldest by 5 days.", "¥1,234.50"),
        ("Tier No tier; ¥500.00 in 12 months", "¥500.00"),
    )
    for wanted, its_own in pairs:
        assert wanted in english and wanted not in chinese and its_own in chinese
    assert "王老板, uncle, 13800001111" in english and "uncle" in chinese
    assert "said 5" in english and "said 5" in chinese  # what a person wrote is as they wrote it


def test_briefs_of_earlier_versions_are_shown_as_they_were_written(known, cast):
    old = [
        {"key": "people", "lines": ["王老板，老板", "李四，店长"]},
        {"key": "ask", "lines": [], "questions": ["staff", "gone"]},
        {"key": "notes", "lines": [{"say": "something of a later version"}, "昨天：好"]},
    ]
    told, _may_ask = briefs.read(known, old, cast.mei)
    assert [(one.key, one.lines) for one in told] == [
        ("people", ["王老板，老板", "李四，店长"]),
        ("ask", [str(FIELDS["staff"].question)]),
        ("notes", ["昨天：好"]),
    ]
