"""Promotions carried out over the API: under the same rules, in the same words, as on the pages."""

from __future__ import annotations

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from crm.audit.models import AuditEntry
from crm.clock import now, today
from crm.jobs.models import Job
from customers.files.models import Attachment
from customers.profile.actions import assign, create_customer
from customers.relationship.models import Observation
from promotions.calculator.actions import sign
from promotions.calculator.models import PromotionPlan
from promotions.policies.audience import Audience
from promotions.rollout import actions
from promotions.rollout.models import Execution, Participation, Promotion
from tests.promotions.conftest import DAY, SINCE, at

pytestmark = pytest.mark.django_db
HERE, PARTS, JSON = "/api/v1/promotions/", "/api/v1/promotion-participations/", "application/json"
NOBODY = dict.fromkeys(("all", "invited", "countered", "accepted", "sent", "ready", "judged", "settled", "declined"), 0)
OVER = {"non_field_errors": ["This promotion is over."]}
READ_ONLY = {"detail": "You may read, not change."}


def post(user, address, data=None, **headers):
    return at(user).post(address, data or {}, JSON, headers=headers)


def patch(user, promotion, data, tag="*"):
    return at(user).patch(f"{HERE}{promotion.pk}/", data, JSON, headers={"If-Match": tag} if tag else {})


def asked(**more) -> dict:
    return {
        "code": "Spring",
        "title": "春季端架",
        "kind": "display",
        "goods": "礼盒",
        "mechanics": "端架两周，买三送一。",
        "starts_on": str(today()),
        "ends_on": str(today() + 13 * DAY),
        "answer_by": str(today() + 7 * DAY),
        "materials": [{"name": "海报", "quantity": 4}],
        "checklist": ["海报挂上", "价格对"],
        "audience": {"kinds": ["franchisee"]},
        **more,
    }


def state_of() -> tuple:
    """All that a refusal must leave as it was."""
    return (
        list(Promotion.objects.order_by("pk").values()),
        list(Participation.objects.order_by("pk").values()),
        Execution.objects.count(),
        Observation.objects.count(),
        Attachment.objects.count(),
        AuditEntry.objects.count(),
        Job.objects.count(),
    )


def statements(user, address) -> int:
    client = at(user)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def photo() -> io.BytesIO:
    found = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(found, "JPEG")
    found.seek(0)
    found.name = "shelf.jpg"
    return found


@pytest.fixture
def shops(shop, west, regions, cast):
    more = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in (2, 3)]
    assign(customers=more, user=cast.tao, since=SINCE)
    return [shop, *more]


@pytest.fixture
def running(shops, cast):
    made = post(cast.mei, HERE, asked()).json()
    return actions.open_promotion(promotion=Promotion.objects.get(pk=made["id"]), by=cast.mei)


@pytest.fixture
def part(running, shop):
    return running.participations.get(customer=shop)


@pytest.fixture
def taken(part):
    return actions.answer(participation=part, answer="accepted", told_by="王")


# --- from prepared to closed --------------------------------------------------------------------------------------


