"""Looks at patients while treatment goes on."""
