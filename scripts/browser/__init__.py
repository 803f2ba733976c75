"""Tests of the page in a browser; `scripts/browser-tests` runs them."""