def test_one_is_prepared_changed_opened_and_closed(shops, cast):
    made = post(cast.mei, HERE, asked())
    assert made.status_code == 201
    one = made.json()
    assert made["ETag"] == f'"{one["id"]}-1"'
    assert {name: one[name] for name in ("code", "title", "kind", "goods", "state", "opened_at", "measured_at")} == {
        "code": "spring",
        "title": "春季端架",
        "kind": "display",
        "goods": "礼盒",
        "state": "draft",
        "opened_at": None,
        "measured_at": None,
    }
    assert (one["materials"], one["checklist"]) == ([{"name": "海报", "quantity": 4}], ["海报挂上", "价格对"])
    assert (one["audience"], one["made_by"]["username"], one["standing"]) == ({"kinds": ["franchisee"]}, "mei", NOBODY)
    here = f"{HERE}{one['id']}/"
    changed = at(cast.mei).patch(
        here,
        {"materials": [{"name": "立牌", "quantity": 1}], "audience": {"codes": ["E1", "E2", "E1"]}},
        JSON,
        headers={"If-Match": made["ETag"]},
    )
    assert (changed.status_code, changed["ETag"]) == (200, f'"{one["id"]}-2"')
    assert changed.json()["materials"] == [{"name": "立牌", "quantity": 1}]
    assert changed.json()["audience"] == {"codes": ["E1", "E2"]}
    opened = post(cast.mei, f"{here}open/", {"version": 2}).json()
    assert (opened["state"], opened["standing"]) == ("open", {**NOBODY, "all": 2, "invited": 2})
    assert patch(cast.mei, Promotion.objects.get(), {"title": "别的"}).json() == {
        "non_field_errors": ["Customers were asked already: only its last day may change."]
    }
    longer = patch(cast.mei, Promotion.objects.get(), {"ends_on": str(today() + 20 * DAY)})
    assert (longer.status_code, longer.json()["ends_on"]) == (200, str(today() + 20 * DAY))
    assert post(cast.mei, f"{here}close/").json()["state"] == "closed"
    before = state_of()
    for name in ("close", "call-off"):
        assert post(cast.mei, f"{here}{name}/").json() == OVER
    assert state_of() == before


def test_a_draft_is_called_off_not_closed(shops, cast):
    here = f"{HERE}{post(cast.mei, HERE, asked()).json()['id']}/"
    refused = post(cast.mei, f"{here}close/")
    assert (refused.status_code, refused.json()) == (
        400,
        {"non_field_errors": ["Nobody was asked yet: call it off instead."]},
    )
    assert post(cast.mei, f"{here}call-off/").json()["state"] == "dropped"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "magic"}, "kind"),
        ({"code": "no spaces"}, "code"),
        ({"ends_on": str(today() - DAY)}, "ends_on"),
        ({"answer_by": str(today() + 90 * DAY)}, "answer_by"),
        ({"materials": [{"name": "x", "quantity": 0}]}, "materials"),
        ({"checklist": ["x"] * 13}, "checklist"),
        ({"audience": {"codes": ["W1"]}}, "audience"),
        ({"audience": {}}, "audience"),
        ({"titel": "x"}, "titel"),
    ],
)
def test_what_is_no_promotion_is_refused_under_its_field(shops, cast, change, field):
    before = state_of()
    answer = post(cast.mei, HERE, asked(**change))
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert state_of() == before


def test_a_code_is_given_once(running, cast):
    before = state_of()
    assert post(cast.mei, HERE, asked()).json() == {"code": ["There is a promotion with this code already."]}
    assert state_of() == before


def test_changing_and_opening_ask_for_the_version_seen(shops, cast):
    made = post(cast.mei, HERE, asked()).json()
    held = Promotion.objects.get(pk=made["id"])
    before = state_of()
    assert patch(cast.mei, held, {"title": "x"}, tag=None).status_code == 428
    assert patch(cast.mei, held, {"title": "x"}, tag=f'"{held.pk}-7"').status_code == 412
    assert post(cast.mei, f"{HERE}{held.pk}/open/", {"version": 7}).status_code == 412
    assert state_of() == before


