# Sourced: a folder for the test, the tool that was built, and some content with the file that one process makes of it.
root=$(cd "$(dirname "$0")/../.." && pwd)
tool=$root/artifacts/bin/Compressor.Cli/release/Compressor.Cli.dll
[ -f "$tool" ] || { echo "FAILED: build first: dotnet build -c Release"; exit 1; }
export COMPRESSOR="${DOTNET_HOST_PATH:-dotnet} exec $tool"
work=$(mktemp -d)
options="-3 --block-size 64K"

make_content() { # LENGTH
  (find "$root/src" "$root/docs" "$root/tests" -type f \( -name "*.cs" -o -name "*.md" \) | sort | xargs cat || true) 2> /dev/null | head -c "$1" > "$work/content"
  $COMPRESSOR compress $options -o "$work/expected" "$work/content"
}

compare() {
  cmp "$work/content.lmz" "$work/expected" || { echo "FAILED: the joined file is not that of one process"; exit 1; }
  $COMPRESSOR decompress -c "$work/content.lmz" | cmp - "$work/content"
}
