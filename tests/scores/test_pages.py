"""Pages and API of scores: what is told, to whom, and what is refused."""

import datetime
import re

import pytest

from customers.models import Customer, Observation, Score
from customers.scores import actions
from tests.scores.conftest import invoice, months, seen

pytestmark = pytest.mark.django_db


def words(answer):
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def scored(shops, policy):
    day = datetime.date(2026, 1, 10)
    for n in range(6):
        seen(shops["E1"], "promotion", 100 if n else 0, day, note="陈列" if n else "没有执行")
        seen(shops["W1"], "promotion", 100, day, note="CANARY")
    invoice(shops["E1"], "INV-1", day, day)
    invoice(shops["E1"], "INV-2", day, day + datetime.timedelta(days=9))
    months(shops["E1"], (2025, 1), [100] * 20)
    actions.compute()
    return shops


def test_a_manager_sees_components_evidence_and_why(scored, cast, sign_in):
    text = words(sign_in(cast.mei).get(f"/customers/{scored['E1'].pk}/scores/"))
    assert "kept 5 of 6" in text and "kept 1 of 2" in text
    assert "INV-1" in text and "INV-2" in text and "没有执行" in text
    assert "1 late payment costs" in text and "1 promotion not run as agreed costs" in text
    assert "counted for the first time" in text
    assert "not a forecast" in text


def test_nobody_sees_scores_beyond_their_reach(scored, cast, sign_in):
    for who, code, status in (
        (cast.lin, "E1", 404),
        (cast.lin, "W1", 200),
        (cast.mei, "W1", 404),
        (cast.ana, "E1", 200),
    ):
        client = sign_in(who)
        for part in ("scores/", "scores/judge/"):
            expected = 403 if who is cast.ana and part == "scores/judge/" else status
            assert client.get(f"/customers/{scored[code].pk}/{part}").status_code == expected
        for part in ("", "evidence/", "changes/"):
            assert client.get(f"/api/v1/customers/{scored[code].pk}/scores/{part}").status_code == status


def test_a_judgement_is_one_event(scored, cast, sign_in):
    client = sign_in(cast.mei)
    data = {"trait": "cooperation", "kind": "opinion", "score": 80, "seen_on": "2026-01-11", "note": "肯配合"}
    address = f"/customers/{scored['E1'].pk}/scores/judge/"
    assert client.post(address, data).status_code == 302
    made = Observation.objects.latest("pk")
    assert (made.kind, made.score, made.seen_by, made.source) == ("opinion", 80, cast.mei, "manual")
    before = Score.objects.get(customer=scored["E1"], trait="cooperation", current=True)
    actions.follow()
    after = Score.objects.get(customer=scored["E1"], trait="cooperation", current=True)
    assert after.events == before.events + 1
    for change in (
        {"trait": "loyalty", "kind": "report"},
        {"score": 101},
        {"seen_on": "2999-01-01"},
        {"kind": "charm"},
    ):
        assert client.post(address, {**data, **change}).status_code == 422
    assert client.post(f"/customers/{scored['W1'].pk}/scores/judge/", data).status_code == 404
    assert sign_in(cast.ana).post(address, data).status_code == 403
    assert Observation.objects.latest("pk") == made


def test_the_api_tells_what_adds_up(scored, cast, sign_in):
    client = sign_in(cast.mei)
    base = f"/api/v1/customers/{scored['E1'].pk}/scores/"
    both = client.get(base).json()
    one = both["cooperation"]
    assert (one["events"], one["known"]) == (8, True)
    assert {part["kind"]: part["kept"] for part in one["components"]} == {
        "promotion": "kept 5 of 6",
        "payment": "kept 1 of 2",
    }
    cents = [round(float(part["points"]) * 100) for part in one["components"]]
    assert sum(cents) == round(float(one["points"]) * 100)
    rows = client.get(f"{base}evidence/").json()
    rows = [row for row in rows if row["trait"] == "cooperation"]
    assert sum(round(float(row["points"]) * 100) for row in rows) == sum(cents)
    assert [row["link"] for row in rows if row["ref"] == "INV-1"] == [f"/customers/{scored['E1'].pk}/payments/"]
    assert client.get(base, {"as_of": "2025-01-01"}).json()["cooperation"]["points"] is None
    assert client.get(base, {"as_of": "yesterday"}).status_code == 400
    changes = client.get(f"{base}changes/").json()["results"]
    assert {row["trait"] for row in changes} == {"cooperation", "loyalty"}
    assert all(row["because"] for row in changes)


def test_the_list_shows_sorts_and_filters_scores(scored, cast, sign_in):
    client = sign_in(cast.ada)
    text = words(client.get("/customers/?cols=cooperation,loyalty&cooperation=high&sort=-cooperation"))
    assert "店W1" in text and "店E2" not in text
    text = words(client.get("/customers/?cooperation=unknown"))
    assert "店E2" in text and "店W1" not in text
    told = client.get(f"/api/v1/customers/{scored['W1'].pk}/").json()["scores"]
    assert (told["cooperation"]["high"], told["loyalty"]["known"]) == (True, False)


def test_statements_of_the_page_are_flat(scored, cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.mei)
    address = f"/customers/{scored['E1'].pk}/scores/"
    client.get(address)
    with django_assert_max_num_queries(16) as few:
        client.get(address)
    for n in range(30):
        seen(scored["E1"], "report", 100, datetime.date(2026, 1, 1 + n % 28), seen_by=cast.mei)
    actions.compute()
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_the_command_prints_components(scored, capsys):
    import json

    from django.core.management import call_command

    call_command("compute_scores", "--json", "--customer", "E1")
    told = json.loads(capsys.readouterr().out)
    assert (told["examined"], told["changed"], told["cooperation"]["known"]) == (3, 0, 2)
    assert [one["kept"] for one in told["customer"]["cooperation"]["components"]] == ["kept 5 of 6", "kept 1 of 2"]
    for wrong in (["--as-of", "soon"], ["--customer", "NOBODY"]):
        with pytest.raises(SystemExit) as stopped:
            call_command("compute_scores", "--json", *wrong)
        assert stopped.value.code == 2
        assert json.loads(capsys.readouterr().out)["examined"] == 0
    assert Customer.objects.count() == 3