def test_the_same_key_asks_once(shops, cast):
    here = f"{HERE}{post(cast.mei, HERE, asked()).json()['id']}/open/"
    first, again = (post(cast.mei, here, **{"Idempotency-Key": "k1"}) for _n in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and first.json() == again.json()
    assert Participation.objects.count() == 3


def test_an_agreed_plan_is_carried_out_once(shown, cast):
    here = f"/api/v1/promotion-plans/{shown.pk}/carry-out/"
    said = {"code": "cny", "mechanics": "按方案做"}
    before = state_of()
    assert post(cast.tao, here, said).json() == {
        "non_field_errors": ["Only what both sides have signed is carried out."]
    }
    assert state_of() == before
    for side in ("brand", "customer"):
        by = {"by": cast.tao} if side == "brand" else {"told_by": "王"}
        sign(plan=PromotionPlan.objects.get(pk=shown.pk), variant=0, side=side, seen=1, **by)
    made = post(cast.tao, here, said)
    assert (made.status_code, made.json()["state"], made.json()["title"]) == (201, "open", "春节联合促销")
    assert made.json()["standing"] == {**NOBODY, "all": 1, "accepted": 1}
    before = state_of()
    assert post(cast.tao, here, {**said, "code": "cny2"}).json() == {"non_field_errors": ["It is carried out already."]}
    assert post(cast.lin, here, said).status_code == 404
    assert state_of() == before


# --- one customer -------------------------------------------------------------------------------------------------


def test_from_answer_to_settled(running, part, cast):
    here = f"{PARTS}{part.pk}/"
    wish = post(cast.tao, f"{here}answer/", {"answer": "countered", "text": "只做一周", "told_by": "王"}).json()
    assert (wish["stage"], wish["counter"], wish["told_by"]) == ("countered", "只做一周", "王")
    agreed = post(cast.tao, f"{here}take-counter/").json()
    assert (agreed["stage"], agreed["agreed"]) == ("accepted", "只做一周")
    sent = post(cast.tao, f"{HERE}{running.pk}/send/", {"participations": [part.pk]}).json()
    assert sent == {"done": [part.pk], "refused": []}
    got = post(cast.tao, f"{here}receive/", {"told_by": "王"}).json()
    assert (got["stage"], got["sent_on"], got["received_on"]) == ("ready", str(today()), str(today()))
    seen = post(cast.tao, f"{here}show/", {"done": [1, 0, 1], "price": "9.90", "note": "好"})
    assert seen.status_code == 201
    [one] = seen.json()["executions"]
    assert {name: one[name] for name in ("seen_on", "done", "price", "note", "photo", "told_by")} == {
        "seen_on": str(today()),
        "done": [0, 1],
        "price": "9.90",
        "note": "好",
        "photo": None,
        "told_by": "",
    }
    assert one["by"]["username"] == "tao"
    claimed = post(cast.tao, f"{here}claim/", {"amount": "300", "text": "人员"}).json()
    assert (claimed["claim"], claimed["claim_text"]) == ("300.00", "人员")
    judged = post(cast.tao, f"{here}judge/", {"compliance": "changed", "credit": 80, "how": "少一张"}).json()
    assert (judged["stage"], judged["credit"], judged["how"]) == ("judged", 80, "少一张")
    assert judged["judged_by"]["username"] == "tao"
    done = post(cast.tao, f"{here}settle/", {"amount": "240.50"}).json()
    assert (done["stage"], done["settled"], done["settled_on"]) == ("settled", "240.50", str(today()))
    assert Observation.objects.get(source="promotion").score == 80


def test_a_photo_comes_with_what_is_seen(taken, shop, cast):
    here = f"{PARTS}{taken.pk}/show/"
    answer = at(cast.tao).post(here, {"done": ["0", "1"], "price": "9.9", "photo": photo()})
    assert answer.status_code == 201
    [one] = answer.json()["executions"]
    kept = Attachment.objects.get()
    assert (one["photo"], one["done"], one["price"]) == (kept.pk, [0, 1], "9.90")
    assert (kept.customer_id, kept.kind, kept.category) == (shop.pk, "photo", "shelf")
    picture = at(cast.tao).get(f"/api/v1/files/{kept.pk}/content/")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    before = state_of()
    bad = io.BytesIO(b"MZ\x90\x00 no picture")
    bad.name = "virus.jpg"
    refused = at(cast.tao).post(here, {"done": ["0"], "photo": bad})
    assert (refused.status_code, list(refused.json())) == (400, ["file"])
    assert state_of() == before


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("answer", {"answer": "countered"}, {"text": ["Say what you would do otherwise."]}),
        ("answer", {"answer": "invited"}, {"answer": ['"invited" is not a valid choice.']}),
        ("take-counter", {}, {"non_field_errors": ["They want nothing otherwise."]}),
        ("receive", {"on": str(today() + DAY)}, {"on": ["This day has not come yet."]}),
        ("show", {"done": [2]}, {"done": ["There is no such item."]}),
        ("show", {"price": "-1"}, {"price": ["Not below nought."]}),
        ("show", {"seen_on": str(today() + DAY)}, {"seen_on": ["This day has not come yet."]}),
        ("judge", {"compliance": "changed", "how": "x"}, {"credit": ["How much of it was done: 1 to 99 percent."]}),
        ("judge", {"compliance": "not_run"}, {"how": ["Say what was changed, or why it was not run."]}),
        ("claim", {"amount": "0"}, {"amount": ["More than nothing."]}),
        ("claim", {}, {"amount": ["This field is required."]}),
        ("settle", {"amount": "1"}, {"non_field_errors": ["First say how it was run."]}),
        ("settle", {"amount": "1", "on": str(today() + DAY)}, {"on": ["This day has not come yet."]}),
    ],
)
def test_half_a_step_is_refused_and_changes_nothing(taken, cast, name, data, told):
    before = state_of()
    answer = post(cast.tao, f"{PARTS}{taken.pk}/{name}/", data)
    assert (answer.status_code, answer.json()) == (400, told)
    assert state_of() == before


