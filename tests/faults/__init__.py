"""What a server meets on a bad day, tried with the real one: killed, cut off, full, without mail, past a closing."""
