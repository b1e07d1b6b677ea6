"""What every installation shares. Anything that differs comes from the environment: docs/reference/settings.md."""

import sys
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from config.roles import database_url

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
CURRICULUM_DIR = BASE_DIR / "content" / "curriculum"
DEBUG = False
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "config",
    "compliance",
    "certification",
    "courses",
    "scenarios",
    "content",
    "records",
    "agencies",
    "accounts",
    "ui",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.admin_users.AdminUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
]
SITE_ID = 1

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.AdminPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.ReachMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.ButtonPageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ui.context_processors.shell",
                "agencies.context_processors.leads",
            ],
            "builtins": ["ui.templatetags.ui"],
        },
    }
]

FORM_RENDERER = "ui.forms.WaylightFormRenderer"

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        database_url(sys.argv, default=f"sqlite:///{VAR_DIR / 'waylight.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets people read while one writes; IMMEDIATE makes a writer wait for its turn instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
# In the database, so that the throttle of sign-in counts once for all processes of a site and survives a restart.
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Many counters at once: a flood of addresses must not push out those that hold somebody back.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "compliance:my_training"
LOGOUT_REDIRECT_URL = "/"

# Whether people who belong to no agency may sign up; they join "Independent", which has no lead.
OPEN_SIGN_UP = env.flag("OPEN_SIGN_UP", True)
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "agencies.adapters.SocialAccountAdapter"
# An agency's own people need no second form; their provider has told name and address.
SOCIALACCOUNT_AUTO_SIGNUP = True
# Hosts inside a private network that may be asked as an agency's own sign-in.
IDENTITY_PROVIDER_HOSTS = env.words("IDENTITY_PROVIDER_HOSTS", [])
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.LoginForm",
    "signup": "accounts.sign_in.SignupForm",
    "add_email": "accounts.sign_in.AddEmailForm",
    "change_password": "accounts.sign_in.ChangePasswordForm",
    "set_password": "accounts.sign_in.SetPasswordForm",
    "reset_password": "accounts.sign_in.ResetPasswordForm",
    "reset_password_from_key": "accounts.sign_in.ResetPasswordKeyForm",
    "reauthenticate": "accounts.sign_in.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.sign_in.AuthenticateForm",
    "reauthenticate": "accounts.sign_in.ReauthenticateWithCodeForm",
    "activate_totp": "accounts.sign_in.ActivateTOTPForm",
    "add_webauthn": "accounts.sign_in.AddWebAuthnForm",
    "edit_webauthn": "accounts.sign_in.EditWebAuthnForm",
}
# A change to how somebody signs in is told to her, in words that say nothing to a bystander.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https") else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Waylight"
# Keeping the last moment of every session would write to the database on every page.
USERSESSIONS_TRACK_ACTIVITY = False

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "ui" / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ui.storage.HashedStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, at_least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Waylight <training@waylight.example>")

# Private keys that credentials and documents are signed with. Keys for trying out are made where there are none.
CREDENTIAL_KEYS_DIR = Path(env.text("CREDENTIAL_KEYS_DIR", str(VAR_DIR / "keys")))
CREDENTIAL_KEY = env.text("CREDENTIAL_KEY", "")
DOCUMENT_KEY = env.text("DOCUMENT_KEY", "")
CREDENTIAL_DEMO_KEYS = False

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Recurring commands and how many seconds lie between two runs.
SCHEDULE = {
    "refresh_statuses": 24 * 3600,
    "refresh_question_statistics": 3600,
    "continue_awards": 60,
    "continue_staff_imports": 60,
    "continue_assignments": 60,
    "send_reminders": 15 * 60,
    "clearsessions": 24 * 3600,
    "remove_old_reports": 24 * 3600,
    "remove_old_audit_entries": 24 * 3600,
    "forget_old_names": 24 * 3600,
    "destroy_evaluation_keys": 24 * 3600,
    "send_refreshers": 24 * 3600,
}

# How long an agency's log says who changed what and who looked at whom.
AUDIT_RETENTION_DAYS = env.number("AUDIT_RETENTION_DAYS", 1095, at_least=30)

# How long the words of a report stay after it is closed.
REPORT_RETENTION_DAYS = env.number("REPORT_RETENTION_DAYS", 180, at_least=1)

# How long after its last day a certificate keeps the name of somebody who deleted her account.
CREDENTIAL_RETENTION_YEARS = env.number("CREDENTIAL_RETENTION_YEARS", 6, at_least=1)

# Whether content that waits for a review is kept from agencies until an administrator takes it on. Production always does.
REVIEW_GATES_BIND = env.flag("REVIEW_GATES_BIND", False)

# With SECRET_KEY it makes the key under which licence numbers are encrypted.
SALT_KEY = env.text("LICENCE_SALT", "waylight-licence-numbers")

WAGTAIL_SITE_NAME = "Waylight"
WAGTAIL_FINISH_WORKFLOW_ACTION = "content.workflow.finish"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_LOGIN_URL = "/admin/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Browsers do not know the others, and one unknown name breaks the whole list.
WAGTAIL_USER_TIME_ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
)
# Simple: words are folded and cut by ourselves (content.search.words), so that every database finds the same.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "content.search.backend", "SEARCH_CONFIG": "simple"}}
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "txt", "csv", "xlsx"]
WAGTAILIMAGES_EXTENSIONS = ["png", "jpg", "jpeg", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"

# Where "Leave this page" leads: somewhere ordinary.
LEAVE_URL = env.text("LEAVE_URL", "https://www.wikipedia.org/")

CONTENT_SECURITY_POLICY = {
    # The Wagtail admin brings inline scripts and styles of its own and gets a policy of its own (config.middleware).
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Wagtail names what was edited, people included; its own log in the database is the place for that.
    "loggers": {"wagtail": {"level": "WARNING"}, "django_tasks": {"level": "WARNING"}},
}
