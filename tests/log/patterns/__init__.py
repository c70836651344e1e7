"""Tests of templates and news."""
