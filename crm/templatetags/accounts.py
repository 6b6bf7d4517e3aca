"""For the sign-in pages, and for what depends on who looks."""

from django import template

register = template.Library()


@register.filter
def plain(form):
    """allauth's form without its placeholders: they repeat the labels, and vanish as soon as one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def error_for(job, user):
    """Why a job failed, as this person may know it."""
    return job.error_for(user)
