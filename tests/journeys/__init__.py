"""Journeys through the running site in Chromium, with JavaScript and without."""
