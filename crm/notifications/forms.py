"""The shape of a person's wishes: hours in a form, and a row of choices for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms

from crm.notifications.kinds import MAILS, NotificationKind, registry
from crm.notifications.models import NotificationChoice, NotificationHours


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M")


class HoursForm(forms.ModelForm):
    class Meta:
        model = NotificationHours
        fields = ["digest", "digest_at", "quiet_from", "quiet_until"]
        widgets = {name: ClockInput() for name in ("digest_at", "quiet_from", "quiet_until")}


@dataclass(frozen=True, slots=True)
class Chosen:
    kind: NotificationKind
    in_app: bool
    mail: str
    mails = MAILS


def choices_of(user) -> list[Chosen]:
    """Every kind as this person has it. One statement."""
    held = {one.kind: one for one in NotificationChoice.objects.visible_to(user)}
    return [
        Chosen(kind, held[code].in_app if code in held else True, held[code].mail if code in held else kind.mail)
        for code, kind in registry().items()
    ]


def choices_from(sent: Mapping[str, str]) -> dict[str, tuple[bool, str]]:
    """The page sends app-KIND (only where ticked) and mail-KIND of every kind it showed."""
    return {
        name.removeprefix("mail-"): (f"app-{name.removeprefix('mail-')}" in sent, value)
        for name, value in sent.items()
        if name.startswith("mail-")
    }
