using System.Collections;

namespace Compressor.Cli.Models;

/// <summary>Models that are loaded when it comes to them: most files need the first.</summary>
internal sealed class CandidateModels(ModelCatalog catalog, IReadOnlyList<string> folders) : IReadOnlyList<LanguageModel>
{
    public int Count => folders.Count;

    public LanguageModel this[int index] => catalog.Load(folders[index]);

    public IEnumerator<LanguageModel> GetEnumerator() => folders.Select(catalog.Load).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
