"""The small components as template tags, and the filters that write figures and dates. See docs/design.md."""

from __future__ import annotations

import datetime
import unicodedata
from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from crm.shell import numbers
from crm.shell.icons import NAMES, OWN

register = template.Library()

STATE_ICONS = {"ok": "circle-check", "warn": "alert-triangle", "bad": "alert-circle", "info": "info-circle", "acc": ""}
_ARROWS = {"up": "arrow-up-right", "down": "arrow-down-right", "flat": "arrow-right"}
_TONES = {"up": "pos", "down": "neg", "flat": "mut", "none": "mut"}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@cache
def _sprite() -> str:
    return static("crm/icons.svg")


def _classes(*names: str) -> str:
    return " ".join(name for name in names if name)


def _attributes(extra: dict) -> SafeString:
    """hx_post="/x" -> hx-post="/x"; True -> a bare attribute; None and False are left out. No on*, no style."""
    pairs = []
    for key, value in extra.items():
        name = key.rstrip("_").replace("_", "-")
        if name == "style" or name.startswith("on"):
            raise template.TemplateSyntaxError(f"'{name}' would break the content security policy")
        if value is None or value is False:
            continue
        pairs.append((name, None if value is True else value))
    return mark_safe(  # noqa: S308 - every value is escaped by format_html
        "".join(format_html(" {}", n) if v is None else format_html(' {}="{}"', n, v) for n, v in pairs)
    )


# --- frame ----------------------------------------------------------------------------------------------------


@register.simple_block_tag
def capture(content):
    """{% capture as name %}…{% endcapture %}: keeps what a block renders, so that the frame may use it twice."""
    return mark_safe(content.strip())  # noqa: S308 - it comes from a template, escaped there


@register.simple_tag
def crumb(href, label):
    """One step of the way here, for the block `crumbs`."""
    return format_html('<a href="{}">{}</a>{}', href, label, icon("chevron-right", "xs"))


@register.simple_tag(takes_context=True)
def panel(context, panel):
    """A crm.panels.Panel, rendered with its own context and the request."""
    return render_to_string(panel.template, panel.context, context["request"])


# --- marks ----------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name, size="", label="", cls=""):
    """size: xs 14, sm 16, none 18, lg 22. Decoration unless `label` names it."""
    if name not in NAMES and name not in OWN:
        if settings.DEBUG:
            raise template.TemplateSyntaxError(f"no icon '{name}': add it to crm/shell/icons.py, run tools/vendor.py")
        return ""
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {} focusable="false"><use href="{}#{}"/></svg>',
        _classes("icon", size, cls),
        named,
        _sprite(),
        name,
    )


@register.simple_tag
def btn(label, kind="", icon_="", href=None, type="button", icon_only=False, size="", cls="", **extra):
    """A button, or a link that looks like one when `href` is given.

    kind: "" (plain), pri, ghost, danger. `icon_only` keeps the label for screen readers and as title.
    Further arguments become attributes: hx_post=…, data_dialog=…, name=…, value=…, disabled=True.
    """
    body = format_html(
        "{}{}",
        icon(icon_) if icon_ else "",
        format_html('<span class="vh">{}</span>', label) if icon_only else format_html("<span>{}</span>", label),
    )
    css = _classes("btn", kind, "icon-only" if icon_only else "", size, cls)
    if icon_only:
        extra.setdefault("title", label)
    if href is not None:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, href, _attributes(extra), body)
    return format_html('<button class="{}" type="{}"{}>{}</button>', css, type, _attributes(extra), body)


@register.simple_tag
def tier(letter, size=""):
    """The tier badge; size: xs 16, none 22, lg 44. No letter: a dashed box that says so."""
    letter = str(letter or "").upper()
    if letter not in ("A", "B", "C"):
        label = gettext("No tier")
        return format_html(
            '<span class="{}" role="img" aria-label="{}" title="{}">–</span>',
            _classes("tier tier-none", size),
            label,
            label,
        )
    return format_html(
        '<span class="{}" role="img" aria-label="{}">{}</span>',
        _classes("tier", f"tier-{letter.lower()}", size),
        gettext("Tier %(letter)s") % {"letter": letter},
        letter,
    )


@register.simple_tag
def badge(label, kind="", icon_=None):
    """A word on a soft ground. kind: "", ok, warn, bad, info, acc. icon_="" leaves the state's icon out."""
    name = STATE_ICONS.get(kind, "") if icon_ is None else icon_
    return format_html('<span class="{}">{}{}</span>', _classes("badge", kind), icon(name) if name else "", label)


