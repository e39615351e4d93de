"""Campaigns with a group held out: planned, drawn and written as lists, of what is published."""
