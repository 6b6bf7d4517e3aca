"""The canonical text of every form, and what is refused."""

from __future__ import annotations

import datetime

import pytest

from customers.facts.actions import form_of
from customers.facts.fields import FIELDS, PARTS, groups_of
from customers.facts.values import BadValue, Form, canonical, number_of


@pytest.mark.parametrize(
    ("form", "raw", "text"),
    [
        ("money", "50,000", "50000.00"),
        ("money", "-3.5", "-3.50"),
        ("money", 12, "12.00"),
        ("number", "7", "7"),
        ("number", 7.0, "7"),
        ("percent", "45", "0.45"),
        ("percent", "45.5 %", "0.455"),
        ("percent", "100％", "1"),
        ("percent", "0", "0"),
        ("rating", "5", "5"),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", datetime.date(2026, 2, 28), "2026-02-28"),
        ("text", "  钓鱼 \n 茶 ", "钓鱼 茶"),
        ("long", " a  b \n\n c ", "a b\n\nc"),
        ("text", None, ""),
        ("many", [], ""),
    ],
)
def test_canonical_texts(form, raw, text):
    assert canonical(Form(form), raw) == text


@pytest.mark.parametrize(
    ("form", "raw", "code"),
    [
        ("money", "1.005", "decimals"),
        ("money", "NaN", "not_a_number"),
        ("money", "1e20", "too_large"),
        ("money", "viel", "not_a_number"),
        ("number", "-1", "too_small"),
        ("number", "1.5", "decimals"),
        ("percent", "101", "too_large"),
        ("rating", "0", "too_small"),
        ("rating", "6", "too_large"),
        ("date", "2026-02-30", "not_a_date"),
        ("date", "1023-01-01", "not_a_date"),
        ("text", "x" * 201, "too_long"),
        ("choice", "nothing", "not_a_choice"),
        ("many", ["profit", "nothing"], "not_a_choice"),
    ],
)
def test_refused(form, raw, code):
    with pytest.raises(BadValue) as refusal:
        canonical(Form(form, ("profit", "supply")), raw)
    assert refusal.value.code == code


def test_choices_with_words_of_ones_own():
    form = Form("many", ("profit", "supply", "other"))
    assert canonical(form, ["supply", "profit"]) == "profit,supply"
    assert canonical(form, ["supply", "other:  a  place in the mall "]) == "supply,other:a place in the mall"
    assert canonical(form, "supply,other:a place in the mall") == "supply,other:a place in the mall"
    assert canonical(Form("choice", ("street", "other")), "other: 码头") == "other:码头"
    for raw in ("other:", "other"):
        with pytest.raises(BadValue) as refusal:
            canonical(Form("choice", ("street", "other")), raw)
        assert refusal.value.code == "own_words"
    with pytest.raises(BadValue):
        canonical(Form("choice", ("street",)), "other:码头")


def test_numbers_of_texts():
    assert number_of(Form("percent"), "0.45").as_tuple() == (0, (4, 5), -2)
    assert number_of(Form("text"), "45") is None
    assert number_of(Form("money"), "") is None


def test_the_catalogue_has_the_fields_that_a_manager_must_know():
    """The article's own list, by part."""
    must = {
        "background": {"family", "occupation", "personality", "annual_income", "funds", "education", "connections"},
        "traits": {"conduct", "management_quality"},
        "business": {"capital_strength", "cost_budget", "share_of_purchases", "opening_investment", "monthly_profit"},
        "shop": {"area", "staff", "opening_hours", "licence_number"},
        "contract": {"contract_from", "contract_until", "credit_limit", "payment_days"},
    }
    for part, keys in must.items():
        assert keys <= {key for key, one in FIELDS.items() if one.part == part}
    assert {"family", "personality", "annual_income", "connections"} <= {k for k, f in FIELDS.items() if f.sensitive}
    shown = [one.key for part in PARTS for _label, fields in groups_of(part.key) for one in fields]
    assert sorted(shown) == sorted(FIELDS)


def test_every_field_has_a_form_that_is_read():
    for one in FIELDS.values():
        assert canonical(form_of(one), None) == ""
        assert bool(one.choices) == (one.form in ("choice", "many"))
        assert one.weights[0] >= one.weights[1] >= one.weights[2] > 0
