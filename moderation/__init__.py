"""Screening, reports, removal requests, the queue of cases, and decisions. Imports forum, never accounts."""
