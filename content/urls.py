from django.urls import URLPattern, URLResolver, path

from content import search_views, views

app_name = "content"
urlpatterns: list[URLPattern | URLResolver] = [
    path("report/", views.report, name="report"),
    path("report/<uuid:number>/", views.report_state, name="report_state"),
    path("search/", search_views.search, name="search"),
    path("library/", search_views.resources, name="resources"),
]
