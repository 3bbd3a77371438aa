"""Tests of the risks package."""
