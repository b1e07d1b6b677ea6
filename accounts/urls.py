from django.urls import URLPattern, URLResolver, path

from accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_settings, name="settings"),
    path("name/", views.name, name="name"),
    path("role/", views.role, name="role"),
    path("preferences/", views.preferences, name="preferences"),
    path("delete/", views.delete, name="delete"),
]
