"""The dealers' pages of notices, below /portal/notices/."""

from django.urls import path

from promotions.policies import portal_views

app_name = "notices_portal"
urlpatterns = [
    path("", portal_views.notices, name="list"),
    path("<int:pk>/", portal_views.one, name="one"),
    path("<int:pk>/answer/", portal_views.answer, name="answer"),
    path("<int:pk>/ask/", portal_views.ask, name="ask"),
    path("<int:pk>/done/", portal_views.done, name="done"),
    path("<int:pk>/papers/<int:paper>/", portal_views.paper, name="paper"),
]
