"""Taking in many records at once: what the first data set and every file go through."""

from app.services.importing.records import Records, Report, import_records

__all__ = ["Records", "Report", "import_records"]
