"""Qiao (桥): the project and its ground floor."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
