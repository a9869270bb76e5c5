"""The server's end of data bridges: slots and their keys, who holds them, and sessions that ask over them."""
