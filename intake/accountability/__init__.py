"""Stage 5: formalization and rendering of accounts."""
