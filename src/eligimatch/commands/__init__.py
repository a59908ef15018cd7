"""Commands with a file of their own: arguments in, what the rooms made of them out."""
