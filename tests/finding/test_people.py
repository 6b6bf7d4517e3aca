"""People among the hits: by name, pinyin, phone; in the reach of who they stand with; nothing stale."""

from __future__ import annotations

import pytest

from crm.search import find
from customers.people.actions import add_role, change_person, create_person
from customers.profile.actions import create_customer


def titles(user, text: str) -> list[str]:
    return [hit.title for group in find(user, text) for hit in group.hits if group.kind == "person"]


@pytest.fixture
def people(cast, regions):
    east = create_customer(code="E", name="东店", kind="franchisee", region=regions.jiangsu)
    west = create_customer(code="W", name="西店", kind="franchisee", region=regions.sichuan)
    owner = create_person(name="欧阳倩", phone="13812345678", wechat="oyq88", customer=east, role={"role": "owner"})
    return owner, east, west


@pytest.mark.parametrize("text", ["欧阳", "欧阳倩", "ouyangqian", "oyq", "5678", "1381234", "oyq88", "ouyangqan"])
def test_a_person_is_found(people, cast, text):
    assert titles(cast.mei, text) == ["欧阳倩"]
    assert titles(cast.lin, text) == []


def test_a_change_and_a_further_role_are_found_at_once(people, cast):
    owner, _east, west = people
    change_person(person=owner, name="欧阳娜", by=cast.ada)
    assert titles(cast.mei, "欧阳娜") == ["欧阳娜"] and titles(cast.mei, "欧阳倩") == []
    add_role(person=owner, customer=west, role="partner", by=cast.ada)
    assert titles(cast.lin, "欧阳娜") == ["欧阳娜"]
    (group,) = [one for one in find(cast.lin, "欧阳娜") if one.kind == "person"]
    assert "西店" in group.hits[0].meta and "东店" not in group.hits[0].meta


def notes(user, text: str) -> list[str]:
    return [hit.title for group in find(user, text) for hit in group.hits if group.kind == "note"]


def test_notes_are_found_private_ones_by_their_author_alone(people, cast):
    from customers.care.notes import remove_note, write_note

    _owner, east, _west = people
    open_one = write_note(customer=east, text="隔壁新开了一家家纺店，\n老板有点担心", by=cast.mei)
    write_note(customer=east, text="家纺店老板私下说想转行", is_private=True, by=cast.mei)
    assert len(notes(cast.mei, "家纺店")) == 2
    assert notes(cast.ada, "家纺店") == ["隔壁新开了一家家纺店， 老板有点担心"] and notes(cast.lin, "家纺店") == []
    remove_note(note=open_one, by=cast.mei)
    assert notes(cast.ada, "家纺店") == []
