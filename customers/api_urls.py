"""/api/v1/ of customers."""

urlpatterns: list = []
