"""Every road into the site, app by app; what is left over is a Wagtail page."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from agencies.views import go_on
from config.views import admin_account, robots, sign_in_to_admin

urlpatterns: list[URLPattern | URLResolver] = [
    # Before the sign-in library's own: the way out to an agency's provider leads over a page of ours.
    path("accounts/oidc/<slug:word>/login/", go_on, name="oidc_go_on"),
    path("accounts/saml/<slug:word>/login/", go_on, name="saml_go_on"),
    path("accounts/", include("allauth.urls")),
    path("account/", include("accounts.urls")),
    path("", include("compliance.urls")),
    path("learn/", include("courses.urls")),
    path("scenarios/", include("scenarios.urls")),
    path("", include("certification.urls")),
    path("xapi/", include("records.urls")),
    path("", include("agencies.urls")),
    path("", include("ui.urls")),
    # One way in only: Wagtail's own sign-in pages know neither the throttle nor the second step.
    path("admin/login/", sign_in_to_admin, name="admin_login"),
    path("admin/account/", admin_account, name="admin_account"),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path(
        "_util/login/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="page_login",
    ),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Asked for by browsers on pages that name no icon of their own, such as a PDF.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}ui/img/logo.svg"), name="favicon"),
    path("robots.txt", robots, name="robots"),
    path("", include("content.urls")),
]
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
urlpatterns.append(path("", include(wagtail_urls)))

handler500 = "config.views.server_error"
