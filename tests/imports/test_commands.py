"""The commands others rely on: exact JSON, exit codes, what is left behind."""

from __future__ import annotations

import gzip
import json

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import translation

from crm.imports.models import ImportRun
from customers.models import Customer, SaleLine

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    """Rows of every table."""
    return {m._meta.label: m._default_manager.count() for m in apps.get_models()}


def test_all_rows_taken(command, a_file, regions):
    path = a_file([["1", "One", "agent"], ["2", "Two", "franchisee"]])
    done = command("import_customers", path, "--json")
    assert done.code == 0
    assert isinstance(done.json.pop("seconds"), float)
    assert done.json == {
        "file": str(path),
        "rows": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "errors": [],
    }
    run = ImportRun.objects.get()
    assert done.err == f"Import {run.pk}; take it back with: undo_import {run.pk}\n"
    assert (run.state, run.via, run.asked_by, run.name) == ("done", "command", None, "file.csv")


def test_rows_refused(command, a_file, regions):
    path = a_file([["1", "One", "agent"], ["2", "Two", "boss"], ["3", "", "agent"]])
    done = command("import_customers", path, "--json")
    assert done.code == 1
    done.json.pop("seconds")
    assert done.json == {
        "file": str(path),
        "rows": 3,
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "rejected": 2,
        "errors": [
            {"row": 3, "column": "kind", "value": "boss", "reason": "This is none of: agent, franchisee."},
            {"row": 4, "column": "name", "value": "", "reason": "A new customer needs a value here."},
        ],
    }
    assert "Nothing was written" in done.err
    assert not Customer.objects.exists()
    assert ImportRun.objects.get().state == "refused"


def test_good_rows_only_on_request(command, a_file, regions):
    path = a_file([["1", "One", "agent"], ["2", "Two", "boss"]])
    done = command("import_customers", path, "--json", "--partial")
    assert done.code == 1
    assert (done.json["created"], done.json["rejected"]) == (1, 1)
    assert list(Customer.objects.values_list("code", flat=True)) == ["1"]


def test_a_dry_run_counts_and_writes_nothing(command, a_file, regions):
    command("import_customers", a_file([["1", "One", "agent"]]))
    before = counts()
    rows = [["1", "Uno", "agent"], ["2", "Two", "agent"], ["3", "", ""]]
    done = command("import_customers", a_file(rows), "--json", "--dry-run")
    assert done.code == 1
    assert [done.json[k] for k in ("rows", "created", "updated", "unchanged", "rejected")] == [3, 1, 1, 0, 1]
    assert counts() == before
    assert Customer.objects.get().name == "One"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 no zip at all", None),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", None),
        ("姓,名\r\n张,三\r\n".encode(), None),
    ],
)
def test_an_unusable_file(command, tmp_path, content, reason):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    done = command("import_customers", path, "--json")
    assert done.code == 2
    assert [done.json[k] for k in ("rows", "created", "updated", "unchanged", "rejected")] == [0, 0, 0, 0, 0]
    (error,) = done.json["errors"]
    assert (error["row"], error["column"], error["value"]) == (0, "", "")
    if reason:
        assert error["reason"] == reason
    assert done.json["reason"] == error["reason"]
    assert error["reason"] in done.err
    assert not Customer.objects.exists()


def test_a_missing_file(command, tmp_path):
    done = command("import_customers", tmp_path / "none.csv", "--json")
    assert done.code == 2
    assert done.json["errors"][0]["reason"] == "The file cannot be opened."


def test_missing_columns_are_named(command, a_file):
    done = command("import_customers", a_file([["x", "agent"]], ["name", "kind"]), "--json")
    assert done.code == 2
    assert done.json["errors"][0]["reason"] == "These columns are missing: Customer code."


def test_dates_that_fit_two_orders_need_a_word(command, a_file, regions):
    path = a_file([["1", "One", "agent", "03/04/2020"]], ["code", "name", "kind", "opened_on"])
    done = command("import_customers", path, "--json")
    assert done.code == 1
    reason = "It cannot be told which number is the day and which the month."
    assert done.json["errors"] == [{"row": 2, "column": "opened_on", "value": "03/04/2020", "reason": reason}]
    assert "--date-order dmy" in done.err
    assert not Customer.objects.exists()
    done = command("import_customers", path, "--json", "--date-order", "dmy")
    assert done.code == 0
    assert str(Customer.objects.get().opened_on) == "2020-04-03"


def test_one_date_tells_the_order_of_all(command, a_file, regions):
    rows = [["1", "One", "agent", "03/04/2020"], ["2", "Two", "agent", "25/12/2020"]]
    assert command("import_customers", a_file(rows, ["code", "name", "kind", "opened_on"]), "--json").code == 0
    assert [str(c.opened_on) for c in Customer.objects.order_by("code")] == ["2020-04-03", "2020-12-25"]


