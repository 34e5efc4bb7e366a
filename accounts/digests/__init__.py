"""Digests: events, planning, rendering, delivery.

The database is the queue. Whoever calls (a Celery task, the loop, a person) and however often, each pass does
what is due and nothing twice.
"""
