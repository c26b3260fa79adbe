"""A simulated terminal: a market, a broker, and the peer that speaks the wire.

Reading order: `market` (what the prices do), `broker` (what the trade server does with orders),
`desk` (at most once), `commands` (the wire's commands, answered), `peer` (sessions and sockets)
and `terminal`, which joins them. It knows the wire and nothing else of Pitwire, like any peer.
"""
