"""Cells of CSV that no spreadsheet runs."""

# What a spreadsheet would run (OWASP ASVS 1.2.10); a quote in front makes it text.
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "'")


def guard_cell(cell: str) -> str:
    """Put a quote in front of what a spreadsheet would run, and of a quote."""
    return f"'{cell}" if cell.startswith(_RUN_BY_SPREADSHEETS) else cell


def unguard_cell(cell: str) -> str:
    """Take away the one quote that guards a cell."""
    is_guarded = cell.startswith("'") and cell[1:].startswith(_RUN_BY_SPREADSHEETS)
    return cell[1:] if is_guarded else cell
