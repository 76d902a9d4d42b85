"""Stage 2: reception of citizen proposals."""
