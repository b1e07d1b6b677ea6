"""Stories in and out: the formats of Twine, H5P Branching Scenario, and our own. Nothing here touches the database."""
