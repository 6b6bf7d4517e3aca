"""A file of people: who a row means, what it changes, what is refused, and that an undo leaves nothing."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import call_command

from crm.audit.models import AuditEntry
from crm.imports.actions import import_file
from crm.imports.actions import undo as undo_run
from crm.imports.models import ImportRun
from customers.people import actions
from customers.people.models import Person, PersonRole

HEAD = ["客户编码", "姓名", "电话", "角色", "起始日期", "生日", "微信", "备注"]


@pytest.fixture
def bring(tmp_path):
    def run(rows, head=HEAD, *, by=None, encoding="utf-8", **more) -> ImportRun:
        text = io.StringIO()
        csv.writer(text).writerows([head, *rows])
        path = tmp_path / "people.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        return import_file(kind="people", path=path, by=by, **more)

    return run


def tally(run) -> tuple:
    return run.state, run.rows, run.created, run.updated, run.unchanged, run.rejected


def state() -> tuple:
    """Everything a person or role holds, but for what counts changes."""
    people = Person.objects.order_by("pk").values_list("pk", *actions.PERSON, "phone_digits", "search_text")
    roles = PersonRole.objects.order_by("pk").values_list("pk", "person", "customer", *actions.ROLE)
    return list(people), list(roles)


def codes(run) -> list[tuple]:
    return [(error["row"], error["column"], error["code"]) for error in run.errors]


def test_every_chinese_column_arrives(bring, shops):
    run = bring(
        [
            ["A", "王老板", "138 0000 1234", "老板", "2020年3月1日", "1980-5-20", "wx1", "爱喝茶"],
            ["A", "王太太", "", "老板娘", "", "5月6日", "", ""],
            ["B", "陈", "", "风水先生", "", "", "", ""],
        ],
        encoding="gb18030",
    )
    assert tally(run) == ("done", 3, 3, 0, 0, 0)
    one = Person.objects.get(name="王老板")
    assert (one.phone, one.wechat, one.note) == ("138 0000 1234", "wx1", "爱喝茶")
    assert (one.birth_year, one.birth_month, one.birth_day) == (1980, 5, 20)
    wife = Person.objects.get(name="王太太")
    assert (wife.birth_year, wife.birth_month, wife.birth_day) == (None, 5, 6)
    assert list(PersonRole.objects.order_by("pk").values_list("customer__code", "role", "role_other")) == [
        ("A", "owner", ""),
        ("A", "spouse", ""),
        ("B", "other", "风水先生"),
    ]
    assert str(one.roles.get().since) == "2020-03-01"


def test_the_same_file_again_changes_nothing(bring, shops):
    rows = [["A", "王", "138", "老板", "", "", "", ""], ["B", "王", "138", "老板", "", "", "", ""]]
    assert tally(bring(rows)) == ("done", 2, 2, 0, 0, 0)
    assert Person.objects.count() == 1  # one person of two customers: the same name and phone
    before = state()
    assert tally(bring(rows)) == ("done", 2, 0, 0, 2, 0)
    assert state() == before


def test_a_row_changes_whom_it_means_and_leaves_the_rest_alone(bring, shops, person):
    one = person("王", shops.a, wechat="wx", note="老客户")
    run = bring([["A", "王", "138", "", "2021-01-01", "", "", ""]])
    assert tally(run) == ("done", 1, 0, 1, 0, 0)
    one.refresh_from_db()
    assert (one.phone, one.phone_digits, one.wechat, one.note, one.version) == ("138", "138", "wx", "老客户", 2)
    role = one.roles.get()
    assert (role.role, str(role.since)) == ("owner", "2021-01-01")
    entry = AuditEntry.objects.get(action="person.change")
    assert (entry.changes, entry.reason) == ({"phone": ["", "138"]}, "people.csv")


def test_another_phone_is_another_person(bring, shops, person):
    person("王", shops.a, phone="138")
    assert tally(bring([["A", "王", "139", "老板", "", "", "", ""]])) == ("done", 1, 1, 0, 0, 0)
    assert Person.objects.filter(name="王").count() == 2
    refused = bring([["A", "王", "", "老板", "", "", "", ""]])
    assert (tally(refused)[0], codes(refused)) == ("refused", [(2, "电话", "person_twice")])


def test_a_new_first_to_call_lets_the_one_before_step_back(bring, shops, person):
    old = person("王", shops.a)
    actions.change_role(standing=old.roles.get(), is_primary=True)
    run = bring([["A", "李", "", "店长", "是"]], ["客户编码", "姓名", "电话", "角色", "主要联系人"])
    assert tally(run) == ("done", 1, 1, 0, 0, 0)
    assert PersonRole.objects.get(is_primary=True).person.name == "李"
    undo_run(run=run)
    assert PersonRole.objects.get(is_primary=True).person == old


def test_rows_that_cannot_be_taken(bring, shops, cast):
    head = [*HEAD, "主要联系人", "结束日期", "邮箱"]
    blank = ["", "", "", "", "", ""]
    rows = [
        ["Z", "王", *blank, "", "", ""],
        ["W", "王", *blank, "", "", ""],
        ["A", "", *blank, "", "", ""],
        ["A", "王", "", "", "", "2月30日", "", "", "", "", ""],
        ["A", "李", *blank, "是", "", ""],
        ["A", "陈", *blank, "是", "", ""],
        ["A", "李", *blank, "", "", ""],
        ["A", "赵", "", "", "2021-01-01", "", "", "", "", "2020-01-01", ""],
        ["A", "钱", *blank, "", "", "not-a-mail"],
    ]
    run = bring(rows, head, by=cast.mei)
    assert tally(run)[0] == "refused" and not Person.objects.exists()
    assert codes(run) == [
        (2, "客户编码", "unknown_customer_in_reach"),
        (3, "客户编码", "unknown_customer_in_reach"),
        (4, "姓名", "required"),
        (5, "生日", "birthday_none"),
        (7, "主要联系人", "two_primary"),
        (8, "姓名", "duplicate_row"),
        (9, "结束日期", "role_ends_before"),
        (10, "邮箱", "email_wrong"),
    ]
    assert tally(bring(rows, head, by=cast.mei, partial=True)) == ("done", 9, 1, 0, 0, 8)


def test_a_check_writes_nothing(bring, shops):
    run = bring([["A", "王", "138", "老板", "", "", "", ""]], dry_run=True)
    assert tally(run) == ("checked", 1, 1, 0, 0, 0)
    assert not Person.objects.exists()


def test_an_undo_brings_back_exactly_what_was(bring, shops, person):
    one = person("王", shops.a, phone="138", birth_month=1, birth_day=2)
    before = state()
    run = bring(
        [
            ["A", "王", "138", "老板", "2021-01-01", "1980-5-20", "wx", "新"],
            ["B", "王", "138", "房东", "", "", "", ""],
            ["A", "李", "139", "店长", "", "", "", ""],
        ]
    )
    assert tally(run) == ("done", 3, 2, 1, 0, 0)
    undo_run(run=run)
    assert state() == before
    one.refresh_from_db()
    assert one.version == 3
    assert AuditEntry.objects.filter(action="person.remove", object_name="李").count() == 1


def test_what_somebody_changed_since_or_built_on_stays(bring, shops, types):
    from django.core.exceptions import ValidationError

    run = bring([["A", "王", "138", "老板", "", "", "", ""], ["A", "李", "", "店长", "", "", "", ""]])
    wang, li = Person.objects.get(name="王"), Person.objects.get(name="李")
    actions.relate(type=types["friend"], start=wang, end=li)
    before = state()
    with pytest.raises(ValidationError) as refused:
        undo_run(run=run)
    assert refused.value.code == "used" and state() == before
    actions.change_person(person=wang, phone="1")
    with pytest.raises(ValidationError) as refused:
        undo_run(run=run)
    assert refused.value.code == "changed" and "王" in refused.value.messages[0]


def test_pages_of_a_long_file_know_each_other(bring, shops, monkeypatch):
    from customers.people import importing

    monkeypatch.setattr(importing, "PAGE", 2)
    rows = [[code, "王", "138", role, "", "", "", ""] for code in "ABC" for role in ("老板", "房东")]
    rows.insert(3, ["A", "王", "138", "老板", "", "", "", ""])
    run = bring(rows, partial=True)
    assert tally(run) == ("done", 7, 6, 0, 0, 1)
    assert (Person.objects.count(), PersonRole.objects.count()) == (1, 6)


def test_somebody_out_of_reach_is_nobody(bring, shops, person, cast):
    """Lin's 王 with the same phone stays hers: Mei's row makes another."""
    person("王", shops.w, phone="138")
    bring([["A", "王", "138", "老板", "", "", "", ""]], by=cast.mei)
    assert Person.objects.filter(name="王").count() == 2


def test_the_command(tmp_path, shops, capsys):
    path = tmp_path / "people.csv"
    path.write_text("code,name,role\nA,Wang,owner\n")
    with pytest.raises(SystemExit) as end:
        call_command("import_people", str(path))
    assert end.value.code == 0 and PersonRole.objects.get().person.name == "Wang"
    assert "1 rows: 1 new" in capsys.readouterr().out


def test_many_rows_take_few_statements(bring, shops, django_assert_max_num_queries):
    rows = [["A", f"王{n}", f"138{n:05}", "店长", "", "", "", ""] for n in range(400)]
    with django_assert_max_num_queries(60):
        bring(rows)
    assert Person.objects.count() == 400
