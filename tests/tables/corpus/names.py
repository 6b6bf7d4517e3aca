"""Customers' files: names and addresses with everything a keyboard, a copy or an attacker can put into them."""

from __future__ import annotations

from tests.tables.corpus.making import Case, text

HEADER = ("code", "name", "kind")


def _name(name: str, shown: str, outcome: str | None = None, *, refused: str = "", encoding="utf-8") -> Case:
    row = ("K1", '"' + shown.replace('"', '""') + '"', "franchisee")
    taken = () if refused else (("K1", shown if outcome is None else outcome),)
    return Case(
        f"name_{name}",
        lambda: text([row], HEADER, encoding=encoding),
        "customers.csv",
        "customers",
        taken,
        {2: refused} if refused else {},
    )


def _rows(name: str, rows, taken=(), header=HEADER, *, refused=None, unusable="") -> Case:
    return Case(
        f"customers_{name}",
        lambda: text(rows, header),
        "customers.csv",
        "customers",
        tuple(taken),
        refused or {},
        unusable,
    )


CASES = [
    _name("one_character", "鑫"),
    _name("emoji", "好运🙂店"),
    _name("emoji_family", "👨‍👩‍👧 店"),
    _name("emoji_gb18030", "好运🙂店", encoding="gb18030"),
    _name("rare_gb18030", "䶮氏𠮷野家", encoding="gb18030"),
    _name("traditional_big5", "臺北便利商店", encoding="big5"),
    _name("quotes", '"老字号"便利店'),
    _name("comma", "晨光,便利店"),
    _name("full_width_kept", "晨光（南京）ＡＢＣ店"),
    _name("trimmed", "  晨光便利店\u3000", "晨光便利店"),
    _name("line_break", "晨光\n便利店", "晨光 便利店"),
    _name("script", "<script>alert(1)</script>"),
    _name("quote_attack", "'; DROP TABLE customers_customer; --"),
    _name("percent", "100%好店 %s %(x)s {0}"),
    _name("formula", "=1+1"),
    _name("formula_command", "=cmd|' /C calc'!A0"),
    _name("formula_plus", "+86便利店"),
    _name("formula_at", "@家"),
    _name("formula_minus", "-18℃冰品"),
    _name("defused_by_our_export", "'=1+1", "=1+1"),
    _name("apostrophe", "'好'店"),
    _name("null_word", "NULL"),
    _name("none_word", "None"),
    _name("number_word", "711"),
    _name("backslash", "a\\b\\N\\."),
    _name("combining", "Cafe\u0301"),
    _name("right_to_left_script", "متجر"),
    _name("private_use", "\ue000店"),
    _name("longest", "长" * 200),
    _name("too_long", "长" * 201, refused="too_long"),
    _name("null_character", "晨\x00光", refused="control_character"),
    _name("bell", "晨\x07光", refused="control_character"),
    _name("escape", "\x1b[31m晨光", refused="control_character"),
    _name("next_line", "晨\x85光", refused="control_character"),
    _name("line_separator", "晨\u2028光", refused="control_character"),
    _name("bidi_override", "晨光\u202egnp.exe", refused="hidden_character"),
    _name("bidi_isolate", "晨\u2066光\u2069", refused="hidden_character"),
    _name("right_to_left_mark", "晨\u200f光", refused="hidden_character"),
    _name("zero_width_space", "晨\u200b光", refused="hidden_character"),
    _name("word_joiner", "晨\u2060光", refused="hidden_character"),
    _name("byte_order_mark_within", "晨\ufeff光", refused="hidden_character"),
    _name("replacement", "晨\ufffd光", refused="damaged_text"),
    _name("mojibake", "锟斤拷锟斤拷", refused="damaged_text"),
    _name("noncharacter", "晨\uffff光", refused="damaged_text"),
    _rows("total_row", [("K1", "晨光", "加盟商"), ("合计", "2", "")], [("K1", "晨光")], refused={3: "total_row"}),
    _rows(
        "kinds",
        [("K1", "晨光", "代理商"), ("K2", "旭日", "加盟店"), ("K3", "明星", "FRANCHISEE")],
        [("K1", "晨光"), ("K2", "旭日"), ("K3", "明星")],
    ),
    _rows("kind_unknown", [("K1", "晨光", "朋友")], refused={2: "not_a_choice"}),
    _rows(
        "same_code_twice",
        [("K1", "晨光", "加盟商"), ("K1", "旭日", "加盟商")],
        [("K1", "晨光")],
        refused={3: "duplicate_row"},
    ),
    _rows(
        "same_code_full_width",
        [("K1", "晨光", "加盟商"), ("Ｋ１", "旭日", "加盟商")],
        [("K1", "晨光")],
        refused={3: "duplicate_row"},
    ),
    _rows("no_code_column", [("晨光", "加盟商")], header=("name", "kind"), unusable="columns_missing"),
    _rows(
        "code_and_name_swapped_order",
        [("加盟商", "晨光", "K1")],
        [("K1", "晨光")],
        header=("类型", "客户名称", "客户编码"),
    ),
    _rows(
        "latitude_bad",
        [
            ("K1", "晨光", "加盟商", "31.8578", "117.2895"),
            ("K2", "旭日", "加盟商", "131.8", "117.2"),
            ("K3", "明星", "加盟商", "31°51′", "117"),
        ],
        [("K1", "晨光")],
        header=(*HEADER, "lat", "lon"),
        refused={3: "out_of_range", 4: "not_a_number"},
    ),
]
