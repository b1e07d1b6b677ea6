"""For the test suite. Nothing leaves the process; passwords hash fast; tasks run at once."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, VAR_DIR

SECRET_KEY = "tests"  # noqa: S105
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ACCOUNT_RATE_LIMITS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that Wagtail's long migrations run once and not for every run.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
CREDENTIAL_DEMO_KEYS = True
CREDENTIAL_KEYS_DIR = VAR_DIR / "test-keys"
