"""Stage 3: admission, rubric, assignment, reviews and results."""