def test_who_saw_an_older_state_judges_nothing(taken, cast):
    before = state_of()
    old = post(cast.tao, f"{PARTS}{taken.pk}/judge/", {"compliance": "agreed", "version": 1})
    assert old.status_code == 412 and state_of() == before
    assert post(cast.tao, f"{PARTS}{taken.pk}/judge/", {"compliance": "agreed", "version": 2}).status_code == 200


def test_nothing_is_done_about_what_is_over(running, taken, cast):
    actions.close_promotion(promotion=running, by=cast.mei)
    before = state_of()
    for name, data in WRITING:
        assert post(cast.tao, f"{PARTS}{taken.pk}/{name}/", data).json() == OVER
    for name, data in MANY:
        assert post(cast.tao, f"{HERE}{running.pk}/{name}/", {"participations": [taken.pk], **data}).json() == OVER
    assert state_of() == before


# --- many at once -------------------------------------------------------------------------------------------------


def test_many_are_done_and_the_others_named(running, shops, cast):
    here = f"{HERE}{running.pk}/"
    first, second, third = running.participations.order_by("customer__code")
    all_of_them = {"participations": [first.pk, second.pk, third.pk]}
    two = {"participations": [first.pk, second.pk]}
    told = post(cast.tao, f"{here}answers/", {**two, "answer": "accepted", "told_by": "王"}).json()
    assert told == {"done": [first.pk, second.pk], "refused": []}
    assert post(cast.tao, f"{here}send/", all_of_them).json() == {
        "done": [first.pk, second.pk],
        "refused": [
            {
                "participation": third.pk,
                "customer": third.customer_id,
                "code": "part",
                "reason": "They do not take part.",
            }
        ],
    }
    assert post(cast.tao, f"{here}receive/", {"participations": [first.pk]}).json()["done"] == [first.pk]
    again = post(cast.tao, f"{here}receive/", two).json()
    assert again["done"] == [second.pk]
    assert [(one["participation"], one["code"]) for one in again["refused"]] == [(first.pk, "there")]
    judged = post(cast.tao, f"{here}judge/", {**all_of_them, "compliance": "not_run", "how": "没货"}).json()
    assert judged["done"] == [first.pk, second.pk]
    assert [one["code"] for one in judged["refused"]] == ["part"]
    stages = {one["id"]: one["stage"] for one in at(cast.tao).get(PARTS).json()["results"]}
    assert stages == {first.pk: "judged", second.pk: "judged", third.pk: "invited"}


