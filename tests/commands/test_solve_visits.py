"""solve_visits: what it writes, prints and exits with; nothing is written of an instance that makes no sense."""

from __future__ import annotations

import json

from tests.commands.test_commands import command
from tests.rules.territories import square
from visits.plan import routing


def solve(tmp_path, instance, *more):
    source, out = tmp_path / "instance.json", tmp_path / "solution.json"
    source.write_text(instance if isinstance(instance, str) else json.dumps(instance))
    code, told, errors = command(
        "solve_visits", str(source), "--iterations", "30", "--out", str(out), "--seed", "1", *more
    )
    return code, told, errors, json.loads(out.read_text()) if out.exists() else None


def test_a_plan_is_written(tmp_path):
    code, told, errors, plan = solve(tmp_path, square(4))
    assert (code, errors) == (0, "")
    assert "0 visits without a place" in told
    assert plan["format"] == "visitplan-plan/1"
    assert plan["unserved"] == []
    assert sorted(stop for route in plan["routes"] for stop in route["stops"]) == ["c1", "c2", "c3", "c4"]
    assert routing.check(square(4), plan) == []


def test_as_json(tmp_path):
    code, told, _errors, _plan = solve(tmp_path, square(4), "--json")
    found = json.loads(told)
    assert code == 0
    assert (found["feasible"], found["unserved"], found["routes"]) == (True, 0, 1)


def test_what_finds_no_place_is_named(tmp_path):
    instance = square(1, max_minutes=60)
    for row in instance["customers"]:
        row["service_minutes"] = 30
    code, _told, errors, plan = solve(tmp_path, instance)
    assert code == 1
    assert len(plan["unserved"]) == 3
    assert len(errors.splitlines()) == 3
    for name, line in zip(plan["unserved"], errors.splitlines(), strict=True):
        assert name in line
        assert "minutes more on day 0" in line
    assert {row["reason"] for row in plan["unserved_visits"]} == {"too_long"}


def test_what_makes_no_sense_is_refused_and_nothing_written(tmp_path):
    instance = square(4)
    del instance["customers"][2]["y"]
    for wrong, word in ((instance, "customers[2].y"), ("{", "JSON"), ("[]", "instance")):
        code, told, errors, plan = solve(tmp_path, wrong)
        assert (code, told, plan) == (2, "", None)
        assert word in errors


def test_an_older_plan_stays_when_the_instance_is_refused(tmp_path):
    (tmp_path / "solution.json").write_text('{"kept": true}')
    assert solve(tmp_path, "{")[3] == {"kept": True}
    code, _told, errors = command("solve_visits", str(tmp_path / "none.json"), "--out", str(tmp_path / "x"))
    assert code == 2
    assert "none.json" in errors
    assert not (tmp_path / "x").exists()


def test_seconds_below_nothing_are_refused(tmp_path):
    code, _told, errors, plan = solve(tmp_path, square(4), "--seconds", "-1")
    assert (code, plan) == (2, None)
    assert "0" in errors
