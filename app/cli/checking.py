"""Evidence checked against a text on this host: in this process, and without a token."""

from app.cli.clients import Document
from app.cli.host import AUTHOR, local_database
from app.cli.trouble import WrongInput
from app.errors import BadRequest
from app.formats.cleaning import decode_as_it_is
from app.services.checking.undertaking import SourceCheck


def check_here(slug: str, content: bytes, *, is_applied: bool) -> Document:
    """Check the evidence of a source, note the results, and give the report.

    Args:
        slug: of a source that is there.
        content: the text, in UTF-8.
        is_applied: write the new places of what has moved.

    Raises:
        WrongInput: the text is not UTF-8.
    """
    try:
        work = SourceCheck(slug, decode_as_it_is(content), AUTHOR, is_applied=is_applied)
    except BadRequest as error:
        raise WrongInput(error.detail) from None
    database = local_database()
    with database.reading() as connection:
        report = work.prepare(connection)
    if report is not None:
        return report
    with database.writing(AUTHOR) as session:
        return work.write(session)
