"""The words for what was earned, from the registry at https://registry.tincanapi.com."""

from records.vocabulary import verb

EARNED = verb("http://id.tincanapi.com/verb/earned", "earned")

ACTIVITY_BADGE = "http://activitystrea.ms/schema/1.0/badge"
