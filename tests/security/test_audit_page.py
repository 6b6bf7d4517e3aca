"""The audit page: everything to administrators, heads their people's deeds, everybody their own."""

from __future__ import annotations

import pytest

from crm.audit.actions import record
from crm.audit.models import AuditEntry


@pytest.fixture
def deeds(cast, regions):
    """Mei and Lin each changed a customer; Bot, who is posted in East too, touched one in West."""
    from customers.profile.actions import create_customer

    east = create_customer(code="E1", name="东店", kind="agent", region=regions.jiangsu, by=cast.mei)
    west = create_customer(code="W1", name="西店", kind="agent", region=regions.sichuan, by=cast.lin)
    record(action="customer.change", target=west, actor=cast.bot, changes={"phone": ["028", "029"]}, reason="why not")
    return east, west


def page(sign_in, user, query=""):
    response = sign_in(user).get(f"/audit/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_administrators_see_everything(sign_in, cast, deeds):
    text = page(sign_in, cast.ada)
    assert "东店" in text and "西店" in text and "why not" in text and "029" in text


def test_heads_see_their_peoples_deeds_but_no_row_beyond_their_reach(sign_in, cast, deeds):
    text = page(sign_in, cast.mei)
    assert "东店" in text
    assert "customer.change" in text and "a row beyond your reach" in text  # that Bot did something is known
    assert "西店" not in text and "why not" not in text and "029" not in text


def test_others_see_what_they_did_themselves(sign_in, cast, deeds):
    assert "东店" not in page(sign_in, cast.tao)
    assert 'title="customer.create"' not in page(sign_in, cast.ana)


@pytest.mark.parametrize(
    "query,expected",
    [
        ("?action=customer.change", {"customer.change"}),
        ("?action=customer.", {"customer.create", "customer.change"}),
        ("?action=nothing", set()),
        ("?since=2999-01-01", set()),
        ("?until=2001-01-01", set()),
        ("?until=9999-12-31&action=customer.change", {"customer.change"}),
        ("?model=customers.customer", {"customer.create", "customer.change"}),
    ],
)
def test_filters(sign_in, cast, deeds, query, expected):
    response = sign_in(cast.ada).get(f"/audit/{query}")
    assert {entry.action for entry in response.context["entries"]} == expected


def test_filter_by_person_and_row(sign_in, cast, deeds):
    client = sign_in(cast.ada)
    by_lin = client.get(f"/audit/?actor={cast.lin.pk}").context["entries"]
    assert {entry.actor for entry in by_lin} == {cast.lin}
    of_west = client.get(f"/audit/?model=customers.customer&row={deeds[1].pk}").context["entries"]
    assert [entry.action for entry in of_west] == ["customer.change", "customer.create"]


@pytest.mark.parametrize(
    "query", ["?actor=x", "?actor=999999", "?since=x", "?action=A'--", "?model=x", "?row=a b", "?before=0", "?row=%00"]
)
def test_filters_that_make_no_sense_find_nothing_and_say_so(sign_in, cast, deeds, query):
    response = sign_in(cast.ada).get(f"/audit/{query}")
    assert response.status_code == 200
    assert list(response.context["entries"]) == [] and response.context["form"].errors


def test_a_head_cannot_ask_for_a_person_beyond_reach(sign_in, cast, deeds):
    foreign = sign_in(cast.mei).get(f"/audit/?actor={cast.lin.pk}")
    assert list(foreign.context["entries"]) == []
    assert ">Lin<" not in foreign.content.decode()


def test_pages_go_on_from_the_last_entry(sign_in, cast, deeds):
    for n in range(60):
        record(action="test.many", actor=cast.ada, reason=f"n{n}")
    client = sign_in(cast.ada)
    first = client.get("/audit/?action=test.many")
    second = client.get(f"/audit/?action=test.many&before={first.context['more']}")
    reasons = [e.reason for e in [*first.context["entries"], *second.context["entries"]]]
    assert reasons == [f"n{n}" for n in reversed(range(60))]
    assert second.context["more"] is None


def test_statements_do_not_grow_with_the_entries(sign_in, cast, deeds, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(cast.mei)
    client.get("/audit/")
    with CaptureQueriesContext(connection) as few:
        client.get("/audit/")
    for _ in range(30):
        record(action="customer.change", target=deeds[0], actor=cast.mei)
    with CaptureQueriesContext(connection) as many:
        client.get("/audit/")
    assert len(many) == len(few)


def test_the_log_cannot_be_changed(cast, deeds):
    from django.db import DatabaseError, transaction

    entry = AuditEntry.objects.first()
    for change in (lambda: AuditEntry.objects.update(reason="x"), lambda: entry.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_every_deed_in_the_source_has_a_word():
    import re
    from pathlib import Path

    from crm.audit import words

    root = Path(__file__).resolve().parents[2]
    source = "".join(path.read_text() for app in ("crm", "customers") for path in (root / app).rglob("*.py"))
    codes = set(re.findall(r"action=[\"']([a-z_]+\.[a-z_]+)[\"']", source))
    assert len(codes) > 20
    assert codes - dict(words.actions()).keys() == set()


def test_codes_are_told_in_words(sign_in, cast, deeds):
    from crm.accounts.models import User
    from crm.audit.reading import shown

    told = record(
        action="user.change",
        target=cast.tao,
        actor=cast.ada,
        changes={"role": ["manager", "head"], "is_active": [True, False], "phone": [None, "2026-01-31"]},
    )
    entry = shown([AuditEntry.objects.get(pk=told.pk)], cast.ada)[0]
    assert (entry.done, entry.kind) == ("User changed", str(User._meta.verbose_name))
    assert [line[1:] for line in entry.lines] == [
        ("yes", "no"),
        (str(User(role="manager").get_role_display()), str(User(role="head").get_role_display())),
        ("—", "Jan. 31, 2026"),
    ]
    response = sign_in(cast.ada).get("/audit/")
    assert "User changed" in response.content.decode()


def test_a_row_is_kept_while_filtering_and_can_be_let_go(sign_in, cast, deeds):
    text = page(sign_in, cast.ada, f"?model=customers.customer&row={deeds[1].pk}")
    assert f'name="row" value="{deeds[1].pk}"' in text and "only 西店" in text
