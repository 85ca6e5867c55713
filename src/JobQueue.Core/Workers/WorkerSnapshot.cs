using System.Text;
using System.Text.Json;

namespace JobQueue.Workers;

/// <summary>
/// What a worker tells about itself with each beat, as JSON under <c>P:worker:&lt;id&gt;</c>: for people, and for the
/// recovery, which counts a crash for jobs that had started. Times are the server's. Safe to use from any thread.
/// </summary>
internal sealed class WorkerSnapshot(PoolSettings pool, TimeSpan lease, ExecutorSlots slots, AttemptTotals totals)
{
    private const int MaxJobs = 1_000;

    private readonly int _processId = Environment.ProcessId;
    private readonly string _host = Environment.MachineName;
    private long _startedAt;

    public string Write(WorkerIdentity worker)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, worker.Id);
            writer.WriteString("pool"u8, pool.Name);
            writer.WriteString("host"u8, _host);
            writer.WriteNumber("process_id"u8, _processId);
            writer.WriteNumber("concurrency"u8, pool.Concurrency);
            writer.WriteNumber("lease_ms"u8, (long)lease.TotalMilliseconds);
            WriteTimes(writer, worker);
            writer.WriteStartArray("queues"u8);
            foreach (var queue in pool.Queues)
            {
                writer.WriteStringValue(queue);
            }

            writer.WriteEndArray();
            writer.WriteNumber("completed"u8, totals.Completed);
            writer.WriteNumber("failed"u8, totals.Failed);
            writer.WriteNumber("run_us"u8, (long)totals.RunTime.TotalMicroseconds);
            var stuck = slots.Stuck;
            writer.WriteNumber("stuck"u8, stuck.Count);
            WriteJobs(writer, worker, stuck);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>recover.lua reads previous_beat: what was leased after it may have started without standing in any snapshot.</summary>
    private void WriteTimes(Utf8JsonWriter writer, WorkerIdentity worker)
    {
        if (worker.LastBeat == 0)
        {
            return; // It joins with this one; recover.lua knows that all it ever leases was leased after it.
        }

        Interlocked.CompareExchange(ref _startedAt, worker.LastBeat, 0);
        writer.WriteNumber("started_at"u8, Volatile.Read(ref _startedAt));
        writer.WriteNumber("previous_beat"u8, worker.LastBeat);
    }

    private void WriteJobs(Utf8JsonWriter writer, WorkerIdentity worker, IReadOnlyList<Executor> stuck)
    {
        var left = MaxJobs;
        writer.WriteStartArray("jobs"u8);
        foreach (var executor in slots.Working)
        {
            if (executor.Current is { Attempt: { } attempt } lease && lease.Worker == worker && left-- > 0)
            {
                WriteJob(writer, lease, attempt, isStuck: false);
            }
        }

        foreach (var executor in stuck)
        {
            if (executor.Current is { Attempt: { } attempt } lease && lease.Worker.Shard == worker.Shard && left-- > 0)
            {
                WriteJob(writer, lease, attempt, isStuck: true);
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteJob(Utf8JsonWriter writer, Lease lease, Attempt attempt, bool isStuck)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, lease.IdText);
        writer.WriteString("name"u8, attempt.Handler.Name);
        writer.WriteNumber("started_at"u8, attempt.StartedAt);
        if (attempt.Context.Progress is { } progress)
        {
            writer.WriteNumber("progress"u8, progress);
        }

        if (isStuck)
        {
            writer.WriteBoolean("stuck"u8, value: true);
        }

        writer.WriteEndObject();
    }
}
