"""Nights away: where days begin and end, what a draft makes of it, who marks a trip, and what is refused."""

from __future__ import annotations

import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import Posting
from crm.audit.models import AuditEntry
from crm.clock import today
from tests.planning.conftest import HOME, ahead, drafted
from visits.models import PlannedVisit, Trip
from visits.plan.actions import plan_visit
from visits.planning.drawing import picture
from visits.planning.nights import Away, ends
from visits.planning.proposing import route_now
from visits.planning.routes import Legs, Shift, Stop, timed
from visits.planning.situation import situation_of
from visits.planning.trips import mark_trip, nights_of, remove_trip

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)
INN = (30.38, 120.15)
"""Beside S4, the farthest shop."""


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def away(cast, first: datetime.date, last: datetime.date, **more) -> Trip:
    values = {"person": cast.tao, "place": "桐庐客栈", "latitude": INN[0], "longitude": INN[1], "by": cast.tao, **more}
    return mark_trip(first=first, last=last, **values)


def refused(field: str, code: str, act) -> None:
    with pytest.raises(ValidationError) as refusal:
        act()
    assert [one.code for one in refusal.value.error_dict[field]] == [code]


# --- rules --------------------------------------------------------------------------------------------------------


def test_days_of_a_trip_begin_and_end_where_one_sleeps():
    day = datetime.date(2026, 3, 2)
    days = [day + n * A_DAY for n in range(6)]
    assert ends([Away(days[0], days[2], 7)], days[0], days[5]) == {
        days[0]: (0, 7),
        days[1]: (7, 7),
        days[2]: (7, 0),
    }
    meeting = ends([Away(days[0], days[2], 7), Away(days[2], days[3], 8)], days[1], days[3])
    assert meeting == {days[1]: (7, 7), days[2]: (7, 8), days[3]: (8, 0)}


def test_a_route_goes_from_the_one_place_to_the_other():
    """Home is 0, the inn 2; a minute is a kilometre."""
    way = [[0, 30, 50], [30, 0, 20], [50, 20, 0]]
    legs = Legs(way, way)
    out = timed([Stop(1, 1, 60)], legs, Shift(540, 1080, 0, 2))
    assert (out.stops[0].arrives, out.back, out.km) == (570, 650, 50)
    stay = timed([Stop(1, 1, 60)], legs, Shift(540, 1080, 2, 2))
    assert (stay.stops[0].arrives, stay.back, stay.km) == (560, 640, 40)
    assert timed([], legs, Shift(540, 1080, 2, 0)).km == 50
    assert timed([], legs, Shift(540, 1080)).km == 0


def test_a_route_is_drawn_from_where_one_slept():
    drawn = picture([(1, (30.1, 120.0))], HOME, (INN, None))
    assert len(drawn.homes) == 2 and drawn.line.split()[0] == f"{drawn.homes[0].x:g},{drawn.homes[0].y:g}"
    assert drawn.homes[0].y < drawn.homes[1].y  # the inn lies north of home
    assert len(picture([(1, (30.1, 120.0))], HOME).homes) == 1
    assert picture([(1, (30.1, 120.0))], None).homes == ()


# --- plans --------------------------------------------------------------------------------------------------------


def test_a_situation_knows_where_days_begin_and_end(planned, cast):
    away(cast, ahead(1), ahead(2))
    now = situation_of(cast.tao, ahead(1), ahead(3))
    inn = len(now.points) - 1
    shifts = [(now.shift_of(ahead(n)).begins_at, now.shift_of(ahead(n)).ends_at) for n in (1, 2, 3)]
    assert shifts == [(0, inn), (inn, 0), (0, 0)]
    assert now.points[inn] == INN
    days = nights_of(Trip.objects.all(), ahead(1), ahead(3))
    assert days == {ahead(1): (None, INN), ahead(2): (INN, None)}
    # S0 lies between home and the inn.
    assert round(route_now(now, ahead(1)).km, 1) == 18.8
    Trip.objects.all().delete()
    assert round(route_now(situation_of(cast.tao, ahead(1), ahead(1)), ahead(1)).km, 1) == 14.5


def test_a_draft_sleeps_away(shops, cast):
    """The same week costs less driving when the night between two days is spent beside the far shops."""
    for shop, n in ((shops[3], 1), (shops[4], 2)):
        plan_visit(customer=shop, visitor=cast.tao, day=ahead(n), is_agreed=True, by=cast.tao)
    without = drafted(cast.tao, ahead(1), ahead(2))
    away(cast, ahead(1), ahead(2))
    found = drafted(cast.tao, ahead(1), ahead(2))
    found.refresh_from_db()
    assert str(INN[0]) not in json.dumps(found.result)  # where somebody sleeps is kept in one place
    assert found.result["km"] < without.result["km"]
    page = at(cast.tao).get(f"/visits/drafts/{found.pk}/").text
    assert page.count("<rect") == 4  # home and the inn on both days
    assert PlannedVisit.objects.count() == 2


