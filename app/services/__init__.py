"""Rules and questions, as plain functions on a connection (reading) or a session (writing)."""
