"""The customers list: what it shows, to whom, in how many statements."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.http import QueryDict

from crm.clock import today
from crm.models import Export, Job, SavedView
from customers.models import Customer, MonthlySales, RegionTier, Responsibility, StandingState
from customers.profile import listing
from customers.profile.actions import assign

pytestmark = pytest.mark.django_db
URL = "/customers/"


def codes(user, query: str) -> set[str]:
    return set(listing.filtered(user, QueryDict(query)).values_list("code", flat=True))


def page(client, query: str = "", **headers) -> str:
    answer = client.get(f"{URL}?{query}" if query else URL, **headers)
    assert answer.status_code == 200
    return answer.content.decode()


PART = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}


@pytest.fixture
def some(make, regions, cast):
    day = today()
    shops = {
        "A1": make("A1", "苏州甲", kind="agent", province="江苏省", city="苏州市", w0=Decimal("1234567.89"), w1=1000000,
                   growth=2345, last_sold_on=day, tier="A"),
        "B1": make("B1", "苏州乙", province="江苏省", city="苏州市", w0=500, growth=1000, tier="B",
                   last_sold_on=day - datetime.timedelta(days=45)),
        "C1": make("C1", "南京丙", province="江苏省", city="南京市", w0=400, growth=-500, tier="C",
                   last_sold_on=day - datetime.timedelta(days=100)),
        "C2": make("C2", "杭州丁", regions.zhejiang, province="浙江省", city="杭州市", w0=0, tier="C", state="dormant"),
        "X1": make("X1", "杭州戊", regions.zhejiang, province="浙江省", city="杭州市", state="closed", tier=""),
        "N1": make("N1", "杭州己", regions.zhejiang, standing=False),
        "W1": make("W1", "成都庚", regions.sichuan, w0=900, growth=0, tier="A", last_sold_on=day),
    }  # fmt: skip
    assign(customers=[shops["B1"], shops["C2"]], user=cast.tao, since=day, by=None)
    return shops


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "A1 B1 C1 C2 X1 N1"),
        ("tier=A", "A1"),
        ("tier=B", "B1"),
        ("tier=C", "C1 C2"),
        ("tier=none", "X1 N1"),
        ("kind=agent", "A1"),
        ("state=closed", "X1"),
        ("state=dormant", "C2"),
        ("province=浙江省", "C2 X1"),
        ("city=苏州市", "A1 B1"),
        ("province=浙江省&city=苏州市", ""),
        ("growth=up", "A1 B1"),
        ("growth=down", "C1"),
        ("quiet=30", "B1 C1 C2 X1 N1"),
        ("quiet=60", "C1 C2 X1 N1"),
        ("q=丁", "C2"),
        ("q=hz&kind=franchisee&tier=none", "X1 N1"),
        ("tier=D", ""),
        ("kind=nonsense", ""),
        ("region=abc", ""),
        ("manager=-1", ""),
        ("region=999999", ""),
        ("ids=", "A1 B1 C1 C2 X1 N1"),
        ("quiet=soon", "A1 B1 C1 C2 X1 N1"),
    ],
)
def test_filters(some, cast, query, expected):
    assert codes(cast.mei, query) == set(expected.split())


def test_a_region_holds_everything_below_it_and_nothing_out_of_reach(some, cast, regions):
    assert codes(cast.mei, f"region={regions.east.pk}") == {"A1", "B1", "C1", "C2", "X1", "N1"}
    assert codes(cast.mei, f"region={regions.zhejiang.pk}") == {"C2", "X1", "N1"}
    assert codes(cast.mei, f"region={regions.west.pk}") == set()
    assert codes(cast.ada, f"region={regions.west.pk}") == {"W1"}


def test_by_manager_means_in_charge_today(some, cast):
    assert codes(cast.mei, f"manager={cast.tao.pk}") == {"B1", "C2"}
    Responsibility.objects.filter(customer=some["B1"]).update(since=datetime.date(2020, 1, 1), until=today())
    assert codes(cast.mei, f"manager={cast.tao.pk}") == {"C2"}


def test_no_sale_since_a_date(some, cast):
    day = today() - datetime.timedelta(days=45)
    assert codes(cast.mei, f"quiet={day}") == {"B1", "C1", "C2", "X1", "N1"}
    assert codes(cast.mei, f"quiet={day - datetime.timedelta(days=1)}") == {"C1", "C2", "X1", "N1"}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("mei", "A1 B1 C1 C2 X1 N1"),
        ("tao", "B1 C2"),
        ("lin", "W1"),
        ("ana", "A1 B1 C1 C2 X1 N1 W1"),
        ("bot", "A1 B1 C1 C2 X1 N1"),
    ],
)
def test_everybody_sees_their_own(some, cast, sign_in, who, expected):
    text = page(sign_in(getattr(cast, who)))
    for code, customer in some.items():
        assert (customer.name in text) == (code in expected.split()), code


def test_strangers_are_sent_to_sign_in(some, client):
    answer = client.get(URL)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={URL}")


def test_a_row_shows_exact_figures(some, cast, sign_in):
    text = page(sign_in(cast.mei), "kind=agent")
    assert 'title="¥1,234,567.89">1.23M<' in text
    assert '<span class="growth pos">+23.5%</span>' in text
    assert 'aria-label="Tier A"' in text
    assert "苏州市" in text


def test_long_silence_is_pointed_out(some, cast, sign_in):
    assert "100 days" in page(sign_in(cast.mei), "q=丙")
    assert "days</span>" not in page(sign_in(cast.mei), "q=甲")


def test_the_months_are_those_of_the_figures(some, cast, sign_in, policy):
    StandingState.objects.update(figures_as_of=datetime.date(2026, 10, 31))
    for month, net in ((11, 100), (12, 200)):
        MonthlySales.objects.create(
            customer=some["A1"], month=datetime.date(2025, month, 1), gross=net, returns=0, net=net
        )
    text = page(sign_in(cast.mei), "q=甲")
    assert "Sales from November 2025 to October 2026" in text
    assert 'class="spark up"' in text


def test_tiers_are_counted_from_the_counters_where_only_a_region_is_asked_for(some, cast, sign_in, regions):
    RegionTier.objects.create(region=regions.jiangsu, tier="A", customers=7)
    RegionTier.objects.create(region=regions.zhejiang, tier="C", customers=5)
    RegionTier.objects.create(region=regions.sichuan, tier="A", customers=100)
    context = sign_in(cast.mei).get(URL).context
    assert [(one["tier"], one["n"]) for one in context["segments"]] == [("", 12), ("A", 7), ("B", 0), ("C", 5)]
    context = sign_in(cast.mei).get(f"{URL}?tier=C&region={regions.zhejiang.pk}").context
    assert [(one["tier"], one["n"]) for one in context["segments"]] == [("", 5), ("A", 0), ("B", 0), ("C", 5)]
    assert context["total"] == 5


def test_counters_say_nothing_of_regions_out_of_reach(some, cast, sign_in, regions):
    RegionTier.objects.create(region=regions.sichuan, tier="A", customers=100)
    RegionTier.objects.create(region=regions.jiangsu, tier="A", customers=1)
    context = sign_in(cast.mei).get(f"{URL}?region={regions.west.pk}").context
    assert [one["n"] for one in context["segments"]] == [0, 0, 0, 0]


def test_other_filters_are_counted_live(some, cast, sign_in):
    context = sign_in(cast.mei).get(f"{URL}?q=hz&tier=C").context
    assert [(one["tier"], one["n"]) for one in context["segments"]] == [
        ("", 3), ("A", 0), ("B", 0), ("C", 1), ("none", 2),
    ]  # fmt: skip
    assert context["total"] == 1


def test_a_market_managers_own_are_counted_live(some, cast, sign_in, regions):
    RegionTier.objects.create(region=regions.jiangsu, tier="A", customers=7)
    context = sign_in(cast.tao).get(URL).context
    assert [(one["tier"], one["n"]) for one in context["segments"]] == [("", 2), ("A", 0), ("B", 1), ("C", 1)]


def test_counting_stops_at_a_cap(some, cast, sign_in, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 2)
    text = page(sign_in(cast.mei), "q=hz")
    assert "More than 2 customers" in text
    assert 'class="n"' not in text.split('id="list"')[1].split("</nav>")[0]


def test_htmx_gets_the_list_alone_and_the_address_works_without(some, cast, sign_in):
    client = sign_in(cast.mei)
    part, whole = page(client, "tier=A", **PART), page(client, "tier=A")
    assert part.lstrip().startswith('<div id="list"')
    assert "<html" not in part
    assert 'hx-push-url="true"' in part
    assert 'id="list-state" hidden hx-swap-oob="true"' in part
    assert "<html" in whole
    assert "苏州甲" in part and "苏州甲" in whole
    assert "苏州乙" not in part and "苏州乙" not in whole


def test_the_answer_varies_with_htmx(some, cast, sign_in):
    assert {"HX-Request", "HX-Target"} <= set(sign_in(cast.mei).get(URL)["Vary"].split(", "))


def test_sorting_by_a_head_turns_round(some, cast, sign_in):
    text = page(sign_in(cast.mei), "sort=-sales")
    assert 'aria-sort="descending"' in text
    assert 'href="?sort=sales"' in text
    assert 'href="?sort=-growth"' in text
    assert 'href="?sort=name"' in text


def test_pages_follow_one_another(make, cast, sign_in):
    for n in range(60):
        make(f"P{n:02}", f"店{n:02}号", w0=1000 - n, tier="C")
    client = sign_in(cast.mei)
    first = client.get(URL)
    assert [row.customer.code for row in first.context["rows"]] == [f"P{n:02}" for n in range(50)]
    assert 'rel="prev"' not in first.content.decode()
    second = client.get(f"{URL}?after={first.context['page'].after}")
    assert [row.customer.code for row in second.context["rows"]] == [f"P{n}" for n in range(50, 60)]
    assert second.context["page"].after is None
    back = client.get(f"{URL}?before={second.context['page'].before}")
    assert [row.customer.code for row in back.context["rows"]] == [f"P{n:02}" for n in range(50)]


def test_columns_can_be_chosen(some, cast, sign_in):
    text = page(sign_in(cast.mei), "cols=code&cols=phone")
    assert ">A1<" in text
    heads = [head["label"] for head in sign_in(cast.mei).get(f"{URL}?cols=code&cols=phone").context["heads"]]
    assert [str(head) for head in heads] == ["Tier", "Customer", "Code", "Phone"]
    heads = [head["label"] for head in sign_in(cast.mei).get(f"{URL}?cols=nonsense").context["heads"]]
    assert len(heads) == 8


@pytest.mark.parametrize(("query", "statements"), [("", 8), ("q=p", 8), ("kind=franchisee&sort=-growth", 8)])
def test_statements_do_not_grow_with_the_rows(
    make, cast, sign_in, django_assert_num_queries, policy, regions, query, statements
):
    """Session, person, reach, rows, the figures' day, tier counts, months, views; one more where the list ends."""
    RegionTier.objects.create(region=regions.jiangsu, tier="C", customers=60)
    client, made = sign_in(cast.mei), 0
    statements += "q=" in query  # the keys of few hits
    page(client)  # the session's own first write
    for size, more in ((10, 1), (60, 0)):
        for n in range(made, size):
            make(f"P{n:02}", w0=n, tier="C", growth=n)
        made = size
        assign(customers=Customer.objects.all(), user=cast.mei, since=today())
        with django_assert_num_queries(statements + more):
            page(client, query)


