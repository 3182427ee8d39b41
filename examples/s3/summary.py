"""Reads trips.parquet of the dataset "trips" straight from S3, by pandas and by DuckDB: number of trips, cents in all."""

import os

import duckdb
import fsspec
import pandas

trips = os.environ["GRA_DATASET_TRIPS"] + "/trips.parquet"

# The address is enough: endpoint, region and key are in the environment.
frame = pandas.read_parquet(trips)
print("pandas", len(frame), frame["cents"].sum())
del frame

# DuckDB's own S3 is an extension that it would download; by fsspec it needs none.
duckdb.register_filesystem(fsspec.filesystem("s3"))
count, cents = duckdb.execute("select count(*), sum(cents) from read_parquet($1)", [trips]).fetchone()
print("duckdb", count, cents)
print(duckdb.execute("select place, sum(cents) as cents from read_parquet($1) group by place order by cents desc limit 3", [trips]).df())
