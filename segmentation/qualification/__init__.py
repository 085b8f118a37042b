"""How likely a prospect is to buy: the letters of BANT or FAINT, asked one by one, and whom to call first."""
