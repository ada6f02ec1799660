"""How what ships in assets/ was made."""