def test_the_refused_rows_as_a_file(command, a_file, tmp_path, regions):
    rows = [["1", "One", "agent"], ["2", "=HYPERLINK(1)", "boss"], ["3", "Tre", "agent", "surplus"]]
    out = tmp_path / "rejected.csv"
    done = command("import_customers", a_file(rows), "--json", "--rejected", out)
    assert done.code == 1
    assert out.read_bytes().decode("utf-8") == (
        "\ufeffReason,Row,code,name,kind\r\n"
        '"kind: This is none of: agent, franchisee.",3,2,\'=HYPERLINK(1),boss\r\n'
        "The row has 4 cells but the header has 3. Is a separator unquoted?,4,3,Tre,agent,surplus\r\n"
    )


def test_a_dry_run_leaves_no_file_behind_either(command, a_file, tmp_path, regions, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    out = tmp_path / "rejected.csv"
    rows = [["1", "One", "agent"], ["2", "Two", "boss"]]
    assert command("import_customers", a_file(rows), "--json", "--dry-run", "--rejected", out).code == 1
    assert "boss" in out.read_text("utf-8")
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("target", ["none/rejected.csv", "file.csv", "."])
def test_where_refused_rows_cannot_be_written_nothing_is_imported(command, a_file, tmp_path, regions, target):
    path = a_file([["1", "One", "agent"]])
    content, before = path.read_bytes(), counts()
    done = command("import_customers", path, "--json", "--rejected", tmp_path / target)
    assert done.code == 2
    assert done.json["errors"][0]["reason"] == f"The refused rows cannot be written to {tmp_path / target}."
    assert (path.read_bytes(), counts()) == (content, before)


def test_refused_rows_that_cannot_be_written_after_the_import(command, a_file, regions):
    """/dev/full takes nothing: only the last moment can show it."""
    path = a_file([["1", "One", "agent"], ["2", "Two", "boss"]])
    done = command("import_customers", path, "--json", "--partial", "--rejected", "/dev/full")
    run = ImportRun.objects.get()
    assert (done.code, done.json["created"], done.json["rejected"]) == (1, 1, 1)
    assert "reason" not in done.json
    assert done.err.splitlines()[0] == (
        f"The good rows are booked as import {run.pk}, but the refused rows could not be written to /dev/full "
        f"([Errno 28] No space left on device); fetch them from the page /imports/{run.pk}/rejected/."
    )
    assert Customer.objects.count() == 1
    done = command("import_customers", path, "--json", "--rejected", "/dev/full")
    assert done.code == 1 and done.err.startswith("Nothing is booked, and the refused rows could not be written")
    done = command("import_customers", path, "--json", "--dry-run", "--rejected", "/dev/full")
    assert done.code == 1 and done.err.startswith("This was a check; the refused rows could not be written")
    done = command("import_customers", a_file([["3", "Tre", "agent"]]), "--json", "--rejected", "/dev/full")
    assert done.code == 1 and done.err.startswith("All rows are booked as import ")


def test_an_older_file_of_refused_rows_stays_until_the_new_one_is_whole(
    command, a_file, tmp_path, regions, monkeypatch
):
    from crm.imports import rejected

    def cut(spool, header):
        yield "half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rejected, "lines", cut)
    out = tmp_path / "out" / "rejected.csv"
    out.parent.mkdir()
    out.write_text("older")
    done = command("import_customers", a_file([["1", "One", "agent"]]), "--json", "--rejected", out)
    assert done.code == 1
    assert out.read_text() == "older" and list(out.parent.iterdir()) == [out]


def test_refused_rows_to_standard_output_only_without_json(command, a_file, regions):
    path = a_file([["1", "One", "agent"]])
    done = command("import_customers", path, "--json", "--rejected", "-")
    assert (done.code, done.json["reason"]) == (2, "The refused rows cannot be written to -.")
    assert not Customer.objects.exists()


def test_what_goes_wrong_after_the_import_does_not_deny_it(a_file, regions, capsys, monkeypatch):
    from crm.imports.command import ImportCommand

    def nobody_reads(self, name, run, options):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(ImportCommand, "_tell", nobody_reads)
    with pytest.raises(SystemExit) as end:
        call_command("import_customers", str(a_file([["1", "One", "agent"]])))
    run = ImportRun.objects.get()
    assert end.value.code == 1
    assert capsys.readouterr().err == f"Import {run.pk} is booked, but: [Errno 32] Broken pipe\n"


def test_an_error_of_the_database_is_no_refusal_of_rows(command, a_file, regions, monkeypatch):
    from django.db import OperationalError

    from customers.profile import importing

    def locked():
        raise OperationalError("database is locked")

    monkeypatch.setattr(importing, "_write_customers", locked)
    before = counts()
    done = command("import_customers", a_file([["1", "One", "agent"]]), "--json")
    assert done.code == 2
    reason = "The import could not be done, nothing was written: OperationalError database is locked"
    assert done.json["errors"] == [{"row": 0, "column": "", "value": "", "reason": reason}]
    assert counts() == before


def test_the_sheets_that_were_not_read_are_named(command, tmp_path, regions):
    import xlsxwriter

    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for month in ("一月", "二月"):
            sheet = book.add_worksheet(month)
            sheet.write_row(0, 0, ["code", "name", "kind"])
            sheet.write_row(1, 0, [month, month, "agent"])
    done = command("import_customers", path, "--json")
    assert (done.code, done.json["created"]) == (0, 1)
    assert "Only the sheet 一月 was read, not: 二月." in done.err


def test_the_refused_rows_mended_and_sent_again(command, a_file, tmp_path, regions):
    rows = [["1", "One", "agent"], ["2", "=Two", "boss"]]
    out = tmp_path / "rejected.csv"
    command("import_customers", a_file(rows), "--partial", "--rejected", out)
    out.write_text(out.read_text("utf-8").replace("boss", "franchisee"), "utf-8")
    again = tmp_path / "again.csv"
    done = command("import_customers", out, "--json", "--rejected", again)
    assert (done.code, done.json["created"]) == (0, 1)
    assert Customer.objects.get(code="2").name == "=Two"
    assert again.read_text("utf-8") == "\ufeffReason,Row,code,name,kind\n"  # no second pair of columns


def test_without_json_a_person_reads_it(command, a_file, regions):
    done = command("import_customers", a_file([["1", "One", "agent"]]))
    run = ImportRun.objects.get()
    assert done.out == (
        f"1 rows: 1 new, 0 changed, 0 unchanged, 0 refused.\nImport {run.pk}; take it back with: undo_import {run.pk}\n"
    )


def test_undo_import(command, a_file, regions):
    command("import_customers", a_file([["1", "One", "agent"]]))
    run = ImportRun.objects.get()
    done = command("undo_import", run.pk, "--json")
    assert (done.code, done.json) == (0, {"import": run.pk, "state": "undone", "removed": 1, "restored": 0})
    assert not Customer.objects.exists()
    done = command("undo_import", run.pk, "--json")
    assert done.code == 2
    assert done.json["reason"] == "This import has been undone already."
    done = command("undo_import", 10**9, "--json")
    assert (done.code, done.json["reason"]) == (2, "There is no import 1000000000.")


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk", "big5"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_separators_end_to_end(command, a_file, regions, encoding, delimiter):
    header = ["客戶編號", "客戶名稱", "類型"] if encoding == "big5" else ["客户编号", "客户名称", "类型"]
    names = ["臺北總店", "高雄門市", "新竹分店"] if encoding == "big5" else ["杭州总店", "宁波门市", "嘉兴分店"]
    rows = [[str(n), name, "代理商"] for n, name in enumerate(names)]
    path = a_file(rows, header, encoding=encoding, delimiter=delimiter)
    if encoding == "utf-16-le":
        path.write_bytes(b"\xff\xfe" + path.read_bytes())
    done = command("import_customers", path, "--json")
    assert (done.code, done.json["created"], done.json["errors"]) == (0, 3, [])
    assert list(Customer.objects.order_by("code").values_list("name", flat=True)) == names


def test_a_gzipped_file_and_a_workbook(command, a_file, tmp_path, regions):
    import xlsxwriter

    path = a_file([["1", "One", "agent"]])
    packed = tmp_path / "file.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert command("import_customers", packed, "--json").json["created"] == 1
    book = xlsxwriter.Workbook(str(tmp_path / "file.xlsx"), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for row, values in enumerate([["编码", "名称", "类型", "纬度", "经度"], [1001, "表格", "加盟商", 30.5, 120.25]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.close()
    assert command("import_customers", tmp_path / "file.xlsx", "--json").json["created"] == 1
    found = Customer.objects.get(code="1001")
    assert (found.name, str(found.latitude)) == ("表格", "30.5000000")


def test_sales_by_command_and_the_same_file_again(command, a_file, regions):
    command("import_customers", a_file([["1", "One", "agent"]]))
    path = a_file([["1", "2024-01-02", "1,234.50"]], ["customer_code", "date", "amount"], name="sales.csv")
    assert command("import_sales", path, "--json").json["created"] == 1
    again = command("import_sales", path, "--json").json
    assert (again["rows"], again["created"], again["unchanged"]) == (1, 0, 1)
    assert str(SaleLine.objects.get().gross) == "1234.50"


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("kind", ["customers", "sales"])
def test_the_empty_file_offered_is_understood_in_every_language(language, kind):
    from crm.imports.kinds import registry
    from crm.tables.headers import recognise

    fields = registry()[kind].fields
    with translation.override(language):
        header = [str(field.label) for field in fields]
    assert recognise(header, fields) == {field.name: index for index, field in enumerate(fields)}


def test_json_is_one_object_and_nothing_else(command, a_file, regions):
    done = command("import_customers", a_file([["1", "张三", "boss"]]), "--json")
    assert json.loads(done.out)["errors"][0]["value"] == "boss"
    assert done.out.count("\n") == 1