def test_many_at_most_so_many_and_of_this_promotion(running, part, cast):
    before = state_of()
    here = f"{HERE}{running.pk}/send/"
    assert list(post(cast.tao, here, {"participations": list(range(1, 502))}).json()) == ["participations"]
    assert list(post(cast.tao, here, {"participations": []}).json()) == ["participations"]
    assert post(cast.tao, here, {"participations": [999_999]}).json() == {"done": [], "refused": []}
    assert state_of() == before


def test_reminding_is_asked_of_a_job(running, cast):
    answer = post(cast.tao, f"{HERE}{running.pk}/remind/")
    assert answer.status_code == 202
    job = Job.objects.filter(kind="promotions.letters").latest("pk")
    assert (job.input, job.asked_by) == ({"promotion": running.pk, "reminds": True}, cast.tao)


# --- the result ---------------------------------------------------------------------------------------------------


def test_the_result_as_it_was_measured(running, cast):
    here = f"{HERE}{running.pk}/"
    nothing = at(cast.mei).get(f"{here}result/").json()
    assert (nothing["measured_at"], nothing["measurable"], nothing["lift"], nothing["told"]) == (None, None, None, "")
    before = state_of()
    assert post(cast.mei, f"{here}measure/").json() == {
        "non_field_errors": ["It is not over yet: what it brought is measured when it is."]
    }
    assert state_of() == before
    past = today() - 9 * DAY
    result = {"measurable": True, "lift": 0.081, "low": 0.02, "high": 0.15, "level": 0.8, "actual": 1081.0}
    result |= {"expected": 1000.0, "amount": 81.0, "amount_low": 20.0, "amount_high": 150.0, "before_after": 0.2}
    result |= {"provable": 0.05, "shops": 3, "compared": 40, "left_out": {"E2": "few", "W1": "few"}, "after": None}
    Promotion.objects.update(starts_on=past, ends_on=past, answer_by=past, result=result, measured_at=now())
    found = at(cast.mei).get(f"{here}result/").json()
    assert {name: found[name] for name in ("measurable", "lift", "low", "high", "shops", "compared", "amount")} == {
        "measurable": True,
        "lift": 0.081,
        "low": 0.02,
        "high": 0.15,
        "shops": 3,
        "compared": 40,
        "amount": 81.0,
    }
    assert found["told"] != "" and found["left_out"] == [{"code": "E2", "why": "few"}]
    asked_for = post(cast.mei, f"{here}measure/")
    job = Job.objects.get(kind="promotions.measure")
    assert (asked_for.status_code, asked_for.json(), job.asked_by) == (202, {"job": job.pk}, cast.mei)


# --- the calendar -------------------------------------------------------------------------------------------------


def test_the_calendar_says_who_runs_two(running, shops, cast):
    def opened(code, start):
        made = actions.write_promotion(
            code=code,
            title=code,
            kind="gift",
            mechanics="x",
            starts_on=start,
            ends_on=start + 5 * DAY,
            answer_by=start,
            audience=Audience(codes=("E1", "E2")),
            by=cast.mei,
        )
        return actions.open_promotion(promotion=made, by=cast.mei)

    opened("same", today() + 3 * DAY)
    opened("later", today() + 60 * DAY)
    opened("far", today() + 200 * DAY)
    rows = at(cast.mei).get(f"{HERE}calendar/").json()
    assert [(one["code"], one["clashes"]) for one in rows] == [("spring", 2), ("same", 2), ("later", 0)]
    span = f"?since={today() + 50 * DAY}&until={today() + 250 * DAY}"
    assert [one["code"] for one in at(cast.mei).get(f"{HERE}calendar/{span}").json()] == ["later", "far"]
    assert at(cast.lin).get(f"{HERE}calendar/").json() == []
    for wrong, name in (
        ("since=x", "since"),
        (f"until={today() - DAY}", "until"),
        (f"until={today() + 500 * DAY}", "until"),
        ("from=2026-01-01", "from"),
    ):
        answer = at(cast.mei).get(f"{HERE}calendar/?{wrong}")
        assert (answer.status_code, list(answer.json())) == (400, [name])


