"""An instance that makes no sense is refused, naming field and reason."""

import pytest

from tests.rules.territories import square
from visits.plan import routing


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (lambda i: i["customers"][1].pop("x"), "customers[1].x", "missing"),
        (lambda i: i.pop("depot"), "depot", "missing"),
        (lambda i: i["customers"][0].update(patterns=[]), "customers[0].patterns", "no set of days"),
        (lambda i: i["customers"][0].update(patterns=[[9]]), "customers[0].patterns", "no day"),
        (lambda i: i["customers"][0].update(min_gap_days=5, max_gap_days=2), "customers[0].min_gap_days", "above"),
        (lambda i: i["customers"][0].update(frequency=0), "customers[0].frequency", "below 1"),
        (lambda i: i["customers"][0].update(frequency=4, min_gap_days=3), "customers[0].frequency", "10 days"),
        (lambda i: i["customers"][0].update(id="c2"), "customers[1].id", "twice"),
        (lambda i: i["customers"][0].update(service_minutes=-1), "customers[0].service_minutes", "below 0"),
        (
            lambda i: (i.update(start_minute=480, end_minute=1080), i["customers"][0].update(time_windows=[[60, 90]])),
            "customers[0].time_windows",
            "outside",
        ),
        (lambda i: i["customers"][0].update(time_windows=[[9, 5]]), "customers[0].time_windows", "before"),
        (lambda i: i.update(days=[{"vehicles": 0}, {}, {}, {}], fixed_visits=[["c1", 0]]), "fixed_visits", "closed"),
        (lambda i: i.update(fixed_visits=[["c7", 0]]), "fixed_visits", "c7"),
        (lambda i: i.update(metric="taxi"), "metric", "not one of"),
        (lambda i: i.update(speed=0), "speed", "not above 0"),
        (lambda i: i.update(horizon_days=0), "horizon_days", "not from 1"),
        (lambda i: i.update(metric="matrix", distance_matrix=[[0]]), "distance_matrix", "not 5 rows"),
        (lambda i: i.update(days=[{}]), "days", "not a list of 4"),
        (
            lambda i: i.update(metric="matrix", days=[{"start": {"row": 4}}, {}, {}, {}]),
            "days[0].start.row",
            "after the customers",
        ),
        (
            lambda i: i.update(
                metric="matrix", days=[{"end": {"row": 5}}, {}, {}, {}], distance_matrix=[[0] * 5 for _ in range(5)]
            ),
            "distance_matrix",
            "not 6 rows",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_by_field_and_reason(change, field, reason):
    instance = square(4)
    change(instance)
    with pytest.raises(routing.InvalidInstance) as refused:
        routing.plan(instance, 0.1)
    assert refused.value.field == field
    assert reason in refused.value.reason