def test_an_administrators_list_takes_five_statements_beside_session_and_person(
    make, cast, sign_in, django_assert_num_queries, regions, policy
):
    for n in range(51):
        make(f"P{n}", w0=n, tier="C")
    RegionTier.objects.create(region=regions.jiangsu, tier="C", customers=51)
    client = sign_in(cast.ada)
    page(client)
    with django_assert_num_queries(2 + 5):
        page(client)
    with django_assert_num_queries(2 + 5):
        page(client, "tier=C", **PART)


@pytest.mark.parametrize("name", ["kind", "state", "region", "manager", "province", "city", "growth", "quiet"])
def test_the_values_of_a_filter_lead_back_to_the_list(some, cast, sign_in, name):
    client = sign_in(cast.mei)
    whole = client.get(f"{URL}filters/{name}/?tier=C&after=x")
    part = client.get(f"{URL}filters/{name}/?tier=C&after=x", headers={"HX-Request": "true"})
    assert (whole.status_code, part.status_code) == (200, 200)
    assert "<html" not in part.content.decode()
    for choice in part.context["choices"]:
        assert choice["href"].startswith(f"{URL}?tier=C&{name}=")


def test_values_of_filters_are_those_in_reach(some, cast, sign_in, regions):
    def values(who, name, query=""):
        answer = sign_in(who).get(f"{URL}filters/{name}/{query}")
        return [choice["label"] for choice in answer.context["choices"]]

    assert values(cast.lin, "province") == []
    assert values(cast.mei, "province") == ["江苏省", "浙江省"]
    assert values(cast.mei, "city", "?province=江苏省") == ["南京市", "苏州市"]
    assert values(cast.lin, "region") == ["西部", "四川"]
    assert values(cast.tao, "region") == ["江苏", "浙江"]
    assert values(cast.mei, "manager") == ["Tao", "美"]
    assert values(cast.lin, "manager") == ["Lin"]


