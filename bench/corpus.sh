#!/usr/bin/env bash
# Compresses and decompresses every file below a folder with the tool, compares what comes back, and prints a Markdown table.
# Usage: bench/corpus.sh FOLDER [compress options…]
set -euo pipefail
[ -d "${1:-}" ] || { echo "usage: bench/corpus.sh FOLDER [compress options…]" >&2; exit 2; }
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "$1" && pwd)
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
dotnet publish "$repository/src/Compressor.Cli" -c Release -o "$scratch/tool" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
tool() { dotnet "$scratch/tool/Compressor.Cli.dll" "$@"; }

printf '| file | bytes | lmz | bits/byte | s compress | s decompress |\n|---|---:|---:|---:|---:|---:|\n'
total=0
total_lmz=0
while IFS= read -r -d '' file; do
  start=$EPOCHREALTIME
  tool compress -q -f -o "$scratch/c.lmz" "$@" -- "$file"
  middle=$EPOCHREALTIME
  tool decompress -q -f -o "$scratch/d" -- "$scratch/c.lmz"
  end=$EPOCHREALTIME
  cmp -- "$file" "$scratch/d"
  bytes=$(stat -c %s -- "$file")
  lmz=$(stat -c %s "$scratch/c.lmz")
  total=$((total + bytes))
  total_lmz=$((total_lmz + lmz))
  awk -v name="${file#"$folder"/}" -v n="$bytes" -v c="$lmz" -v a="$start" -v b="$middle" -v d="$end" \
    'BEGIN { printf "| %s | %d | %d | %.3f | %.2f | %.2f |\n", name, n, c, n ? 8 * c / n : 0, b - a, d - b }'
done < <(find "$folder" -type f -print0 | sort -z)
awk -v n="$total" -v c="$total_lmz" 'BEGIN { printf "| **total** | %d | %d | %.3f | | |\n", n, c, 8 * c / n }'
