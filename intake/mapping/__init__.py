"""Stage 1: thematic and territorial mapping of actors, and co-creation events."""
