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

    def within(self, number: int) -> "InvalidStatement":
        """The same in a batch, where the path begins with the statement's place."""
        return InvalidStatement(self.path.replace("$", f"$[{number}]", 1), self.rule, self.right)


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


class BadBody(RecordsError):
    """The body or a parameter cannot be read at all."""


class MissingDocument(RecordsError):
    """There is no such document."""


class BadRequest(RecordsError):
    """The request breaks a rule of the protocol."""


class TooLarge(RecordsError):
    """More than the store takes at once."""


class NotSignedIn(RecordsError):
    """No usable credential."""


class PreconditionRequired(RecordsError):
    """The write does not say which document it means to replace."""
