from django.urls import URLPattern, URLResolver, path

from records.views import About, NotHere, State, Statements

app_name = "records"
urlpatterns: list[URLPattern | URLResolver] = [
    path("about", About.as_view(), name="about"),
    path("statements", Statements.as_view(), name="statements"),
    path("activities/state", State.as_view(), name="state"),
    path("<path:rest>", NotHere.as_view(), name="not_here"),
]
