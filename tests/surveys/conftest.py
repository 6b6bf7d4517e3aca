"""Three shops of East in Tao's charge and one of West in Lin's, a template, and a round that asks all of East."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from crm.clock import today
from customers.profile.actions import assign, create_customer
from customers.surveys.actions import begin_survey, write_template
from customers.surveys.answering import Said

SINCE = datetime.date(2026, 1, 1)
DAY = datetime.timedelta(days=1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fresh(user):
    """As in a new request."""
    user.__dict__.pop("_reach", None)
    return user


@pytest.fixture
def shops(regions, cast):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(3)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    assign(customers=[west], user=cast.lin, since=SINCE)
    return [*made, west]


@pytest.fixture
def template(cast):
    return write_template(name="经销商满意度", by=cast.ada)


@pytest.fixture
def points(template):
    return list(template.points.all())


@pytest.fixture
def survey(template, shops, cast):
    return begin_survey(
        template=template, name="秋季", opens_on=today(), closes_on=today() + 7 * DAY, customers=shops[:3], by=cast.mei
    )


@pytest.fixture
def invitation(survey, shops):
    return survey.invitations.get(customer=shops[0])


def said(points, expectation=8, reality=8, **odd) -> dict:
    """Every point alike, but those named by their category: supply=(9, 4)."""
    return {one.pk: Said(*odd.get(one.category, (expectation, reality))) for one in points}
