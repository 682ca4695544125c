"""Killing: real processes die at random moments, and the books are looked at afterwards."""
