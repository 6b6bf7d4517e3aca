"""Customers of both sides and files of receivables."""

from __future__ import annotations

import csv
import io

import pytest

from crm.imports.actions import import_file
from crm.integrity import look
from customers.profile.actions import create_customer

HEADER = ["customer_code", "invoice_no", "kind", "invoice_date", "due_date", "amount", "paid_on", "pays", "disputed"]


@pytest.fixture
def shops(cast, regions, policy):
    """E1, E2 in Jiangsu, W1 in Sichuan."""
    places = {"E1": regions.jiangsu, "E2": regions.jiangsu, "W1": regions.sichuan}
    return {
        code: create_customer(code=code, name=f"店{code}", kind="franchisee", region=region, by=cast.ada)
        for code, region in places.items()
    }


@pytest.fixture
def a_file(tmp_path):
    def make(rows, header=HEADER, name="receivables.csv", encoding="utf-8"):
        out = io.StringIO()
        csv.writer(out).writerows([header, *rows])
        path = tmp_path / name
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    return make


@pytest.fixture
def bring(a_file):
    """bring(rows, …) -> the run; the books are whole afterwards."""

    def run(rows, header=HEADER, name="receivables.csv", encoding="utf-8", **options):
        made = import_file(kind="receivables", path=a_file(rows, header, name, encoding), **options)
        whole()
        return made

    return run


def whole() -> None:
    broken = {check.code: found.examples for check, found in look() if found.count}
    assert broken == {}


def tally(run) -> tuple:
    return run.state, run.rows, run.created, run.updated, run.unchanged, run.rejected
