"""Rules that every room shares. Knows nothing of HTTP."""
