"""Issues over the API."""

import pytest

from crm.clock import today
from customers.issues.models import Issue
from tests.issues.conftest import at

pytestmark = pytest.mark.django_db
HERE = "/api/v1/issues/"
JSON = "application/json"


def test_one_is_written_down_worked_on_and_answered(shops, cast):
    client = at(cast.tao)
    made = client.post(HERE, {"customer": shops[0].pk, "title": "断货", "category": "supply", "severity": 3}, JSON)
    assert made.status_code == 201
    one = made.json()
    assert (one["owner"]["username"], one["state"], one["reported_on"]) == ("tao", "open", str(today()))
    here = f"{HERE}{one['id']}/"
    assert client.post(f"{here}begin/").json()["state"] == "in_work"
    assert client.post(f"{here}comment/", {"text": "查"}, JSON).json()["steps"][-1]["text"] == "查"
    assert client.post(f"{here}solve/", {"answer": "补货"}, JSON).json()["state"] == "solved"
    said = client.post(f"{here}word/", {"solved": True, "stars": 4}, JSON).json()
    assert (said["state"], said["word"], said["stars"]) == ("confirmed", True, 4)
    assert client.post(f"{here}reopen/", {"reason": "又断了"}, JSON).json()["state"] == "reopened"
    assert client.post(f"{here}reject/", {"answer": "停产"}, JSON).json()["state"] == "rejected"


def test_changing_asks_for_the_version(issue, cast):
    client, here = at(cast.tao), f"{HERE}{issue.pk}/"
    tag = client.get(here).headers["ETag"]
    assert client.patch(here, {"severity": 4}, JSON).status_code == 428
    changed = client.patch(here, {"severity": 4}, JSON, headers={"If-Match": tag})
    assert changed.status_code == 200 and changed.json()["severity"] == 4
    assert client.patch(here, {"severity": 1}, JSON, headers={"If-Match": tag}).status_code == 412
    assert client.patch(here, {"wether": 1}, JSON, headers={"If-Match": "*"}).status_code == 400
    later = client.patch(here, {"due_on": "2027-09-01"}, JSON, headers={"If-Match": "*"})
    assert later.status_code == 400


def test_the_list_is_filtered(issue, cast):
    client = at(cast.mei)
    assert [one["id"] for one in client.get(f"{HERE}?unsolved=true").json()["results"]] == [issue.pk]
    assert client.get(f"{HERE}?unsolved=false").json()["results"] == []
    assert client.get(f"{HERE}?late=true").json()["results"] == []
    assert [one["id"] for one in client.get(f"{HERE}?late=false&severity=2").json()["results"]] == [issue.pk]
    assert client.get(f"{HERE}?severity=9").status_code == 400
    assert client.get(f"{HERE}?class=x").status_code == 400


def test_others_see_nothing_and_readers_write_nothing(issue, shops, cast):
    assert at(cast.lin).get(HERE).json()["results"] == []
    assert at(cast.lin).get(f"{HERE}{issue.pk}/").status_code == 404
    assert at(cast.lin).post(f"{HERE}{issue.pk}/begin/").status_code == 404
    assert at(cast.ana).get(f"{HERE}{issue.pk}/").status_code == 200
    asked = {"customer": shops[0].pk, "title": "x", "category": "price"}
    assert at(cast.ana).post(HERE, asked, JSON).status_code == 403
    assert at(cast.lin).post(HERE, asked, JSON).status_code == 400
    assert Issue.objects.count() == 1
    assert at(cast.mei).post(f"{HERE}{issue.pk}/assign/", {"owner": cast.lin.pk}, JSON).status_code == 400
    assert (
        at(cast.mei).post(f"{HERE}{issue.pk}/assign/", {"owner": cast.mei.pk}, JSON).json()["owner"]["id"]
        == cast.mei.pk
    )
