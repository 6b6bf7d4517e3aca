"""The shape of what people say about files."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.files.models import Category

# A hint for the chooser, nothing more: what may be kept is judged by content.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf,.docx,.xlsx,.pptx,.csv,.txt"


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, in the order they were chosen."""

    widget = ManyFiles

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(one, initial) for one in (data if isinstance(data, list) else [data])]
        files = [one for one in files if one]
        if len(files) > settings.FILES_AT_ONCE:
            text = _("Choose %(most)d files at most.") % {"most": settings.FILES_AT_ONCE}
            raise forms.ValidationError(text, code="too_many")
        return files


class AddForm(forms.Form):
    """files from the device, photos straight from its camera; one of the two is needed."""

    files = FilesField(
        label=gettext_lazy("Photos and documents"),
        required=False,
        allow_empty_file=True,
        widget=ManyFiles({"accept": ACCEPT}),
    )
    photos = FilesField(
        label=gettext_lazy("Take a photo"),
        required=False,
        allow_empty_file=True,
        widget=ManyFiles({"accept": "image/*", "capture": "environment"}),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("What it shows"), choices=Category.choices, initial=Category.SHOP_FRONT
    )
    keep_position = forms.BooleanField(
        label=gettext_lazy("Keep the position where the photos were taken"),
        required=False,
        help_text=gettext_lazy(
            "Otherwise it is thrown away. Either way, the photo itself never holds it: only this page shows it."
        ),
    )

    def clean(self):
        found = [*(self.cleaned_data.get("files") or []), *(self.cleaned_data.get("photos") or [])]
        if not found and not self.errors:
            self.add_error("files", _("Choose a file, or take a photo."))
        if len(found) > settings.FILES_AT_ONCE:
            self.add_error("files", _("Choose %(most)d files at most.") % {"most": settings.FILES_AT_ONCE})
        self.cleaned_data["chosen"] = found
        return self.cleaned_data


class EditForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    category = forms.ChoiceField(label=gettext_lazy("What it shows"), choices=Category.choices)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, widget=forms.Textarea({"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
