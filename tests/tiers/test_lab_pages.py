"""The laboratory and tiers by hand on pages and over the API: who may, what is shown to whom, at what cost."""

from datetime import date, timedelta

import pytest
from rest_framework.test import APIClient

from crm.clock import today
from crm.jobs import runner
from crm.periods import Windows
from customers.models import Customer, TierOverride, TierPolicy, TierStanding, TierTrial
from customers.tiers import actions, overriding
from tests.tiers.making import add_months

pytestmark = pytest.mark.django_db
WHY = "the owner opens a second shop in March"
TYPED = {
    "top_share": "40",
    "growth": "10",
    "cooperation_high": 70,
    "loyalty_high": 70,
    "min_observations": 5,
    "rank_within": "brand",
    "year_end_month": 12,
}


@pytest.fixture
def ten(cast, regions, policy):
    """F01 sold 1000 in the last twelve months … F10 100; odd ones in Jiangsu, even ones in Sichuan."""
    rows = [
        Customer.objects.create(
            code=f"F{n:02}", name=f"Shop {n}", kind="franchisee", region=regions.jiangsu if n % 2 else regions.sichuan
        )
        for n in range(1, 11)
    ]
    month = Windows.as_of(today()).w0.start
    add_months([(row.pk, month, 110_000 - 10_000 * n) for n, row in enumerate(rows, 1)])
    actions.refresh(as_of=today())
    return rows


@pytest.fixture
def tried(ten, policy, cast, sign_in):
    """A trial of the top 40 % by each person asked for: tried(user) -> its page's address."""

    def make(user):
        answer = sign_in(user).post("/customers/tiers/lab/", TYPED | {"against": policy.pk})
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    return make


def test_a_head_sees_the_brands_numbers_and_the_names_in_reach(tried, cast, client):
    page = client.get(tried(cast.mei)).content.decode()
    assert "Shop 3" in page and "Shop 4" not in page
    assert "2 up, 0 down" in page
    assert "江苏" in page and "四川" not in page
    assert "not known" in page  # support: the policy gives none
    assert client.get(f"{_path()}?move=down").content.decode().count("Shop 3") == 0
    assert "Shop 3" in client.get(f"{_path()}?move=CA&region=EAST").content.decode()
    assert "Shop 3" not in client.get(f"{_path()}?region=WEST").content.decode()


def _path():
    return f"/customers/tiers/lab/{TierTrial.objects.latest('pk').pk}/"


def test_of_others_trials_nothing_is_known(tried, cast, sign_in):
    path = tried(cast.mei)
    for user, code in ((cast.lin, 404), (cast.tao, 404), (cast.ada, 200)):
        assert sign_in(user).get(path).status_code == code
    assert sign_in(cast.lin).post(f"{path}churn/").status_code == 404
    assert sign_in(cast.tao).get("/customers/tiers/lab/").status_code == 403
    assert sign_in(cast.tao).post("/customers/tiers/lab/", TYPED).status_code == 403
    assert TierTrial.objects.count() == 1


def test_what_contradicts_itself_is_said_at_the_field(ten, policy, cast, sign_in):
    typed = TYPED | {"against": policy.pk, "stability_band": "on", "band_leave": "30"}
    answer = sign_in(cast.ada).post("/customers/tiers/lab/", typed)
    assert answer.status_code == 422
    assert "These values contradict each other" in answer.content.decode()
    late = TYPED | {"against": policy.pk, "as_of": (today() + timedelta(days=1)).isoformat()}
    assert "This day has not come yet" in sign_in(cast.ada).post("/customers/tiers/lab/", late).content.decode()
    assert not TierTrial.objects.exists()


def test_kept_then_adopted_from_a_day(tried, cast, sign_in):
    path = tried(cast.mei)
    assert sign_in(cast.mei).post(f"{path}keep/", {"name": "Wider"}).status_code == 403
    path = tried(cast.ada)
    answer = sign_in(cast.ada).post(f"{path}keep/", {"name": "Wider", "note": "tried"})
    made = TierPolicy.objects.latest("pk")
    assert (answer["Location"], made.name, str(made.top_share)) == (
        f"/customers/tiers/policies/{made.pk}/",
        "Wider",
        "0.4000",
    )
    client = sign_in(cast.ada)
    day = today() + timedelta(days=9)
    client.post(f"/customers/tiers/policies/{made.pk}/adopt/", {"day": day.isoformat(), "reason": "new quarter"})
    made.refresh_from_db()
    assert (made.adopted_from, made.adopted_at) == (day, None)
    assert "Comes into force on" in client.get(f"/customers/tiers/policies/{made.pk}/").content.decode()
    assert sign_in(cast.mei).post(f"/customers/tiers/policies/{made.pk}/call-off/").status_code == 403
    sign_in(cast.ada).post(f"/customers/tiers/policies/{made.pk}/call-off/")
    made.refresh_from_db()
    assert made.adopted_from is None


