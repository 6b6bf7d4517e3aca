"""Logging, changing and taking back contacts; the promises and common ground that go with them."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.clock import now, today
from crm.models import AuditEntry
from customers.contacts import actions, ground, reading
from customers.contacts.openers import Ground, asks_nothing, openers
from customers.models import Commitment, Contact, Topic
from tests.contacts.conftest import A_DAY

pytestmark = pytest.mark.django_db
KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")


def everything() -> tuple:
    return (
        list(Contact.objects.order_by("pk").values_list()),
        list(Commitment.objects.order_by("pk").values_list()),
        list(Topic.objects.order_by("pk").values_list()),
        AuditEntry.objects.count(),
    )


def refused(field: str | None, code: str | None, act) -> None:
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        act()
    if field is None:
        assert refusal.value.code == code
    else:
        assert list(refusal.value.error_dict) == [field]
        assert code is None or [one.code for one in refusal.value.error_dict[field]] == [code]
    assert everything() == before


@pytest.fixture
def log(shops, cast):
    def made(**values) -> Contact:
        return actions.log_contact(**{"customer": shops[0], "by": cast.tao, "channel": "call", **values})

    return made


def test_a_contact_with_all_that_belongs_to_it(log, shops, cast, owner):
    topic = ground.add_topic(customer=shops[0], text="钓鱼", kind="interest", by=cast.tao)
    made = log(
        person=owner,
        mood_before=2,
        mood_after=4,
        text=" 先听他说完 ",
        next_step="带样品",
        next_on=today() + A_DAY,
        promises=[
            {"side": "ours", "text": "补断码", "due_on": today() + A_DAY},
            {"side": "theirs", "text": "清夏款", "due_on": today() + 7 * A_DAY},
        ],
        topics=[topic],
        just_listened=True,
    )
    assert (made.customer, made.by, made.channel, made.person) == (shops[0], cast.tao, "call", owner)
    assert (made.mood_before, made.mood_after, made.mood, made.text) == (2, 4, 4, "先听他说完")
    assert (made.just_listened, made.asked_nothing, made.is_private, made.direction) == (True, False, False, "out")
    assert abs(made.happened_at - now()) < datetime.timedelta(minutes=1)
    promised = [(one.side, one.text, one.person, one.owner, one.link) for one in Commitment.objects.order_by("pk")]
    link = f"/contacts/{made.pk}/"
    assert promised == [("ours", "补断码", owner, cast.tao, link), ("theirs", "清夏款", owner, None, link)]
    topic.refresh_from_db()
    assert (topic.used, topic.last_used_on) == (1, today())
    entry = AuditEntry.objects.get(action="contact.log")
    assert (entry.model, entry.object_id) == ("customers.customer", str(shops[0].pk))
    assert entry.changes["contact"] == [None, "先听他说完"] and entry.changes["mood_after"] == [None, 4]


@pytest.mark.parametrize(
    "values,expected",
    [
        ({}, True),
        ({"next_step": "送样品"}, False),
        ({"direction": "in"}, False),
        ({"promises": [{"side": "theirs", "text": "付款", "due_on": datetime.date(2027, 1, 1)}]}, False),
        ({"promises": [{"side": "ours", "text": "送货", "due_on": datetime.date(2027, 1, 1)}]}, True),
        ({"next_step": "送样品", "asked_nothing": True}, True),
        ({"asked_nothing": False}, False),
    ],
)
def test_whether_it_asked_nothing(log, values, expected):
    assert log(**values).asked_nothing is expected


def test_sent_twice_is_logged_once(log, cast, shops):
    promise = {"side": "ours", "text": "补断码", "due_on": today()}
    first = log(client_key=KEY, text="一", promises=[promise])
    again = log(client_key=KEY, text="二", promises=[promise])
    assert (again.pk, again.text) == (first.pk, "一")
    assert (Contact.objects.count(), Commitment.objects.count()) == (1, 1)
    assert log(client_key=KEY, by=cast.mei).pk != first.pk  # keys are a person's own


def test_at_one_moment_too(log, monkeypatch):
    """The other one's row came between the look and the write."""
    first = log(client_key=KEY)
    answers = iter([None])
    real = actions._sent_before
    monkeypatch.setattr(actions, "_sent_before", lambda by, key: next(answers, real(by, key)))
    promise = {"side": "ours", "text": "补断码", "due_on": today()}
    assert log(client_key=KEY, promises=[promise]) == first
    assert (Contact.objects.count(), Commitment.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "values,field,code",
    [
        ({"channel": "pigeon"}, "channel", "choice"),
        ({"mood_before": 6}, "mood_before", "choice"),
        ({"own_mood": 0}, "own_mood", "choice"),
        ({"purpose": "money"}, "purpose", "choice"),
        ({"direction": "up"}, "direction", "choice"),
        ({"text": "x" * 1001}, "text", "long"),
        ({"next_step": "x" * 301}, "next_step", "long"),
        ({"promises": [{"side": "ours", "text": "", "due_on": datetime.date(2027, 1, 1)}]}, "promises", None),
        ({"promises": [{"side": "ours", "text": "货", "due_on": datetime.date(2020, 1, 1)}]}, "promises", None),
        ({"promises": [{"side": "ours", "text": "货", "due_on": datetime.date(2027, 1, 1)}] * 7}, "promises", "many"),
        ({"is_private": True, "by": None}, "is_private", "author"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_stays(log, values, field, code):
    refused(field, code, lambda: log(**values))


def test_when_it_was(log):
    moment = now()
    refused("happened_at", "future", lambda: log(happened_at=moment + datetime.timedelta(hours=1)))
    refused("happened_at", "past", lambda: log(happened_at=moment - datetime.timedelta(days=368)))
    # A phone's clock may be ahead: it is now then.
    assert log(happened_at=moment + datetime.timedelta(minutes=10)).happened_at <= now()
    assert log(happened_at=moment - datetime.timedelta(days=3)).happened_at == moment - datetime.timedelta(days=3)


def test_people_and_topics_of_others_are_refused(log, shops, cast, owner):
    foreign = ground.add_topic(customer=shops[1], text="茶", by=cast.tao)
    avoid = ground.add_topic(customer=shops[0], text="分家", kind="avoid", by=cast.tao)
    refused("person", "person", lambda: log(customer=shops[1], person=owner))
    refused("topics", "topic", lambda: log(topics=[foreign]))
    refused("topics", "topic", lambda: log(topics=[avoid]))


def test_its_author_changes_it_for_a_day(log, cast):
    made = log(text="一", mood_after=3)
    changed = actions.change_contact(contact=made, by=cast.tao, version=1, text="二", mood_after=4)
    assert (changed.text, changed.mood_after, changed.version) == ("二", 4, 2)
    entry = AuditEntry.objects.get(action="contact.change")
    assert entry.changes == {"contact": ["一", "二"], "mood_after": [3, 4]}
    refused(None, "conflict", lambda: actions.change_contact(contact=made, by=cast.tao, version=1, text="三"))
    refused(None, "late", lambda: actions.change_contact(contact=made, by=cast.mei, text="三"))
    Contact.objects.update(created_at=now() - datetime.timedelta(hours=25))
    refused(None, "late", lambda: actions.change_contact(contact=made, by=cast.tao, text="三"))
    refused(None, "late", lambda: actions.remove_contact(contact=made, by=cast.tao))
    before = everything()
    Contact.objects.update(created_at=now())
    actions.change_contact(contact=made, by=cast.tao, text="二")
    assert everything()[3] == before[3]


def test_what_others_may_have_read_does_not_become_private(log, cast):
    made = log(text="一")
    refused("is_private", "public", lambda: actions.change_contact(contact=made, by=cast.tao, is_private=True))
    private = log(text="秘", is_private=True)
    assert not actions.change_contact(contact=private, by=cast.tao, is_private=False).is_private


def test_a_private_one_moves_no_common_ground(log, cast, shops):
    topic = ground.add_topic(customer=shops[0], text="钓鱼", by=cast.tao)
    log(text="一", is_private=True, topics=[topic])
    topic.refresh_from_db()
    assert (topic.used, topic.last_used_on) == (0, None)


def test_taken_back_and_brought_back(log, cast, shops):
    made = log(text="一", promises=[{"side": "ours", "text": "货", "due_on": today()}])
    actions.remove_contact(contact=made, by=cast.tao, reason="打错客户")
    assert not Contact.objects.live().exists() and Commitment.objects.open().count() == 1
    assert reading.last_contact_of_many([shops[0].pk]) == {}
    refused(None, "removed", lambda: actions.change_contact(contact=made, by=cast.tao, text="二"))
    actions.restore_contact(contact=made, by=cast.tao)
    assert Contact.objects.live().get() == made
    assert AuditEntry.objects.get(action="contact.remove").reason == "打错客户"


def test_of_a_private_one_the_log_tells_nothing(log, cast, shops):
    made = log(text="SECRET", is_private=True, mood_after=1)
    actions.change_contact(contact=made, by=cast.tao, text="SECRET2")
    actions.remove_contact(contact=made, by=cast.tao, reason="SECRET3")
    entries = AuditEntry.objects.filter(action__startswith="contact.")
    assert {one.model for one in entries} == {"customers.contact"} and len(entries) == 3
    assert "SECRET" not in str(list(entries.values()))
    assert not AuditEntry.objects.of(shops[0]).filter(action__startswith="contact.").exists()


def test_ones_own_mood_is_not_in_the_log(log):
    log(own_mood=1, text="一")
    assert "own_mood" not in AuditEntry.objects.get(action="contact.log").changes


@pytest.mark.parametrize("values", [{"mood_after": 6}, {"channel": "x"}, {"is_private": True, "by": None}])
def test_the_database_holds_what_must_always_hold(log, values):
    made = log()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=made.pk).update(**values)


# --- common ground ------------------------------------------------------------------------------------------------


def test_a_subject_once_however_it_is_written(shops, cast):
    made = ground.add_topic(customer=shops[0], text="  Green  tea ", by=cast.tao, source="朋友圈")
    assert (made.text, made.kind, made.since, made.used) == ("Green tea", "topic", today(), 0)
    refused("text", "twice", lambda: ground.add_topic(customer=shops[0], text="green TEA", by=cast.tao))
    refused("text", "required", lambda: ground.add_topic(customer=shops[0], text=" ", by=cast.tao))
    refused("kind", "choice", lambda: ground.add_topic(customer=shops[0], text="x", kind="y", by=cast.tao))
    ground.retire_topic(topic=made, by=cast.tao)
    again = ground.add_topic(customer=shops[0], text="green tea", by=cast.tao)
    refused(None, "twice", lambda: ground.bring_back(topic=made, by=cast.tao))
    ground.retire_topic(topic=again, by=cast.tao)
    assert ground.bring_back(topic=made, by=cast.tao).retired_on is None


def test_what_to_avoid_is_hidden_in_the_log(shops, cast):
    ground.add_topic(customer=shops[0], text="SECRET", kind="avoid", by=cast.tao)
    assert "SECRET" not in str(AuditEntry.objects.get(action="topic.add").changes)


def test_openers_are_the_longest_unused_and_never_to_be_avoided():
    day = datetime.date(2026, 6, 30)
    ago = lambda n: day - datetime.timedelta(days=n)
    known = [
        Ground(1, "topic", ago(300), ago(20), 3),
        Ground(2, "avoid", ago(300)),
        Ground(3, "interest", ago(300), ago(90), 1),
        Ground(4, "topic", ago(5)),
        Ground(5, "interest", ago(60)),
        Ground(6, "interest", ago(300), ago(2), 9),
        Ground(7, "interest", ago(300), ago(20), 1),
    ]
    assert openers(known, day) == [4, 5, 3]
    assert openers(known, day, 9) == [4, 5, 3, 7, 1]
    assert openers([], day) == []


def test_asking_nothing():
    assert asks_nothing(they_reached_us=False, next_step="", promised_by_them=False)
    assert not asks_nothing(they_reached_us=True, next_step="", promised_by_them=False)


# --- reading ------------------------------------------------------------------------------------------------------


def test_last_and_first_of_many_in_one_statement(log, shops, cast, django_assert_num_queries):
    moment = now()
    hours = lambda n: moment - datetime.timedelta(hours=n)
    for n in (50, 30, 10):
        log(happened_at=hours(n))
    log(customer=shops[1], happened_at=hours(40))
    log(customer=shops[1], happened_at=hours(1), is_private=True)
    ids = [one.pk for one in shops]
    with django_assert_num_queries(1):
        assert reading.last_contact_of_many(ids) == {ids[0]: hours(10), ids[1]: hours(40)}
    with django_assert_num_queries(1):
        found = reading.first_contacts_after({ids[0]: hours(35), ids[1]: hours(39), ids[2]: hours(99)})
    assert found == {ids[0]: hours(30)}


def test_moods_in_the_order_of_time(log, shops, cast):
    moment = now()
    for n, before, after in ((3, 2, 4), (2, None, None), (1, 3, None)):
        log(happened_at=moment - n * A_DAY, mood_before=before, mood_after=after)
    log(mood_after=1, is_private=True)
    found = reading.moods_of(shops[0], moment - 30 * A_DAY)
    assert [(one.before, one.after, one.value) for one in found] == [(2, 4, 4), (3, None, 3)]
    assert len(reading.moods_of(shops[0], moment - 30 * A_DAY, cast.tao)) == 3
    assert len(reading.moods_of(shops[0], moment - 30 * A_DAY, cast.mei)) == 2
