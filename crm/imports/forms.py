"""The shape of what people send: a file, and which of its columns is what."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.imports.kinds import ImportKind, registry
from crm.imports.models import ImportRun

DATE_ORDER_CHOICES = [
    ("ymd", gettext_lazy("Year, month, day (2024-03-25)")),
    ("dmy", gettext_lazy("Day, month, year (25/03/2024)")),
    ("mdy", gettext_lazy("Month, day, year (03/25/2024)")),
]


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What does the file hold?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("Drop the file here, or choose it"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,.xlsx"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in registry().values()]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            most = filesizeformat(settings.IMPORT_MAX_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most}, code="too_large")
        return file


class MappingForm(forms.Form):
    """A select over the file's columns for each field the import understands."""

    def __init__(self, data=None, *, run: ImportRun, kind: ImportKind, columns: list[dict], ask_order: bool):
        super().__init__(data)
        self.kind = kind
        choices = [("", _("not in the file"))]
        choices += [(str(index), _column_label(index, column)) for index, column in enumerate(columns)]
        for field in kind.fields:
            given = run.mapping.get(field.name)
            self.fields[f"column-{field.name}"] = forms.ChoiceField(
                label=field.label,
                choices=choices,
                required=field.required,
                initial="" if given is None else str(given),
                help_text=field.help,
            )
        if ask_order or run.options.get("date_order") in ("dmy", "mdy"):
            self.fields["date_order"] = forms.ChoiceField(
                label=gettext_lazy("How are the dates written?"),
                choices=[("", _("please choose")), *DATE_ORDER_CHOICES[1:], DATE_ORDER_CHOICES[0]],
                required=ask_order,
                initial=run.options.get("date_order", ""),
            )

    @property
    def mapping(self) -> dict[str, int]:
        found = {field.name: self.cleaned_data.get(f"column-{field.name}") for field in self.kind.fields}
        return {name: int(index) for name, index in found.items() if index}

    @property
    def options(self) -> dict[str, str]:
        return {"date_order": self.cleaned_data.get("date_order") or ""}

    def blame(self, errors: dict[str, list]) -> None:
        """Put an action's refusals, keyed by field name, below their selects."""
        for name, messages in errors.items():
            self.add_error(f"column-{name}" if f"column-{name}" in self.fields else None, messages)


def _column_label(index: int, column: dict) -> str:
    word = column["header"].strip() or _("column %(n)d") % {"n": index + 1}
    samples = ", ".join(dict.fromkeys(column.get("samples", [])))
    if not samples:
        return Truncator(word).chars(60)
    return Truncator(_("%(column)s (for example %(samples)s)") % {"column": word, "samples": samples}).chars(90)
