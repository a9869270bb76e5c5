"""The server's side: the endpoint that bridges connect to, the relay of each process, and clients that ask over it."""
