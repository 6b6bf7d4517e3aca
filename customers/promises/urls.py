"""Pages of the promise book, below /promises/."""

from django.urls import path

from customers.promises import views

app_name = "promises"
urlpatterns = [
    path("", views.promise_list, name="list"),
    path("new/", views.new, name="new"),
    path("customers/<int:pk>/", views.customer_promises, name="customer"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/keep/", views.keep, name="keep"),
    path("<int:pk>/break/", views.break_, name="break"),
    path("<int:pk>/put-off/", views.put_off, name="put-off"),
    path("<int:pk>/take-back/", views.take_back, name="take-back"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
