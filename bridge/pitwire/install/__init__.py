"""Bringing a terminal and the bridge together: identities, files, compiling, diagnosis."""
