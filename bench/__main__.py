"""`python -m bench`: all measurements at a small scale, in a few minutes; the modules have options for larger ones."""

from bench import clauses, complaints, growth, live, reads, sync, thread
from bench.dataset import Scale

if __name__ == "__main__":
    sync.run(["postgresql", "sqlite"], rounds=3, batches=2, customers=2000)
    reads.run(Scale.of(0.02), rounds=3, most=150, keep=False)
    complaints.run(complaints.scale_of(0.02), rounds=3, most=150, keep=False)
    thread.run(thread.Size(2000), rounds=3, most=150, keep=False)
    clauses.run(clauses.Size.of(0.02), rounds=3, most=60, keep=False)
    growth.run([10_000, 50_000], rounds=5, most=60)
    live.run(["rates", "idle"], "postgresql", rounds=3, messages=5000, sockets=500, delivered=100_000)
