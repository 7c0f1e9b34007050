"""Advisory locks: byte ranges, share reservations, and who is waiting, as replicated state."""
