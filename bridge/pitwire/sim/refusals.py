"""Refusals on their way from where a command fails to the ERROR frame that says so."""

from pitwire.wire.replies import Refusal, RefusalCode


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """A command is refused and was not executed; `refusal` is what the app's side gets."""

    def __init__(
        self,
        code: RefusalCode,
        message: str,
        *,
        field: str | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(message)
        self.refusal = Refusal(
            code=code, message=message, field=field, retry_after_ms=retry_after_ms
        )


__all__ = ["Refused"]
