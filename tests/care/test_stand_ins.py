"""Standing in: sees and edits what the absent one has by name, for these days; no chains; told to both."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import formats

from crm.accounts.actions import create_user
from crm.accounts.models import User
from crm.clock import today
from crm.models import AuditEntry
from customers.care import special
from customers.care.standing_in import end_stand_in, name_stand_in
from customers.facts.rights import may_reveal
from customers.models import Customer, SpecialCare, StandIn
from tests.care.conftest import codes

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


def spell(absent, stand_in, by=None, since=0, until=7, reason="holiday"):
    day = today()
    return name_stand_in(
        absent=absent, stand_in=stand_in, since=day + since * A_DAY, until=day + until * A_DAY, reason=reason, by=by
    )


def fresh(user):
    return User.objects.get(pk=user.pk)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_while_it_holds_and_no_longer(shops, cast, wei):
    assert codes(wei) == set()
    row = spell(cast.tao, wei)
    assert codes(wei) == {"E0", "E1", "E2"}
    assert may_reveal(fresh(wei), shops[0]) is True
    answer = at(wei).post(f"/customers/{shops[0].pk}/notes/", {"text": "I was there"})
    assert answer.status_code == 302
    end_stand_in(row=row, by=wei)
    assert codes(wei) == set()
    assert may_reveal(fresh(wei), shops[0]) is False
    # It begins and ends by itself.
    spell(cast.tao, wei, since=1, until=3)
    assert codes(wei) == set()
    StandIn.objects.create(
        absent=cast.tao, stand_in=wei, since=today() - 3 * A_DAY, until=today(), reason="over", made_by=None
    )
    assert codes(wei) == set()
    assert [entry.action for entry in AuditEntry.objects.filter(model="customers.standin").order_by("pk")] == [
        "stand_in.name",
        "stand_in.end",
        "stand_in.name",
    ]


def test_the_absent_one_still_sees_and_the_region_is_not_passed_on(shops, cast, wei, regions):
    spell(wei, cast.tao)  # Wei has Zhejiang by posting, and nothing by name
    assert codes(cast.tao) == {"E0", "E1", "E2"}
    assert codes(wei) == set()
    Customer.objects.filter(code="W1").update(region=regions.zhejiang)
    assert codes(cast.tao) == {"E0", "E1", "E2"}


def test_what_cannot_be_is_refused_and_nothing_changes(shops, cast, wei):
    other = create_user(username="xin", name="Xin", role="manager", password="correct-horse-7", email="x@qiao.test")
    spell(cast.tao, wei)
    count = StandIn.objects.count()
    for absent, stand_in, values, code in (
        (cast.tao, cast.tao, {}, "self"),
        (cast.tao, other, {}, "overlap"),
        (cast.tao, other, {"since": 6, "until": 9}, "overlap"),
        (wei, other, {}, "chain"),
        (other, cast.tao, {}, "away"),
        (other, cast.mei, {}, "role"),
        (other, cast.ana, {}, "role"),
        (other, wei, {"since": 3, "until": 3}, "order"),
        (other, wei, {"since": -3, "until": 0}, "over"),
        (other, wei, {"until": 400}, "long"),
        (other, wei, {"reason": " "}, "required"),
    ):
        with pytest.raises(ValidationError) as refusal:
            spell(absent, stand_in, **values)
        assert [error.code for errors in refusal.value.error_dict.values() for error in errors] == [code]
    # A day later nobody overlaps.
    assert spell(cast.tao, other, since=7, until=9).stand_in == other
    assert StandIn.objects.count() == count + 1


def test_only_people_in_reach(shops, cast, wei):
    for absent, stand_in, by in (
        (cast.tao, wei, cast.lin),  # neither is hers
        (cast.lin, wei, cast.mei),
        (wei, cast.tao, cast.tao),  # a manager names one for themselves only
    ):
        with pytest.raises(ValidationError):
            spell(absent, stand_in, by=by)
    assert not StandIn.objects.exists()
    made = spell(cast.tao, wei, by=cast.mei)
    assert made.made_by == cast.mei
    with pytest.raises(ValidationError):
        end_stand_in(row=made, by=cast.ana)


def test_the_page_for_oneself_and_for_heads(shops, cast, wei):
    data = {
        "absent": cast.tao.pk,
        "stand_in": wei.pk,
        "since": str(today()),
        "last_day": str(today() + 2 * A_DAY),
        "reason": "wedding",
    }
    assert at(cast.ana).post("/customers/stand-ins/", data).status_code == 403
    refused = at(cast.mei).post("/customers/stand-ins/", {**data, "last_day": str(today() - 9 * A_DAY)})
    assert refused.status_code == 422 and "It must end after it begins." in refused.content.decode()
    assert not StandIn.objects.exists()
    assert at(cast.mei).post("/customers/stand-ins/", data).status_code == 302
    row = StandIn.objects.get()
    assert row.until == today() + 3 * A_DAY
    assert "Wei for Tao" in at(cast.mei).get("/customers/stand-ins/").content.decode()
    assert "Wei for Tao" not in at(cast.lin).get("/customers/stand-ins/").content.decode()
    assert at(cast.lin).post(f"/customers/stand-ins/{row.pk}/end/").status_code == 404
    assert "You stand in for Tao" in at(wei).get("/").content.decode()
    assert "Wei stands in for you" in at(cast.tao).get("/").content.decode()
    at(wei).post(f"/customers/stand-ins/{row.pk}/end/")
    row.refresh_from_db()
    assert row.until == today()
    assert "You stand in for Tao" not in at(wei).get("/").content.decode()


def test_over_the_api(shops, cast, wei):
    client = at(cast.mei)
    body = {"absent": cast.tao.pk, "stand_in": wei.pk, "until": str(today() + A_DAY), "reason": "ill"}
    made = client.post("/api/v1/stand-ins/", body, content_type="application/json")
    assert made.status_code == 201
    pk = made.json()["id"]
    assert client.get(f"/api/v1/stand-ins/{pk}/").json()["stand_in"]["username"] == "wei"
    assert at(cast.lin).get(f"/api/v1/stand-ins/{pk}/").status_code == 404
    assert at(cast.ana).post(f"/api/v1/stand-ins/{pk}/end/").status_code == 403
    ended = client.post(f"/api/v1/stand-ins/{pk}/end/")
    assert ended.json()["until"] == str(today())


# --- special customers ------------------------------------------------------------------------------------------


def care_of(shop, user, by, **values):
    given = {"reason": "owner fell ill", "review_on": today() + 30 * A_DAY, "exit_rule": "owner is back", **values}
    return special.begin_care(customer=shop, user=user, by=by, **given)


def test_the_dedicated_person_sees_the_customer_as_if_in_charge(shops, cast, wei):
    care = care_of(shops[0], wei, cast.mei)
    assert codes(wei) == {"E0"}
    assert may_reveal(fresh(wei), shops[0]) is True and may_reveal(fresh(wei), shops[1]) is False
    assert "Special customer" in at(cast.mei).get(f"/customers/{shops[0].pk}/").content.decode()
    page = at(cast.mei).get("/customers/special/").content.decode()
    assert "owner fell ill" in page
    assert "owner fell ill" not in at(cast.lin).get("/customers/special/").content.decode()
    special.end_care(care=care, by=cast.mei, outcome="he is back")
    assert codes(wei) == set()
    kept = SpecialCare.objects.get()
    assert (kept.ended_on, kept.outcome) == (today(), "he is back")
    assert [e.action for e in AuditEntry.objects.of(shops[0]).filter(action__startswith="special").order_by("pk")] == [
        "special.begin",
        "special.end",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"reason": " "}, "reason"), ({"exit_rule": ""}, "exit_rule"), ({"review_on": None}, "review_on"),
     ({"review_on": datetime.date(2020, 1, 1)}, "review_on")],
)  # fmt: skip
def test_without_reason_review_or_rule_it_is_refused(shops, cast, wei, values, field):
    with pytest.raises(ValidationError) as refusal:
        care_of(shops[0], wei, cast.mei, **values)
    assert field in refusal.value.error_dict
    data = {"user": wei.pk, "reason": "x", "review_on": str(today() + A_DAY), "exit_rule": "y", **values}
    data = {name: "" if value is None else str(value) for name, value in data.items()}
    assert at(cast.mei).post(f"/customers/{shops[0].pk}/special/", data).status_code == 422
    assert not SpecialCare.objects.exists()


def test_one_at_a_time_and_only_by_who_may(shops, cast, wei):
    care = care_of(shops[0], wei, cast.mei)
    with pytest.raises(ValidationError) as refusal:
        care_of(shops[0], cast.tao, cast.mei)
    assert refusal.value.code == "open"
    with pytest.raises(ValidationError):
        care_of(shops[1], cast.lin, cast.mei)  # beyond her reach
    assert at(cast.lin).get(f"/customers/{shops[0].pk}/special/").status_code == 404
    assert at(cast.ana).post(f"/customers/{shops[0].pk}/special/end/", {"outcome": "x"}).status_code == 403
    url = f"/api/v1/special/{care.pk}/"
    later = {"review_on": str(today() + 60 * A_DAY)}
    etag = at(cast.mei).get(url)["ETag"]
    asked = {"content_type": "application/json", "headers": {"If-Match": etag}}
    assert at(cast.mei).patch(url, later, **asked).json()["version"] == 2
    assert at(cast.mei).patch(url, later, **asked).status_code == 412
    assert SpecialCare.objects.count() == 1


def test_a_review_that_is_due_stands_on_today(shops, cast, wei):
    care_of(shops[0], wei, cast.mei)
    assert "the review was due" not in at(wei).get("/").content.decode()
    SpecialCare.objects.update(since=today() - 9 * A_DAY, review_on=today())
    for person, told in ((wei, True), (cast.mei, True), (cast.tao, False), (cast.lin, False)):
        assert ("the review was due" in at(person).get("/").content.decode()) is told


# --- why can I see this? ----------------------------------------------------------------------------------------


def reasons(user, shop) -> list[str]:
    return at(user).get(f"/customers/{shop.pk}/").context["why_visible"]


def test_every_reason_that_holds_is_told(shops, cast, wei, regions):
    assert reasons(cast.tao, shops[0]) == ["You are in charge of it since Jan. 1, 2026."]
    assert reasons(cast.ada, shops[0]) == ["Your role covers the whole brand."]
    [posted] = reasons(cast.mei, shops[0])
    assert posted.startswith("You are posted to 华东 since ") and posted.endswith(", where it stands.")
    spell(cast.tao, wei, until=8)
    care_of(shops[0], wei, cast.mei)
    day, last = (formats.date_format(one, "DATE_FORMAT") for one in (today(), today() + 7 * A_DAY))
    assert reasons(wei, shops[0]) == [
        f"It is yours as a special customer since {day}.",
        f"You stand in for Tao until {last}.",
    ]
    assert reasons(wei, shops[1]) == [f"You stand in for Tao until {last}."]
