"""Evidence files of records: begun in the graph, brought and fetched beside it, held in a store of their own."""