def test_a_colleague_who_may_read_a_draft_is_not_told_where_somebody_sleeps(shops, cast, regions, django_user_model):
    wei = django_user_model.objects.create(username="wei", name="Wei", role="manager")
    Posting.objects.create(user=wei, region=regions.east, since=datetime.date(2026, 1, 1))
    for shop, n in ((shops[3], 1), (shops[4], 2)):
        plan_visit(customer=shop, visitor=cast.tao, day=ahead(n), is_agreed=True, by=cast.tao)
    away(cast, ahead(1), ahead(2))
    draft = drafted(cast.tao, ahead(1), ahead(2))
    assert not Trip.objects.visible_to(wei).exists() and Trip.objects.visible_to(cast.mei).count() == 1
    page = at(wei).get(f"/visits/drafts/{draft.pk}/")
    assert page.status_code == 200
    assert page.text.count("<rect") == 0
    assert at(cast.mei).get(f"/visits/drafts/{draft.pk}/").text.count("<rect") == 4


def test_pages_tell_of_a_trip(planned, cast):
    away(cast, ahead(1), ahead(2))
    tao = at(cast.tao)
    for address in (f"/visits/day/{ahead(1)}/", f"/visits/month/?month={ahead(1):%Y-%m}"):
        assert "nights at 桐庐客栈" in tao.get(address).text
    assert "nights at" not in tao.get(f"/visits/day/{ahead(3)}/").text


# --- marking ------------------------------------------------------------------------------------------------------


def test_a_trip_is_marked_and_taken_out(shops, cast):
    tao = at(cast.tao)
    sent = {"first": ahead(1), "last": ahead(3), "place": " 桐庐 客栈 ", "latitude": "30.38", "longitude": "120.15"}
    assert tao.post("/visits/trips/", sent).url == f"/visits/trips/?person={cast.tao.pk}"
    trip = Trip.objects.get()
    assert (trip.person, trip.first, trip.last, trip.place, trip.point) == (
        cast.tao,
        ahead(1),
        ahead(3),
        "桐庐 客栈",
        INN,
    )
    assert "桐庐 客栈" in tao.get("/visits/trips/").text
    tao.post(f"/visits/trips/{trip.pk}/remove/")
    assert not Trip.objects.exists()
    told = AuditEntry.objects.filter(action__startswith="trip.").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["trip.mark", "trip.remove"]


def test_what_is_no_trip_is_refused(shops, cast):
    away(cast, ahead(2), ahead(4))
    refused("last", "order", lambda: away(cast, ahead(6), ahead(6)))
    refused("last", "long", lambda: away(cast, ahead(6), ahead(6) + 31 * A_DAY))
    refused("first", "past", lambda: away(cast, today() - A_DAY, ahead(1)))
    refused("first", "twice", lambda: away(cast, ahead(3), ahead(6)))
    refused("first", "twice", lambda: away(cast, ahead(1), ahead(6)))
    refused("place", "required", lambda: away(cast, ahead(6), ahead(7), place=" "))
    refused("place", "long", lambda: away(cast, ahead(6), ahead(7), place="x" * 101))
    refused("latitude", "place", lambda: away(cast, ahead(6), ahead(7), latitude=91.0))
    refused("latitude", "place", lambda: away(cast, ahead(6), ahead(7), longitude=float("nan")))
    assert Trip.objects.count() == 1
    away(cast, ahead(4), ahead(5))  # from one inn to the next
    refused_page = at(cast.tao).post("/visits/trips/", {"first": ahead(6), "last": ahead(6), "place": "x"})
    assert refused_page.status_code == 422 and Trip.objects.count() == 2


def test_whose_nights(shops, cast, django_user_model):
    trip = away(cast, ahead(1), ahead(2), by=cast.mei)
    wei = django_user_model.objects.create(username="wei", name="Wei", role="manager")
    refused("person", "reach", lambda: away(cast, ahead(3), ahead(4), by=cast.lin))
    refused("person", "reach", lambda: away(cast, ahead(3), ahead(4), by=wei))
    for user in (cast.lin, wei):
        assert not Trip.objects.visible_to(user).exists()
        assert at(user).get(f"/visits/trips/?person={cast.tao.pk}").status_code == 404
        assert at(user).post(f"/visits/trips/{trip.pk}/remove/").status_code == 404
    seen = at(cast.ana).get(f"/visits/trips/?person={cast.tao.pk}").text
    assert "桐庐客栈" in seen and "Mark a trip" not in seen
    assert at(cast.ana).post(f"/visits/trips/{trip.pk}/remove/").status_code == 403
    assert Trip.objects.get() == trip
    remove_trip(trip=trip, by=cast.mei)
    assert not Trip.objects.exists()


