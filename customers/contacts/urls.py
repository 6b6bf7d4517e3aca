"""Pages of contacts and common ground, below /contacts/."""

from django.urls import path

from customers.contacts import quick_views, views

app_name = "contacts"
urlpatterns = [
    path("", views.contact_list, name="list"),
    path("new/", quick_views.new, name="new"),
    path("quick/", quick_views.quick, name="quick"),
    path("find/", quick_views.find, name="find"),
    path("export/", views.export, name="export"),
    path("customers/<int:pk>/", views.customer_contacts, name="customer"),
    path("customers/<int:pk>/ground/", views.topic_add, name="topic-add"),
    path("ground/<int:pk>/retire/", views.topic_retire, name="topic-retire"),
    path("ground/<int:pk>/back/", views.topic_back, name="topic-back"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("<int:pk>/restore/", views.restore, name="restore"),
]
