"""Forms: what people may type, checked. No session, no query."""