def test_an_unknown_filter_is_missing(cast, sign_in):
    assert sign_in(cast.mei).get(f"{URL}filters/password/").status_code == 404


def test_empty_lists_say_what_to_do(cast, sign_in):
    assert "No customers yet" in page(sign_in(cast.mei))
    assert "Import customers" in page(sign_in(cast.mei))
    assert "Import customers" not in page(sign_in(cast.ana))
    assert "No customer matches" in page(sign_in(cast.mei), "q=nobody")


def test_readers_get_no_buttons_that_write(some, cast, sign_in):
    text = page(sign_in(cast.ana))
    assert "/customers/new/" not in text
    assert "/customers/assign/" not in text
    assert "/customers/export/" in text


def test_saved_views_in_reach_are_offered(some, cast, sign_in):
    SavedView.objects.create(owner=cast.mei, page="customers", name="mine", query="tier=A")
    SavedView.objects.create(owner=cast.lin, page="customers", name="shared by Lin", query="tier=B", shared=True)
    SavedView.objects.create(owner=cast.lin, page="customers", name="Lin's own", query="tier=C")
    SavedView.objects.create(owner=cast.mei, page="jobs", name="elsewhere")
    names = [view.name for view in sign_in(cast.mei).get(URL).context["views"]]
    assert names == ["mine", "shared by Lin"]


