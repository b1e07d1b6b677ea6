"""Why the store refuses. `records.views` turns these into HTTP answers."""


class RecordsError(Exception):
    """Any refusal by the store."""


class InvalidStatement(RecordsError):
    """A value breaks a rule of the standard: where, which rule, and what would be right."""

    def __init__(self, path: str, rule: str, right: str = "") -> None:
        self.path = path
        self.rule = rule
        self.right = right
        super().__init__(f"{path}: {rule}" + (f" {right}" if right else ""))


class StatementConflict(RecordsError):
    """Another statement already has this id."""

    def __init__(self, statement_id: str) -> None:
        self.statement_id = statement_id
        super().__init__(
            f"Another statement already has the id {statement_id}. Give this one an id of its own."
        )


class NotAllowed(RecordsError):
    """The credential may not do this."""


class DocumentConflict(RecordsError):
    """The document changed, or exists, or is not JSON, so it cannot be written as asked."""


class PreconditionFailed(RecordsError):
    """If-Match or If-None-Match does not hold."""
