"""The table of the database cache (no Redis), as a model so that migrations make it like any other."""

from django.db import models


class CacheEntry(models.Model):
    """Written and read by Django's DatabaseCache only; its columns are that backend's."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "crm_cache"
