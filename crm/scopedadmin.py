"""What every admin class has in common: rows in reach, writing through actions, no side doors.

Heads and analysts are staff who read; administrators also write what `writable` says. Lists, details, history and
autocompletion all start with `visible_to`. Look-ups from the address bar are those of the filters and no others: any
other (`?password__startswith=`) would answer guesses.
"""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

COUNTED = 10_000
_DATE_PARTS = ("year", "month", "day", "gte", "lt")


class CappedPaginator(Paginator):
    """Counts no further than COUNTED rows: a list of millions opens at once, and searching finds the rest."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[: COUNTED + 1].count()


class ActionForm(forms.ModelForm):
    """Checks the shape, then lets an action judge and write; its refusal stands under the fields it names."""

    act = None

    def is_valid(self):
        if not super().is_valid():
            return False
        if self.act is not None and not hasattr(self, "acted"):
            try:
                with transaction.atomic():
                    self.acted = self.act(self.changed())
            except ValidationError as refusal:
                self._refuse(refusal)
                return False
        return True

    def changed(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def _refuse(self, refusal: ValidationError) -> None:
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for field, errors in refusal.error_dict.items():
            self.add_error(field if field in self.fields and field != NON_FIELD_ERRORS else None, errors)


class KindFilter(admin.AllValuesFieldListFilter):
    """Kinds by the names that people know: `kinds` of the model's admin is their registry."""

    def __init__(self, field, request, params, model, model_admin, field_path):
        super().__init__(field, request, params, model, model_admin, field_path)
        self.names = {code: kind.label for code, kind in model_admin.kinds().items()}

    def choices(self, changelist):
        for choice in super().choices(changelist):
            yield {**choice, "display": self.names.get(choice["display"], choice["display"])}


class KindNames:
    """For admins of rows with a `kind` whose names stand in a registry."""

    kinds = staticmethod(dict)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_name(self, row):
        found = self.kinds().get(row.kind)
        return found.label if found is not None else row.kind


class ScopedAdmin(admin.ModelAdmin):
    """Read-only unless a subclass names actions: `create(request, values)` and `alter(request, row, values)`."""

    form = ActionForm
    actions_on_bottom = False
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    view_on_site = False
    save_as = False
    create = None
    alter = None

    def get_queryset(self, request):
        rows = self.model._default_manager.visible_to(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    # --- who ---------------------------------------------------------------------------------------------------

    @staticmethod
    def _staff(request) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_module_permission(self, request):
        return self._staff(request)

    def has_view_permission(self, request, obj=None):
        return self._staff(request)

    def has_add_permission(self, request):
        return self.create is not None and request.user.is_admin

    def has_change_permission(self, request, obj=None):
        return self.alter is not None and request.user.is_admin

    def has_delete_permission(self, request, obj=None):
        return False

    # --- what can be asked -------------------------------------------------------------------------------------

    def lookup_allowed(self, lookup, value, request=None):
        name, _sep, rest = lookup.partition("__")
        if self.date_hierarchy and name == self.date_hierarchy:
            return rest in _DATE_PARTS
        names = {entry[0] if isinstance(entry, tuple) else entry for entry in self.get_list_filter(request)}
        return name in names and rest in ("", "exact", "isnull")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        related = db_field.remote_field.model._default_manager
        kwargs.setdefault("queryset", related.visible_to(request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # --- writing -----------------------------------------------------------------------------------------------

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if change and self.alter is not None:

            def act(self_form, values):
                return self.alter(request, self.model._default_manager.get(pk=obj.pk), values)

        elif not change and self.create is not None:

            def act(self_form, values):
                return self.create(request, self_form.cleaned_data)

        else:
            return form
        return type(form)(form.__name__, (form,), {"act": act, "__module__": form.__module__})

    def save_form(self, request, form, change):
        return form.acted

    def save_model(self, request, obj, form, change):
        """The action has written already."""

    def save_related(self, request, form, formsets, change):
        """Nothing hangs on the row."""
