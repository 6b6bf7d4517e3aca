"""Writing and reading facts: exact rows, refusals that change nothing, nothing sensitive in the clear."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.facts import reading
from customers.facts.actions import read_fact
from customers.facts.models import Fact
from customers.facts.rights import may_reveal

DAY = datetime.timedelta(days=1)
CANARY = "KANARIENVOGEL"


def test_a_fact_keeps_value_source_date_and_author(note, shop, cast):
    fact = note("credit_limit", "50,000", source="document", told_by="店长", noted_on=today() - DAY, note="p. 3")
    fact.refresh_from_db()
    assert (fact.value, fact.number, fact.source, fact.told_by, fact.note) == (
        "50000.00",
        50000,
        "document",
        "店长",
        "p. 3",
    )
    assert (fact.noted_on, fact.author, fact.is_current, fact.expires_on) == (today() - DAY, cast.tao, True, None)
    assert reading.numbers("credit_limit", [shop.pk]) == {shop.pk: 50000}
    entry = AuditEntry.objects.of(shop).get(action="fact.note")
    assert entry.changes == {"fact.credit_limit": ["", "50000.00"]} and entry.actor == cast.tao


def test_a_change_is_one_more_row(note, shop):
    first, second = note("staff", "3", noted_on=today() - 9 * DAY), note("staff", "5")
    assert [one.pk for one in reading.history(shop, "staff")] == [second.pk, first.pk]
    assert reading.current(shop)["staff"].value == "5"
    assert AuditEntry.objects.of(shop).filter(action="fact.note").latest("pk").changes == {"fact.staff": ["3", "5"]}


def test_an_earlier_fact_joins_the_history_only(note, shop):
    now, earlier = note("staff", "5"), note("staff", "3", noted_on=today() - 9 * DAY)
    assert reading.current(shop)["staff"].pk == now.pk
    assert [one.pk for one in reading.history(shop, "staff")] == [now.pk, earlier.pk]


def test_the_same_again_is_not_written_and_a_confirmation_is(note):
    first = note("staff", "3", noted_on=today() - 9 * DAY)
    assert note("staff", "3", noted_on=today() - 9 * DAY).pk == first.pk
    assert note("staff", "3").pk != first.pk
    assert Fact.objects.count() == 2


def test_not_known_any_more(note, shop):
    note("staff", "3")
    note("staff", "")
    assert "staff" not in reading.current(shop)
    assert [one.value for one in reading.history(shop, "staff")] == ["", "3"]


@pytest.mark.parametrize(
    ("field", "value", "origin", "key"),
    [
        ("staff", "many", {}, "value"),
        ("staff", "", {}, "value"),
        ("staff", "3", {"noted_on": "tomorrow"}, "noted_on"),
        ("funds", "3", {"expires_on": "yesterday"}, "expires_on"),
        ("staff", "3", {"source": "rumour"}, "source"),
    ],
)
def test_refusals_write_nothing(note, field, value, origin, key):
    days = {"tomorrow": today() + DAY, "yesterday": today() - DAY}
    origin = {name: days.get(given, given) for name, given in origin.items()}
    before = AuditEntry.objects.count()
    with pytest.raises(ValidationError) as refusal:
        note(field, value, **origin)
    assert list(refusal.value.message_dict) == [key]
    assert (Fact.objects.count(), AuditEntry.objects.count()) == (0, before)


def test_of_two_at_once_the_second_is_told(note):
    seen = note("staff", "3")
    note("staff", "4", seen=seen.pk)
    with pytest.raises(ValidationError) as refusal:
        note("staff", "5", seen=seen.pk)
    assert refusal.value.code == "conflict"
    with pytest.raises(ValidationError):
        note("staff", "5", seen=0)
    assert list(Fact.objects.order_by("pk").values_list("value", flat=True)) == ["3", "4"]


def test_known_on_a_day_is_what_was_written_by_then(note, shop):
    """A fact noted earlier but written later was not known in between."""
    for value, noted, written in (("1", 100, 90), ("2", 50, 40), ("3", 70, 20)):
        fact = note("staff", value, noted_on=today() - noted * DAY)
        with connection.cursor() as cursor:  # what was written when never changes, so the test makes its own past
            _without_trigger(cursor, fact, timezone.now() - written * DAY)
    assert "staff" not in reading.known_on(shop, today() - 95 * DAY)
    assert reading.known_on(shop, today() - 60 * DAY)["staff"].value == "1"
    assert reading.known_on(shop, today() - 30 * DAY)["staff"].value == "2"
    assert reading.known_on(shop, today())["staff"].value == "2"  # the later written is older
    assert reading.current(shop)["staff"].value == "2"


def _without_trigger(cursor, fact, moment):
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE customers_fact DISABLE TRIGGER customers_fact_no_update")
    else:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'customers_fact_no_update'")
        kept = cursor.fetchone()[0]
        cursor.execute("DROP TRIGGER customers_fact_no_update")
    Fact.objects.filter(pk=fact.pk).update(created_at=moment)
    if connection.vendor == "postgresql":
        cursor.execute("ALTER TABLE customers_fact ENABLE TRIGGER customers_fact_no_update")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    else:
        cursor.execute(kept)


@pytest.mark.parametrize("change", [{"noted_on": datetime.date(2020, 1, 1)}, {"field": "area"}, {"source": "seen"}])
def test_the_database_keeps_where_a_fact_comes_from(note, change):
    fact = note("staff", "3")
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).delete()


def test_sensitive_values_are_nowhere_in_the_clear(note, shop, cast):
    """Not in the table, not in the log, neither when written nor when changed nor when read."""
    first = note("family", f"{CANARY} eins", purpose="advice", consent="spoken")
    second = note("family", f"{CANARY} zwei")
    assert read_fact(fact=second, by=cast.tao) == f"{CANARY} zwei"
    assert (first.text, first.number, first.purpose, first.consent) == (f"{CANARY} eins", None, "advice", "spoken")
    assert first.expires_on == today() + datetime.timedelta(days=730)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert CANARY not in str(cursor.fetchall()), table
    read = AuditEntry.objects.of(shop).get(action="fact.read")
    assert (read.actor, read.changes) == (cast.tao, {"field": "family", "fact": second.pk})


def test_who_may_reveal(shop, cast, regions):
    from crm.accounts.actions import create_user

    wei = create_user(username="wei", name="Wei", role="manager", region=regions.jiangsu)
    may = {user.username: may_reveal(user, shop) for user in (cast.tao, cast.mei, cast.ada, cast.ana, cast.bot, wei)}
    assert may == {"tao": True, "mei": True, "ada": True, "ana": False, "bot": False, "wei": False}
    shop.responsibilities.all().delete()
    assert may_reveal(wei, shop), "with nobody in charge by name, the managers of the region are"
    assert not may_reveal(cast.tao, shop)


def test_completeness_of_many_is_one_query(note, shop, make_shops, django_assert_num_queries):
    note("staff", "3")
    pairs = [(one, "C") for one in [shop, *make_shops(20)]]
    with django_assert_num_queries(1):
        found = reading.completeness_of_many(pairs, today())
    assert found[shop.pk].known == 1 and found[pairs[1][0].pk].known == 0
    assert found[shop.pk] == reading.completeness(shop, "C", reading.current(shop), today())


@pytest.fixture
def make_shops(regions):
    from customers.profile.actions import create_customer

    return lambda n: [
        create_customer(code=f"X{i}", name=f"X{i}", kind="franchisee", region=regions.jiangsu) for i in range(n)
    ]


def test_the_log_tells_facts_in_words(note, shop, cast, sign_in):
    note("capital_strength", "sound")
    fact = note("family", f"{CANARY} drei")
    read_fact(fact=fact, by=cast.tao)
    page = sign_in(cast.ada).get("/audit/").content.decode()
    assert "Capital strength" in page and "sound: covers its business" in page and "fact.capital_strength" not in page
    assert "Family" in page and "•••" in page and CANARY not in page
