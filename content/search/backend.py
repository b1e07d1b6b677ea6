"""Wagtail's database search, with the one question that its SQLite half asks badly put in another way.

It joins the full-text table with the table of entries, and SQLite, as long as it has no statistics, then runs the full-text
search once for every entry: 35 ms for 500 entries, and seconds for 5,000. As a list inside a list it runs once.
"""

from typing import Any

from django.db import connection
from modelsearch.backends import database
from modelsearch.backends.database.sqlite.utils import fts5_available

# The name under which Wagtail asks for it.
SearchBackend: Any = database.SearchBackend

if connection.vendor == "sqlite" and fts5_available():
    from modelsearch.backends.database.sqlite.query import MatchExpression
    from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchBackend, SQLiteSearchQueryCompiler
    from modelsearch.query import PlainText
    from modelsearch.utils import get_descendants_content_types_pks
    from wagtail.search.models import IndexEntry, SQLiteFTSIndexEntry

    class _QueryCompiler(SQLiteSearchQueryCompiler):
        def search(self, config: Any, start: Any, stop: Any, score_field: Any = None) -> Any:
            if self.order_by_relevance or score_field or not isinstance(self.query, PlainText):
                return super().search(config, start, stop, score_field=score_field)
            words = self.build_search_query(self.query, config=config)
            matching = SQLiteFTSIndexEntry.objects.filter(
                MatchExpression(self.fields or self.FTS_TABLE_FIELDS, words)
            )
            entries = IndexEntry.objects.filter(
                content_type__in=get_descendants_content_types_pks(self.queryset.model),
                pk__in=matching.values("pk"),
            )
            return self.queryset.filter(pk__in=entries.values("object_id"))[start:stop]

    class _SearchBackend(SQLiteSearchBackend):
        query_compiler_class = _QueryCompiler

    SearchBackend = _SearchBackend