# --- who may ------------------------------------------------------------------------------------------------------

WRITING = [
    ("answer", {"answer": "declined"}),
    ("take-counter", {}),
    ("receive", {}),
    ("show", {}),
    ("judge", {"compliance": "agreed"}),
    ("claim", {"amount": "1"}),
    ("settle", {"amount": "1"}),
]
MANY = [
    ("send", {}),
    ("receive", {}),
    ("answers", {"answer": "declined"}),
    ("judge", {"compliance": "agreed"}),
]
PLANNING = ["open", "close", "call-off", "remind", "measure"]


def test_lin_finds_nothing_of_east(running, taken, cast):
    before = state_of()
    assert at(cast.lin).get(HERE).json()["results"] == at(cast.lin).get(PARTS).json()["results"] == []
    for query in (f"promotion={running.pk}", f"customer={taken.customer_id}"):
        assert at(cast.lin).get(f"{PARTS}?{query}").json()["results"] == []
    for address in (f"{HERE}{running.pk}/", f"{HERE}{running.pk}/result/", f"{PARTS}{taken.pk}/"):
        assert at(cast.lin).get(address).status_code == 404
    assert patch(cast.lin, running, {"title": "x"}).status_code == 404
    for name, data in WRITING:
        assert post(cast.lin, f"{PARTS}{taken.pk}/{name}/", data).status_code == 404
    for name, data in MANY:
        said = {"participations": [taken.pk], **data}
        assert post(cast.lin, f"{HERE}{running.pk}/{name}/", said).status_code == 404
    for name in PLANNING:
        assert post(cast.lin, f"{HERE}{running.pk}/{name}/").status_code == 404
    assert state_of() == before


def test_of_a_promotion_of_the_whole_brand_each_sees_and_changes_their_own(shops, west, cast):
    made = actions.write_promotion(
        code="all",
        title="全国",
        kind="gift",
        mechanics="x",
        starts_on=today(),
        ends_on=today(),
        answer_by=today(),
        audience=Audience(everybody=True),
        by=cast.ada,
    )
    held = actions.open_promotion(promotion=made, by=cast.ada)
    for one in held.participations.all():
        actions.answer(participation=one, answer="accepted")
    assert at(cast.ada).get(f"{HERE}{held.pk}/").json()["standing"]["all"] == 4
    seen = at(cast.lin).get(f"{HERE}{held.pk}/").json()
    assert (seen["standing"]["all"], seen["audience"]) == (1, None)
    everybody = list(held.participations.order_by("pk").values_list("pk", flat=True))
    judged = post(cast.lin, f"{HERE}{held.pk}/judge/", {"participations": everybody, "compliance": "agreed"}).json()
    own = held.participations.get(customer=west).pk
    assert judged == {"done": [own], "refused": []}
    assert held.participations.exclude(compliance="").count() == 1
    before = state_of()
    told = {"detail": "Whoever planned a promotion, or an administrator, changes it."}
    for name in ("open", "close", "call-off"):
        answer = post(cast.lin, f"{HERE}{held.pk}/{name}/")
        assert (answer.status_code, answer.json()) == (403, told)
    assert patch(cast.lin, held, {"ends_on": str(today() + DAY)}).status_code == 403
    assert state_of() == before


def test_readers_read_and_change_nothing(running, taken, cast):
    before = state_of()
    assert at(cast.ana).get(f"{HERE}{running.pk}/").json()["audience"] is None
    assert at(cast.ana).get(f"{PARTS}{taken.pk}/").json()["stage"] == "accepted"
    for name, data in WRITING:
        answer = post(cast.ana, f"{PARTS}{taken.pk}/{name}/", data)
        assert (answer.status_code, answer.json()) == (403, READ_ONLY)
    for name, data in MANY:
        answer = post(cast.ana, f"{HERE}{running.pk}/{name}/", {"participations": [taken.pk], **data})
        assert (answer.status_code, answer.json()) == (403, READ_ONLY)
    for name in PLANNING:
        assert post(cast.ana, f"{HERE}{running.pk}/{name}/").status_code == 403
    assert post(cast.ana, HERE, asked(code="x")).status_code == 403
    assert state_of() == before


