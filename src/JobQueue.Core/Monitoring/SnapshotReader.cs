using System.Text.Json;

namespace JobQueue.Monitoring;

/// <summary>
/// Reads what a worker wrote about itself. It may be of another version, or damaged: what can't be read is left out, so that a
/// worker is shown with what is known.
/// </summary>
internal static class SnapshotReader
{
    /// <summary>More than any worker has run.</summary>
    private const long MaxLeaseMs = 3_600_000;

    private const long MaxMicroseconds = 100_000_000_000_000_000;

    public static WorkerInfo Describe(WorkerInfo worker, byte[] snapshot)
    {
        try
        {
            using var json = JsonDocument.Parse(snapshot);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Describe(worker, json.RootElement) : worker;
        }
        catch (JsonException)
        {
            return worker;
        }
    }

    private static WorkerInfo Describe(WorkerInfo worker, JsonElement snapshot) => worker with
    {
        LastBeatAt = ReadLong(snapshot, "lease_ms") is { } lease && lease <= MaxLeaseMs ? worker.LeaseUntil - TimeSpan.FromMilliseconds(lease) : null,
        Pool = ReadText(snapshot, "pool"),
        Host = ReadText(snapshot, "host"),
        ProcessId = ReadInt(snapshot, "process_id"),
        StartedAt = ReadTime(snapshot, "started_at"),
        Concurrency = ReadInt(snapshot, "concurrency"),
        Queues = [.. Elements(snapshot, "queues").Where(static queue => queue.ValueKind == JsonValueKind.String).Select(static queue => queue.GetString()!)],
        StuckSlots = ReadInt(snapshot, "stuck") ?? 0,
        Completed = ReadLong(snapshot, "completed") ?? 0,
        Failed = ReadLong(snapshot, "failed") ?? 0,
        RunTime = TimeSpan.FromMicroseconds(Math.Min(ReadLong(snapshot, "run_us") ?? 0, MaxMicroseconds)),
        Jobs = [.. Elements(snapshot, "jobs").Select(ReadJob).OfType<WorkerJob>()],
    };

    /// <summary>A job, also in the short form of its id alone.</summary>
    private static WorkerJob? ReadJob(JsonElement job)
    {
        if (job.ValueKind == JsonValueKind.String)
        {
            return JobId.TryParse(job.GetString(), out var alone) ? new WorkerJob(alone, Name: null, StartedAt: null, IsStuck: false) : null;
        }

        return job.ValueKind == JsonValueKind.Object && JobId.TryParse(ReadText(job, "id"), out var id)
            ? new WorkerJob(id, ReadText(job, "name"), ReadTime(job, "started_at"), job.TryGetProperty("stuck", out var stuck) && stuck.ValueKind == JsonValueKind.True)
            {
                Progress = ReadFraction(job, "progress"),
            }
            : null;
    }

    private static List<JsonElement> Elements(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static string? ReadText(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static int? ReadInt(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;

    private static long? ReadLong(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) && value >= 0 ? value : null;

    private static double? ReadFraction(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out var value) && value is >= 0 and <= 1 ? value : null;

    private static DateTimeOffset? ReadTime(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var ms)
            && ms >= 0 && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
}
