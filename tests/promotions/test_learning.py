"""What worked for which kind of shop, and lessons: put together, told plainly where too few, hidden where foreign."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import now, today
from customers.profile.actions import create_customer
from promotions.learning.actions import write_lesson
from promotions.learning.library import library
from promotions.learning.models import PromotionLesson
from promotions.rollout.models import Participation, Promotion
from promotions.uplift.grouping import labels_of, region_of
from promotions.uplift.measuring import measure
from tests.promotions.conftest import DAY, at
from tests.promotions.test_measuring import network

__all__ = ["network"]
pytestmark = pytest.mark.django_db
B = "shop:franchisee:B"
PAGE, LINE = "/promotions/learned/", "/promotions/learned/line/"
API, LESSONS = "/api/v1/promotion-learning/", "/api/v1/promotion-lessons/"


def told(lift: float, shops: int = 5, expected: float = 1000.0) -> dict:
    return {"ran": shops, "shops": shops, "expected": expected, "lift": lift, "low": lift - 0.08, "high": lift + 0.08}


def result(groups: dict | None, lift: float = 0.10, reason: str = "") -> dict:
    whole = {"measurable": False, "reason": reason} if reason else {"measurable": True, **told(lift)}
    return {**whole, "shops": 5, "left_out": {}} | ({} if groups is None else {"groups": groups})


@pytest.fixture
def ran(cast, shop):
    """Makes a promotion that is over, in which the shop took part."""

    def made(code: str, found: dict | None, *customers, **more) -> Promotion:
        values = {"kind": "display", "mechanics": f"端架 {code}", "state": "closed", "made_by": cast.mei, **more}
        promotion = Promotion.objects.create(
            code=code,
            title=f"促销 {code}",
            **{"starts_on": today() - 40 * DAY, "ends_on": today() - 27 * DAY, "answer_by": today(), **values},
            result=found,
            measured_at=now() if found else None,
        )
        for one in customers or (shop,):
            Participation.objects.create(promotion=promotion, customer=one, answer="accepted")
        return promotion

    return made


# --- measured apart -----------------------------------------------------------------------------------------------


def test_a_measurement_keeps_what_it_brought_at_each_kind_of_shop(network, regions):
    promotion = network(0.20)
    found = measure(promotion)
    whole = {name: found[name] for name in ("shops", "lift", "low", "high", "expected")}
    assert found["groups"] == {
        f"region:{regions.east.pk}": {"ran": 5, **whole},
        "shop:franchisee:": {"ran": 5, **whole},
    }


def test_kinds_are_measured_by_themselves(network, regions):
    promotion = network(0.20)
    agents = promotion.participations.order_by("pk").values_list("customer", flat=True)[:2]
    type(promotion.participations.get(customer=agents[0]).customer).objects.filter(pk__in=list(agents)).update(
        kind="agent"
    )
    found = measure(promotion)["groups"]
    assert {label: one["shops"] for label, one in found.items() if label.startswith("shop:")} == {
        "shop:agent": 2,
        "shop:franchisee:": 3,
    }
    assert 0.1 < found["shop:agent"]["low"] < found["shop:agent"]["lift"] < found["shop:agent"]["high"] < 0.32


def test_where_nothing_is_measurable_the_kinds_are_still_told(network):
    found = measure(network(0.20, shops=12))
    assert found["groups"]["shop:franchisee:"] == {"ran": 5, "shops": 0}


def test_labels_go_by_the_region_below_the_root(regions, shop, cast):
    agent = create_customer(code="A1", name="代理", kind="agent", region=regions.root)
    assert labels_of([shop.pk, agent.pk], today()) == {
        shop.pk: ("shop:franchisee:", f"region:{regions.east.pk}"),
        agent.pk: ("shop:agent", f"region:{regions.root.pk}"),
    }
    assert region_of("") is None


# --- put together -------------------------------------------------------------------------------------------------


def test_two_are_single_cases_and_three_have_an_average(ran, cast):
    ran("a", result({B: told(0.10)}))
    ran("b", result({B: told(0.20)}))
    [line] = library(cast.mei).lines
    assert (line.kind, line.label, len(line.measured), line.shops, line.learned) == ("display", B, 2, 10, None)
    page = at(cast.mei).get(PAGE).text
    assert "Too few for an average." in page and "10.0% (2.0% to 18.0%)" in page and "20.0% (12.0% to 28.0%)" in page
    ran("c", result({B: told(0.30)}))
    [line] = library(cast.mei).lines
    assert line.learned is not None and line.learned.n == 3
    assert 0.197 < line.learned.lift < 0.2 and line.learned.low < 0.12 and line.learned.high > 0.28
    assert (line.learned.least, line.learned.most) == (0.10, 0.30)
    assert line.sold_more == pytest.approx(600.0)
    page = at(cast.mei).get(PAGE).text
    assert "Too few for an average." not in page and "3 promotions measured" in page and "15 shops" in page


def test_what_was_not_measurable_is_counted_with_its_reason(ran, cast):
    ran("a", result({B: told(0.10)}))
    ran("b", result({B: {"ran": 2, "shops": 0}}, reason="few_comparable"))
    ran("c", result({B: {"ran": 2, "shops": 0}}))
    ran("d", None)
    ran("e", result(None))
    found = library(cast.mei)
    assert [(line.label, len(line.measured), line.reasons) for line in found.lines] == [
        (B, 1, [("not_parted", 1), ("few_comparable", 1)])
    ]
    assert (found.waiting, found.unparted) == (1, 1)
    page = at(cast.mei).get(PAGE).text
    assert "1 not measured: too few comparable shops" in page
    assert "1 promotion is over and not measured yet." in page
    assert "1 was measured before kinds of shops were told apart" in page
    [line] = library(cast.mei, "all").lines
    assert len(line.measured) == 3 and line.learned is not None


def test_how_it_was_run_and_what_was_paid(ran, shop, cast):
    shop.kind = "agent"
    shop.save()
    first = ran("a", result({"shop:agent": told(0.10)}))
    ran("b", result({"shop:agent": told(0.10)}))
    day = today()
    first.participations.update(compliance="changed", credit=60, settled="120.50", settled_on=day)
    [line] = library(cast.mei).lines
    assert (line.agreed, line.changed, line.not_run, line.unjudged) == (0, 1, 0, 1)
    assert str(line.settled) == "120.50"
    assert "100% changed" in at(cast.mei).get(PAGE).text and "1 not judged" in at(cast.mei).get(PAGE).text


def test_filters_narrow(ran, cast):
    ran("a", result({B: told(0.10), "shop:agent": told(0.05)}))
    ran("b", result({B: told(0.10)}), kind="gift")
    ran("c", result({B: told(0.10)}), kind="price", starts_on=today() - 800 * DAY, ends_on=today() - 790 * DAY)
    ran("d", result({B: told(0.10)}), kind="event", state="dropped")
    ran("e", None, kind="event", state="open", ends_on=today())

    def lines(query: str) -> list[tuple[str, str]]:
        return [(one["kind"], one["label"]) for one in at(cast.mei).get(f"{API}?{query}").json()["lines"]]

    assert lines("") == [("price", B), ("gift", B), ("display", "shop:agent"), ("display", B)]
    assert lines("kind=gift") == [("gift", B)]
    assert lines("of=shop:agent") == [("display", "shop:agent")]
    assert lines(f"since={today() - 365 * DAY}") == [("gift", B), ("display", "shop:agent"), ("display", B)]
    assert "Price cut" not in at(cast.mei).get(f"{PAGE}?years=1").text
    assert "Nothing measured here" in at(cast.mei).get(f"{PAGE}?kind=mixed").text


@pytest.mark.parametrize("asked", [{"by": "x"}, {"kind": "x"}, {"since": "x"}, {"until": "2026-01-01"}])
def test_the_api_refuses_nonsense_by_name(cast, asked):
    answer = at(cast.mei).get(API, asked)
    assert answer.status_code == 400 and list(answer.json()) == list(asked)


def test_a_line_opens_its_promotions_with_mechanics_and_lessons(ran, cast):
    first = ran("a", result({B: told(0.10)}))
    ran("b", result({B: {"ran": 1, "shops": 0}}, reason="closed"))
    write_lesson(promotion=first, text="先量端架尺寸", by=cast.tao)
    page = at(cast.mei).get(LINE, {"kind": "display", "of": B}).text
    for text in ("促销 a", "端架 a", "先量端架尺寸", "促销 b", "No lesson was written.", "10.0%", "2.0% to 18.0%"):
        assert text in page
    for query in ({}, {"kind": "display"}, {"kind": "display", "of": "shop:agent"}, {"kind": "x", "of": B}):
        assert at(cast.mei).get(LINE, query).status_code == 404


# --- who sees what ------------------------------------------------------------------------------------------------


def test_only_promotions_in_reach(ran, cast):
    ran("a", result({B: told(0.10)}))
    assert library(cast.lin).lines == [] and library(cast.ada).lines != []
    assert "促销 a" not in at(cast.lin).get(LINE, {"kind": "display", "of": B}).text
    assert at(cast.lin).get(API).json()["lines"] == []


def test_a_result_of_two_shops_is_for_who_sees_all_of_them(ran, shop, west, cast):
    ran("a", result({B: told(0.10, shops=2)}), shop, west)
    [line] = library(cast.tao).lines
    assert [(one.trial, one.why, one.sold_more) for one in line.cases] == [(None, "withheld", None)]
    assert "10.0%" not in at(cast.tao).get(PAGE).text
    assert [one.trial.lift for one in library(cast.ada).lines[0].measured if one.trial] == [0.10]
    ran("b", result({B: told(0.10, shops=2)}), shop)
    assert [one.code for one in library(cast.tao).lines[0].measured] == ["b"]


def test_regions_in_which_one_has_no_customers_are_not_told(ran, shop, west, regions, cast):
    east, far = f"region:{regions.east.pk}", f"region:{regions.west.pk}"
    ran("a", result({east: told(0.10), far: told(0.33)}), shop, west)
    assert [line.label for line in library(cast.tao, "region").lines] == [east]
    assert {line.label for line in library(cast.ada, "region").lines} == {east, far}
    page = at(cast.tao).get(PAGE, {"by": "region"}).text
    assert "华东" in page and "西部" not in page and "33.0%" not in page


def test_money_and_how_it_was_run_are_of_shops_in_reach(ran, shop, west, cast):
    made = ran("a", result({}), shop, west)
    Participation.objects.filter(promotion=made, customer=west).update(
        compliance="agreed", credit=100, settled="999.00", settled_on=today()
    )
    [line] = library(cast.tao, "all").lines
    assert (line.agreed, line.unjudged, line.settled) == (0, 1, None)
    [line] = library(cast.ada, "all").lines
    assert (line.agreed, line.unjudged, str(line.settled)) == (1, 1, "999.00")


# --- lessons ------------------------------------------------------------------------------------------------------


def state() -> tuple:
    return PromotionLesson.objects.count(), AuditEntry.objects.count()


def test_a_lesson_is_written_and_stands_with_its_promotion(ran, cast):
    made = ran("a", result({B: told(0.10)}))
    path = f"/promotions/runs/{made.pk}/lesson/"
    result_page = f"/promotions/runs/{made.pk}/result/"
    Promotion.objects.filter(pk=made.pk).update(result=None)
    assert path in at(cast.tao).get(result_page).text
    answer = at(cast.tao).post(path, {"text": "  物料提前两周。 "})
    assert (answer.status_code, answer["Location"]) == (302, result_page)
    one = PromotionLesson.objects.get()
    assert (one.text, one.by, one.promotion) == ("物料提前两周。", cast.tao, made)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor_id) == ("promotion.learn", cast.tao.pk)
    for address in (result_page, PAGE):
        assert "物料提前两周。" in at(cast.mei).get(address).text


@pytest.mark.parametrize(
    ("change", "text", "code"),
    [
        ({}, " ", "text"),
        ({}, "x" * 1001, "long"),
        ({"state": "dropped"}, "x", "dropped"),
        ({"state": "draft"}, "x", "early"),
        ({"state": "open", "ends_on": today()}, "x", "early"),
    ],
)
def test_refusals_change_nothing(ran, cast, change, text, code):
    made = ran("a", None, **change)
    before = state()
    with pytest.raises(ValidationError) as flaw:
        write_lesson(promotion=made, text=text, by=cast.tao)
    codes = [one.code for errors in flaw.value.error_dict.values() for one in errors] if hasattr(
        flaw.value, "error_dict"
    ) else [flaw.value.code]  # fmt: skip
    assert codes == [code] and state() == before
    assert at(cast.tao).post(f"/promotions/runs/{made.pk}/lesson/", {"text": text}).status_code == 422
    assert state() == before


def test_nothing_is_written_twice_by_the_same_person(ran, cast):
    made = ran("a", None, state="open")
    write_lesson(promotion=made, text="一样", by=cast.tao)
    before = state()
    with pytest.raises(ValidationError) as flaw:
        write_lesson(promotion=made, text=" 一样", by=cast.tao)
    assert flaw.value.error_dict["text"][0].code == "twice" and state() == before
    write_lesson(promotion=made, text="一样", by=cast.mei)


def test_strangers_and_readers_write_none(ran, cast):
    made = ran("a", None)
    path, before = f"/promotions/runs/{made.pk}/lesson/", state()
    assert at(cast.lin).get(path).status_code == 404
    assert at(cast.lin).post(path, {"text": "x"}).status_code == 404
    assert at(cast.ana).post(path, {"text": "x"}).status_code == 403
    for who in (cast.lin, cast.ana):
        with pytest.raises(PermissionDenied):
            write_lesson(promotion=made, text="x", by=who)
    assert state() == before
    assert path not in at(cast.ana).get(f"/promotions/runs/{made.pk}/result/").text


def test_what_is_not_over_offers_no_lesson(ran, cast):
    made = ran("a", None, state="open", ends_on=today())
    assert "lesson" not in at(cast.tao).get(f"/promotions/runs/{made.pk}/result/").text
    assert "<textarea" not in at(cast.tao).get(f"/promotions/runs/{made.pk}/lesson/").text


def test_lessons_are_found_by_their_words_and_by_the_promotion(ran, cast):
    first, second = ran("a", None), ran("b", None)
    write_lesson(promotion=first, text="海报要大", by=cast.tao)
    write_lesson(promotion=second, text="店员要会讲", by=cast.tao)

    def found(q):
        return [one["text"] for one in at(cast.tao).get(LESSONS, {"q": q}).json()["results"]]

    assert found("海报") == ["海报要大"]
    assert found("店员 会讲") == ["店员要会讲"]
    assert found("促销") == ["店员要会讲", "海报要大"]
    assert found("海报 店员") == []
    page = at(cast.tao).get(PAGE, {"q": "海报"}).text
    assert "海报要大" in page and "店员要会讲" not in page
    assert "No lesson speaks of that." in at(cast.tao).get(PAGE, {"q": "飞机"}).text


def test_over_the_api(ran, shop, west, cast):
    made, foreign = ran("a", None), ran("w", None, west)
    before = state()
    for data, errors in (
        ({"promotion": foreign.pk, "text": "x"}, ["promotion"]),
        ({"promotion": made.pk}, ["text"]),
        ({"promotion": made.pk, "text": "x", "by": 1}, ["by"]),
    ):
        answer = at(cast.tao).post(LESSONS, data, "application/json")
        assert (answer.status_code, list(answer.json())) == (400, errors)
    assert at(cast.ana).post(LESSONS, {"promotion": made.pk, "text": "x"}, "application/json").status_code == 403
    assert state() == before
    answer = at(cast.tao).post(LESSONS, {"promotion": made.pk, "text": "下次早点"}, "application/json")
    assert answer.status_code == 201
    one = answer.json()
    assert (one["promotion"], one["text"], one["by"]["id"]) == (made.pk, "下次早点", cast.tao.pk)
    assert at(cast.mei).get(f"{LESSONS}{one['id']}/").json() == one
    assert at(cast.lin).get(f"{LESSONS}{one['id']}/").status_code == 404
    assert at(cast.lin).get(LESSONS).json()["results"] == []
    assert [row["id"] for row in at(cast.tao).get(LESSONS, {"promotion": made.pk}).json()["results"]] == [one["id"]]
    assert at(cast.ada).get(LESSONS, {"promotion": foreign.pk}).json()["results"] == []


def test_the_api_tells_the_library(ran, cast):
    ran("a", result({B: told(0.10)}))
    [line] = at(cast.mei).get(API).json()["lines"]
    [case] = line.pop("cases")
    assert line == {
        "kind": "display", "label": B, "learned": None, "shops": 5, "agreed": 0, "changed": 0, "not_run": 0,
        "unjudged": 0, "settled": None, "sold_more": 100.0, "lessons": 0,
    }  # fmt: skip
    assert {name: case[name] for name in ("code", "lift", "shops", "sold_more", "why")} == {
        "code": "a", "lift": 0.1, "shops": 5, "sold_more": 100.0, "why": "",
    }  # fmt: skip


# --- cost ---------------------------------------------------------------------------------------------------------


def test_more_promotions_take_no_more_statements(ran, shop, west, regions, cast):
    def count(address):
        client = at(cast.tao)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = [PAGE, f"{PAGE}?by=region", f"{PAGE}?by=all", f"{LINE}?kind=display&of={B}", API, LESSONS]
    east = f"region:{regions.east.pk}"

    def more(n):
        made = ran(f"m{n}", result({B: told(0.1, shops=2), east: told(0.1)}), shop, west)
        write_lesson(promotion=made, text=f"第{n}次", by=(cast.tao, cast.mei)[n % 2])

    more(0)
    more(1)
    few = [count(page) for page in pages]
    for n in range(2, 7):
        more(n)
    assert [count(page) for page in pages] == few


def test_staff_read_lessons_in_the_admin_and_write_none(ran, cast, settings):
    settings.ADMIN_MFA = False
    made = write_lesson(promotion=ran("a", None), text="先看位置", by=cast.tao)
    here = "/admin/promotions/promotionlesson/"
    assert "先看位置" in at(cast.mei).get(here).text and "先看位置" not in at(cast.lin).get(here).text
    assert "先看位置" in at(cast.ada).get(f"{here}?q=位置").text
    assert at(cast.ada).get(f"{here}add/").status_code == 403
    assert at(cast.ada).post(f"{here}{made.pk}/change/", {"text": "x"}).status_code == 403
    made.refresh_from_db()
    assert made.text == "先看位置"
