"""Budgets hold for what a file costs to read, not for what its directory or its letters seem to be."""

import pytest

from crm.tables import safety, workbook
from crm.tables.messages import Unusable
from crm.tables.reader import inspect
from tests.tables.corpus.making import GOOD, HEADER, book, book_parts, sheet_xml, zipped
from tests.tables.corpus.workbooks import _of, _shared


def _inspect(path, data: bytes):
    path.write_bytes(data)
    return inspect(path, "sales.xlsx")


def test_many_short_shared_texts_count_with_the_memory_they_take(tmp_path, monkeypatch):
    """30,000 of two letters each are 60 kB in the file and more than a megabyte in memory."""
    monkeypatch.setattr(workbook, "STRINGS_LIMIT", 2**20)
    few = _shared([f"{n % 256:02x}" for n in range(10_000)], (_of(0), "2024-03-05", 1))
    assert _inspect(tmp_path / "few", few).format == "xlsx"
    many = _shared([f"{n % 256:02x}" for n in range(30_000)], (_of(0), "2024-03-05", 1))
    with pytest.raises(Unusable) as refusal:
        _inspect(tmp_path / "many", many)
    assert (refusal.value.code, refusal.value.params) == ("zip_too_large", {"limit": 1})


def test_the_parts_of_a_workbook_have_one_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "BOOK_LIMIT", 2**20)
    assert _inspect(tmp_path / "small", book([HEADER, GOOD])).format == "xlsx"
    padded = {f"xl/media/{n}.bin": "x" * 300_000 for n in range(4)}
    with pytest.raises(Unusable) as refusal:
        _inspect(tmp_path / "large", zipped(book_parts({"S": sheet_xml([HEADER, GOOD])}) | padded))
    assert (refusal.value.code, refusal.value.params) == ("zip_too_large", {"limit": 1})