@register.simple_tag
def dot(label, kind=""):
    """A coloured dot with its word."""
    return format_html(
        '<span class="row g1 nowrap"><span class="{}" aria-hidden="true"></span>{}</span>', _classes("dot", kind), label
    )


def initials(name: str) -> str:
    """林岚 -> 林; Anna Berg -> AB."""
    words = str(name or "").split()
    if not words:
        return "?"
    if unicodedata.east_asian_width(words[0][0]) in "WF":
        return words[0][0]
    return "".join(word[0] for word in (words if len(words) < 3 else [words[0], words[-1]])).upper()


@register.simple_tag
def avatar(name, size=""):
    """Initials in a circle; the name itself stands beside it, so this is decoration."""
    return format_html('<span class="{}" aria-hidden="true">{}</span>', _classes("ava", size), initials(name))


@register.simple_tag
def pips(value, max=5, label=""):
    """value of max as little bars; the figure is read out."""
    if value is None:
        return format_html('<span class="mut">{}</span>', numbers.DASH)
    number = int(numbers.rounded(numbers.to_decimal(value), 0))
    text = gettext("%(value)s of %(max)s") % {"value": value, "max": max}
    bars = format_html_join("", "<i{}></i>", ((mark_safe(' class="on"') if n < number else "",) for n in range(max)))
    return format_html(
        '<span class="pips" role="img" aria-label="{}" title="{}">{}</span>',
        f"{label} {text}".strip(),
        text,
        bars,
    )


@register.simple_tag
def tile(name, kind=""):
    """An icon on a soft square. kind: "", ok, warn, bad, info, acc."""
    return format_html('<span class="{}">{}</span>', _classes("ic-tile", kind), icon(name))


@register.simple_tag
def bar(value, max=100, label="", kind=""):
    """A <progress> with its name. value None: going on, end unknown. kind: "", ok, warn, bad."""
    current = "" if value is None else format_html(' value="{}"', _plain(value))
    return format_html('<progress class="{}" max="{}"{} aria-label="{}"></progress>', kind, _plain(max), current, label)


def _plain(value) -> str:
    number = numbers.to_decimal(value) or 0
    return format(number, "f")


# --- figures and dates ----------------------------------------------------------------------------------------


@register.filter
def money(value):
    """¥1,234,567.00"""
    return numbers.money(value, settings.CURRENCY)


@register.filter
def money_short(value):
    """123.5万, 498K"""
    return numbers.money_short(value, _language())


@register.simple_tag
def amount(value):
    """The short amount, the full one in its title."""
    if numbers.to_decimal(value) is None:
        return format_html('<span class="mut">{}</span>', numbers.DASH)
    return format_html('<span class="num" title="{}">{}</span>', money(value), money_short(value))


@register.filter
def count(value):
    """12345 -> 12,345"""
    return numbers.grouped(value)


@register.filter
def percent(value, places=0):
    """0.196 -> 20%"""
    return numbers.percent(value, int(places))


@register.filter
def share(value):
    """0.2 -> 20%; 0.155 -> 15.5%: as many places as it has, at most two."""
    number = numbers.to_decimal(value)
    if number is None:
        return numbers.DASH
    places = max(0, min(2, -int((number * 100).normalize().as_tuple().exponent)))
    return numbers.percent(number, places)


@register.filter(is_safe=True)
def growth(value):
    """0.047 -> +4.7% in green; None -> a dash."""
    text, direction = numbers.growth(value)
    return format_html('<span class="growth {}">{}</span>', _TONES[direction], text)


@register.simple_tag
def trend(value):
    """The growth with an arrow, for tiles."""
    text, direction = numbers.growth(value)
    arrow = icon(_ARROWS[direction]) if direction in _ARROWS else ""
    return format_html('<span class="growth {}">{}{}</span>', _TONES[direction], arrow, text)


def _local(value):
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value, form="DATE_FORMAT"):
    """A date (or a moment's day) as the language writes it; `day:"short"` without the year."""
    if not value:
        return numbers.DASH
    return formats.date_format(_local(value), "MONTH_DAY_FORMAT" if form == "short" else form)


@register.filter
def moment(value):
    """Day and time, in the company's time zone."""
    return formats.date_format(_local(value), "DATETIME_FORMAT") if value else numbers.DASH


@register.filter
def duration(seconds):
    """11 -> 11 seconds; 95 -> 2 minutes; 4000 -> 1 hour 7 minutes."""
    number = numbers.to_decimal(seconds)
    if number is None:
        return numbers.DASH
    whole = int(numbers.rounded(number, 0))
    if whole < 60:
        return ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
    minutes = (whole + 30) // 60
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}


