namespace Compressor;

/// <summary>What is in a container of records, as far as can be seen without decoding it.</summary>
/// <param name="Count">The number after the last record's; with nothing lost, how many there are.</param>
/// <param name="MissingRecords">How many of the numbers below that belong to groups that are lost.</param>
/// <param name="Groups">Groups.</param>
/// <param name="ContentLength">The bytes of all records.</param>
/// <param name="Length">The bytes of the container.</param>
/// <param name="UnfinishedBytes">Bytes after the last whole group: of one that is being written, or was when the writer was killed.</param>
/// <param name="DamagedBytes">Bytes elsewhere that are part of no whole group.</param>
/// <param name="DictionaryId">The <see cref="LmzDictionary.Id"/> of the dictionary; null for none.</param>
/// <param name="Level">The <see cref="LmzRecordOptions.Level"/>.</param>
/// <param name="Together"><see cref="LmzRecordOptions.Together"/>.</param>
/// <param name="CheckRecords"><see cref="LmzRecordOptions.CheckRecords"/>.</param>
/// <param name="Keyed"><see cref="LmzRecordOptions.Keyed"/>.</param>
public sealed record LmzRecordsInfo(
    long Count, long MissingRecords, int Groups, long ContentLength, long Length, long UnfinishedBytes, long DamagedBytes,
    string? DictionaryId, int Level, bool Together, bool CheckRecords, bool Keyed);
