"""What both sides speak: handshake, sealed frames, and their JSON."""
