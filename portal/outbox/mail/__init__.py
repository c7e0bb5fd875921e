"""Reading mail that comes in: parts, text, what was quoted, what a machine wrote (OUT-34).

Nothing here knows the portal: bytes come in, and a ``Mail`` comes out, whatever the bytes are.
"""
