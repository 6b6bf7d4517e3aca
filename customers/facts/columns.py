"""The columns of a profiles' file: the customer's code, where a row's facts come from, any field of the catalogue.

An absent column and an empty cell leave a field alone: a file says what is known, never that something is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from crm.tables import cells as read
from crm.tables.dates import parse_date
from crm.tables.folding import key
from crm.tables.headers import LANGUAGES
from crm.tables.headers import Field as Column
from crm.tables.messages import BadCell, register
from customers.facts.actions import form_of
from customers.facts.field import OTHER, Field
from customers.facts.fields import FIELDS
from customers.facts.models import Source
from customers.facts.values import LONGEST, BadValue, canonical

register(
    {
        "not_for_you": _("Sensitive facts are written by the manager in charge, their heads and administrators."),
        "nothing_known": _("The row says nothing of this customer."),
    }
)
SPLIT = (",", "，", "、", ";", "；", "/")
ORIGIN = (
    Column("noted_on", _("Noted on"), ("noted on", "date", "记录日期", "日期"), help=_("Today if left out.")),
    Column("source", _("Source"), ("source", "来源", "信息来源")),
    Column("told_by", _("Told by"), ("told by", "讲述人", "谁说的")),
)
CODE = Column(
    "code",
    _("Customer code"),
    ("code", "customer code", "customer no", "客户编码", "客户编号", "客户代码", "编码", "编号", "门店编码", "店号"),
    required=True,
)
# Words that people put over these columns beside the field's own name.
_ALSO = {
    "family": ("家庭情况", "家庭"),
    "occupation": ("职业", "职业经历"),
    "education": ("学历", "文化程度"),
    "personality": ("性格",),
    "annual_income": ("年收入",),
    "funds": ("资金", "可用资金"),
    "connections": ("人脉", "人脉关系", "社会关系"),
    "conduct": ("为人处事",),
    "management_quality": ("经营管理水平", "管理水平"),
    "capital_strength": ("资金实力",),
    "cost_budget": ("成本预算",),
    "opening_investment": ("开店投资", "投资额"),
    "area": ("面积", "营业面积", "店铺面积"),
    "staff": ("员工数", "人数", "店员数"),
    "opening_hours": ("营业时间",),
    "licence_number": ("营业执照号", "执照号", "统一社会信用代码", "信用代码"),
    "credit_limit": ("信用额度", "授信额度"),
    "payment_days": ("账期", "账期天数"),
}
COLUMNS = (
    CODE,
    *(Column(one.key, one.label, (one.key, *_ALSO.get(one.key, ()))) for one in FIELDS.values()),
    *ORIGIN,
)


def _labels(choices: Mapping[str, Any]) -> dict[str, str]:
    """{folded word in any language: key}."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            for choice, label in choices.items():
                found.setdefault(key(str(label)), choice)
                # "strong: could open another shop" is often just "strong".
                found.setdefault(key(str(label).partition(":")[0].partition("：")[0]), choice)
    return found | {key(choice): choice for choice in choices}


def _chosen(field: Field) -> Callable[[Any], str]:
    words = _labels(field.choices or {})
    longest = LONGEST["long"]

    def parse(cell: Any) -> str:
        text = read.parse_text(cell, longest) or ""
        parts = [text]
        if field.form == "many":
            for mark in SPLIT:
                parts = [piece for part in parts for piece in part.split(mark)]
        keys = []
        for part in (one.strip() for one in parts):
            if not part:
                continue
            known = words.get(key(part))
            if known == OTHER or (known is None and OTHER not in (field.choices or {})):
                raise BadCell("not_a_choice", {"choices": [str(one) for one in (field.choices or {}).values()]})
            keys.append(known or f"{OTHER}:{part}")
        return _canonical(field, keys)

    return parse


def _percent(field: Field) -> Callable[[Any], str]:
    """45 and 45% are forty-five of a hundred, and so is 0.45, as a workbook keeps it; 1 is all."""

    def parse(cell: Any) -> str:
        text = read.parse_text(cell, 30) or ""
        if not text.endswith(("%", "％")):
            number = read.parse_decimal(cell, 6, least=0, most=100)
            if number is None:
                return ""
            text = str(number * 100 if number <= 1 else number)
        return _canonical(field, text)

    return parse


def _canonical(field: Field, raw: Any) -> str:
    try:
        return canonical(form_of(field), raw)
    except BadValue as bad:
        codes = {
            "not_a_number": ("not_a_number", {}),
            "decimals": ("number_decimals", bad.params),
            "too_small": ("out_of_range", {"least": bad.params.get("least", 0), "most": "…"}),
            "too_large": ("number_too_large", {}),
            "not_a_date": ("not_a_date", {}),
            "too_long": ("too_long", {"limit": bad.params.get("most", "")}),
        }
        raise BadCell(*codes.get(bad.code, ("invalid", {}))) from bad


def _parser(field: Field, order: str) -> Callable[[Any], str]:
    if field.form in ("choice", "many"):
        return _chosen(field)
    if field.form == "percent":
        return _percent(field)
    if field.form == "date":
        return lambda cell: _canonical(field, parse_date(cell, order))
    if field.form == "money":
        return lambda cell: _money(field, cell)
    if field.form in ("number", "rating"):
        return lambda cell: _canonical(field, read.parse_int(cell, least=0))
    longest = LONGEST[field.form]
    return lambda cell: _canonical(field, read.parse_text(cell, longest))


def _money(field: Field, cell: Any) -> str:
    minor = read.parse_amount(cell)
    return (
        "" if minor is None else _canonical(field, f"{minor // 100}.{minor % 100:02d}" if minor >= 0 else minor / 100)
    )


def _source(words: Mapping[str, str]) -> Callable[[Any], str]:
    def parse(cell: Any) -> str:
        text = read.parse_text(cell, 40)
        if not text:
            return Source.IMPORT
        found = words.get(key(text))
        if found is None:
            raise BadCell("not_a_choice", {"choices": [str(label) for label in Source.labels]})
        return found

    return parse


def parsers(options: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    """{column: what turns its cell into a value}; each raises BadCell."""
    order = options.get("date_order", "ymd")
    return {
        "code": lambda cell: read.parse_code(cell, 64),
        "noted_on": lambda cell: parse_date(cell, order),
        "source": _source(_labels(dict(Source.choices))),
        "told_by": lambda cell: read.parse_text(cell, 80) or "",
        **{one.key: _parser(one, order) for one in FIELDS.values()},
    }
