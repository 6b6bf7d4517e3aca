"""How figures are written."""

from __future__ import annotations

import datetime

from django.utils import formats, translation

from crm.shell import numbers
from crm.templatetags.ui import share


def test_what_is_missing_is_rounded_up_to_whole_money():
    assert numbers.money_up("8633.01") == "¥8,634"
    assert numbers.money_up("8633.00", "USD") == "US$8,633"
    assert numbers.money_up(None) == numbers.DASH


def test_shares_show_the_places_they_have():
    assert [share(value) for value in ("0.2", "0.155", "0.1234", "1", None)] == ["20%", "15.5%", "12.34%", "100%", "—"]


def test_days_without_a_year_have_no_needless_zero():
    day = datetime.date(2026, 4, 5)
    for language in ("zh-hans", "zh-hant"):
        with translation.override(language):
            assert formats.date_format(day, "MONTH_DAY_FORMAT") == "4月5日"
