"""The chain that Qiao stands on, walked in a browser: a sales file checked, taken in, explained, undone."""

from __future__ import annotations

import csv
import datetime
import io
import re
import threading
import time
from decimal import Decimal

import pytest
import xlsxwriter
from playwright.sync_api import expect

from crm import periods
from crm.clock import today
from tests.browser.company import table
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

NAMES = ["杭州西湖店", "杭州滨江店", "苏州观前店", "南京新街口店", "无锡崇安店"]
NAMES += ["常州南大街店", "南通中南店", "扬州时代店", "镇江万达店", "徐州金鹰店"]
DAYS = 420


@pytest.fixture
def worker(transactional_db):
    """A worker beside the server, as the embedded one is; it takes its time over progress, so that people see it."""
    from django.db import connections

    from crm.jobs import runner
    from crm.jobs.context import JobContext

    over, plain = threading.Event(), JobContext.progress

    def slowly(ctx, *args, **kwargs):
        plain(ctx, *args, **kwargs)
        if ctx.job.kind == "imports.run":
            time.sleep(0.9)

    def work():
        while not over.wait(0.05):
            if (job := runner.claim()) is not None:
                runner.run(job)
        connections.close_all()

    JobContext.progress = slowly
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(timeout=30)
    JobContext.progress = plain


@pytest.fixture
def shops(regions, policy, tmp_path):
    """Ten franchisees in East with a year of sales: F10 sold most, then F09: with two of ten in A, those two."""
    from crm.imports.actions import import_file
    from customers.tiers.actions import refresh

    customers = tmp_path / "customers.csv"
    rows = [[f"F{n:02}", name, "franchisee", "JIANGSU"] for n, name in enumerate(NAMES, 1)]
    customers.write_bytes(table([["code", "name", "kind", "region"], *rows]))
    sales = tmp_path / "base.csv"
    months = [periods.shift_month(today(), -ago) for ago in range(12, 0, -1)]
    lines = [[f"F{n:02}", month, n * 1000] for n in range(1, 11) for month in months]
    sales.write_bytes(table([["code", "date", "amount"], *lines]))
    for kind, path in (("customers", customers), ("sales", sales)):
        run = import_file(kind=kind, path=path)
        assert run.state == "done", (run.state, run.errors, run.problem)
    refresh(full=True)


@pytest.fixture
def daily_sales(tmp_path):
    """What an ERP gave out: GB18030, headers nobody has heard of, 420 days; F01 sells more than all others."""
    path = tmp_path / "流水.csv"
    days = [today() - datetime.timedelta(days=ago) for ago in range(1, DAYS + 1)]
    rows = [
        [f"F{n:02}", f"{day:%Y/%m/%d}", f"{9999 if n == 1 else 10 * n}.00元", "柜台"]
        for day in days
        for n in range(1, 11)
    ]
    path.write_bytes(table([["单位号", "过账那天", "到账数", "摘要"], *rows], "gb18030"))
    return path


@pytest.fixture
def faulty_workbook(tmp_path):
    """Three good rows and three that no one can take, with headers that are known."""
    path = tmp_path / "补录.xlsx"
    day = today() - datetime.timedelta(days=1)
    rows = [["客户编码", "日期", "销售额"]]
    rows += [["F02", f"{day}", "111.00"], ["F99", f"{day}", "5.00"], ["F03", "2026-13-45", "6.00"]]
    rows += [["F03", f"{day}", "一千"], ["F04", f"{day}", "222.00"], ["F05", f"{day}", "333.00"]]
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def sign_in(page, name: str) -> None:
    page.goto("/")
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/$"))


def upload(page, kind: str, path) -> None:
    page.goto("/imports/")
    page.get_by_role("main").get_by_role("link", name="New import").first.click()
    page.get_by_role("radio", name=kind).check()
    page.locator("input[type=file]").set_input_files(str(path))
    expect(page.locator("[data-picked]")).to_have_text(path.name)
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))


def listed(page) -> list[list[str]]:
    """(tier, name, sales in full, growth, last sale) of every row of the list, as it stands."""
    page.goto("/customers/?sort=-sales")
    return page.evaluate(
        """() => [...document.querySelectorAll("table[data-rows] tbody tr")].map((row) => [
          row.querySelector(".c-tier").textContent.trim(), row.querySelector("a.open").textContent.trim(),
          row.querySelector(".c-value [title]")?.title ?? "", row.querySelector(".c-note").textContent.trim()])"""
    )


def lines_now() -> int:
    from customers.models import SaleLine

    return SaleLine.objects.live().count()


@pytest.mark.parametrize("who,shown", [("tao", "Tao"), ("mei", "美"), ("ada", "Ada")])
def test_everybody_comes_in_by_the_form(cast, page_for, who, shown):
    page = page_for(None, None)
    sign_in(page, who)
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    expect(page.locator(".side-foot")).to_contain_text(shown)
    assert page.findings == []


