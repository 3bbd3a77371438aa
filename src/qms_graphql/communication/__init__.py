"""Talk about records: comments with mentions, who follows what, and notifications."""
