"""Every file of the corpus through the reader and the parsers: exact values, or exactly one reason."""

from __future__ import annotations

from typing import Any

import pytest

from crm.tables.cells import (
    guess_date_order,
    parse_amount,
    parse_choice,
    parse_code,
    parse_date,
    parse_decimal,
    parse_int,
    parse_text,
)
from crm.tables.headers import Field, header_unit, missing, recognise
from crm.tables.messages import CELL_REASONS, FILE_REASONS, BadCell, Unusable, describe
from crm.tables.reader import Shape, inspect, read_rows, row_problem
from tests.tables.corpus import CASES
from tests.tables.corpus.making import Case

SALES = (
    Field("customer_code", "Customer code", ("客户编码", "code"), required=True),
    Field("date", "Date", ("日期", "销售日期", "sales date"), required=True),
    Field("amount", "Amount", ("金额", "销售额", "sales amount"), required=True),
    Field("units", "Units", ("数量",)),
    Field("orders", "Orders"),
)
CUSTOMERS = (
    Field("code", "Code", ("客户编码",), required=True),
    Field("name", "Name", ("客户名称",)),
    Field("kind", "Kind", ("类型",)),
    Field("lat", "Latitude"),
    Field("lon", "Longitude"),
)
KINDS = {
    "agent": "agent",
    "franchisee": "franchisee",
    "代理商": "agent",
    "加盟商": "franchisee",
    "加盟店": "franchisee",
}
NEEDED = ("customer_code", "date", "amount", "code")


def outcome(case: Case, path) -> tuple[list[tuple], dict[int, str]]:
    """(taken, refused) of a file, read as an importer reads it."""
    fields = SALES if case.kind == "sales" else CUSTOMERS
    shape = inspect(path, case.file)
    assert Shape.from_json(shape.to_json()) == shape
    mapping = recognise(shape.header, fields)
    if missing(mapping, fields):
        raise Unusable("columns_missing", {"columns": [field.name for field in missing(mapping, fields)]})
    order = case.options.get("date_order") or _order(path, shape, mapping)
    units = {name: header_unit(shape.header[index]) for name, index in mapping.items()}
    taken, refused, codes = [], {}, set()
    for number, cells in read_rows(path, shape):
        try:
            problem = row_problem(cells)
            if problem is not None:
                raise problem
            assert len(cells) == len(shape.header)
            values = {name: _value(name, cells[index], order, units[name]) for name, index in mapping.items()}
            if case.kind == "customers" and values["code"] in codes:
                raise BadCell("duplicate_row", {"first": 0})
            codes.add(values.get("code"))
        except BadCell as reason:
            refused[number] = reason.code
            continue
        if case.kind == "sales":
            taken.append((values["customer_code"], values["date"].isoformat(), values["amount"]))
        else:
            taken.append((values["code"], values["name"]))
    return taken, refused


def _order(path, shape: Shape, mapping: dict[str, int]) -> str:
    if "date" not in mapping:
        return "ymd"
    dates = [cells[mapping["date"]] for _number, cells in read_rows(path, shape) if len(cells) > mapping["date"]]
    return guess_date_order(dates) or "ymd"


def _value(name: str, cell: Any, order: str, unit: int) -> Any:
    read = {
        "customer_code": lambda: parse_code(cell),
        "code": lambda: parse_code(cell),
        "date": lambda: parse_date(cell, order),
        "amount": lambda: parse_amount(cell, unit=unit),
        "units": lambda: parse_int(cell),
        "orders": lambda: parse_int(cell, least=0),
        "name": lambda: " ".join(parse_text(cell, 200).split()),
        "kind": lambda: parse_choice(cell, KINDS),
        "lat": lambda: parse_decimal(cell, 7, least=-90, most=90),
        "lon": lambda: parse_decimal(cell, 7, least=-180, most=180),
    }
    value = read[name]()
    if value is None and name in NEEDED:
        raise BadCell("required")
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_file_comes_to_exactly_this(case, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(case.data())
    if case.unusable:
        with pytest.raises(Unusable) as refusal:
            outcome(case, path)
        assert refusal.value.code == case.unusable
        assert "?" not in describe(refusal.value.code, refusal.value.params)
        return
    taken, refused = outcome(case, path)
    assert (taken, refused) == (list(case.taken), case.refused)


def test_the_corpus_is_large_its_names_differ_and_every_reason_is_a_known_one():
    assert len(CASES) >= 600
    assert len({case.name for case in CASES}) == len(CASES)
    known = {*FILE_REASONS, *CELL_REASONS, "duplicate_row", "out_of_range", "negative"}
    assert {code for case in CASES for code in (*case.refused.values(), case.unusable) if code} <= known


def test_nothing_of_the_corpus_depends_on_chance():
    for case in CASES[::7]:
        if not case.name.startswith(("gzip", "xlsx")):
            assert case.data() == case.data(), case.name
