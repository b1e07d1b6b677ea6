from django.urls import URLPattern, URLResolver, path

from courses import evaluation_views, form_views, refresher_views, views

app_name = "courses"
urlpatterns: list[URLPattern | URLResolver] = [
    path("statements/<slug:point>/", evaluation_views.attitudes, name="attitudes"),
    path("opinion/<slug:course>/", evaluation_views.reaction, name="reaction"),
    path("agencies/<slug:slug>/records/", evaluation_views.audit, name="audit"),
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
    path("<uuid:registration>/questions/<slug:purpose>/", form_views.questions, name="form"),
    path("<uuid:registration>/questions/<slug:purpose>/<int:position>/", form_views.item, name="form_item"),
    path("<uuid:registration>/refresher/", refresher_views.refresher, name="refresher"),
    path(
        "<uuid:registration>/refresher/<int:position>/", refresher_views.refresher_item, name="refresher_item"
    ),
    path("refresher/<str:token>/", refresher_views.refresher_by_mail, name="refresher_by_mail"),
    path(
        "refresher/<str:token>/<int:position>/",
        refresher_views.refresher_item_by_mail,
        name="refresher_item_by_mail",
    ),
    path("<uuid:registration>/leave-out/", form_views.leave_out, name="leave_out"),
    path("<uuid:registration>/scenario/", views.scenario, name="scenario"),
]
