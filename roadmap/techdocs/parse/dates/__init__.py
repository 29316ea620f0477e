"""The dates that rows give, in their cells and by what stands above them."""
