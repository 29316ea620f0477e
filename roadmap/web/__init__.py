"""What readers see: pages, feeds and the API, made from published Editions alone."""
