"""Every option is set on the page as over the API; what no company can mean is refused and nothing written."""

from __future__ import annotations

import re

import pytest

from crm.audit.models import AuditEntry
from customers.models import TierPolicy
from customers.tiers import actions
from customers.tiers.forms import PolicyForm
from customers.tiers.policies import OPTIONS, rule_of

pytestmark = pytest.mark.django_db

PLAIN = {
    "name": "Lab",
    "top_share": "20",
    "growth": "10",
    "cooperation_high": 70,
    "loyalty_high": 70,
    "min_observations": 5,
    "band_enter": "18.00",
    "band_leave": "22.00",
    "part_years_from": 6,
    "year_end_month": 12,
    "rank_within": "brand",
    "absolute_cutoff": "",
    "note": "",
}


@pytest.fixture
def write(policy, cast, sign_in):
    """write(**typed) -> the answer to a new version typed in by an administrator."""
    client = sign_in(cast.ada)
    return lambda base=policy, **typed: client.post(f"/customers/tiers/policies/{base.pk}/new/", PLAIN | typed)


def words(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.parametrize(
    ("typed", "options", "shown"),
    [
        ({}, {}, None),
        ({"absolute_cutoff": "500000"}, {"absolute_cutoff": "500000"}, "A from a fixed amount of sales ¥500,000.00"),
        ({"absolute_cutoff": "0.50"}, {"absolute_cutoff": "0.50"}, "A from a fixed amount of sales ¥0.50"),
        ({"rank_within": "region"}, {"rank_within": "region"}, "Ranked among its region"),
        ({"stability_band": "on"}, {"stability_band": True}, "Stability band yes"),
        (
            {"stability_band": "on", "band_enter": "15.25", "band_leave": "30"},
            {"stability_band": True, "band_enter": "0.1525", "band_leave": "0.3"},
            "Stability band yes Band: enters A in the top, percent 15.25 Band: stays A in the top, percent 30",
        ),
        ({"part_years": "on"}, {"part_years": True}, "Project part-years yes"),
        (
            {"part_years": "on", "part_years_from": "3"},
            {"part_years": True, "part_years_from": 3},
            "Project part-years yes Months of business to be ranked 3",
        ),
        ({"b_judged_yearly": "on"}, {"b_judged_yearly": True}, "Judge B once a year yes"),
        ({"year_end_month": "6"}, {"year_end_month": 6}, "The business year ends in June"),
        (
            {"band_enter": "", "band_leave": "", "part_years_from": "", "year_end_month": "", "rank_within": ""},
            {},
            None,
        ),
    ],
)
def test_each_option_is_kept_as_typed_and_told_in_words(write, client, typed, options, shown):
    answer = write(**typed)
    made = TierPolicy.objects.get(version=2)
    assert answer.url == f"/customers/tiers/policies/{made.pk}/"
    assert made.options == options
    rule_of(made)
    page = words(client.get(answer.url))
    for name in OPTIONS:
        assert name not in page
    if shown:
        assert shown in page
    else:
        assert not any(str(PolicyForm.base_fields[name].label) in page for name in OPTIONS)


def test_the_page_and_the_action_write_the_same(write, cast):
    write(stability_band="on", band_enter="15", rank_within="region", year_end_month="3")
    over = actions.create_policy(
        code="over",
        by=cast.ada,
        options={"stability_band": True, "band_enter": "0.15", "rank_within": "region", "year_end_month": 3},
    )
    assert TierPolicy.objects.get(code="article", version=2).options == over.options


def test_a_version_starts_from_the_options_of_the_one_before(policy, cast, sign_in):
    options = {
        "absolute_cutoff": "1234.50",
        "part_years": True,
        "part_years_from": 4,
        "b_judged_yearly": True,
        "year_end_month": 6,
        "rank_within": "region",
        "band_enter": "0.1",
        "band_leave": "0.3",
    }
    base = actions.create_policy(code="lab", options=options)
    client = sign_in(cast.ada)
    address = f"/customers/tiers/policies/{base.pk}/new/"
    page = client.get(address).content.decode()
    for shown in ('value="1234.50"', 'value="10.00"', 'value="30.00"', 'value="4"'):
        assert shown in page, shown
    assert '<option value="6" selected>June</option>' in page
    assert '<option value="region" selected>its region</option>' in page
    form = PolicyForm(policy=base)
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post(address, typed).status_code == 302
    assert TierPolicy.objects.get(code="lab", version=2).options == options


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            {"stability_band": "on", "band_enter": "25"},
            "These values contradict each other: a stability band needs 0",
        ),
        ({"stability_band": "on", "band_leave": "19"}, "These values contradict each other: a stability band needs 0"),
        (
            {"stability_band": "on", "absolute_cutoff": "5"},
            "These values contradict each other: a stability band is a band of ranks: it does not go with an absolute"
            " cut-off",
        ),
        ({"absolute_cutoff": "0"}, "greater than or equal to 0.01"),
        ({"absolute_cutoff": "-3"}, "greater than or equal to 0.01"),
        ({"absolute_cutoff": "much"}, "Enter a number."),
        ({"absolute_cutoff": "1.001"}, "no more than 2 decimal places"),
        ({"absolute_cutoff": "NaN"}, "Enter a number."),
        ({"rank_within": "galaxy"}, "Select a valid choice."),
        ({"band_enter": "101"}, "less than or equal to 100"),
        ({"band_leave": "-1"}, "greater than or equal to 0"),
        ({"part_years_from": "0"}, "greater than or equal to 1"),
        ({"part_years_from": "13"}, "less than or equal to 12"),
        ({"part_years_from": "2.5"}, "Enter a whole number."),
        ({"year_end_month": "13"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(write, typed, told):
    before = AuditEntry.objects.count()
    assert told in words(write(**typed))
    assert TierPolicy.objects.count() == 1
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "options", [{"stability_band": True, "band_enter": "0.5"}, {"stability_band": True, "absolute_cutoff": "5"}]
)
def test_contradictions_are_named_as_they_are_translated(policy, options):
    with pytest.raises(ValueError) as refusal:
        rule_of(TierPolicy(options=options))
    assert str(refusal.value) in actions.CONTRADICTIONS


@pytest.mark.parametrize(
    ("who", "note"), [("ada", "Tiers have not been worked out yet"), ("mei", "What it would change")]
)
def test_before_the_first_run_there_is_nothing_to_compare(policy, cast, sign_in, who, note):
    lab = actions.create_policy(code="lab", options={"rank_within": "region"})
    page = words(sign_in(getattr(cast, who)).get(f"/customers/tiers/policies/{lab.pk}/"))
    assert note in page


def test_the_form_has_every_option():
    assert set(OPTIONS) <= set(PolicyForm.base_fields)
    assert all(PolicyForm.base_fields[name].help_text for name in OPTIONS)
