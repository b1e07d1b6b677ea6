from django.urls import URLPattern, URLResolver, path

from scenarios import views

app_name = "scenarios"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.library, name="library"),
    path("profile.jsonld", views.profile, name="profile"),
    path("<slug:slug>/start/", views.start, name="start"),
    path("play/<uuid:attempt>/", views.play, name="play"),
    path("play/<uuid:attempt>/text/", views.text, name="text"),
    path("play/<uuid:attempt>/debrief/", views.debrief, name="debrief"),
    path("play/<uuid:attempt>/others/", views.others, name="others"),
    path("play/<uuid:attempt>/again/", views.again, name="again"),
    path("play/<uuid:attempt>/do/<slug:action>/", views.act, name="act"),
]
