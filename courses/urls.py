from django.urls import URLPattern, URLResolver, path

from courses import views

app_name = "courses"
urlpatterns: list[URLPattern | URLResolver] = [
    path("lessons/<str:code>/", views.lesson_by_code, name="lesson_by_code"),
    path("<uuid:registration>/", views.course, name="course"),
    path("<uuid:registration>/lessons/<str:code>/", views.lesson, name="lesson"),
    path("<uuid:registration>/lessons/<str:code>/card/", views.card, name="card"),
    path("<uuid:registration>/lessons/<str:code>/done/", views.lesson_done, name="lesson_done"),
    path(
        "<uuid:registration>/lessons/<str:code>/activities/<slug:activity>/", views.activity, name="activity"
    ),
    path("<uuid:registration>/check/", views.check, name="check"),
    path("<uuid:registration>/check/<int:position>/", views.check_item, name="check_item"),
    path("<uuid:registration>/scenario/", views.scenario, name="scenario"),
]
