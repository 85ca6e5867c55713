using System.Text;
using System.Text.Json;

namespace JobQueue.Workers;

/// <summary>
/// What a worker tells about itself with each beat, as JSON under <c>P:worker:&lt;id&gt;</c>: for people, and for the
/// recovery, which counts a crash only for jobs that had started. Safe to use from any thread.
/// </summary>
internal sealed class WorkerSnapshot(JobQueueOptions options, TimeProvider time)
{
    private const int MaxJobs = 1_000;

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly int _processId = Environment.ProcessId;
    private readonly string _host = Environment.MachineName;

    /// <summary>The slots whose jobs are listed; set once by the pool.</summary>
    public IReadOnlyList<Executor> Executors { get; set; } = [];

    public string Write(WorkerIdentity worker)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, worker.Id);
            writer.WriteString("host"u8, _host);
            writer.WriteNumber("process_id"u8, _processId);
            writer.WriteNumber("concurrency"u8, options.Concurrency);
            writer.WriteNumber("started_at"u8, _startedAt.ToUnixTimeMilliseconds());
            writer.WriteStartArray("queues"u8);
            foreach (var queue in options.Queues)
            {
                writer.WriteStringValue(queue);
            }

            writer.WriteEndArray();
            WriteJobs(writer, worker);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private void WriteJobs(Utf8JsonWriter writer, WorkerIdentity worker)
    {
        var written = 0;
        writer.WriteStartArray("jobs"u8);
        foreach (var executor in Executors)
        {
            if (executor.Current is { } lease && lease.Worker == worker && written++ < MaxJobs)
            {
                writer.WriteStringValue(lease.IdText);
            }
        }

        writer.WriteEndArray();
    }
}
