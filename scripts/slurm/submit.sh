#!/bin/bash
# Submits the shards of a plan as a job array, and the merge that waits for all of them. Prints both job numbers.
#   anomaly-clustering plan photos --shards 64 --work /shared/job
#   scripts/slurm/submit.sh /shared/job [--partition=gpu --gres=gpu:1 --cpus-per-task=8 …]
# What follows the folder goes to the shards' sbatch. OUT names the label file, ANOMALY_CLUSTERING the program where it is not in the path.
set -euo pipefail
WORK=$(realpath "${1:?Usage: submit.sh <work folder> [options of sbatch for the shards]}")
shift
HERE=$(dirname "$(realpath "$0")")
SHARDS=$(sed -n 's/^  "shards": \([0-9]*\),\{0,1\}$/\1/p' "$WORK/plan.json")
: "${SHARDS:?There is no plan in $WORK. Make one first: anomaly-clustering plan}"
mkdir -p "$WORK/logs"
export WORK
ARRAY=$(sbatch --parsable --array="0-$((SHARDS - 1))" --output="$WORK/logs/shard-%a.txt" --export=ALL "$@" "$HERE/shard.sbatch")
MERGE=$(sbatch --parsable --dependency="afterok:$ARRAY" --output="$WORK/logs/merge.txt" --export=ALL "$HERE/merge.sbatch")
echo "$ARRAY $MERGE"
