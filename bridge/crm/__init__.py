"""Reads orders from CRMs and tells them what became of those: one transport, and one reader and writer made of data."""
