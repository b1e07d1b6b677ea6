from django.urls import URLPattern, URLResolver, path

from accounts import own_data_views, views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_settings, name="settings"),
    path("name/", views.name, name="name"),
    path("role/", views.role, name="role"),
    path("preferences/", views.preferences, name="preferences"),
    path("data/", own_data_views.own_data, name="own_data"),
    path("data/my-data.zip", own_data_views.own_data_file, name="own_data_file"),
    path("delete/", views.delete, name="delete"),
]
