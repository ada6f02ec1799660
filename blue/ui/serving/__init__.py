"""How the page meets the open network: who may call, how often, how large, and how it ends."""
