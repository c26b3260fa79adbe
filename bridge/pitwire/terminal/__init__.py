"""The link to a terminal: sockets, sessions, heartbeats. What a command means is not known here."""
