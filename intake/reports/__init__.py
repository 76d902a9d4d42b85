"""Pages across stages: home, the Directorate's desk, the trace. Reads, never writes."""
