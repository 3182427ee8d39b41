"""Summarises the Palmer penguins by species; Python's standard library only.

    python3 summary.py [penguins.csv]

Prints each part as soon as it is computed: what was read, a table of counts and means, a histogram of
flipper lengths, and a bootstrap interval of the mean body mass for each species.
"""

import csv
import random
import statistics
import sys

MEASURES = {
    "bill_length_mm": "bill length, mm",
    "bill_depth_mm": "bill depth, mm",
    "flipper_length_mm": "flipper, mm",
    "body_mass_g": "body mass, g",
}
RESAMPLES = 20_000


def say(line=""):
    # stdout is a pipe here: without the flush everything would come at the end.
    print(line, flush=True)


def read(path):
    """The rows by species; a value that was not measured ("NA") is left out of its row."""
    by_species = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            measured = {m: float(row[m]) for m in MEASURES if row[m] != "NA"}
            by_species.setdefault(row["species"], []).append(measured)
    return dict(sorted(by_species.items()))


def values(rows, measure):
    return [row[measure] for row in rows if measure in row]


def table(by_species):
    say(f"{'species':<10} {'birds':>5}  " + "  ".join(f"{title:>15}" for title in MEASURES.values()))
    for species, rows in by_species.items():
        means = (statistics.fmean(values(rows, measure)) for measure in MEASURES)
        say(f"{species:<10} {len(rows):>5}  " + "  ".join(f"{mean:>15.1f}" for mean in means))


def histogram(by_species, measure, width):
    say(f"{MEASURES[measure]} (one mark a bird)")
    everything = [value for rows in by_species.values() for value in values(rows, measure)]
    low = int(min(everything) // width) * width
    for start in range(low, int(max(everything)) + 1, width):
        marks = "".join(
            species[0] * sum(start <= value < start + width for value in values(rows, measure))
            for species, rows in by_species.items()
        )
        say(f"{start:>4}-{start + width - 1:<4} {marks}")
    say("          " + ", ".join(f"{species[0]} = {species}" for species in by_species))


def bootstrap(by_species, measure):
    say(f"mean {MEASURES[measure]}, 95 % interval from {RESAMPLES:,} resamples")
    dice = random.Random(344)
    for species, rows in by_species.items():
        sample = values(rows, measure)
        means = sorted(
            statistics.fmean(dice.choices(sample, k=len(sample))) for _ in range(RESAMPLES)
        )
        low, high = means[RESAMPLES // 40], means[-RESAMPLES // 40]
        say(f"{species:<10} {low:>7.0f} .. {high:.0f}")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "penguins.csv"
    by_species = read(path)
    say(f"{sum(map(len, by_species.values()))} penguins of {len(by_species)} species in {path}")
    say()
    table(by_species)
    say()
    histogram(by_species, "flipper_length_mm", 5)
    say()
    bootstrap(by_species, "body_mass_g")


if __name__ == "__main__":
    main()
