"""For the sign-in pages."""

from django import template

register = template.Library()


@register.filter
def plain(form):
    """allauth's form without its placeholders: they repeat the labels, and vanish as soon as one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form
