"""Reviews: audits, management reviews, meetings and focus groups, what they found, and what became of it."""