def test_a_page_costs_the_same_for_many_names(tried, cast, ten, regions, client, django_assert_max_num_queries):
    path = tried(cast.ada)
    with django_assert_max_num_queries(30) as few:
        client.get(path)
    cost = len(few.captured_queries)
    month = Windows.as_of(today()).w0.start
    more = [
        Customer.objects.create(code=f"G{n:02}", name=f"More {n}", kind="franchisee", region=regions.zhejiang)
        for n in range(40)
    ]
    add_months([(row.pk, month, 50_000 + n) for n, row in enumerate(more)])
    path = tried(cast.ada)
    assert TierTrial.objects.latest("pk").result["moved"] > 8
    with django_assert_max_num_queries(cost):
        client.get(path)


def test_churn_is_measured_by_a_job_and_shown(tried, cast, client):
    path = tried(cast.ada)
    assert "A replaced a month" not in client.get(path).content.decode()
    client.post(f"{path}churn/")
    runner.drain()
    page = client.get(path).content.decode()
    assert "A replaced a month" in page and "Measure how calm it is" not in page


# --- by hand ----------------------------------------------------------------------------------------------------------


def proposed(customer, by, **values):
    until = today() + timedelta(days=values.pop("days", 60))
    return overriding.propose(customer=customer, tier="A", reason=WHY, until=until, by=by)


def test_from_the_page_to_the_tier(ten, cast, sign_in):
    third = ten[2]
    typed = {"tier": "A", "reason": WHY, "until": (today() + timedelta(days=30)).isoformat()}
    url = f"/customers/{third.pk}/tier/override/"
    assert sign_in(cast.mei).get(url).status_code == 200
    assert sign_in(cast.mei).post(url, typed | {"reason": "short"}).status_code == 422
    assert sign_in(cast.ana).post(url, typed).status_code == 403
    assert sign_in(cast.lin).post(url, typed).status_code == 404
    assert not TierOverride.objects.exists()
    assert sign_in(cast.mei).post(url, typed).status_code == 302
    made = TierOverride.objects.get()
    approve = f"/customers/tiers/overrides/{made.pk}/approve/"
    sign_in(cast.mei).post(approve)
    made.refresh_from_db()
    assert made.state == "proposed"
    assert sign_in(cast.lin).post(approve).status_code == 404
    assert sign_in(cast.ada).post(approve, {"version": made.version, "next": "today"})["Location"] == "/"
    runner.drain()
    standing = TierStanding.objects.get(customer=third)
    assert (standing.tier, standing.computed_tier) == ("A", "C")
    card = sign_in(cast.mei).get(f"/customers/{third.pk}/").content.decode()
    assert "It was set by hand, whatever the rule says." in card and WHY in card
    rows = sign_in(cast.mei).get("/customers/").content.decode()
    assert "by hand, by the rule C" in rows
    assert "Shop 3" in sign_in(cast.mei).get("/customers/?override=up").content.decode()
    assert "Shop 3" not in sign_in(cast.mei).get("/customers/?override=down").content.decode()


def test_today_tells_who_looks_a_second_time(ten, cast, sign_in):
    proposed(ten[2], cast.mei)
    assert "by hand until" not in sign_in(cast.mei).get("/").content.decode()
    assert "by hand until" not in sign_in(cast.lin).get("/").content.decode()
    assert "by hand until" in sign_in(cast.ada).get("/").content.decode()
    soon = proposed(ten[4], cast.mei, days=10)
    overriding.approve(override=soon, by=cast.ada)
    page = sign_in(cast.mei).get("/").content.decode()
    assert "by hand ends on" in page
    later = proposed(ten[6], cast.mei, days=15)
    overriding.approve(override=later, by=cast.ada)
    # One in her list, and as what comes first for that manager.
    assert sign_in(cast.mei).get("/").content.decode().count("by hand ends on") == page.count("by hand ends on")


def test_the_list_is_of_those_in_reach_and_costs_the_same(ten, cast, sign_in, django_assert_max_num_queries):
    proposed(ten[0], cast.ada)
    proposed(ten[1], cast.ada)
    client = sign_in(cast.mei)
    with django_assert_max_num_queries(20) as few:
        page = client.get("/customers/tiers/overrides/").content.decode()
    cost = len(few.captured_queries)
    assert "Shop 1" in page and "Shop 2" not in page
    for row in ten[2::2]:
        proposed(row, cast.ada)
    with django_assert_max_num_queries(cost):
        client.get("/customers/tiers/overrides/")
    assert "Nothing is over yet" in client.get("/customers/tiers/overrides/?show=over").content.decode()


