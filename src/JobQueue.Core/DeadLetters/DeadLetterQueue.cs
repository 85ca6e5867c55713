using System.Globalization;
using JobQueue.Diagnostics;
using JobQueue.Enqueueing;
using JobQueue.Redis;

namespace JobQueue.DeadLetters;

/// <summary>The <see cref="IDeadLetterQueue"/> of a host.</summary>
internal sealed class DeadLetterQueue(RedisCalls calls, JobPreparer preparer, JobReader reader, JobControl control) : IDeadLetterQueue
{
    private const int MaxPage = 500;
    private const int MaxConflicts = 5;

    public async Task<DeadLetterPage> ListAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default)
    {
        if (limit is < 1 or > MaxPage)
        {
            throw Errors.PageSizeOutOfRange(limit);
        }

        var after = cursor is null ? default : ParseCursor(cursor);
        var (total, entries) = await calls.RunAsync(
            "list dead letters",
            static (shard, page, token) => ListDeadScript.RunAsync(shard, page.limit, page.after.DiedAt, page.after.Id, token),
            (limit, after),
            cancellationToken).ConfigureAwait(false);
        var jobs = new List<Job>(entries.Length);
        foreach (var entry in entries)
        {
            if (JobId.TryParse(entry.Id, out var id) && entry.Record is { Length: > 0 })
            {
                jobs.Add(JobReader.ToJob(id, new JobPlace(entry.Record, Token: null, ScheduledAt: null, RetryAt: null, entry.DiedAt)));
            }
        }

        var next = entries.Length < limit ? null : string.Create(CultureInfo.InvariantCulture, $"{entries[^1].DiedAt}-{entries[^1].Id}");
        return new DeadLetterPage(jobs, total, next);
    }

    public Task RetryAsync(JobId id, CancellationToken cancellationToken = default) => RequeueAsync(id, serialise: null, cancellationToken);

    public Task RetryAsync<TArgs>(JobId id, TArgs args, CancellationToken cancellationToken = default)
        => RequeueAsync(id, name => preparer.Serialise(name, typeof(TArgs), args), cancellationToken);

    public Task DeleteAsync(JobId id, CancellationToken cancellationToken = default)
        => control.DeleteAsync(id, static (id, state) => state == JobState.Dead ? null : Errors.NotDead(id, state), cancellationToken);

    /// <summary>Reads the record, makes that of the new round, and stores it if nobody has changed it meanwhile.</summary>
    private async Task RequeueAsync(JobId id, Func<string, byte[]>? serialise, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var place = await ReadDeadAsync(id, cancellationToken).ConfigureAwait(false);
            if (JobRecordReader.TryRead(id, place.Record, out _) is not { } record || record.Raw is not null)
            {
                throw Errors.UnreadableNotRequeued(id);
            }

            var bytes = BeginRound(record, serialise);
            var status = await calls.RunAsync(
                "requeue",
                static (shard, job, token) => RequeueScript.RunAsync(shard, job.id, job.Record, job.Line, job.bytes, token),
                (id, place.Record, record.Line, bytes),
                cancellationToken).ConfigureAwait(false);
            if (status is ScriptStatus.Applied or ScriptStatus.AlreadyApplied)
            {
                return;
            }

            if (status == ScriptStatus.NotFound && await HasRoundAsync(id, record.Round, cancellationToken).ConfigureAwait(false))
            {
                return; // A repeat of this call whose first sending was carried out; the job has moved on since.
            }
        }

        throw Errors.Contended(id, JobState.Dead);
    }

    private static byte[] BeginRound(JobRecord record, Func<string, byte[]>? serialise)
    {
        record.Round++;
        record.RetryCount = 0;
        record.Status = null;
        record.FinishedAt = null;
        record.Reason = null;
        if (serialise is not null)
        {
            record.Args = serialise(record.Name);
        }

        return JobRecordWriter.Write(record);
    }

    private async Task<JobPlace> ReadDeadAsync(JobId id, CancellationToken cancellationToken)
    {
        var places = await calls.RunAsync(
            "read",
            static (shard, id, token) => ReadScript.RunAsync(shard, [id], token),
            id,
            cancellationToken).ConfigureAwait(false);
        return places[0] switch
        {
            null => throw Errors.NotFound(id),
            { DiedAt: null } other => throw Errors.NotDead(id, JobReader.ToJob(id, other).State),
            { } dead => dead,
        };
    }

    private async Task<bool> HasRoundAsync(JobId id, int round, CancellationToken cancellationToken)
        => await reader.ReadAsync(id, cancellationToken).ConfigureAwait(false) is { } job && job.Round >= round;

    private static (long? DiedAt, string? Id) ParseCursor(string cursor)
    {
        var dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var diedAt)
            && JobId.TryParse(cursor[(dash + 1)..], out var id)
            ? (diedAt, id.ToString())
            : throw Errors.InvalidCursor(cursor);
    }
}
