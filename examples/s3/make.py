"""Writes made-up taxi trips as Parquet, the same each time, and prints their number and what they cost in all.

python3 make.py FILE [MILLIONS]; 13 millions are some 200 MB.
"""

import sys
from pathlib import Path

import numpy
import pyarrow
from pyarrow import parquet

MILLION = 1_000_000

file = Path(sys.argv[1])
millions = int(sys.argv[2]) if len(sys.argv) > 2 else 1
random = numpy.random.default_rng(2024)
places = pyarrow.array([f"place {number}" for number in range(50)])
cents = 0

file.parent.mkdir(parents=True, exist_ok=True)
writer = None
for part in range(millions):
    cost = random.integers(300, 20_000, MILLION)
    table = pyarrow.table(
        {
            "id": numpy.arange(part * MILLION, (part + 1) * MILLION),
            "place": places.take(pyarrow.array(random.integers(0, 50, MILLION))),
            "cents": cost,
            "metres": random.random(MILLION) * 20_000,
        }
    )
    writer = writer or parquet.ParquetWriter(file, table.schema)
    writer.write_table(table)
    cents += int(cost.sum())
writer.close()
print(millions * MILLION, cents)
