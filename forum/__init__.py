"""Posts, comments and their trees; reading, writing, receipts and the desk. Imports no other app of ours."""