def test_from_the_file_to_the_tiers_and_back(cast, shops, worker, daily_sales, faulty_workbook, page_for):
    page = page_for(None, None)
    sign_in(page, "mei")
    before, ledger = listed(page), lines_now()
    assert [row[:2] for row in before][:3] == [["A", "徐州金鹰店"], ["A", "镇江万达店"], ["C", "扬州时代店"]]
    assert before[0][2] == "¥120,000.00"

    # A file whose headers are unknown: its columns are named once, with samples that prove the encoding.
    upload(page, "Sales", daily_sales)
    expect(page.get_by_text("Not every needed column was recognised.")).to_be_visible(timeout=15_000)
    code = page.get_by_label("Customer code")
    expect(code.locator("option", has_text="单位号 (for example F01")).to_have_count(1)
    expect(code.locator("option", has_text="柜台")).to_have_count(1)
    for label, header in (("Customer code", "单位号"), ("Date", "过账那天"), ("Amount", "到账数")):
        field = page.get_by_label(label, exact=False).first
        field.select_option(value=field.locator("option", has_text=header).get_attribute("value"))
    page.get_by_role("button", name="Check the file").click()

    # The preview says what it would do, and nothing is written.
    expect(page.get_by_text("Every row is right. Nothing is written yet.")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("region", name="The first rows, as understood")).to_contain_text("9999.00")
    assert lines_now() == ledger
    page.get_by_role("button", name=f"Import {DAYS * 10:,} rows").click()

    # Live progress, then the end, without anybody reloading the page.
    expect(page.get_by_text(re.compile(r"^[1-9][\d,]* of [\d,]+"))).to_be_visible(timeout=20_000)
    done, of = (int(page.get_by_role("progressbar").get_attribute(name)) for name in ("value", "max"))
    assert 0 < done <= of and of == pytest.approx(DAYS * 10, rel=0.1)  # guessed from the size: it is not read twice
    expect(page.get_by_text(": imported.")).to_be_visible(timeout=40_000)
    first_import = page.url
    new = DAYS * 10 - _on_base_days()
    assert lines_now() == ledger + new

    # A workbook with bad rows: each is named with its row, column, value and reason; the good ones go in.
    upload(page, "Sales", faulty_workbook)
    expect(page.get_by_text("3 rows are refused. Nothing is written yet")).to_be_visible(timeout=15_000)
    refused = page.get_by_role("region", name="Refused rows").locator("tbody tr")
    expect(refused).to_have_count(3)
    cells = [row.locator("td").all_inner_texts() for row in refused.all()]
    assert [cell[:3] for cell in cells] == [
        ["3", "客户编码", "F99"],
        ["4", "日期", "2026-13-45"],
        ["5", "销售额", "一千"],
    ]
    assert all(len(cell[3]) > 10 for cell in cells)
    with page.expect_download() as file:
        page.get_by_role("link", name="Refused rows").click()
    rejected = list(csv.reader(io.StringIO(file.value.path().read_text(encoding="utf-8-sig"))))
    assert rejected[0] == ["Reason", "Row", "客户编码", "日期", "销售额"]
    assert [row[1:3] for row in rejected[1:]] == [["3", "F99"], ["4", "F03"], ["5", "F03"]]
    assert [row[0].split(": ", 1)[1] for row in rejected[1:]] == [cell[3] for cell in cells]
    page.get_by_role("button", name="Import the 3 good rows only").click()
    expect(page.get_by_text("3 rows were left out.")).to_be_visible(timeout=20_000)
    second_import = page.url

    # Tiers have followed: F01 is A now, found by the initials of its name, and its page says why.
    _until(lambda: listed(page)[0][:2] == ["A", "杭州西湖店"])
    page.keyboard.press("Control+k")
    page.keyboard.type("hzxh")
    expect(page.get_by_role("option", name="杭州西湖店")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    why = page.locator("#tier")
    expect(why.get_by_role("heading", name="Why it is A")).to_be_visible()
    expect(why).to_contain_text("It is among the top 20% of franchisees by sales.")
    expect(why).to_contain_text("rank 1 of 10")

    # The list, filtered, and its file hold the same.
    page.goto("/customers/")
    page.get_by_role("navigation", name="Tier").get_by_role("link", name="Tier A").click()
    page.wait_for_url(re.compile(r"tier=A"))
    expect(page.locator("table[data-rows] tbody tr")).to_have_count(2)
    names = page.locator("table[data-rows] a.open").all_inner_texts()
    sales = page.locator("table[data-rows] .c-value [title]").evaluate_all("(all) => all.map((one) => one.title)")
    heads = [text.strip() for text in page.locator("table[data-rows] thead th").all_inner_texts() if text.strip()]
    rows = exported(page)
    assert [row["Customer"] for row in rows] == names == ["杭州西湖店", "徐州金鹰店"]
    assert [f"¥{Decimal(row['Sales, 12 months']):,.2f}" for row in rows] == sales
    assert [head for head in heads if head != "By month"] == [h for h in rows[0] if h not in ("Code", "City")]
    assert {row["Tier"] for row in rows} == {"A"}

    # Undone, the later one first, everything is as it was before.
    for address in (second_import, first_import):
        page.goto(address)
        page.get_by_role("button", name="Undo the import").click()
        page.get_by_role("dialog", name="Undo this import?").get_by_role("button", name="Undo the import").click()
        expect(page.get_by_text("everything is as it was before")).to_be_visible(timeout=30_000)
    assert lines_now() == ledger
    _until(lambda: listed(page) == before)

    page.locator(".side details:has(.ava) summary").click()
    page.locator(".side").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    page.goto("/customers/")
    page.wait_for_url("**/accounts/login/?next=**")
    assert page.findings == []


def _on_base_days() -> int:
    """Lines of the first file that fall on days which the ledger knows already: corrections, not new lines."""
    known = {periods.shift_month(today(), -ago) for ago in range(12, 0, -1)}
    days = {today() - datetime.timedelta(days=ago) for ago in range(1, DAYS + 1)}
    return 10 * len(known & days)


def exported(page) -> list[dict[str, str]]:
    page.get_by_role("main").locator("summary", has_text="Export").click()
    page.get_by_role("button", name="Text (CSV)").first.click()
    page.wait_for_url("**/exports/**")
    link = page.get_by_role("link", name="Download").first
    expect(link).to_be_visible(timeout=15_000)
    with page.expect_download() as file:
        link.click()
    return list(csv.DictReader(io.StringIO(file.value.path().read_text(encoding="utf-8-sig"))))


def _until(true, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.3)
