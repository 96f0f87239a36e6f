"""Compresses a file in 16 mapped tasks of Airflow (2.4 or later) and joins the parts. Not run here.

The workers must see the file. A task that is retried does its part from the start; one that is done is left out.
"""
import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

FILE = "/data/content"
PARTS = 16

with DAG("compress", start_date=datetime.datetime(2026, 1, 1), schedule=None, default_args={"retries": 3}):
    parts = BashOperator.partial(task_id="part").expand(
        bash_command=[f"compressor compress --part {i}/{PARTS} --threads 1 --skip-existing -v {FILE}" for i in range(1, PARTS + 1)]
    )
    join = BashOperator(task_id="join", bash_command=f"compressor join --source {FILE} -o {FILE}.lmz {FILE}.lmz.*-of-{PARTS}")
    parts >> join
