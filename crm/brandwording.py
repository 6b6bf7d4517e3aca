"""Writing a word of one of the brand's lists: the one way for page, admin and demo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.brandwords import BrandWord

Word = TypeVar("Word", bound=BrandWord)


@transaction.atomic
def write_word(
    model: type[Word],
    word: Word | None,
    *,
    action: str,
    by: User | None,
    check: Callable[[Word], None] = lambda _held: None,
    **fields: Any,
) -> Word:
    """A new one (with its code), or the fields given of one. check: what its list asks more; raises ValidationError."""
    rows = model._default_manager
    held = model(code=fields.pop("code")) if word is None else rows.select_for_update().get(pk=word.pk)
    before = {} if word is None else held.told()
    for name in model.WRITTEN:
        if name in fields:
            setattr(held, name, fields[name])
    check(held)
    held.full_clean()
    held.save()
    changes = diff(before, held.told())
    if changes:
        record(action=action, target=held, changes=changes, actor=by)
    return held
