"""The protocol between the bridge and a terminal, defined once and pure: no sockets, no threads.

Reading order: `envelope` (one signed frame), `codec` (its body), `handshake` (HELLO, WELCOME and
the keys that follow from them), `fields` and `records` (the nouns), `commands`, `replies` and
`events` (the verbs). `emit` writes docs/wire.md and the Expert Advisor's constants from these.
"""
