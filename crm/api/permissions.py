"""Who may do what; which rows is the business of `visible_to`."""

from django.utils.translation import gettext_lazy
from rest_framework import permissions


class RolePermission(permissions.BasePermission):
    """Signed in and active; who only reads may only read. Rows are the business of `visible_to`."""

    message = gettext_lazy("You may read, not change.")

    def has_permission(self, request, view):
        user = request.user
        if not user or not user.is_authenticated or not user.is_active:
            return False
        return request.method in permissions.SAFE_METHODS or user.may_write


class AdminPermission(RolePermission):
    message = gettext_lazy("Only administrators may do this.")

    def has_permission(self, request, view):
        return super().has_permission(request, view) and request.user.is_admin
