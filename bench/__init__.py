"""Made-up data in any size, for measuring and for tests; see README.md."""
