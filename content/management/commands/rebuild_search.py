from typing import Any

from django.core.management.base import BaseCommand

from content.models import SearchWord
from content.search.index import rebuild


class Command(BaseCommand):
    help = "Make the search index and its vocabulary anew from everything that is published."

    def handle(self, *args: Any, **options: Any) -> None:
        entries = rebuild()
        self.stdout.write(f"{entries} entries, {SearchWord.objects.count()} words")
