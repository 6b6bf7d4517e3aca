"""What people are told of. Slices declare a `NotificationKind`; settings.NOTIFICATION_KINDS names it by dotted path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

OFF, DIGEST, NOW = "off", "digest", "now"
MAILS = [(OFF, _("not by mail")), (DIGEST, _("in the digest")), (NOW, _("at once"))]


@dataclass(frozen=True)
class NotificationKind:
    """code: stable, kept in rows. label: what it is about, for settings. words(params) -> (title, text) in the language
    of whoever reads. mail: how it is sent where a person has not said otherwise.
    """

    code: str
    label: Any
    icon: str
    words: Callable[[Mapping[str, Any]], tuple[str, str]]
    mail: str = DIGEST


@cache
def registry() -> dict[str, NotificationKind]:
    kinds = [import_string(path) for path in settings.NOTIFICATION_KINDS]
    return {kind.code: kind for kind in kinds}
