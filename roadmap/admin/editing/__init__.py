"""What every form of a working copy has: conflicts, autosave, Markdown with its preview, the history that staff see."""