# --- lists --------------------------------------------------------------------------------------------------------


def ids(user, address) -> list[int]:
    return [one["id"] for one in at(user).get(address).json()["results"]]


def test_promotions_are_filtered_ordered_and_sparse(running, cast):
    draft = post(cast.mei, HERE, asked(code="may", kind="gift", starts_on=str(today() - DAY))).json()["id"]
    assert ids(cast.mei, HERE) == [draft, running.pk]
    assert ids(cast.mei, f"{HERE}?ordering=-starts_on") == [running.pk, draft]
    assert ids(cast.mei, f"{HERE}?state=open") == ids(cast.mei, f"{HERE}?code=SPRING") == [running.pk]
    assert ids(cast.mei, f"{HERE}?kind=gift") == [draft]
    assert ids(cast.tao, HERE) == [running.pk]
    found = at(cast.mei).get(f"{HERE}?fields=id,standing&page_size=1").json()
    assert found["results"] == [{"id": draft, "standing": NOBODY}]
    assert at(cast.mei).get(found["next"]).json()["results"] == [
        {"id": running.pk, "standing": {**NOBODY, "all": 3, "invited": 3}}
    ]
    for wrong in ("state=x", "kind=x", "q=x", "ordering=title", "fields=result"):
        assert at(cast.mei).get(f"{HERE}?{wrong}").status_code == 400


def test_participations_by_promotion_stage_and_customer(running, taken, shops, cast):
    rows = list(running.participations.order_by("-pk").values_list("pk", flat=True))
    assert ids(cast.tao, PARTS) == ids(cast.tao, f"{PARTS}?promotion={running.pk}") == rows
    assert ids(cast.tao, f"{PARTS}?stage=accepted") == ids(cast.tao, f"{PARTS}?answer=accepted") == [taken.pk]
    assert ids(cast.tao, f"{PARTS}?customer={shops[0].pk}") == [taken.pk]
    assert ids(cast.tao, f"{PARTS}?stage=invited&ordering=id") == sorted(set(rows) - {taken.pk})
    actions.judge(participation=taken, compliance="agreed", by=cast.tao)
    assert ids(cast.tao, f"{PARTS}?compliance=agreed") == ids(cast.tao, f"{PARTS}?stage=judged") == [taken.pk]
    for wrong in ("stage=x", "promotion=x", "answer=x", "state=open"):
        assert at(cast.tao).get(f"{PARTS}?{wrong}").status_code == 400


def test_lists_take_the_same_statements_however_long(running, part, regions, cast):
    addresses = (HERE, PARTS, f"{PARTS}?stage=invited", f"{HERE}calendar/", f"{PARTS}{part.pk}/")
    before = [statements(cast.mei, address) for address in addresses]
    more = [create_customer(code=f"M{n}", name="多", kind="franchisee", region=regions.jiangsu) for n in range(12)]
    for n in range(6):
        made = Promotion.objects.create(
            code=f"c{n}",
            title="x",
            kind="gift",
            mechanics="x",
            starts_on=today(),
            ends_on=today() + datetime.timedelta(days=3),
            answer_by=today(),
            made_by=(cast.mei, cast.ada)[n % 2],
            state="open",
        )
        Participation.objects.bulk_create(
            Participation(promotion=made, customer=one, judged_by=(cast.mei, cast.tao)[n % 2]) for one in more
        )
    for n in range(5):
        Execution.objects.create(participation=part, seen_on=today(), by=(cast.mei, cast.tao)[n % 2], at=now())
    assert [statements(cast.mei, address) for address in addresses] == before
