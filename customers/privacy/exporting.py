"""One file of all that is held about a customer or a person: JSON, a CSV for each table, and the files themselves."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import crypt
from crm.audit.actions import record_many
from crm.clock import now
from crm.exports.kinds import FileKind
from crm.exports.writer import csv_cell
from crm.jobs.runner import Refused
from crm.privacy import CUSTOMER, PERSON, Subject, Table, tables
from customers.facts.fields import FIELDS, SENSITIVE
from customers.facts.models import Fact
from customers.people.models import Person
from customers.privacy.rights import may_copy
from customers.privacy.subjects import of
from customers.profile.models import Customer

_CHUNK = 1 << 20
_LEFT_OUT = {"search_text"}


def row_of(kind: str, pk: int, user=None) -> Customer | Person | None:
    """user None: the command line, which sees all."""
    model = {CUSTOMER: Customer, PERSON: Person}.get(kind)
    if model is None:
        return None
    rows = model.objects.all() if user is None else model.objects.visible_to(user)
    return rows.filter(pk=pk).first()


def held(subject: Subject, user=None) -> Iterator[tuple[Table, models.QuerySet]]:
    """Every table with rows about the subject, each once; others' private rows are left out for `user`."""
    seen = set()
    for one in tables():
        where = one.rows(subject)
        if where is None or one.model in seen:
            continue
        seen.add(one.model)
        rows = one.table._base_manager.filter(where)
        if one.shown is not None:
            rows = rows.filter(one.shown(user))
        yield one, rows.order_by("pk")


def write(subject: Subject, path: str, *, by=None, why: str = "", tick: Callable[[int], None] = lambda n: None) -> int:
    """Write the file; how many rows. Each sensitive value told is written down as read by `by`."""
    n, document, kept = 0, {}, []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for one, rows in held(subject, by):
            fields = [each for each in one.table._meta.concrete_fields if each.name not in _LEFT_OUT | one.untold]
            lines = []
            for row in rows.iterator(chunk_size=1_000):
                lines.append({each.name: plain(_value(row, each)) for each in fields})
                kept += [(one, row, each.name) for each in fields if isinstance(each, models.FileField)]
                n += 1
                if n % 500 == 0:
                    tick(n)
            document[one.model] = lines
            if lines:
                book.writestr(f"tables/{one.model}.csv", _csv(fields, lines))
        files = _add_files(book, kept)
        document["_"] = {
            "subject": subject.kind,
            "id": subject.id,
            "made_at": now().isoformat(),
            "rows": n,
            "files": files,
            "not_found": sorted({name for name in files if files[name] is None}),
        }
        book.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=1))
    _write_down(subject, by, why)
    tick(n)
    return n


def _value(row, each: models.Field) -> Any:
    value = getattr(row, each.attname)
    if isinstance(value, str) and crypt.is_sealed(value):
        try:
            return crypt.unseal(value)
        except crypt.Unreadable:
            return None
    return value.name if isinstance(each, models.FileField) else value


def plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _csv(fields: list[models.Field], lines: list[dict]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([each.name for each in fields])
    for line in lines:
        cells = (json.dumps(one, ensure_ascii=False) if isinstance(one, list | dict) else one for one in line.values())
        writer.writerow([csv_cell(one) for one in cells])
    return "\ufeff" + out.getvalue()


def _add_files(book: zipfile.ZipFile, kept: list[tuple[Table, Any, str]]) -> dict[str, str | None]:
    """{name in the storage: name in the file}. Uploads of imports hold rows of others, so they stay out."""
    found: dict[str, str | None] = {}
    for one, row, name in kept:
        stored = getattr(row, name).name
        if not stored or one.trace:
            continue
        called = getattr(row, "download_name", None) or stored.rpartition("/")[2]
        called = called.replace("/", "_").replace("\\", "_")
        inside = f"files/{row.pk}-{name}-{called}" if name != "thumbnail" else f"files/{row.pk}-thumbnail.webp"
        try:
            with default_storage.open(stored, "rb") as source, book.open(inside, "w") as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
            found[stored] = inside
        except FileNotFoundError:
            found[stored] = None
    return found


def _write_down(subject: Subject, by, why: str) -> None:
    """A reading for each sensitive fact with a value, as if it had been shown on the page."""
    table = next(one for one in tables() if one.model == "customers.Fact")
    where = table.rows(subject)
    rows = Fact.objects.filter(where).filter(field__in=SENSITIVE).exclude(value="").select_related("customer")
    read = [(one.customer, {"field": one.field, "fact": one.pk}) for one in rows if one.field in FIELDS]
    record_many(action="fact.read", targets=read, reason=why, actor=by)


# --- among the exports ------------------------------------------------------------------------------------------


def _make(export, user, path: str, ctx) -> int:
    asked = QueryDict(export.query)
    kind, pk = asked.get("subject", ""), int(asked.get("id", "0"))
    row = row_of(kind, pk, user)
    if row is None or not may_copy(user, row):
        raise Refused(_("This export is no longer wanted."))
    export.rights = {"subject": kind, "id": pk}
    return write(of(kind, pk), path, by=user, why=export.name, tick=lambda n: ctx.progress(n, 0))


def _still_holds(user, rights: dict) -> bool:
    row = row_of(rights.get("subject", ""), rights.get("id", 0), user)
    return row is not None and may_copy(user, row)


SUBJECT = FileKind(
    code="privacy.subject",
    label=gettext_lazy("Everything held about one"),
    format="zip",
    write=_make,
    still_holds=_still_holds,
)
