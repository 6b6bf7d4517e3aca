"""School holidays: by region, learned by each shop, no slump of theirs; a past one has everything worked out anew."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from crm.accounts.models import Region
from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from customers.relationship.slumps import day_number
from customers.slumps.detecting import detect
from customers.slumps.models import SchoolHoliday, SlumpAlert, SlumpState
from customers.slumps.schools import SchoolCalendar, remove_school_holiday, write_school_holiday
from tests.slumps.conftest import DAYS, LAST, at, day, tell, usual

pytestmark = pytest.mark.django_db
FIRST, SECOND = slice(60, 81), slice(176, DAYS)
"""Two holidays: what the first one teaches is expected of the second."""


def told_with_holidays(shops) -> None:
    """One shop beside a school: it sells 32 % less whenever the school is closed."""
    sales = usual(len(shops))
    sales[3, FIRST] *= 0.68
    sales[3, SECOND] *= 0.68
    for shop, values in zip(shops, sales, strict=True):
        tell(shop, values)


def holidays(by, region=None) -> None:
    write_school_holiday(first_day=day(60), last_day=day(80), region=region, by=by)
    write_school_holiday(first_day=day(176), last_day=LAST, region=region, by=by)


def found_of(shop, since: int) -> list[datetime.date]:
    rows = SlumpAlert.objects.filter(customer=shop, kind="slump", first_day__gte=day(since))
    return list(rows.values_list("first_day", flat=True))


def test_an_unknown_holiday_is_taken_for_a_slump_and_a_known_one_is_not(shops, cast):
    told_with_holidays(shops)
    detect(as_of=LAST)
    assert found_of(shops[3], 170) == [day(176)]
    holidays(cast.ada, shops[3].region)
    detect(as_of=LAST)
    assert found_of(shops[3], 170) == []


def test_a_holiday_elsewhere_explains_nothing(shops, cast):
    elsewhere = next(one for one in Region.objects.all() if not shops[3].region.path.startswith(one.path))
    told_with_holidays(shops)
    holidays(cast.ada, elsewhere)
    detect(as_of=LAST)
    assert found_of(shops[3], 170) == [day(176)]


def test_a_region_means_all_below_it_and_none_means_everywhere(cast):
    parent = Region.objects.filter(children__isnull=False).order_by("path").first()
    below = Region.objects.below(parent).order_by("path").last()
    other = Region.objects.create(code="elsewhere", name="别处", path="9999/")
    write_school_holiday(first_day=day(10), last_day=day(12), region=parent, by=cast.ada)
    write_school_holiday(first_day=day(12), last_day=day(13), by=cast.ada)
    calendar = SchoolCalendar(np.array([other.pk, below.pk, below.pk]))
    number = day_number(day(10))
    seen = [calendar.of(number + n).tolist() for n in (-1, 0, 2, 3, 4)]
    assert seen == [[False] * 3, [False, True, True], [True] * 3, [True] * 3, [False] * 3]


def test_statements_do_not_grow(cast, django_assert_num_queries):
    region = Region.objects.first()
    for n in range(5):
        write_school_holiday(first_day=day(20 * n), last_day=day(20 * n + 3), region=region, by=cast.ada)
    with django_assert_num_queries(2):
        SchoolCalendar(np.array([region.pk] * 50))


def test_a_past_one_has_everything_learned_anew_and_a_coming_one_nothing(shops, cast):
    told_with_holidays(shops)
    detect(as_of=LAST)
    assert SlumpState.objects.exists()
    write_school_holiday(
        first_day=LAST + datetime.timedelta(days=30), last_day=LAST + datetime.timedelta(days=40), by=cast.ada
    )
    assert SlumpState.objects.exists()
    assert not Job.objects.filter(kind="slumps.detect").exists()
    past = write_school_holiday(first_day=day(60), last_day=day(80), by=cast.ada)
    assert not SlumpState.objects.exists()
    assert Job.objects.filter(kind="slumps.detect").count() == 1
    detect(as_of=LAST)
    remove_school_holiday(holiday=past, by=cast.ada)
    assert not SlumpState.objects.exists()
    told = AuditEntry.objects.filter(action__startswith="school_holiday").order_by("pk")
    assert [one.action.split(".")[1] for one in told] == ["write", "write", "remove"]


@pytest.mark.parametrize(("first", "last", "field"), [(5, 4, "last_day"), (0, 120, "last_day"), (60, 80, "first_day")])
def test_what_makes_no_sense_is_refused(cast, first, last, field):
    write_school_holiday(first_day=day(60), last_day=day(80), by=cast.ada)
    with pytest.raises(ValidationError) as refusal:
        write_school_holiday(first_day=day(first), last_day=day(last), by=cast.ada)
    assert list(refusal.value.error_dict) == [field]
    assert SchoolHoliday.objects.count() == 1


def test_administrators_write_them_on_the_page_and_all_read(cast):
    sent = {"what": "school", "first_day": "2026-07-01", "last_day": "2026-08-31", "name": "暑假", "region": ""}
    assert at(cast.mei).post("/slumps/settings/", sent).status_code == 403
    assert not SchoolHoliday.objects.exists()
    assert at(cast.ada).post("/slumps/settings/", {**sent, "last_day": "2026-06-30"}).status_code == 422
    assert at(cast.ada).post("/slumps/settings/", sent).status_code == 302
    one = SchoolHoliday.objects.get()
    assert (one.first_day, one.last_day, one.region) == (datetime.date(2026, 7, 1), datetime.date(2026, 8, 31), None)
    assert "暑假" in at(cast.mei).get("/slumps/settings/").content.decode()
    assert at(cast.mei).post(f"/slumps/schools/{one.pk}/remove/").status_code == 403
    assert at(cast.ada).post(f"/slumps/schools/{one.pk}/remove/").status_code == 302
    assert not SchoolHoliday.objects.exists()


def test_many_are_paged_and_every_one_can_be_reached(cast):
    SchoolHoliday.objects.bulk_create(
        SchoolHoliday(first_day=day(n), last_day=day(n), name=f"放假{n:03}。") for n in range(120)
    )
    client, query, seen = at(cast.ada), "", []
    while query is not None:
        shown = client.get(reverse("slumps:setting") + query)
        seen += [one.name for one in shown.context["school_holidays"]]
        query = f"?after={shown.context['page'].after}" if shown.context["page"].after else None
        assert query is None or query in shown.content.decode()
    assert seen == [f"放假{n:03}。" for n in range(119, -1, -1)]
