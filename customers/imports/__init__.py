"""The import of a register (REG-06).

A file is read, its columns are mapped, every row is checked; then all rows are written or none.
"""
