"""Every file of the corpus through the whole import: exactly what should be is written, or nothing at all."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from crm.accounts.models import Region
from crm.imports.actions import import_file
from crm.imports.kinds import registry
from crm.imports.models import ImportChange, ImportRun
from crm.money import to_minor
from customers.models import Customer, MonthlySales, SaleLine
from tests.tables.corpus import CASES
from tests.tables.corpus.making import Case

State = ImportRun.State
pytestmark = pytest.mark.django_db


def _everything() -> list[int]:
    return [model.objects.count() for model in (SaleLine, MonthlySales, Customer, ImportChange)]


def _question(run: ImportRun) -> str:
    """What a person would be asked about a file that is sound but not clear."""
    assert run.state == State.MAPPING
    needed = {known.name for known in registry()[run.kind].fields if known.required}
    return "date_ambiguous" if needed <= set(run.mapping) else "columns_missing"


@pytest.fixture
def known(db):
    """Makes the customers with these codes."""

    def make(codes):
        root = Region.objects.get(parent=None)
        Customer.objects.bulk_create(
            Customer(code=code, name=code, kind="franchisee", region=root) for code in sorted(set(codes))
        )

    return make


def _errors(run: ImportRun) -> dict[int, str]:
    first: dict[int, str] = {}
    for error in run.errors:
        first.setdefault(error["row"], error["code"])
    return first


def _ledger() -> list[tuple]:
    lines = SaleLine.objects.live().select_related("customer").order_by("sold_on", "customer__code")
    return [(line.customer.code, line.sold_on.isoformat(), to_minor(line.gross)) for line in lines]


def _written(case: Case) -> list[tuple]:
    if case.kind == "sales":
        return _ledger()
    return list(Customer.objects.order_by("code").values_list("code", "name"))


def _expected(case: Case) -> list[tuple]:
    return sorted(case.taken, key=lambda row: (row[1], row[0]) if case.kind == "sales" else row)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_file_is_taken_exactly_or_refused_with_its_reason(case, tmp_path, known):
    if case.kind == "sales":
        known({row[0] for row in case.taken} | {"K1001"})
    path = tmp_path / "upload"
    path.write_bytes(case.data())
    given = {"kind": case.kind, "path": path, "options": case.options}
    before = _everything()

    # All or nothing: what is unusable or refused leaves nothing behind; what is good is only checked.
    first = import_file(**given, dry_run=not (case.unusable or case.refused))
    assert _everything() == before
    if case.unusable:
        assert (first.problem.get("code") or _question(first)) == case.unusable
        return
    assert first.state == (State.REFUSED if case.refused else State.CHECKED)
    assert _errors(first) == case.refused
    assert (first.rows, first.rejected) == (len(case.taken) + len(case.refused), len(case.refused))

    done = import_file(**given, partial=bool(case.refused))
    assert (done.state, done.created, done.updated, done.rejected) == (
        State.DONE,
        len(case.taken),
        0,
        len(case.refused),
    )
    assert _written(case) == _expected(case)


def test_the_command_prints_the_same_as_one_json_object(tmp_path, known):
    """A sample of each outcome, as cron and acceptance see it."""
    known(["K1001"])
    chosen = {case.name: case for case in CASES}
    seen = {}
    for name in ("amount_superscript", "encoding_gb18030_tab", "quote_never_closed", "header_no_amount"):
        case = chosen[name]
        path = tmp_path / name
        path.write_bytes(case.data())
        out = io.StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("import_sales", str(path), "--json", "--dry-run", stdout=out, stderr=io.StringIO())
        answer = json.loads(out.getvalue())
        answer.pop("seconds")
        answer.pop("file")
        seen[name] = (end.value.code, answer)
    assert seen["amount_superscript"] == (
        1,
        {
            "rows": 1,
            "created": 0,
            "updated": 0,
            "unchanged": 0,
            "rejected": 1,
            "errors": [{"row": 2, "column": "amount", "value": "5²", "reason": "Only the digits 0 to 9 are taken."}],
        },
    )
    assert seen["encoding_gb18030_tab"] == (
        0,
        {"rows": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0, "errors": []},
    )
    assert [seen[name][0] for name in ("quote_never_closed", "header_no_amount")] == [2, 2]
