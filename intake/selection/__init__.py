"""Stage 4: selection of commitments with public reasons."""
