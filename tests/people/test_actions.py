"""Writing people, roles and relations; who sees them; what cannot be."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.audit.models import AuditEntry
from customers.people import actions
from customers.people.discretion import may_see_private
from customers.people.models import Person, PersonRole, Relation

DAY = datetime.date(2026, 3, 1)


def refusal(call, *args, **kwargs) -> dict[str, list[str]]:
    """{field: codes} of the refusal, and that nothing was written."""
    before = Person.objects.count(), PersonRole.objects.count(), Relation.objects.count(), AuditEntry.objects.count()
    with pytest.raises(ValidationError) as refused:
        call(*args, **kwargs)
    after = Person.objects.count(), PersonRole.objects.count(), Relation.objects.count(), AuditEntry.objects.count()
    assert after == before
    if not hasattr(refused.value, "error_dict"):
        return {"": [refused.value.code]}
    return {name: [one.code for one in found] for name, found in refused.value.error_dict.items()}


def test_a_person_is_written_with_their_role_and_found_by_pinyin_and_phone(shops, cast):
    made = actions.create_person(
        name=" 王  建国 ",
        phone="138-0000 1234",
        by=cast.mei,
        customer=shops.a,
        role={"role": "owner", "is_primary": True, "since": DAY},
    )
    assert (made.name, made.phone_digits, made.created_by) == ("王  建国", "13800001234", cast.mei)
    assert made.roles.get().is_primary is True
    for text in ("wangjian", "wj", "00001234", "建国"):
        assert list(Person.objects.found_by(text)) == [made], text
    assert not Person.objects.found_by("li").exists()


def test_the_log_says_what_was_done_but_nothing_personal(shops, cast):
    made = actions.create_person(
        name="王", note="离婚了", birth_month=5, birth_day=20, by=cast.mei, customer=shops.a, role={"role": "owner"}
    )
    entry = AuditEntry.objects.get(action="person.create", object_id=str(made.pk))
    assert entry.changes == {
        "name": [None, "王"],
        "birth_month": [None, "•••"],
        "birth_day": [None, "•••"],
        "note": [None, "•••"],
    }
    placed = AuditEntry.objects.get(action="customer.person_add", object_id=str(shops.a.pk))
    assert placed.changes == {"person": [None, "王"], "role": [None, "owner"]}
    actions.change_person(person=made, by=cast.mei, note="复婚了", phone="139")
    assert AuditEntry.objects.get(action="person.change").changes == {"phone": ["", "139"], "note": ["•••", "•••"]}


@pytest.mark.parametrize(
    "fields,expected",
    [
        ({"name": ""}, {"name": ["blank"]}),
        ({"name": "王", "birth_month": 5}, {"birth_day": ["half"]}),
        ({"name": "王", "birth_year": 1980}, {"birth_month": ["half"]}),
        ({"name": "王", "birth_month": 2, "birth_day": 30}, {"birth_day": ["no_day"]}),
        ({"name": "王", "birth_month": 2, "birth_day": 29, "birth_year": 2025}, {"birth_day": ["no_day"]}),
        ({"name": "王", "birth_month": 1, "birth_day": 1, "birth_year": 2150}, {"birth_year": ["future"]}),
        ({"name": "王", "email": "nobody"}, {"email": ["invalid"]}),
    ],
)
def test_a_person_that_cannot_be_is_refused(db, fields, expected):
    assert refusal(actions.create_person, **fields) == expected


def test_the_29th_of_february_needs_no_year(db):
    assert actions.create_person(name="王", birth_month=2, birth_day=29).birth_year is None


def test_who_sees_a_person(shops, cast, person):
    mine = person("王", shops.a)
    former = person("李", shops.a, shops.w, role="landlord")
    actions.end_role(standing=former.roles.get(customer=shops.a), until=DAY)
    lone = actions.create_person(name="何", by=cast.tao)
    seen = {who: set(Person.objects.visible_to(getattr(cast, who))) for who in ("mei", "tao", "lin", "ana", "bot")}
    assert seen == {
        "mei": {mine, former},
        "tao": {mine, former, lone},
        "lin": {former},
        "ana": {mine, former, lone},
        "bot": {mine, former},
    }
    actions.add_role(person=lone, customer=shops.w, role="mall")
    assert lone not in Person.objects.visible_to(cast.tao)


def test_a_new_first_to_call_lets_the_one_before_step_back(shops, cast, person):
    old = person("王", shops.a)
    actions.change_role(standing=old.roles.get(), is_primary=True)
    actions.create_person(name="李", customer=shops.a, role={"role": "spouse", "is_primary": True}, by=cast.mei)
    assert list(PersonRole.objects.filter(is_primary=True).values_list("person__name", flat=True)) == ["李"]
    told = AuditEntry.objects.filter(action="customer.person_change").order_by("-pk")[0]
    assert told.changes == {"person": ["王", "王"], "is_primary": [True, False]}


def test_a_role_ends_on_a_day_and_stays(shops, person):
    role = person("王", shops.a).roles.get()
    actions.change_role(standing=role, is_primary=True, since=DAY)
    ended = actions.end_role(standing=role, until=datetime.date(2026, 4, 1))
    assert (ended.is_primary, ended.until, ended.version) == (False, datetime.date(2026, 4, 1), 3)
    assert list(PersonRole.objects.in_force(datetime.date(2026, 3, 31))) == [ended]
    assert list(PersonRole.objects.in_force(datetime.date(2026, 4, 1))) == []
    assert refusal(actions.end_role, standing=role, until=datetime.date(2026, 5, 1)) == {"": ["ended"]}


def test_roles_that_cannot_be(shops, cast, person):
    one = person("王", shops.a)
    add = {"person": one, "customer": shops.a}
    assert list(refusal(actions.add_role, **add, role="owner")) == ["__all__"]
    assert refusal(actions.add_role, **add, role="other") == {"role_other": ["required"]}
    assert refusal(actions.add_role, **add, role="king") == {"role": ["invalid_choice"]}
    assert list(refusal(actions.add_role, **add, role="mall", since=DAY, until=DAY)) == ["__all__"]
    assert refusal(actions.add_role, **add, role="mall", until=DAY, is_primary=True) == {"is_primary": ["ended"]}
    gone = {"person": one, "customer": shops.w, "role": "mall", "by": cast.mei}
    assert refusal(actions.add_role, **gone) == {"customer": ["does_not_exist"]}
    assert refusal(actions.add_role, person=person("远", shops.w), customer=shops.a, role="mall", by=cast.mei) == {
        "person": ["does_not_exist"]
    }
    made = actions.add_role(**add, role="other", role_other="表哥")
    assert made.called == "表哥"


def test_the_database_itself_refuses(shops, person):
    one = person("王", shops.a)
    rows = [
        PersonRole(person=one, customer=shops.b, role="king"),
        PersonRole(person=one, customer=shops.b, role="other"),
        PersonRole(person=one, customer=shops.b, role="mall", since=DAY, until=DAY),
        PersonRole(person=one, customer=shops.b, role="mall", until=DAY, is_primary=True),
        PersonRole(person=one, customer=shops.a, role="owner"),
        Person(name="x", birth_month=5),
        Person(name="x", birth_year=1980),
        Person(name="x", gender="x"),
    ]
    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    PersonRole(person=one, customer=shops.b, role="mall", is_primary=True).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonRole(person=one, customer=shops.b, role="owner", is_primary=True).save()


def test_a_version_seen_before_is_refused(shops, person):
    one = person("王", shops.a)
    seen = one.version
    actions.change_person(person=one, phone="1")
    assert refusal(actions.change_person, person=one, version=seen, phone="2") == {"": ["conflict"]}
    assert Person.objects.get(pk=one.pk).phone == "1"


# --- relations --------------------------------------------------------------------------------------------------


def test_both_ends_read_a_relation_in_their_own_words(shops, person, types):
    one, other = person("王", shops.a), person("李", shops.b)
    made = actions.relate(type=types["introduced"], start=one, end=other, strength=3)
    assert str(made) == "王 introduced 李"
    assert (made.type.words(), made.type.words(forward=False)) == ("introduced", "was introduced by")


def test_every_combination_of_ends(shops, person, types):
    one, other = person("王", shops.a), person("李", shops.b)
    for start, end in ((one, other), (one, shops.b), (shops.a, other), (shops.a, shops.b)):
        assert actions.relate(type=types["supplies"], start=start, end=end).pk
    assert Relation.objects.count() == 4
    assert Relation.objects.of_person(one.pk).count() == 2
    assert Relation.objects.of_customer(shops.a.pk).count() == 2


def test_relations_that_cannot_be(shops, cast, person, types):
    one, other, far = person("王", shops.a), person("李", shops.b), person("远", shops.w)
    actions.relate(type=types["friend"], start=other, end=one)
    relate = {"type": types["friend"], "start": one}
    assert refusal(actions.relate, **relate, end=one) == {"end": ["self"]}
    assert list(refusal(actions.relate, **relate, end=other)) == ["__all__"]  # from whichever side
    assert refusal(actions.relate, **relate, end=far, by=cast.mei) == {"end": ["does_not_exist"]}
    assert refusal(actions.relate, type=types["friend"], start=far, end=one, by=cast.mei) == {
        "start": ["does_not_exist"]
    }
    assert list(refusal(actions.relate, type=types["lends"], start=one, end=other, since=DAY, until=DAY)) == ["__all__"]
    assert refusal(actions.relate, type=types["lends"], start=one, end=other, strength=4) == {
        "strength": ["invalid_choice"]
    }
    actions.save_type(type=types["lends"], active=False)
    assert refusal(actions.relate, type=types["lends"], start=one, end=other) == {"type": ["inactive"]}


def test_what_ended_may_begin_again(shops, person, types):
    one, other = person("王", shops.a), person("李", shops.b)
    made = actions.relate(type=types["partner"], start=one, end=other, since=DAY)
    actions.end_relation(relation=made, until=datetime.date(2026, 4, 1))
    again = actions.relate(type=types["partner"], start=other, end=one)
    assert Relation.objects.count() == 2 and again.start == one


def test_a_relation_is_seen_when_both_ends_are(shops, cast, person, types):
    one, other, far = person("王", shops.a), person("李", shops.b), person("远", shops.w)
    near = actions.relate(type=types["friend"], start=one, end=other)
    across = actions.relate(type=types["friend"], start=one, end=far)
    family = actions.relate(type=types["married"], start=one, end=other)
    shop = actions.relate(type=types["competes"], start=shops.a, end=shops.w)
    seen = {w: set(Relation.objects.visible_to(getattr(cast, w))) for w in ("mei", "tao", "lin", "ana", "ada", "bot")}
    assert seen == {
        "mei": {near, family},
        "tao": set(),  # of the two, Tao sees only 王
        "lin": set(),
        "ana": {near, across, shop},
        "ada": {near, across, family, shop},
        "bot": {near},
    }


def test_who_may_see_what_is_personal(cast):
    told = {who: may_see_private(getattr(cast, who)) for who in ("mei", "tao", "lin", "ana", "ada", "bot")}
    assert told == {"mei": True, "tao": True, "lin": True, "ana": False, "ada": True, "bot": False}
    assert may_see_private(None) is False


def test_the_database_refuses_relations_that_cannot_be(shops, person, types):
    one, other = person("王", shops.a), person("李", shops.b)
    kind = types["friend"]
    rows = [
        Relation(type=kind, start_person=one, end_person=one),
        Relation(type=kind, start_customer=shops.a, end_customer=shops.a),
        Relation(type=kind, start_person=one, start_customer=shops.a, end_person=other),
        Relation(type=kind, start_person=one),
        Relation(type=kind, start_person=one, end_person=other, strength=4),
        Relation(type=kind, start_person=one, end_person=other, since=DAY, until=DAY),
    ]
    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    Relation(type=kind, start_person=one, end_person=other).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation(type=kind, start_person=one, end_person=other).save()


# --- kinds of relations -----------------------------------------------------------------------------------------


def test_the_shipped_kinds(types):
    told = {code: (one.forward, one.backward, one.symmetric, one.family) for code, one in types.items()}
    assert len(told) == 11
    assert told["landlord"] == ("is landlord of", "rents from", False, False)
    assert told["married"] == ("is married to", "is married to", True, True)
    assert {code for code, one in told.items() if one[3]} == {"married", "parent", "sibling"}


def test_a_kind_of_ones_own_is_told_in_each_language(types):
    from django.utils.translation import override

    made = actions.save_type(code="trains", forward="trains", backward="learns from", forward_zh_hans="教")
    assert (made.words(), made.words(forward=False)) == ("trains", "learns from")
    with override("zh-hans"):
        assert (made.words(), made.words(forward=False)) == ("教", "learns from")
    with pytest.raises(ValidationError):
        actions.save_type(type=made, code="other")
