"""Scripts in names stay words, and formulas stay text, on every page and in every file."""

from __future__ import annotations

import datetime
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from rest_framework.test import APIClient

from crm.accounts.actions import change_user, create_region, create_token
from crm.exports import actions as exports
from crm.imports import actions as imports
from crm.jobs import runner
from crm.listing.actions import save_view
from customers.models import TierPolicy
from customers.profile.actions import create_customer
from customers.relationship.actions import observe
from tests.exports.sheet import cells as sheet_cells
from tests.exports.sheet import parts_of
from tests.security.doors import ADDRESSES, fresh_counters  # noqa: F401 - a fixture

# --- scripts and formulas in what people write --------------------------------------------------------------------

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "{{7919*7907}}{{ 7919|add:7907 }}{% debug %}",
    "javascript:alert(1)",
    "<!--<script>",
    "]]><b>",
    "&lt;script&gt;",
]
TAGS = re.compile(
    r"<script>alert|<img src=x|<svg/onload|<!--<script|href=.?javascript:alert|\]\]><b>|>(62615533)?15826<"
)


@pytest.fixture
def scripted(cast, regions, policy):
    """Every free text there is, with a script in it."""
    customers = []
    places = [create_region(code=f"R{n}", name=text, parent=regions.jiangsu) for n, text in enumerate(SCRIPTS)]
    cast.mei = type(cast.mei).objects.get(pk=cast.mei.pk)  # who knows the new regions
    for n, (text, region) in enumerate(zip(SCRIPTS, places, strict=True)):
        customers.append(
            create_customer(
                code=f"{n}{text}", name=text, kind="franchisee", region=region, category=text, province=text, city=text,
                district=text, address=text, phone=text[:40], by=cast.mei,
            )
        )  # fmt: skip
        observe(
            customer=customers[-1], trait="loyalty", score=5, seen_on=datetime.date(2026, 1, 6), note=text,
            seen_by=cast.mei, source=text,
        )  # fmt: skip
        save_view(owner=cast.mei, page="customers", name=text, query=f"q={text}", shared=True)
        create_token(user=cast.mei, label=text)
        header = f"{text},".replace(",", " ") + ",code,name,kind\n"
        file = ContentFile((header + f"x,{text},,agent\n").encode())
        run = imports.upload(kind="customers", file=file, name=f"{text}.csv", by=cast.mei)
        imports.check(run=run, by=cast.mei)
    change_user(user=cast.mei, name=SCRIPTS[1], phone=SCRIPTS[2][:32])
    TierPolicy.objects.update(name=SCRIPTS[3], note=SCRIPTS[1])
    exports.ask(kind="customers", format="csv", query=f"q={SCRIPTS[0]}", by=cast.mei)
    runner.drain()
    return customers


def every_page(cast, customers) -> list[str]:
    from crm.models import ImportRun, Job

    pages = [address for address in ADDRESSES if "logout" not in address]
    for one in customers:
        pages += [f"/customers/{one.pk}/", f"/customers/{one.pk}/edit/", f"/admin/customers/customer/{one.pk}/change/"]
    pages += [f"/imports/{pk}/" for pk in ImportRun.objects.values_list("pk", flat=True)]
    pages += [f"/imports/{pk}/?columns" for pk in ImportRun.objects.values_list("pk", flat=True)]
    pages += [f"/jobs/{pk}/" for pk in Job.objects.values_list("pk", flat=True)]
    pages += [f"/admin/crm/user/{cast.mei.pk}/change/", f"/admin/crm/user/{cast.mei.pk}/history/"]
    pages += [f"/customers/choices/{name}/" for name in ("region", "manager", "province", "city")]
    for text in SCRIPTS:
        pages += [f"/search/?q={text}", f"/customers/?q={text}&province={text}", f"/audit/?action={text}&row={text}"]
    return pages


@pytest.mark.parametrize("who", ["mei", "ada"])
def test_scripts_in_names_stay_words(cast, scripted, who, settings):
    settings.ADMIN_MFA = False
    client = Client(raise_request_exception=False)
    client.force_login(type(cast.mei).objects.get(username=who))
    seen, bad = 0, []
    for address in every_page(cast, scripted):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        text = answer.content.decode()
        seen += text.count("alert(1)")
        bad += [(address, found[0], text[found.start() - 60 : found.end() + 20]) for found in TAGS.finditer(text)]
    assert bad == []
    assert seen > 300


def test_what_the_api_answers_is_never_taken_for_a_page(cast, scripted):
    client = APIClient()
    client.force_authenticate(cast.ada)
    for address in ("customers/", "regions/", "imports/", "jobs/", "people/", f"customers/{scripted[0].pk}/"):
        answer = client.get(f"/api/v1/{address}")
        assert answer["Content-Type"] == "application/json" and answer["X-Content-Type-Options"] == "nosniff"


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", " =1+1", "\t=1+1", "＝1+1", "　＝1+1", "|=1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_of_a_file_acts(cast, regions, policy, sign_in, form):
    import csv

    for n, text in enumerate(FORMULAS):
        create_customer(code=f"K{n}", name=text, kind="agent", region=regions.jiangsu, city=text[:60], phone=text[:40])
    export = exports.ask(kind="customers", format=form, query="cols=phone&cols=place&cols=region", by=cast.mei)
    runner.drain()
    answer = sign_in(cast.mei).get(f"/exports/{export.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment;") and answer["X-Content-Type-Options"] == "nosniff"
    data = b"".join(answer.streaming_content)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        cells = [cell for row in rows[1:] for cell in row]
        assert not [c for c in cells if c.lstrip(" \t\r\n\u3000")[:1] in tuple("=+-@＝＋－＠")]
    else:
        cells = list(sheet_cells(io.BytesIO(data)).values())
        assert {kind for kind, _value in cells} <= {"s", "n", "b"}
        assert b"<f>" not in parts_of(io.BytesIO(data)) and b"<hyperlink" not in parts_of(io.BytesIO(data))
    assert len(cells) >= len(FORMULAS) * 4