# --- blocks ---------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content, title="", link="", link_label="", note="", cls="", id=None, flush=False):
    """{% card title %}…{% endcard %}. link + link_label stand at the right, note is a quiet word there.

    flush: the content brings its own padding (lists, tables).
    """
    right = ""
    if note:
        right = format_html('<span class="sub num">{}</span>', note)
    if link:
        right = format_html('{}<a class="link" href="{}">{}</a>', right, link, link_label)
    head = format_html('<div class="card-h"><h2>{}</h2>{}</div>', title, right) if title else ""
    body = content if flush else format_html('<div class="card-b">{}</div>', content)
    gap = mark_safe('<div class="mt2"></div>') if flush and title else ""
    return format_html(
        '<section class="{}"{}>{}{}{}</section>', _classes("card", cls), _attributes({"id": id}), head, gap, body
    )


@register.simple_block_tag
def note(content, kind="", icon_=None):
    """{% note "warn" %}…{% endnote %}: a remark on the page. kind: "" (info), ok, warn, bad."""
    name = STATE_ICONS.get(kind or "info", "info-circle") if icon_ is None else icon_
    role = mark_safe(' role="alert"') if kind == "bad" else ""
    return format_html(
        '<div class="{}"{}>{}<div>{}</div></div>', _classes("note", kind), role, icon(name) if name else "", content
    )


@register.simple_block_tag
def dialog(content, id, title, cls=""):
    """{% dialog "move" _("Move") %}…{% enddialog %}; opened by data-dialog="move" on any button."""
    close = btn(gettext("Close"), kind="ghost", icon_="x", icon_only=True, data_dialog_close=True)
    return format_html(
        '<dialog id="{0}" class="{1}" aria-labelledby="{0}-title"><div class="dlg"><div class="dlg-h">'
        '<h2 id="{0}-title">{2}</h2>{3}</div>{4}</div></dialog>',
        id,
        cls,
        title,
        close,
        content,
    )


@register.simple_tag
def fact(label, value=None, safe_dash=True):
    """One <dt><dd> pair for a `dl.dl`; an empty value shows a dash."""
    shown = numbers.DASH if safe_dash and (value is None or value == "") else conditional_escape(value)
    return format_html("<dt>{}</dt><dd>{}</dd>", label, shown)


# --- lists ----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The page's query string with some parameters changed; None removes one. Paging restarts on any change."""
    params = context["request"].GET.copy()
    if not {"page", "after", "before"} & changes.keys():
        for key in ("page", "after", "before"):
            params.pop(key, None)
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        else:
            params[key] = value
    text = params.urlencode()
    return f"?{text}" if text else context["request"].path


@register.simple_tag(takes_context=True)
def query_for(context, name, value):
    """The page's query string with one parameter, named by a variable, set to a value or (None) removed."""
    return query(context, **{name: value})


@register.simple_tag(takes_context=True)
def hidden_query(context, *left_out):
    """The page's parameters as hidden fields, for forms with method=get; paging and `left_out` are dropped."""
    pairs = (
        (name, value)
        for name, values in context["request"].GET.lists()
        if name not in {"page", "after", "before", *left_out}
        for value in values
    )
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.inclusion_tag("components/sort.html", takes_context=True)
def sort(context, label, field, end=False, cls="", descending_first=False):
    """A sortable column head. The order is in ?sort=field or ?sort=-field."""
    current = context["request"].GET.get("sort") or context.get("sort") or ""
    active = current.lstrip("-") == field
    descending = current.startswith("-")
    first, second = (f"-{field}", field) if descending_first else (field, f"-{field}")
    target = second if active and current == first else first
    return {
        "label": label,
        "href": query(context, sort=target),
        "aria": ("descending" if descending else "ascending") if active else "",
        "icon": ("sort-descending" if descending else "sort-ascending") if active else "arrows-sort",
        "cls": _classes("end" if end else "", cls),
    }


@register.filter
def undo_path(tags):
    """The address after `undo=` in a message's extra tags, if it is one of ours."""
    for tag in (tags or "").split():
        if tag.startswith("undo=/") and not tag.startswith("undo=//"):
            return tag[5:]
    return ""


@register.filter
def toast_kind(tags):
    """Our state for Django's message level."""
    words = (tags or "").split()
    return next(
        (ours for theirs, ours in (("error", "bad"), ("warning", "warn"), ("success", "ok")) if theirs in words), ""
    )


@register.filter
def state_icon(kind):
    return STATE_ICONS.get(kind or "info") or "info-circle"


@register.filter
def get(mapping, key):
    """mapping[key], or nothing."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""
