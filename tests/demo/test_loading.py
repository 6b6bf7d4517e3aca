"""The demo company in the database: exact counts, the same bytes for the same seed, and something to look at."""

from __future__ import annotations

import datetime
import hashlib
import re
import stat

import pytest
from django.db import transaction
from django.db.models import Count, F, Sum
from django.test import override_settings

from crm.accounts.models import User
from crm.clock import today
from crm.imports.models import ImportRun
from crm.jobs.models import Job
from crm.listing.models import SavedView
from customers.demo import people
from customers.demo.loading import Story, load
from customers.models import (
    Customer,
    CustomerTag,
    Handover,
    MonthlySales,
    Note,
    Observation,
    Responsibility,
    SaleLine,
    SpecialCare,
    StandIn,
    SurveyResponse,
    TierDecision,
    TierRun,
    TierStanding,
)
from customers.receivables.models import OpenItem, Promise, in_bucket
from tests.conftest import adopted_policy

END = datetime.date(2025, 11, 1)
STORY = {"count": 48, "years": 2, "seed": 6, "end": END}


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loading takes as long as everything asked of it together: once for all, in a transaction that is taken back."""
    files = override_settings(VAR_DIR=tmp_path_factory.mktemp("company"))
    with django_db_blocker.unblock(), files, transaction.atomic():
        adopted_policy()
        story = Story.make(**STORY)
        yield story, load(story)
        transaction.set_rollback(True)


@pytest.fixture
def company(loaded_once):
    """What a test does to it is taken back."""
    with transaction.atomic():
        yield loaded_once
        transaction.set_rollback(True)


BY_HAND = ("survey", "notice", "promotion")
"""Evidence of what is acted out day by day beside the story."""


def digest() -> str:
    """Everything a seed decides, in an order of its own."""
    found = hashlib.sha256()
    rows = [
        Customer.objects.order_by("code").values_list(
            "code", "name", "kind", "state", "region__code", "city", "address", "phone", "latitude", "longitude",
            "opened_on", "closed_on", "upstream__code", "category", "search_text",
        ),
        SaleLine.objects.live().order_by("customer__code", "sold_on").values_list(
            "customer__code", "sold_on", "gross", "returns", "units", "orders", "promo", "is_open"
        ),
        Observation.objects.exclude(source__in=BY_HAND)
        .order_by("customer__code", "seen_on", "trait", "source", "score").values_list(
            "customer__code", "trait", "score", "seen_on", "source", "seen_by__username"
        ),
        Responsibility.objects.order_by("customer__code", "since").values_list(
            "customer__code", "user__username", "since", "until"
        ),
        Note.objects.order_by("customer__code", "at", "text").values_list(
            "customer__code", "text", "mood", "is_private", "written_by__username", "at"
        ),
        CustomerTag.objects.order_by("customer__code", "tag__name").values_list("customer__code", "tag__name"),
    ]  # fmt: skip
    for part in rows:
        for row in part:
            found.update(repr(row).encode())
    return found.hexdigest()


@pytest.mark.django_db  # by it pytest-django knows that there is a database to make
def test_there_is_nobody_before():
    assert not Customer.objects.exists() and not User.objects.exists()


def test_the_same_seed_fills_the_database_with_the_same_bytes(company):
    _story, loaded = company
    assert loaded.customers == Customer.objects.count() == 48
    assert loaded.lines == 30105
    assert loaded.observations == Observation.objects.exclude(source__in=BY_HAND).count() == 627
    assert digest() == "63f40882860b189c9a8911055be6b5775bc46018440af7f18433f9d9264816d8"


def test_answers_to_a_survey_are_evidence_of_the_day_they_came_in(company):
    """Rounds lie before today, wherever the story ends."""
    begun = today() - datetime.timedelta(days=75)
    days = set(Observation.objects.filter(source="survey").values_list("seen_on", flat=True))
    assert len(days) > 5 and begun < min(days) and max(days) <= begun + datetime.timedelta(days=14)
    assert Observation.objects.filter(source="survey").count() == SurveyResponse.objects.count()


def test_how_customers_are_looked_after(company):
    _story, loaded = company
    assert loaded.notes > 0 and set(Note.objects.exclude(mood=None).values_list("mood", flat=True)) <= {1, 2, 3, 4, 5}
    assert SpecialCare.objects.open().filter(review_on__lt=END).exists()
    assert StandIn.objects.get().absent.username == "mei"
    handover = Handover.objects.get()
    assert (handover.to.username, handover.read_at) == ("mei", None)
    assert all(brief.sections for brief in handover.briefs.all())


def test_one_dealer_came_in_and_two_have_not_yet(company):
    from customers.models import PortalAccount, PortalLink, PortalSession

    accounts = list(PortalAccount.objects.order_by("pk"))
    assert [one.last_seen_at is not None for one in accounts] == [True, False, False]
    assert all(one.person_id and (one.phone or one.email) for one in accounts)
    assert PortalSession.objects.get().account == accounts[0]
    assert [one.account for one in PortalLink.objects.open().order_by("pk")] == accounts[1:]


def test_what_is_in_the_database_is_what_was_made_up(company):
    """The files went through the import unharmed: what the ledger sums to is what the generator sums to."""
    from customers.demo import sales

    story, _loaded = company
    corrected = set(SaleLine.objects.filter(run__name="浙江周一补录.csv").values_list("customer__code", "sold_on"))
    assert len(corrected) == 18
    gross = returns = count = 0
    for client in story.clients:
        told = [
            *sales.monthly_before(client, story.before, story.seed),
            *sales.lines(client, story.days, story.seed),
        ]
        for line in told:
            if (line.code, line.date) not in corrected:
                gross, returns, count = gross + line.gross, returns + line.returns, count + 1
    kept = SaleLine.objects.live().exclude(run__name="浙江周一补录.csv")
    found = kept.aggregate(gross=Sum("gross"), returns=Sum("returns"), count=Count("pk"))
    assert (int(found["gross"] * 100), int(found["returns"] * 100), found["count"]) == (gross, returns, count)


def test_monthly_sums_and_standings_follow_the_ledger(company):
    net = SaleLine.objects.live().aggregate(gross=Sum("gross"), returns=Sum("returns"))
    assert MonthlySales.objects.aggregate(net=Sum("net"))["net"] == net["gross"] - net["returns"]
    assert TierStanding.objects.count() == 48


def test_there_are_a_b_and_c_and_a_year_of_history(company):
    _story, loaded = company
    assert sum(loaded.tiers.values()) <= 48
    runs = list(TierRun.objects.order_by("pk"))
    assert [run.as_of for run in runs[:13]] == [*(month_end(2024, 11 + n) for n in range(12)), today()]
    last = runs[11]
    assert (last.a, last.b, last.c, last.ranked, last.k) == (11, 6, 30, 45, 9)
    assert TierDecision.objects.exclude(previous_tier="").exists()


def month_end(year, month):
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return following - datetime.timedelta(days=1)


def test_the_imports_page_has_something_to_tell(company):
    states = list(ImportRun.objects.order_by("pk").values_list("kind", "state", "rejected"))
    assert states == [
        ("customers", "done", 0),
        ("people", "done", 0),
        ("sales", "done", 0),
        ("sales", "done", 0),
        ("sales", "refused", 7),
        ("sales", "done", 7),
        ("sales", "undone", 0),
        ("receivables", "done", 0),
    ]
    assert Job.objects.exclude(state="done").exclude(kind="notifications.mail").count() == 0  # letters have their hour


def test_some_pay_late_and_promises_are_kept_and_broken(company):
    last = OpenItem.objects.latest("issued_on").issued_on
    owed, settled = OpenItem.objects.owed(), OpenItem.objects.settled()
    assert owed.filter(due_on__gt=last).exists()
    assert owed.filter(in_bucket("d91", last)).exists()
    assert settled.filter(settled_on__gt=F("due_on")).count() > 20
    assert settled.filter(settled_on__lte=F("due_on")).count() > 100
    assert {"kept", "broken"} <= set(Promise.objects.to_pay().values_list("state", flat=True))


def test_there_are_handovers_and_saved_views(company):
    # Nobody has two managers at a time, and somebody had one before the present one.
    assert Responsibility.objects.filter(until=None).count() == 48
    assert Responsibility.objects.exclude(until=None).count() == 2 + 2  # and one lent out and given back
    assert SavedView.objects.count() == 7


def test_mei_sees_her_customers_and_the_head_those_of_the_east(company):
    mei, head = User.objects.get(username="mei"), User.objects.get(username="head")
    provinces = set(Customer.objects.visible_to(mei).values_list("province", flat=True))
    assert provinces == {"浙江省"}
    seen = set(Customer.objects.visible_to(head).values_list("region__parent__code", flat=True))
    assert seen == {"EAST"}


def test_sign_ins_are_this_machines_own(company):
    path = people.sign_in_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    known = people.passwords()
    assert sorted(known) == ["admin", "analyst", "head", "mei"]
    assert len(set(known.values())) == 4
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password) for password in known.values())
    assert people.passwords() == known
    for login, password in known.items():
        assert User.objects.get(username=login).check_password(password)
        assert password in people.announcement()
    assert not User.objects.get(username="chenli").has_usable_password()
    path.unlink()
    assert people.announcement() == ""
    assert people.passwords() != known
