"""What is measured: the formulas, their intervals and the periods they run over."""
