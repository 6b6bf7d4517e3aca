"""The channel's page and moving a branch: scope, loops, versions, undo."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from rest_framework.test import APIClient

from crm.audit.models import AuditEntry
from customers.channel.actions import move_branch
from customers.channel.reading import channel_of
from customers.facts.actions import note_fact
from customers.models import Customer, TierStanding
from customers.profile.actions import create_customer


@pytest.fixture
def tree(cast, regions):
    """A (agent, Jiangsu) over B and C; C over D; W (West) over X (Jiangsu)."""
    made = {}
    for code, up, region, sales, price in (
        ("A", None, regions.jiangsu, 1000, "40"),
        ("B", "A", regions.jiangsu, 300, "50"),
        ("C", "A", regions.zhejiang, 500, "48"),
        ("D", "C", regions.zhejiang, 70, "60"),
        ("W", None, regions.sichuan, 900, "35"),
        ("X", "W", regions.jiangsu, 20, "55"),
    ):
        made[code] = create_customer(
            code=code,
            name=f"店{code}",
            kind="agent" if up is None else "franchisee",
            region=region,
            upstream=made.get(up),
        )
        TierStanding.objects.create(
            customer=made[code], kind=made[code].kind, region=region, w0=Decimal(sales), tier="C"
        )
        note_fact(customer=made[code], field="purchase_price", value=price, by=None)
    return made


def test_the_whole_channel_of_a_customer(tree, cast):
    found = channel_of(tree["D"], cast.mei)
    assert [(line.customer.code, line.branch.level, line.branch.below) for line in found.lines] == [
        ("A", 1, 870),
        ("C", 2, 70),
        ("D", 3, 0),
        ("B", 2, 0),
    ]
    assert (found.length, found.levels, found.more) == (3, 3, 0)
    assert [one.share for one in found.kept] == [Decimal("0.40"), Decimal("0.08"), Decimal("0.12"), Decimal("0.40")]
    assert [line.customer.code for line in found.lines if line.here] == ["D"]


def test_beyond_reach_no_name_no_sales_no_price(tree, cast, sign_in):
    found = channel_of(tree["X"], cast.mei)
    assert [(line.customer and line.customer.code, line.branch.link.sales) for line in found.lines] == [
        (None, 0),
        ("X", 20),
    ]
    assert [one.share for one in found.kept] == [None, None, Decimal("0.45")]
    page = sign_in(cast.mei).get(reverse("customers:channel", args=[tree["X"].pk])).content.decode()
    assert "店W" not in page and "900" not in page and "a customer beyond your reach" in page
    assert sign_in(cast.mei).get(reverse("customers:channel", args=[tree["W"].pk])).status_code == 404


def test_statements_do_not_grow(tree, cast, regions, django_assert_num_queries):
    channel_of(tree["A"], cast.mei)
    with django_assert_num_queries(4):
        channel_of(tree["A"], cast.mei)
    for n in range(20):
        create_customer(code=f"N{n}", name="x", kind="franchisee", region=regions.jiangsu, upstream=tree["B"])
    with django_assert_num_queries(4):
        assert len(channel_of(tree["A"], cast.mei).lines) == 24


def test_a_branch_moves_with_all_below(tree, cast, sign_in):
    client = sign_in(cast.mei)
    address = reverse("customers:channel-move", args=[tree["C"].pk])
    answer = client.post(address, {"upstream": "B", "version": tree["C"].version}, follow=True)
    assert answer.status_code == 200
    assert [line.branch.level for line in channel_of(tree["D"], cast.mei).lines if line.here] == [4]
    entry = AuditEntry.objects.of(tree["C"]).filter(action="customer.change").get()
    assert entry.changes == {"upstream_id": [tree["A"].pk, tree["B"].pk]} and entry.reason == "Branch moved"
    undo = re.search(r'action="([^"]*channel/move/\?back=[^"]*)"', answer.content.decode())[1].replace("&amp;", "&")
    client.post(undo)
    assert Customer.objects.get(code="C").upstream.code == "A"


@pytest.mark.parametrize(("customer", "under"), [("A", "D"), ("A", "A"), ("C", "D"), ("C", "A"), ("A", None)])
def test_loops_and_moves_to_where_it_is_are_refused(tree, cast, sign_in, customer, under):
    upstream = tree[under] if under else None
    with pytest.raises(ValidationError) as refusal:
        move_branch(customer=tree[customer], upstream=upstream, by=cast.mei)
    assert list(refusal.value.message_dict) == ["upstream"]
    answer = sign_in(cast.mei).post(
        reverse("customers:channel-move", args=[tree[customer].pk]),
        {"upstream": under or "", "version": tree[customer].version},
    )
    assert answer.status_code == 422
    assert {one.code: one.upstream_id for one in Customer.objects.all()} == {
        code: one.upstream_id for code, one in tree.items()
    }


def test_who_may_not(tree, cast, sign_in):
    address = reverse("customers:channel-move", args=[tree["C"].pk])
    body = {"upstream": "B", "version": 1}
    assert sign_in(cast.lin).post(address, body).status_code == 404
    assert sign_in(cast.ana).post(address, body).status_code == 403
    assert sign_in(cast.mei).post(address, {"upstream": "W", "version": 1}).status_code == 422  # not in reach
    assert Customer.objects.get(code="C").upstream.code == "A"


def test_somebody_else_was_faster(tree, cast, sign_in):
    from customers.profile.actions import change_customer

    change_customer(customer=tree["C"], by=cast.ada, name="another")
    answer = sign_in(cast.mei).post(
        reverse("customers:channel-move", args=[tree["C"].pk]), {"upstream": "B", "version": tree["C"].version}
    )
    assert answer.status_code == 422 and "Somebody else has changed this customer" in answer.content.decode()
    assert Customer.objects.get(code="C").upstream.code == "A"


def test_over_the_api(tree, cast):
    client = APIClient()
    client.force_authenticate(cast.mei)
    base = f"/api/v1/customers/{tree['C'].pk}/channel/"
    told = client.get(base).json()
    assert [(one["customer"]["code"], one["level"], one["sales_below"]) for one in told["lines"]] == [
        ("A", 1, "870.00"),
        ("C", 2, "70.00"),
        ("D", 3, "0.00"),
        ("B", 2, "0.00"),
    ]
    assert [one["share"] for one in told["kept"]] == ["0.4000", "0.0800", "0.5200"]
    assert client.post(f"{base}move/", {"upstream": "B"}).status_code == 428
    tag = f'"{tree["C"].pk}-{tree["C"].version}"'
    moved = client.post(f"{base}move/", {"upstream": "B"}, headers={"If-Match": tag})
    assert moved.status_code == 200 and moved.json()["length"] == 3
    assert client.post(f"{base}move/", {"upstream": "D"}, headers={"If-Match": "*"}).status_code == 400
    assert client.post(f"{base}move/", {"upstream": "W"}, headers={"If-Match": "*"}).status_code == 400
    assert Customer.objects.get(code="C").upstream.code == "B"


def test_every_branch_in_sum_as_far_as_one_sees(tree, cast, sign_in, regions, django_assert_num_queries):
    from customers.channel.reading import overview

    create_customer(code="Z", name="店Z", kind="franchisee", region=regions.jiangsu)
    with django_assert_num_queries(2):
        found = overview(cast.ada)
    told = [(one.customer.code, one.sales, one.below, one.customers, one.levels) for one in found.roots]
    assert told == [("A", 1000, 870, 3, 3), ("W", 900, 20, 1, 2)]
    assert (found.alone, found.more) == (1, 0)
    found = overview(cast.mei)
    assert [(one.customer.code, one.below) for one in found.roots] == [("A", 870)]
    assert found.alone == 2, "whoever is supplied from out of reach begins a branch of their own"
    page = sign_in(cast.mei).get("/customers/channel/").content.decode()
    assert "店A" in page and "870" in page and "店W" not in page
    client = APIClient()
    client.force_authenticate(cast.mei)
    (root,) = client.get("/api/v1/channel/").json()["roots"]
    assert (root["customer"]["code"], root["sales_below"], root["levels"]) == ("A", "870.00", 3)