def file_of(user, query: str) -> list[list[str]]:
    out = io.StringIO()
    writer = csv.writer(out)
    params = QueryDict(query)
    writer.writerow(column.name for column in listing.file_columns(user, params))
    writer.writerows(listing.file_rows(user, params))
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_the_file_holds_what_the_screen_shows(some, cast, sign_in):
    query = "city=苏州市&sort=sales&cols=kind&cols=sales&cols=growth&cols=manager&cols=spark"
    rows = file_of(cast.mei, query)
    assert rows == [
        ["code", "tier", "name", "kind", "sales", "growth", "manager"],
        ["B1", "B", "苏州乙", "franchisee", "500.00", "0.1000", "Tao"],
        ["A1", "A", "苏州甲", "agent", "1234567.89", "0.2345", ""],
    ]
    shown = sign_in(cast.mei).get(f"{URL}?{query}").context["rows"]
    assert [row.customer.code for row in shown] == [row[0] for row in rows[1:]]
    assert listing.file_count(cast.mei, QueryDict(query)) == 2
    assert file_of(cast.lin, query) == rows[:1]


def test_a_file_of_ticked_rows(some, cast, sign_in):
    ids = [some["A1"].pk, some["C1"].pk]
    answer = sign_in(cast.mei).post(f"{URL}export/", {"format": "csv", "query": "sort=code", "id": ids})
    assert answer.status_code == 302
    export = Export.objects.get(pk=Job.objects.get(kind="exports.make").input["export"])
    assert [row[0] for row in file_of(cast.mei, export.query)] == ["code", "A1", "C1"]


def test_an_export_of_an_unknown_format_is_refused(some, cast, sign_in):
    answer = sign_in(cast.mei).post(f"{URL}export/", {"format": "exe"}, follow=True)
    assert "A file is CSV or XLSX." in answer.content.decode()
    assert not Job.objects.filter(kind="exports.make").exists()


@pytest.mark.parametrize(
    "query",
    [
        "q=hz",
        "q=hz&tier=C",
        "city=苏州市&sort=sales",
        "kind=franchisee&tier=none&sort=-name",
        "quiet=30&sort=-last",
        "quiet=30&sort=last",
    ],
)
def test_a_short_list_held_whole_shows_the_same_as_a_long_one_walked(some, cast, sign_in, monkeypatch, query):
    def shown():
        return [row.customer.code for row in sign_in(cast.mei).get(f"{URL}?{query}").context["rows"]]

    held = shown()
    monkeypatch.setattr(listing, "COUNTED", 0)
    assert held and shown() == held


def test_the_longest_silence_stands_first_or_last(some, cast, sign_in):
    def shown(query):
        return [row.customer.code for row in sign_in(cast.mei).get(f"{URL}?{query}").context["rows"]]

    assert shown("quiet=30&sort=last")[:2] == ["C1", "B1"]
    assert shown("quiet=30&sort=-last")[:2] == ["B1", "C1"]
    assert set(shown("quiet=30&sort=-last")[2:]) == {"C2", "X1", "N1"}
