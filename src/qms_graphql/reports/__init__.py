"""Reports: pages to print, made of what one operation of the graph answers to who asks."""
