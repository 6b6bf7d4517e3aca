"""What people call the deeds and values that entries keep as codes.

Features declare `Words` and settings.AUDIT_WORDS names them by dotted path.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import formats
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

NOTHING = "—"
_LONG_DIGEST = 40


@dataclass(frozen=True)
class Words:
    """actions: {code: label}. kinds: the models whose rows they are done to. values: {(model, field): {code: label}},
    where the mapping comes from a call, because registries are complete only after all apps are ready. names:
    {field: label} of what no model calls a field. value(model, field, value): in words, None where there are none."""

    actions: Mapping[str, Any]
    kinds: tuple[str, ...] = ()
    values: Mapping[tuple[str, str], Callable[[], Mapping]] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    value: Callable[[str, str, Any], str | None] = field(default=lambda model, name, value: None)


@cache
def _declared() -> tuple[Words, ...]:
    return tuple(import_string(path) for path in settings.AUDIT_WORDS)


def action_name(code: str) -> str:
    """A code without a word stands for itself."""
    return str(next((words.actions[code] for words in _declared() if code in words.actions), code))


def actions() -> list[tuple[str, str]]:
    return [(code, str(label)) for words in _declared() for code, label in words.actions.items()]


def kind_name(model: str) -> str:
    try:
        return str(apps.get_model(model)._meta.verbose_name)
    except (LookupError, ValueError):
        return model


def kinds() -> list[tuple[str, str]]:
    return [(model, kind_name(model)) for words in _declared() for model in words.kinds]


def field_of(model: str, name: str):
    """The model's field of that name (or that column), None where there is none."""
    try:
        found = apps.get_model(model)._meta.get_fields()
    except (LookupError, ValueError):
        return None
    return next((one for one in found if name in (one.name, getattr(one, "attname", one.name))), None)


def place_of(model: str, name: str) -> tuple[int, str]:
    """Where among a model's fields a change of that name stands; what is no field comes last, by its name."""
    found = field_of(model, name)
    return (found.creation_counter if hasattr(found, "creation_counter") else sys.maxsize, name)


def further_name(name: str) -> Any:
    """The label of a field that no model has, None where nobody declared one."""
    return next((words.names[name] for words in _declared() if name in words.names), None)


def value_name(model: str, name: str, value: Any) -> str:
    """A value as people read it: codes by their names, days as the language writes them."""
    if value is None or value == "":
        return NOTHING
    for words in _declared():
        told = words.value(model, name, value)
        if told is not None:
            return told
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    choices: Mapping = dict(getattr(field_of(model, name), "flatchoices", ()))
    for words in _declared():
        if (model, name) in words.values:
            choices = words.values[model, name]()
    if isinstance(value, str | int) and value in choices:
        return str(choices[value])
    if isinstance(value, int):
        return f"{value:,}"
    return _text(str(value))


def _text(value: str) -> str:
    if len(value) == len("2026-01-31") and value.count("-") == 2:
        try:
            return formats.date_format(datetime.date.fromisoformat(value), "DATE_FORMAT")
        except ValueError:
            return value
    # Of a checksum, the beginning tells two files apart.
    if len(value) > _LONG_DIGEST and value.isalnum() and value.isascii():
        return f"{value[:12]}…"
    return value
