from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = []
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", views.styleguide, name="styleguide"))
