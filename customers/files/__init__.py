"""Photos and documents on a customer."""
