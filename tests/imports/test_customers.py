"""What a customers' file does: new, changed, left alone, refused."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.imports.actions import import_file
from crm.imports.models import ImportChange, ImportRun
from customers.models import Customer, Responsibility
from customers.profile.actions import change_customer

State = ImportRun.State


def bring(path, **kwargs) -> ImportRun:
    return import_file(kind="customers", path=path, **kwargs)


def tally(run) -> tuple:
    return run.state, run.rows, run.created, run.updated, run.unchanged, run.rejected


FULL = [
    "客户编码",
    "客户名称",
    "类型",
    "开业日期",
    "关闭日期",
    "状态",
    "省",
    "市",
    "区县",
    "地址",
    "电话",
    "纬度",
    "经度",
    "坐标系",
    "行业",
    "区域编码",
    "上级客户",
    "负责人",
]


def test_every_chinese_column_arrives_in_its_field(a_file, cast, regions):
    agent = [
        "A1",
        "杭州总代",
        "代理商",
        "2015年3月1日",
        "",
        "正常",
        "浙江省",
        "杭州市",
        "西湖区",
        "文三路1号",
        "0571-8888 1234",
    ]
    shop = ["F1", "张三鲜", "加盟商", "2020/5/6", "2024-02-29", "已关闭", "浙江省", "宁波市", "", "", ""]
    path = a_file(
        [
            [*agent, "30.2741", "120.1551", "火星坐标", "餐饮", "ZHEJIANG", "", ""],
            [*shop, "", "", "", "", "华东", "A1", "tao"],
        ],
        FULL,
        encoding="gb18030",
    )
    run = bring(path)
    assert tally(run) == (State.DONE, 2, 2, 0, 0, 0)
    found = Customer.objects.get(code="A1")
    assert (found.name, found.kind, found.state, found.region) == ("杭州总代", "agent", "active", regions.zhejiang)
    assert (found.province, found.city, found.district, found.address) == ("浙江省", "杭州市", "西湖区", "文三路1号")
    assert (found.phone, found.category, found.opened_on) == ("0571-8888 1234", "餐饮", datetime.date(2015, 3, 1))
    assert (found.latitude, found.longitude, found.datum) == (Decimal("30.2741"), Decimal("120.1551"), "gcj02")
    assert 200 < abs(found.wgs_latitude - 30.2741) * 111_000 < 400  # shifted by the distance the systems lie apart
    assert "hangzhouzongdai" in found.search_text and "057188881234" in found.search_text
    shop = Customer.objects.get(code="F1")
    assert (shop.state, shop.closed_on, shop.region) == ("closed", datetime.date(2024, 2, 29), regions.east)
    assert shop.upstream == found and shop.version == 1
    held = Responsibility.objects.get(customer=shop)
    assert (held.user, held.since, held.until) == (cast.tao, timezone.localdate(), None)


def test_the_same_file_again_writes_nothing(a_file, regions):
    path = a_file([["1", "One", "agent"], ["2", "Two", "franchisee"]])
    bring(path)
    before = list(Customer.objects.order_by("code").values())
    entries = AuditEntry.objects.filter(action__startswith="customer.").count()
    again = bring(path)
    assert tally(again) == (State.DONE, 2, 0, 0, 2, 0)
    assert list(Customer.objects.order_by("code").values()) == before
    assert AuditEntry.objects.filter(action__startswith="customer.").count() == entries
    assert not ImportChange.objects.filter(run=again).exists()


def test_an_absent_column_leaves_a_field_alone_and_an_empty_cell_clears_it(a_file, regions):
    header = ["code", "name", "kind", "phone", "opened_on", "region"]
    bring(a_file([["1", "One", "agent", "123456", "2020-01-01", "EAST"]], header))
    run = bring(a_file([["1", "", "", "", ""]], ["code", "name", "phone", "region", "kind"]))
    assert tally(run) == (State.DONE, 1, 0, 1, 0, 0)
    one = Customer.objects.get(code="1")
    assert (one.name, one.kind, one.phone, one.region) == ("One", "agent", "", regions.east)
    assert one.opened_on == datetime.date(2020, 1, 1)
    assert one.version == 2
    run = bring(a_file([["1", ""]], ["code", "opened_on"]))
    assert tally(run) == (State.DONE, 1, 0, 1, 0, 0)
    assert Customer.objects.get(code="1").opened_on is None


def test_every_changed_row_is_audited_old_and_new(a_file, cast):
    bring(a_file([["1", "One", "agent"], ["2", "Two", "agent"]]), by=cast.ada)
    bring(a_file([["1", "Uno", "agent"], ["2", "Two", "agent"]]), by=cast.ada)
    entries = AuditEntry.objects.filter(model="customers.customer").order_by("pk")
    assert [(e.action, e.object_name, e.actor_id) for e in entries] == [
        ("customer.create", "One", cast.ada.pk),
        ("customer.create", "Two", cast.ada.pk),
        ("customer.change", "Uno", cast.ada.pk),
    ]
    assert entries[2].changes == {"name": ["One", "Uno"]}
    assert entries[2].object_id == str(Customer.objects.get(code="1").pk)
    assert entries[2].reason == "file.csv"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["", "X", "agent"], "code", "required"),
        (["2", "", "agent"], "name", "required_new"),
        (["2", "X", ""], "kind", "required_new"),
        (["2", "X", "partner"], "kind", "not_a_choice"),
        (["2", "X", "agent", "31.02.2020"], "opened_on", "no_such_date"),
        (["2", "X", "agent", "2020-05-01", "2020-04-30"], "closed_on", "closed_before_opened"),
        (["2", "X", "agent", "", "", "31"], "lon", "half_position"),
        (["2", "X", "agent", "", "", "91", "10"], "lat", "out_of_range"),
        (["2", "X", "agent", "", "", "", "", "NAD27"], "datum", "unknown_datum"),
        (["2", "X", "agent", "", "", "", "", "", "NORTH"], "region", "unknown_region"),
        (["2", "X", "agent", "", "", "", "", "", "", "nobody"], "manager", "unknown_manager"),
        (["2", "X", "agent", "", "", "", "", "", "", "ana"], "manager", "unknown_manager"),
        (["2", "X", "agent", "", "", "", "", "", "", "", "9"], "upstream", "unknown_upstream"),
        (["2", "X", "agent", "", "", "", "", "", "", "", "2"], "upstream", "upstream_loop"),
        (["1", "Twice", "agent"], "code", "duplicate_row"),
        (["合计", "", ""], "code", "total_row"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason_and_nothing_is_written(a_file, cast, row, column, code):
    header = ["code", "name", "kind", "opened_on", "closed_on", "lat", "lon", "datum", "region", "manager", "upstream"]
    run = bring(a_file([["1", "Good", "agent"], row], header))
    assert tally(run) == (State.REFUSED, 2, 0, 0, 0, 1)
    assert [(e["row"], e["column"], e["code"]) for e in run.errors] == [(3, column, code)]
    assert not Customer.objects.exists() and not ImportChange.objects.exists()
    run = bring(a_file([["1", "Good", "agent"], row], header), partial=True)
    assert tally(run) == (State.DONE, 2, 1, 0, 0, 1)
    assert list(Customer.objects.values_list("code", flat=True)) == ["1"]


def test_suppliers_stand_in_the_same_file_in_any_order(a_file, regions):
    header = ["code", "name", "kind", "upstream"]
    run = bring(a_file([["3", "C", "franchisee", "2"], ["1", "A", "agent", ""], ["2", "B", "agent", "1"]], header))
    assert tally(run) == (State.DONE, 3, 3, 0, 0, 0)
    chain = Customer.objects.select_related("upstream__upstream").get(code="3")
    assert (chain.upstream.code, chain.upstream.upstream.code) == ("2", "1")


def test_loops_through_old_and_new_customers_are_refused(a_file, regions):
    header = ["code", "name", "kind", "upstream"]
    bring(a_file([["1", "A", "agent", ""], ["2", "B", "agent", "1"]], header))
    run = bring(a_file([["1", "A", "agent", "3"], ["3", "C", "agent", "2"]], header))
    assert tally(run) == (State.REFUSED, 2, 0, 0, 0, 2)
    assert [e["code"] for e in run.errors] == ["upstream_loop", "upstream_loop"]
    assert Customer.objects.get(code="1").upstream is None


def test_who_hangs_on_a_refused_row_is_refused_too(a_file, regions):
    header = ["code", "name", "kind", "upstream"]
    rows = [["1", "", "agent", ""], ["2", "B", "agent", "1"], ["3", "C", "agent", "2"], ["4", "D", "agent", ""]]
    run = bring(a_file(rows, header), partial=True)
    assert tally(run) == (State.DONE, 4, 1, 0, 0, 3)
    assert [(e["row"], e["code"]) for e in run.errors] == [
        (2, "required_new"),
        (3, "unknown_upstream"),
        (4, "unknown_upstream"),
    ]
    assert list(Customer.objects.values_list("code", flat=True)) == ["4"]


def test_a_head_reaches_only_the_own_regions(a_file, cast, regions):
    header = ["code", "name", "kind", "region", "upstream"]
    bring(a_file([["W1", "West", "agent", "WEST", ""], ["E1", "East", "agent", "JIANGSU", ""]], header))
    rows = [
        ["W1", "Mine now", "agent", "", ""],
        ["E1", "Moved", "agent", "WEST", ""],
        ["N1", "New", "agent", "WEST", ""],
        ["N2", "New", "agent", "", "W1"],
        ["N3", "New", "agent", "", "E1"],
    ]
    run = bring(a_file(rows, header), by=cast.mei, partial=True)
    assert tally(run) == (State.DONE, 5, 1, 0, 0, 4)
    assert [(e["row"], e["code"]) for e in run.errors] == [
        (2, "not_yours"),
        (3, "unknown_region"),
        (4, "unknown_region"),
        (5, "unknown_upstream"),
    ]
    assert Customer.objects.get(code="W1").name == "West"
    assert Customer.objects.get(code="E1").region == regions.jiangsu
    assert Customer.objects.get(code="N3").region == regions.east  # no region in the file: where Mei is posted


def test_what_a_manager_brings_in_is_in_that_managers_charge(a_file, cast, regions):
    run = bring(a_file([["1", "One", "agent"]]), by=cast.tao)
    assert tally(run) == (State.DONE, 1, 1, 0, 0, 0)
    one = Customer.objects.get(code="1")
    assert one.region == regions.root
    assert list(Customer.objects.visible_to(cast.tao)) == [one]
    assert not Customer.objects.visible_to(cast.mei).exists()


def test_a_new_manager_ends_the_old_charge_and_a_charge_of_today_is_replaced(a_file, cast, regions):
    header = ["code", "name", "kind", "负责人"]
    bring(a_file([["1", "One", "agent", "tao"], ["2", "Two", "agent", "tao"]], header))
    one, two = Customer.objects.order_by("code")
    day = timezone.localdate()
    Responsibility.objects.filter(customer=one).update(since=day - datetime.timedelta(days=30))
    run = bring(a_file([["1", "One", "agent", "美"], ["2", "Two", "agent", "美"]], header))
    assert tally(run) == (State.DONE, 2, 0, 2, 0, 0)
    held = Responsibility.objects.filter(customer=one).order_by("since")
    assert [(r.user, r.since, r.until) for r in held] == [
        (cast.tao, day - datetime.timedelta(days=30), day),
        (cast.mei, day, None),
    ]
    assert [(r.user, r.since, r.until) for r in Responsibility.objects.filter(customer=two)] == [(cast.mei, day, None)]


def test_an_empty_manager_leaves_the_charge_alone(a_file, cast, regions):
    header = ["code", "name", "kind", "manager"]
    bring(a_file([["1", "One", "agent", "tao"]], header))
    assert tally(bring(a_file([["1", "One", "agent", ""]], header))) == (State.DONE, 1, 0, 0, 1, 0)
    assert Responsibility.objects.get().user == cast.tao


def test_statements_do_not_grow_with_the_rows(a_file, regions):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (3, 300):
        rows = [[f"{size}-{n}", f"Shop {n}", "franchisee", f"{size}-0" if n else ""] for n in range(size)]
        path = a_file(rows, ["code", "name", "kind", "upstream"], name=f"{size}.csv")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert tally(bring(path)) == (State.DONE, size, size, 0, 0, 0)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_newcomer_between_check_and_writing_makes_the_file_be_read_again(a_file, regions, monkeypatch):
    from customers.profile import importing

    original, calls = importing._still_so, []

    def meddle():
        if not calls:
            Customer.objects.create(code="1", name="Quicker", kind="agent", region=regions.east)
        calls.append(1)
        original()

    monkeypatch.setattr(importing, "_still_so", meddle)
    run = bring(a_file([["1", "One", "agent"]]))
    # The first try is rolled back with what came in between (one connection here), the second writes.
    assert len(calls) == 2
    assert tally(run) == (State.DONE, 1, 1, 0, 0, 0)
    assert Customer.objects.get(code="1").name == "One"


def test_names_and_addresses_keep_their_spaces_on_one_line_and_places_group(a_file, db):
    header = ["客户编码", "客户名称", "类型", "市", "地址", "行业"]
    path = a_file([["S 1", " 张三鲜  /  一店 ", "加盟商", "杭州  市", "文三路 1 号\n二楼", "餐饮  小吃"]], header)
    assert tally(bring(path)) == (State.DONE, 1, 1, 0, 0, 0)
    shop = Customer.objects.get(code="S 1")
    assert (shop.name, shop.address) == ("张三鲜  /  一店", "文三路 1 号 二楼")
    assert (shop.city, shop.category) == ("杭州 市", "餐饮 小吃")
    # A page that sends the same texts back changes nothing.
    told = {name: getattr(shop, name) for name in ("code", "name", "city", "address", "category")}
    change_customer(customer=shop, version=shop.version, **told)
    assert Customer.objects.get(code="S 1").version == 1
