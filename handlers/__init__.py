"""The handlers: everything the office knows of letters."""
