#!/bin/bash
# Applies a folder of your own copies of plan.yaml, shards.yaml and merge.yaml, one after the other, and waits for each.
#   scripts/kubernetes/apply.sh my-cluster [--namespace=… --context=… and other options of kubectl]
# kubectl and its credentials are yours. What is done is not done again: to go on after a failure, delete that job and run this once more.
# INTERVAL: seconds between two looks, 10 unless told.
set -euo pipefail
FOLDER=${1:?Usage: apply.sh <folder of the three files> [options of kubectl]}
shift
for STEP in plan shards merge; do
  FILE="$FOLDER/$STEP.yaml"
  if [ ! -f "$FILE" ]; then
    echo "There is no $FILE. Copy the templates to a folder of your own, and name your image, claims and paths there." >&2
    exit 2
  fi
done
for STEP in plan shards merge; do
  FILE="$FOLDER/$STEP.yaml"
  kubectl apply --filename="$FILE" "$@"
  while true; do
    STATE=$(kubectl get --filename="$FILE" --output='jsonpath={.status.conditions[?(@.status=="True")].type}' "$@")
    case " $STATE " in
    *" Complete "*) break ;;
    *" Failed "*)
      echo "The job of $FILE failed. See: kubectl describe --filename=$FILE $*" >&2
      exit 1
      ;;
    esac
    sleep "${INTERVAL:-10}"
  done
done
