"""Promotion plans over the API: reckoned to the fen, written, shown and signed under the same rules as on the pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.profile.models import Customer
from promotions.calculator.actions import keep_version, show_plan, sign, write_plan
from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan
from tests.promotions.conftest import DAY, FREE, VARIANT, at, terms

pytestmark = pytest.mark.django_db
HERE = "/api/v1/promotion-plans/"
RECKON = f"{HERE}reckon/"
JSON = "application/json"


def post(user, address, data=None, **headers):
    return at(user).post(address, data or {}, JSON, headers=headers)


def patch(user, plan, data, tag="*"):
    return at(user).patch(f"{HERE}{plan.pk}/", data, JSON, headers={"If-Match": tag} if tag else {})


def asked(shop, **more) -> dict:
    return {
        "customer": shop.pk,
        "title": "节日减价",
        "kind": "price",
        "starts_on": str(today() + 10 * DAY),
        "terms": terms(),
        **more,
    }


def state_of(plan) -> tuple:
    plan.refresh_from_db()
    written = (PlanVersion.objects.count(), PlanSignature.objects.count(), AuditEntry.objects.count())
    return plan.title, plan.terms, plan.state, plan.version, *written


def statements(user, address) -> int:
    client = at(user)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


# --- reckoning ----------------------------------------------------------------------------------------------------


def test_sheet_1_of_the_docs_to_the_fen(cast):
    answer = post(cast.tao, RECKON, {"terms": terms(variants=[VARIANT])})
    assert answer.status_code == 200
    assert answer.json()["comparison"] == []
    [one] = answer.json()["variants"]
    assert {name: one[name] for name in ("name", "guess", "extra", "sold", "borrowed", "free", "gifts")} == {
        "name": "减价",
        "guess": "1.5",
        "extra": 300,
        "sold": 500,
        "borrowed": 0,
        "free": 0,
        "gifts": 0,
    }
    theirs, ours = one["customer"]["account"], one["brand"]["account"]
    assert theirs["lines"] == [
        {"code": "takings", "amount": "4250.00", "quantity": 500, "each": "8.50"},
        {"code": "cut_refunded", "amount": "375.00", "quantity": 500, "each": "0.75"},
        {"code": "goods", "amount": "-3000.00", "quantity": 500, "each": "-6.00"},
        {"code": "materials", "amount": "-168.00", "quantity": None, "each": None},
        {"code": "staff", "amount": "-300.00", "quantity": None, "each": None},
        {"code": "publicity", "amount": "-100.00", "quantity": None, "each": None},
    ]
    figures = ("sales", "gross", "profit", "without", "extra", "spend", "return_on_spend", "over_budget")
    assert [theirs[name] for name in figures] == [
        *("4250.00", "1625.00", "1057.00", "800.00", "257.00", "943.00", "0.2725", None)
    ]
    # Of materials the docs let a stand cost the brand 80.00; terms that are kept say nothing of it: 120.00 each.
    assert [(line["code"], line["amount"]) for line in ours["lines"]] == [
        ("sales", "3000.00"),
        ("goods", "-1750.00"),
        ("cut", "-375.00"),
        ("materials", "-312.00"),
        ("publicity", "-150.00"),
    ]
    assert [ours[name] for name in figures] == [
        *("3000.00", "875.00", "413.00", "500.00", "-87.00", "837.00", "-0.1039", None)
    ]
    assert theirs["break_even"] == {
        "status": "from",
        "units": 221,
        "most": None,
        "uplift": "1.104615",
        "margin": "3.250000",
    }
    assert (ours["break_even"]["status"], ours["break_even"]["units"]) == ("from", 350)
    assert one["bearings"][0] == {"code": "cut", "total": "750.00", "customer": "375.00", "brand": "375.00"}


def test_the_cash_and_the_curve(cast):
    [one] = post(cast.tao, RECKON, {"terms": terms(variants=[VARIANT])}).json()["variants"]
    # 300 × 6 for goods, 168 for materials a week before; 400 of staff and publicity on the first day, on which
    # (500 × 8.50 − 200 × 10) / 14 come in.
    assert one["customer"]["cash"] == {"amount": "2207.28", "day": 0, "back_on": 43}
    assert one["brand"]["cash"]["day"] is not None
    assert [point["uplift"] for point in one["curve"]][:3] == ["0", "0.1", "0.2"] and len(one["curve"]) == 21
    assert one["curve"][0] == {"uplift": "0", "extra": 0, "customer": "-718.00", "brand": "-612.00"}
    assert one["curve"][15] == {"uplift": "1.5", "extra": 300, "customer": "257.00", "brand": "-87.00"}


def test_variants_beside_each_other(cast):
    found = post(cast.tao, RECKON, {"terms": terms()}).json()
    assert [(one["extra"], one["free"]) for one in found["variants"]] == [(300, 0), (80, 28)]
    rows = {(row["of"], row["code"]): (row["values"], row["best"]) for row in found["comparison"]}
    assert rows["customer", "spend"] == (["943.00", "0.00"], [1])
    assert rows["customer", "extra"] == (["257.00", "320.00"], [1])
    assert rows["customer", "break_even_units"] == (["221", "0"], [1])
    assert rows["customer", "return_on_spend"] == (["0.2725", None], [0])
    assert rows["brand", "extra"] == (["-87.00", "102.00"], [1])
    assert rows["influence", "reach"] == ([None, "900"], [1])
    assert rows["influence", "share_of_voice"] == ([None, None], [])


def test_without_a_guess_nothing_more_is_sold_and_what_never_pays_says_so(cast):
    own = {"retail": "5.00", "wholesale": "4.20", "cost": "2.00"}
    never = terms(goods=own, variants=[{"cut": "1.00", "cut_brand": ""}])
    [one] = post(cast.tao, RECKON, {"terms": never}).json()["variants"]
    assert (one["guess"], one["extra"], one["name"]) == (None, 0, "")
    assert one["customer"]["account"]["break_even"] == {
        "status": "never",
        "units": None,
        "most": None,
        "uplift": None,
        "margin": "-0.200000",
    }


def test_the_largest_numbers_are_reckoned_exactly(cast):
    most = terms(
        goods={"retail": "9999999999.99", "wholesale": "0", "cost": "0"},
        baseline=10**8,
        variants=[{"guess": "-100"}, {}],
    )
    found = post(cast.tao, RECKON, {"terms": most}).json()
    assert found["variants"][1]["customer"]["account"]["sales"] == "999999999999000000.00"
    assert found["variants"][0]["customer"]["account"]["sales"] == "0.00"


def test_reckoning_writes_nothing_and_is_not_for_readers(plan, cast):
    before = state_of(plan)
    assert post(cast.tao, RECKON, {"terms": terms()}).status_code == 200
    assert post(cast.ana, RECKON, {"terms": terms()}).status_code == 403
    assert at(cast.tao).get(RECKON).status_code == 405
    assert state_of(plan) == before and PromotionPlan.objects.count() == 1


WRONG = [
    ({"goods": {"retail": "10", "wholesale": "6", "cost": "-1"}}, {"goods.cost": ["Not below nought."]}),
    ({"variants": [{"cut": "11"}]}, {"v1.cut": ["More than the price itself."]}),
    ({"variants": []}, {"variants": ["Reckon at least one variant."]}),
    ({"variants": [{}] * 5}, {"variants": ["Four variants at most."]}),
    ({"variants": [{}, {"guess": "9999"}]}, {"v2.guess": ["That is too much."]}),
    (
        {"variants": [{"cut": "1", "cut_brand": "120"}]},
        {"v1.cut_shares.brand": ["A hundred percent at most."], "v1.cut_shares.customer": ["Not below nought."]},
    ),
    ({"variants": [{"materials": [{"quantity": 1}] * 7}]}, {"v1.materials": ["That is too much."]}),
    ({"baseline": -1}, {"baseline": ["Not below nought."]}),
    ({"timing": {"days": 0}}, {"timing.days": ["At least one."]}),
    ({"variants": [{"cut": "viel"}]}, {"terms": {"variants": {"0": {"cut": ["A valid number is required."]}}}}),
    ({"variants": [{"cutt": "1"}]}, {"terms": {"variants": {"0": {"cutt": ["There is no such field."]}}}}),
    ({"variants": [{"buy": "x"}]}, {"terms": {"variants": {"0": {"buy": ["A valid integer is required."]}}}}),
    (
        {"goods": {"retail": "10"}},
        {"terms": {"goods": {key: ["This field is required."] for key in ("wholesale", "cost")}}},
    ),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_what_cannot_be_reckoned_is_refused_by_field_everywhere(plan, shop, cast, change, told):
    before = state_of(plan)
    for answer in (
        post(cast.tao, RECKON, {"terms": terms(**change)}),
        post(cast.tao, HERE, asked(shop, terms=terms(**change))),
        patch(cast.tao, plan, {"terms": terms(**change)}),
    ):
        assert (answer.status_code, answer.json()) == (400, told)
    assert state_of(plan) == before and PromotionPlan.objects.count() == 1


@pytest.mark.parametrize(
    "number", ["1e999999", "1e-999999", "NaN", "Infinity", "-Infinity", "1" * 5000, "0.001", [], {}]
)
def test_hostile_numbers_are_refused(cast, number):
    for change in ({"guess": number}, {"cut": number}, {"borrowed": number}, {"reach": number}):
        assert post(cast.tao, RECKON, {"terms": terms(variants=[change])}).status_code == 400


@pytest.mark.parametrize("wrong", [None, [], "x", 1])
def test_terms_are_an_object(cast, wrong):
    answer = post(cast.tao, RECKON, {"terms": wrong})
    assert (answer.status_code, list(answer.json())) == (400, ["terms"])


# --- writing ------------------------------------------------------------------------------------------------------


def test_one_is_written_changed_kept_shown_signed_and_agreed(shop, cast):
    made = post(cast.tao, HERE, asked(shop))
    assert made.status_code == 201
    one = made.json()
    plan = PromotionPlan.objects.get()
    here = f"{HERE}{plan.pk}/"
    assert made["ETag"] == f'"{plan.pk}-1"'
    assert (one["customer"], one["state"], one["shown"], one["versions"]) == (shop.pk, "draft", None, [])
    assert (one["terms"], plan.terms, plan.shows_brand) == (terms(), terms(), False)
    assert one["made_by"]["username"] == "tao"
    changed = patch(cast.tao, plan, {"title": "节日", "terms": terms(variants=[FREE, VARIANT])}, tag=made["ETag"])
    assert (changed.status_code, changed["ETag"]) == (200, f'"{plan.pk}-2"')
    assert (changed.json()["title"], changed.json()["kind"]) == ("节日", "price")
    kept = post(cast.tao, f"{here}keep/", {"note": "试算"}).json()
    assert (kept["state"], kept["shown"], [one["number"] for one in kept["versions"]]) == ("draft", None, [1])
    assert (kept["versions"][0]["note"], kept["versions"][0]["by"]["username"]) == ("试算", "tao")
    shown = post(cast.tao, f"{here}show/").json()
    assert (shown["state"], shown["shown"]) == ("shown", 2)
    assert [one["number"] for one in shown["versions"]] == [2, 1]
    assert shown["versions"][0]["terms"] == terms(variants=[FREE, VARIANT])
    signed = post(cast.tao, f"{here}sign/", {"seen": 2, "variant": 1}).json()
    [under] = signed["versions"][0]["signatures"]
    assert (under["side"], under["variant"], under["by"]["username"], under["told_by"]) == ("brand", 1, "tao", "")
    assert (signed["state"], signed["agreed_variant"]) == ("shown", None)
    sign(plan=plan, variant=1, side="customer", seen=2, told_by="王")
    agreed = at(cast.tao).get(here).json()
    assert (agreed["state"], agreed["agreed_variant"]) == ("agreed", 1)
    assert [(one["side"], one["told_by"]) for one in agreed["versions"][0]["signatures"]] == [
        ("brand", ""),
        ("customer", "王"),
    ]
    actions = AuditEntry.objects.filter(action__startswith="promotion_plan.").order_by("pk")
    assert [one.action.partition(".")[2] for one in actions] == [
        *("write", "change", "keep", "show", "sign", "sign", "agree")
    ]


def test_what_was_read_can_be_sent_back_as_it_is(plan, cast):
    read = at(cast.tao).get(f"{HERE}{plan.pk}/").json()
    sent = patch(cast.tao, plan, {"terms": read["terms"]})
    assert sent.status_code == 200
    plan.refresh_from_db()
    assert plan.terms == read["terms"] == terms()


def test_what_is_left_out_of_terms_is_filled_in_so_that_pages_show_it(shop, cast):
    goods = {"retail": "10", "wholesale": "6", "cost": "3.5"}
    made = post(cast.tao, HERE, asked(shop, terms={"goods": goods, "baseline": 20, "variants": [{}]}))
    plan = PromotionPlan.objects.get()
    assert made.status_code == 201
    assert plan.terms == {
        "goods": goods,
        "baseline": 20,
        "timing": {"days": 14},
        "budgets": {},
        "own": {},
        "variants": [{}],
    }
    assert at(cast.tao).get(f"/promotions/{plan.pk}/").status_code == 200
    part = patch(cast.tao, plan, {"terms": {"variants": [{}]}})
    missing = {key: ["This field is required."] for key in ("goods", "baseline")}
    assert (part.status_code, part.json()) == (400, {"terms": missing})


def test_the_page_keeps_what_it_does_not_ask(plan, cast):
    many = [{"name": f"m{n}", "quantity": n + 1, "list_price": "2", "discount": "0", "brand": "50"} for n in range(5)]
    timing = {"days": 14, "goods_day": -20, "materials_day": -9}
    patch(cast.tao, plan, {"terms": terms(timing=timing, variants=[{**VARIANT, "materials": many}])})
    page = at(cast.tao).get(f"/promotions/{plan.pk}/")
    form = page.context["form"]
    typed = {field.html_name: field.value() for one in (form.head, *form.variants) for field in one}
    typed = {name: value for name, value in typed.items() if value not in (None, False)}
    assert at(cast.tao).post(f"/promotions/{plan.pk}/", {**typed, "variants": 1, "baseline": 210}).status_code == 302
    plan.refresh_from_db()
    assert (plan.terms["baseline"], plan.terms["timing"]) == (210, timing)
    assert plan.terms["variants"][0]["materials"] == many


def test_changing_asks_for_the_version_seen(plan, cast):
    tag, before = at(cast.tao).get(f"{HERE}{plan.pk}/")["ETag"], state_of(plan)
    assert patch(cast.tao, plan, {"title": "x"}, tag=None).status_code == 428
    assert patch(cast.tao, plan, {"title": "x"}, tag=f'"{plan.pk}-7"').status_code == 412
    assert patch(cast.tao, plan, {"titel": "x"}).json() == {"titel": ["There is no such field."]}
    assert state_of(plan) == before
    assert patch(cast.tao, plan, {"shows_brand": True}, tag=tag).json()["shows_brand"] is True
    assert patch(cast.tao, plan, {"shows_brand": False}, tag=tag).status_code == 412


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"kind": "magic"}, "kind"),
        ({"starts_on": str(today() - DAY)}, "starts_on"),
        ({"starts_on": str(today() + 400 * DAY)}, "starts_on"),
        ({"terms": None}, "terms"),
    ],
)
def test_a_plan_needs_a_name_a_kind_and_a_day(plan, shop, cast, change, field):
    before = state_of(plan)
    for answer in (post(cast.tao, HERE, asked(shop, **change)), patch(cast.tao, plan, change)):
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert state_of(plan) == before and PromotionPlan.objects.count() == 1


def test_for_a_closed_shop_nothing_is_planned(shop, cast):
    Customer.objects.filter(pk=shop.pk).update(state="closed")
    answer = post(cast.tao, HERE, asked(shop))
    assert (answer.status_code, answer.json()) == (400, {"customer": ["This customer is closed."]})
    assert not PromotionPlan.objects.exists()


def test_signing_is_refused_for_what_is_not_there(plan, cast):
    here, before = f"{HERE}{plan.pk}/", state_of(plan)
    draft = post(cast.tao, f"{here}sign/", {"seen": 1, "variant": 0})
    assert draft.json() == {"non_field_errors": ["This plan is not open for an answer."]}
    assert state_of(plan) == before
    show_plan(plan=plan, by=cast.tao)
    show_plan(plan=plan, by=cast.tao)
    before = state_of(plan)
    for data, told in (
        (
            {"seen": 1, "variant": 0},
            {"non_field_errors": ["There is a later version by now; please look at it first."]},
        ),
        ({"seen": 2, "variant": 2}, {"variant": ["There is no such variant."]}),
        ({"seen": 2, "variant": 0, "side": "customer"}, {"side": ["There is no such field."]}),
        ({"seen": 2}, {"variant": ["This field is required."]}),
    ):
        answer = post(cast.tao, f"{here}sign/", data)
        assert (answer.status_code, answer.json()) == (400, told)
    assert state_of(plan) == before


def test_dropped_it_is_reckoned_no_more(shown, cast):
    here = f"{HERE}{shown.pk}/"
    assert post(cast.tao, f"{here}drop/").json() == {"why": ["This field is required."]}
    gone = post(cast.tao, f"{here}drop/", {"why": "改到五一"}).json()
    assert (gone["state"], gone["dropped_why"], gone["shown"]) == ("dropped", "改到五一", 1)
    before = state_of(shown)
    over = {"non_field_errors": ["What is agreed or dropped is reckoned no more."]}
    for answer in (
        patch(cast.tao, shown, {"title": "x"}),
        post(cast.tao, f"{here}keep/"),
        post(cast.tao, f"{here}show/"),
    ):
        assert (answer.status_code, answer.json()) == (400, over)
    again = post(cast.tao, f"{here}drop/", {"why": "x"})
    assert again.json() == {"non_field_errors": ["This plan was dropped already."]}
    assert post(cast.tao, f"{here}sign/", {"seen": 1, "variant": 0}).status_code == 400
    assert state_of(shown) == before


def test_the_same_key_shows_once(plan, cast):
    first, again = (post(cast.tao, f"{HERE}{plan.pk}/show/", **{"Idempotency-Key": "k1"}) for _n in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and first.json() == again.json()
    assert plan.versions.count() == 1


# --- who may ------------------------------------------------------------------------------------------------------

WRITING = [
    ("", {"title": "x"}),
    ("keep/", {}),
    ("show/", {}),
    ("sign/", {"seen": 1, "variant": 0}),
    ("drop/", {"why": "x"}),
]


def test_lin_finds_nothing_of_east(shown, shop, cast):
    before = state_of(shown)
    assert at(cast.lin).get(HERE).json()["results"] == []
    assert at(cast.lin).get(f"{HERE}?customer={shop.pk}").json()["results"] == []
    assert at(cast.lin).get(f"{HERE}{shown.pk}/").status_code == 404
    for path, data in WRITING:
        send = patch(cast.lin, shown, data) if not path else post(cast.lin, f"{HERE}{shown.pk}/{path}", data)
        assert send.status_code == 404
    refused, unknown = (post(cast.lin, HERE, asked(shop, customer=pk)) for pk in (shop.pk, 999_999))
    assert (refused.status_code, refused.json()) == (400, {"customer": ["There is no such row."]})
    assert unknown.json() == refused.json()
    assert state_of(shown) == before and PromotionPlan.objects.count() == 1


def test_readers_read_and_change_nothing(shown, shop, cast):
    before = state_of(shown)
    read = at(cast.ana).get(f"{HERE}{shown.pk}/")
    assert (read.status_code, read.json()["terms"]) == (200, terms())
    for path, data in WRITING:
        send = patch(cast.ana, shown, data) if not path else post(cast.ana, f"{HERE}{shown.pk}/{path}", data)
        assert (send.status_code, send.json()) == (403, {"detail": "You may read, not change."})
    assert post(cast.ana, HERE, asked(shop)).status_code == 403
    assert state_of(shown) == before and PromotionPlan.objects.count() == 1


# --- lists --------------------------------------------------------------------------------------------------------


def ids(user, address) -> list[int]:
    return [one["id"] for one in at(user).get(address).json()["results"]]


def test_plans_are_filtered_ordered_and_sparse(shown, shop, west, cast):
    far = write_plan(customer=shop, title="后", kind="gift", starts_on=today() + 60 * DAY, terms=terms(), by=cast.tao)
    near = write_plan(customer=west, title="西", kind="gift", starts_on=today(), terms=terms(), by=cast.lin)
    assert ids(cast.ana, HERE) == [near.pk, far.pk, shown.pk]
    assert ids(cast.tao, HERE) == [far.pk, shown.pk]
    assert ids(cast.ana, f"{HERE}?kind=gift") == [near.pk, far.pk]
    assert ids(cast.ana, f"{HERE}?state=shown") == [shown.pk]
    assert ids(cast.ana, f"{HERE}?customer={west.pk}&kind=gift&state=draft") == [near.pk]
    assert ids(cast.ana, f"{HERE}?ordering=starts_on") == [near.pk, shown.pk, far.pk]
    assert ids(cast.ana, f"{HERE}?ordering=-starts_on") == [far.pk, shown.pk, near.pk]
    for wrong in ("kind=x", "state=x", "customer=x", "q=x", "ordering=title", "fields=terms"):
        assert at(cast.ana).get(f"{HERE}?{wrong}").status_code == 400
    found = at(cast.ana).get(f"{HERE}?fields=id,shown&page_size=2").json()
    assert found["results"] == [{"id": near.pk, "shown": None}, {"id": far.pk, "shown": None}]
    assert at(cast.ana).get(found["next"]).json()["results"] == [{"id": shown.pk, "shown": 1}]


def test_a_list_takes_the_same_statements_however_long(shown, shop, west, cast):
    before = statements(cast.ana, HERE)
    for n in range(6):
        made = write_plan(
            customer=(shop, west)[n % 2], title=f"{n}", kind="gift", starts_on=today(), terms=terms(), by=cast.lin
        )
        show_plan(plan=made, by=cast.lin)
    assert statements(cast.ana, HERE) == before


def test_one_takes_the_same_statements_with_more_versions(shown, cast):
    sign(plan=shown, variant=0, side="brand", seen=1, by=cast.tao)
    before = statements(cast.tao, f"{HERE}{shown.pk}/")
    for number in range(2, 6):
        keep_version(plan=shown, by=cast.mei)
        PlanSignature.objects.create(
            version=shown.versions.get(number=number), variant=0, side="brand", by=cast.mei, at=shown.made_at
        )
    assert statements(cast.tao, f"{HERE}{shown.pk}/") == before
