"""The report: one HTML page that opens offline, and its figures as files for slides."""
