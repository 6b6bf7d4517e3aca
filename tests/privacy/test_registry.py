"""Every column that could tell something about somebody is declared; the declarations are of what is there."""

import pytest
from django.apps import apps
from django.db import models

from crm import privacy
from crm.merging import owned_columns
from crm.privacy import CUSTOMER, KEEP, by_label, tables
from customers.models import Customer


def test_every_telling_column_is_declared_personal_or_not_with_a_reason():
    assert privacy.undeclared() == []
    assert len(privacy.telling_columns()) > 200


def test_nothing_is_declared_that_is_not_there():
    assert privacy.unknown() == []


def test_a_new_column_would_be_noticed(monkeypatch):
    monkeypatch.setattr(privacy, "tables", lambda: [one for one in tables() if one.model != "customers.Person"])
    assert "customers.Person.wechat" in privacy.undeclared()


def test_each_reason_is_said():
    for one in tables():
        assert all(one.plain.values())
        for name, column in one.personal.items():
            assert column.how != KEEP or column.why, f"{one.model}.{name}"


def test_personal_columns_can_become_what_an_erasure_makes_of_them():
    for one in tables():
        for name, column in one.personal.items():
            field = one.table._meta.get_field(name)
            if column.how == privacy.NULL:
                assert field.null, f"{one.model}.{name}"
            if column.how in (privacy.BLANK, privacy.MARK):
                assert isinstance(field, models.CharField | models.TextField), f"{one.model}.{name}"
            if column.how == privacy.MASK:
                assert isinstance(field, models.JSONField), f"{one.model}.{name}"


def test_every_table_of_a_customer_is_told_in_its_copy():
    told = {one.model for one in tables() if CUSTOMER in one.of}
    missing = {label for label, _column in owned_columns(Customer)} - told
    # Copies without a key, found by what they hold; and outboxes of numbers.
    assert missing == {"customers.SalesDirty", "customers.ScoreDirty", "customers.TierDirty"}


@pytest.mark.parametrize("label", ["customers.Customer", "customers.Person", "customers.Fact"])
def test_a_table_is_found_by_its_label(label):
    assert by_label()[label].table is apps.get_model(label)
