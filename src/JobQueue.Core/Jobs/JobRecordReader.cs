using System.Text.Json;

namespace JobQueue;

/// <summary>
/// Reads records. Arguments and results are slices of the stored bytes, so that they come back as they went in; unknown
/// members are skipped, so that an older process reads what a newer one of the same schema wrote.
/// </summary>
internal static class JobRecordReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads a record; answers why it can't be read instead of throwing, because no record may stop a worker.</summary>
    public static JobRecord? TryRead(JobId id, ReadOnlyMemory<byte> bytes, out string? problem)
    {
        if (bytes.IsEmpty)
        {
            problem = "the record is empty, or its key holds another type than a string";
            return null;
        }

        if (RecordStandIn.TryRead(bytes) is { } standIn)
        {
            problem = standIn.Problem;
            return null;
        }

        try
        {
            var draft = new JobRecordDraft();
            var reader = new Utf8JsonReader(bytes.Span, Options);
            draft.Read(ref reader, bytes);
            problem = draft.FindProblem();
            return problem is null ? draft.ToRecord(id) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            problem = "the record is not valid JSON of this schema: " + e.Message;
            return null;
        }
    }
}
