"""The columns of a file of people, and what a cell of each becomes.

An empty cell leaves what is there alone: the same person may stand in several rows, one for each customer.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.tables import cells as read
from crm.tables.folding import key
from crm.tables.headers import Field
from crm.tables.messages import BadCell, register
from customers.people.actions import is_day
from customers.people.models import Gender, Person, PersonRole, StandsAs
from customers.profile.columns import spelled, word_table
from customers.profile.texts import tidy

register(
    {
        "unknown_customer_in_reach": _("There is no customer with this code in your reach."),
        "birthday_unclear": _("Write a birthday as 5-20 or 1980-5-20."),
        "birthday_none": _("There is no such day."),
        "email_wrong": _("This is not an e-mail address."),
        "role_ends_before": _("A role must end after it begins."),
        "two_primary": _("Row %(first)s already names whom to call first at this customer."),
        "primary_ended": _("Whoever is called first stands with the customer without an end."),
        "person_twice": _("Several people of this customer have this name: give the phone."),
    }
)

FIELDS: Sequence[Field] = (
    Field(
        "code",
        _("Customer code"),
        spelled(
            "code|customer code|customer no|customer number|customer id|客户编码|客户编号|客户代码|客户号|门店编码"
            "|门店编号|店铺编码|店铺编号|店号|编码"
        ),
        required=True,
        help=_("With whom the person stands. One row for each customer and role."),
    ),
    Field(
        "name",
        _("Person's name"),
        spelled("name|person|person name|contact|contact name|姓名|联系人|联系人姓名|人员姓名|名字"),
        required=True,
        help=_("Customer, name and phone together tell whom a row means."),
    ),
    Field("phone", _("Phone"), spelled("phone|tel|telephone|mobile|电话|联系电话|手机|手机号|手机号码|联系人电话")),
    Field(
        "role",
        _("Stands as"),
        spelled("role|position|stands as|title|角色|身份|职务|职位|岗位|关系"),
        help=_("Owner, spouse, shop manager, introducer, landlord … Any other word is kept as it is; owner if empty."),
    ),
    Field("since", _("From"), spelled("since|from|start|start date|起始日期|开始日期|入职日期|起|任职日期")),
    Field("until", _("Until"), spelled("until|to|end|end date|结束日期|离职日期|止|截止日期")),
    Field(
        "primary",
        _("First to call"),
        spelled("primary|main|first to call|main contact|主要联系人|首要联系人|主联系人|是否主要"),
        help=_("Yes or no; one person of each customer."),
    ),
    Field("wechat", _("WeChat"), spelled("wechat|weixin|wechat id|微信|微信号")),
    Field("email", _("E-mail"), spelled("email|e-mail|mail|邮箱|电子邮箱|邮件|电子邮件")),
    Field("gender", _("Gender"), spelled("gender|sex|性别")),
    Field(
        "birthday",
        _("Birthday"),
        spelled("birthday|birth date|date of birth|born|生日|出生日期|出生年月日"),
        help=_("Month and day, with or without the year: 5-20 or 1980-5-20."),
    ),
    Field("note", _("Note"), spelled("note|notes|remark|remarks|comment|备注|说明|备注说明")),
)
DATES = ("since", "until")
_ROLES = word_table(
    owner="boss proprietor 老板 店主 法人 负责人 经营者 经营人",
    spouse="wife husband 配偶 老板娘 爱人 妻子 丈夫 太太",
    manager="shop_manager store_manager 店长 经理 门店经理 店面经理",
    introducer="referrer 介绍人 引荐人 推荐人",
    landlord="房东 出租方 业主 出租人",
    mall="mall_manager 商场经理 商场负责人 商场主管 楼层经理",
    accountant="bookkeeper 会计 财务 出纳",
    partner="shareholder 合伙人 股东 合作人",
)
_GENDERS = word_table(f="female woman 女 女士 女性", m="male man 男 先生 男性")
_MONTH_DAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?\Z")
_LOOKS_LIKE_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


def parse_birthday(value: Any, order: str) -> tuple[int | None, int, int] | None:
    """(year or None, month, day). Raises BadCell."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return None
        found = _MONTH_DAY.match(text)
        if found:
            # Day first where the file's dates are written so.
            first, second = int(found[1]), int(found[2])
            month, day = (second, first) if order == "dmy" and "月" not in text else (first, second)
            if not is_day(None, month, day):
                raise BadCell("birthday_none")
            return None, month, day
    elif value is None:
        return None
    found_day = read.parse_date(value, order)
    if found_day is None:
        return None
    if not isinstance(found_day, datetime.date) or found_day.year < 1900:
        raise BadCell("birthday_unclear")
    return found_day.year, found_day.month, found_day.day


def _text(model: type, name: str, keep: str = "") -> Callable[[Any], str | None]:
    longest = model._meta.get_field(keep or name).max_length
    return lambda value: tidy(name, read.parse_text(value, longest)) or None


def _role(value: Any) -> tuple[str, str] | None:
    """(role, other text)."""
    text = tidy("role", read.parse_text(value, PersonRole._meta.get_field("role_other").max_length))
    if not text:
        return None
    found = _ROLES.get(key(text)) or next((one.value for one in StandsAs if key(str(one.label)) == key(text)), None)
    return (found, "") if found and found != StandsAs.OTHER else (StandsAs.OTHER.value, text)


def _gender(value: Any) -> str | None:
    text = read.parse_text(value, 20)
    if not text:
        return None
    found = _GENDERS.get(key(text))
    if found is None:
        raise BadCell("not_a_choice", {"choices": [str(label) for label in Gender.labels]})
    return found


def _email(value: Any) -> str | None:
    text = read.parse_text(value, Person._meta.get_field("email").max_length)
    if text and not _LOOKS_LIKE_MAIL.match(text):
        raise BadCell("email_wrong")
    return text


def parsers(options: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    """{field: what turns its cell into a value}; each raises BadCell."""
    order = options.get("date_order", "ymd")
    return {
        "code": lambda value: read.parse_code(value, 64),
        "name": _text(Person, "name"),
        "phone": _text(Person, "phone"),
        "wechat": _text(Person, "wechat"),
        "note": _text(Person, "note"),
        "email": _email,
        "gender": _gender,
        "role": _role,
        "primary": read.parse_bool,
        "birthday": lambda value: parse_birthday(value, order),
        **{name: lambda value: read.parse_date(value, order) for name in DATES},
    }
