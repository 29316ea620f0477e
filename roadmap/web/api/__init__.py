"""The JSON API, read-only, and its documentation. See docs/api.md for what it promises."""
