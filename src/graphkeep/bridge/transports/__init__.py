"""How the agent's messages reach the server: WebSocket or long polling, through an HTTP proxy if there is one."""
