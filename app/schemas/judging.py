"""What is said of a claim: that it is still true, or that it is disputed."""

from app.models import NOTE_LENGTH
from app.schemas.fields import Day, Prose
from app.schemas.records import Schema, optional


class ConfirmationSchema(Schema):
    """That a claim is still true."""

    on = Day(**optional(description="The day on which it was true; now when left out, never in the future."))
    note = Prose(NOTE_LENGTH, **optional(description="How that is known; shown as `status_note`."))


class DisputeSchema(Schema):
    """That a claim is not true."""

    reason = Prose(NOTE_LENGTH, required=True, metadata={"description": "Why; shown as `status_note`."})
