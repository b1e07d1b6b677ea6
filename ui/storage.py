from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFilesStorage(ManifestStaticFilesStorage):
    """Hashes names, and rewrites the imports between ES modules to the hashed names."""

    support_js_module_import_aggregation = True
