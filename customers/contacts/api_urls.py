"""/api/v1/ of contacts and common ground. (`contacts/` below customers/people/ are people.)"""

from django.urls import path

from customers.contacts.api import Contacts, Topics

BOTH = {"get": "list", "post": "create"}

urlpatterns = [
    path("contacts/", Contacts.as_view(BOTH), name="interactions"),
    path("contacts/<int:pk>/", Contacts.as_view({"get": "retrieve", "patch": "partial_update"}), name="interaction"),
    path("contacts/<int:pk>/remove/", Contacts.as_view({"post": "remove"}), name="interaction-remove"),
    path("contacts/<int:pk>/restore/", Contacts.as_view({"post": "restore"}), name="interaction-restore"),
    path("topics/", Topics.as_view(BOTH), name="topics"),
    path("topics/<int:pk>/", Topics.as_view({"get": "retrieve"}), name="topic"),
    path("topics/<int:pk>/retire/", Topics.as_view({"post": "retire"}), name="topic-retire"),
    path("topics/<int:pk>/bring-back/", Topics.as_view({"post": "bring_back"}), name="topic-bring-back"),
]
