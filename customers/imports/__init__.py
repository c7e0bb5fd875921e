"""Bringing a register along (REG-06): read a file, map its columns, check every row, write all
rows or none."""
