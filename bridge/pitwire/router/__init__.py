"""Which terminal, which outcome: commands, the ledger of intents, and the terminals' state."""