# --- the API ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def api():
    def enter(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    return enter


def test_a_draft_over_the_api(ten, cast, api):
    mei = api(cast.mei)
    answer = mei.post("/api/v1/tiers/lab/", {"top_share": "0.40"}, format="json")
    assert answer.status_code == 201, answer.data
    result = answer.data["result"]
    assert (result["moved"], result["held"]) == (2, 0)
    assert (result["before"]["counts"], result["after"]["counts"]) == (
        {"A": 2, "B": 0, "C": 8},
        {"A": 4, "B": 0, "C": 6},
    )
    assert (result["before"]["covered_a"], result["after"]["covered_a"]) == ("0.345455", "0.618182")
    assert [one["region"] for one in result["regions"]] == ["JIANGSU"]
    moves = mei.get(f"/api/v1/tiers/lab/{answer.data['id']}/moves/").data["results"]
    assert [(one["code"], one["before"], one["after"], one["rank"]) for one in moves] == [("F03", "C", "A", 3)]
    assert mei.get(f"/api/v1/tiers/lab/{answer.data['id']}/moves/?before=A").data["results"] == []
    assert api(cast.lin).get(f"/api/v1/tiers/lab/{answer.data['id']}/").status_code == 404
    assert api(cast.tao).post("/api/v1/tiers/lab/", {}, format="json").status_code == 403
    assert mei.post("/api/v1/tiers/lab/", {"options": {"nonsense": 1}}, format="json").status_code == 400
    assert mei.post(f"/api/v1/tiers/lab/{answer.data['id']}/keep/", {}, format="json").status_code == 403
    kept = api(cast.ada).post(f"/api/v1/tiers/lab/{answer.data['id']}/keep/", {"name": "W"}, format="json")
    assert (kept.status_code, kept.data["version"], kept.data["top_share"]) == (201, 2, "0.4000")
    day = (today() + timedelta(days=3)).isoformat()
    plan = f"/api/v1/tiers/policies/{kept.data['id']}/plan/"
    assert api(cast.mei).post(plan, {"day": day}, format="json").status_code == 403
    assert api(cast.ada).post(plan, {"day": day}, format="json").status_code == 200
    assert TierPolicy.objects.get(pk=kept.data["id"]).adopted_from == date.fromisoformat(day)
    assert api(cast.ada).post(plan.replace("plan", "call-off"), format="json").status_code == 200


def test_overrides_over_the_api(ten, cast, api):
    until = (today() + timedelta(days=30)).isoformat()
    given = {"customer": ten[2].pk, "tier": "B", "reason": WHY, "until": until}
    assert api(cast.lin).post("/api/v1/tiers/overrides/", given, format="json").status_code == 400
    assert api(cast.ana).post("/api/v1/tiers/overrides/", given, format="json").status_code == 403
    made = api(cast.mei).post("/api/v1/tiers/overrides/", given, format="json")
    assert (made.status_code, made.data["state"], made.data["computed_tier"]) == (201, "proposed", "C")
    url = f"/api/v1/tiers/overrides/{made.data['id']}/"
    assert api(cast.lin).get(url).status_code == 404
    assert api(cast.ada).post(f"{url}approve/", {}, format="json").status_code == 428
    assert (
        api(cast.mei).post(f"{url}approve/", {}, format="json", headers={"If-Match": made["ETag"]}).status_code == 400
    )
    done = api(cast.ada).post(f"{url}approve/", {"note": "yes"}, format="json", headers={"If-Match": made["ETag"]})
    assert (done.status_code, done.data["state"], done.data["decided_by"]["name"]) == (200, "in_force", "Ada")
    again = api(cast.ada).post(f"{url}end/", {"note": "no"}, format="json", headers={"If-Match": made["ETag"]})
    assert again.status_code == 412
    runner.drain()
    row = next(
        one for one in api(cast.mei).get("/api/v1/tiers/standing/").data["results"] if one["customer"] == ten[2].pk
    )
    assert (row["tier"], row["reason"], row["computed_tier"], row["computed_reason"], row["override_tier"]) == (
        "B",
        "override",
        "C",
        "not_yet_judgeable",
        "B",
    )
    told = api(cast.mei).get(f"/api/v1/customers/{ten[2].pk}/").data["tiers"]
    assert told == {"in_force": "B", "computed": "C", "override": "B"}
    why = api(cast.mei).get(f"/api/v1/customers/{ten[2].pk}/tier/").data
    assert (why["tier"], why["decision"]["rule_tier"]) == ("B", "C")
    ended = api(cast.mei).post(f"{url}end/", {"note": "over"}, format="json", headers={"If-Match": done["ETag"]})
    assert (ended.status_code, ended.data["state"]) == (200, "ended")
