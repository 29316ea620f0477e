"""What readers can know of a thing, as frozen values, and how two of them differ. Pure."""
