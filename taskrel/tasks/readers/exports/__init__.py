"""Exports of annotation tools: one small file per form. See `taskrel.tasks.readers.spans`."""