def test_trips_over_the_api(shops, cast):
    sent = {"person": cast.tao.pk, "first": str(ahead(1)), "last": str(ahead(3)), "place": " 桐庐 客栈 "}
    sent |= {"latitude": INN[0], "longitude": INN[1]}
    made = posted(cast.tao, "/api/v1/trips/", sent)
    trip = Trip.objects.get()
    assert made.status_code == 201 and made.json() == {
        "id": trip.pk,
        "person": made.json()["person"],
        "first": str(ahead(1)),
        "last": str(ahead(3)),
        "place": "桐庐 客栈",
        "latitude": INN[0],
        "longitude": INN[1],
        "made_by": made.json()["person"],
        "made_at": made.json()["made_at"],
    }
    assert at(cast.tao).get(f"/api/v1/trips/{trip.pk}/").json() == made.json()
    other = posted(cast.mei, "/api/v1/trips/", sent | {"first": str(ahead(5)), "last": str(ahead(6))})
    assert other.status_code == 201 and Trip.objects.latest("pk").made_by == cast.mei
    for query, found in (("", 2), (f"?day_from={ahead(4)}", 1), (f"?day_to={ahead(4)}", 1), ("?person=1000000", 0)):
        assert len(at(cast.mei).get(f"/api/v1/trips/{query}").json()["results"]) == found, query
    removed = posted(cast.mei, f"/api/v1/trips/{trip.pk}/remove/")
    assert removed.status_code == 204 and Trip.objects.count() == 1
    assert posted(cast.mei, f"/api/v1/trips/{trip.pk}/remove/").status_code == 404


def test_what_the_api_refuses_of_trips_changes_nothing(shops, cast):
    trip = away(cast, ahead(1), ahead(3))
    sent = {"person": cast.tao.pk, "first": str(ahead(5)), "last": str(ahead(6)), "place": "x"}
    sent |= {"latitude": 30, "longitude": 120}
    wrong = [{"latitude": 91}, {"longitude": "nan"}, {"place": " "}, {"last": str(ahead(5))}, {"first": str(ahead(2))}]
    for one in wrong:
        assert posted(cast.tao, "/api/v1/trips/", sent | one).status_code == 400, one
    assert posted(cast.ana, "/api/v1/trips/", sent).status_code == 403
    assert posted(cast.lin, "/api/v1/trips/", sent).status_code == 400
    assert at(cast.lin).get("/api/v1/trips/").json()["results"] == []
    assert at(cast.lin).get(f"/api/v1/trips/{trip.pk}/").status_code == 404
    assert posted(cast.lin, f"/api/v1/trips/{trip.pk}/remove/").status_code == 404
    assert posted(cast.ana, f"/api/v1/trips/{trip.pk}/remove/").status_code == 403
    assert Client().get("/api/v1/trips/").status_code == 401
    assert list(Trip.objects.all()) == [trip]


def posted(who, path: str, sent: dict | None = None):
    return at(who).post(path, sent or {}, content_type="application/json")


def test_a_days_page_reads_trips_once(planned, cast):
    def asked(user) -> int:
        client, path = at(user), f"/visits/day/{ahead(2)}/?person={cast.tao.pk}"
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return sum("visits_trip" in one["sql"] for one in caught)

    assert [asked(cast.tao), asked(cast.mei)] == [1, 1]
    away(cast, ahead(1), ahead(3))
    assert [asked(cast.tao), asked(cast.mei)] == [1, 2]  # whether somebody else may see it


def test_trips_cost_as_many_statements_for_many_as_for_few(planned, cast):
    tao, address = at(cast.tao), f"/visits/day/{ahead(2)}/"

    def asked() -> list[int]:
        found = []
        for path in (address, "/visits/trips/", "/api/v1/trips/", f"/visits/month/?month={ahead(2):%Y-%m}"):
            tao.get(path)
            with CaptureQueriesContext(connection) as caught:
                assert tao.get(path).status_code == 200
            found.append(len(caught))
        return found

    away(cast, ahead(1), ahead(2))
    few = asked()
    for n in range(2, 8):
        away(cast, ahead(n), ahead(n + 1))
    assert asked() == few
