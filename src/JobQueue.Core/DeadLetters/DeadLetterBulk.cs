using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.DeadLetters;

/// <summary>
/// Retries and removes many dead letters, a page a call. What was dead when the first call began is bounded by that call's time on
/// the server's clock, which the cursor carries: a job that fails again has died later. Safe to use from any thread.
/// </summary>
internal sealed class DeadLetterBulk(RedisCalls calls, TimeProvider time)
{
    private const int MaxRequeueBytes = 1024 * 1024;

    /// <summary>A call takes some 40 µs a job, and every other call waits behind it.</summary>
    private const int MaxRequeue = 100;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan LongestPauseOfDeletes = TimeSpan.FromMilliseconds(20);

    public Task<DeadLetterBatch> RetryAsync(string? fingerprint, string? cursor, CancellationToken cancellationToken)
        => RunAsync(cursor, (shard, from) => RetryAsync(shard, fingerprint, from, cancellationToken), cancellationToken);

    public Task<DeadLetterBatch> DeleteAsync(string? fingerprint, string? cursor, CancellationToken cancellationToken)
        => RunAsync(cursor, (shard, from) => DeleteAsync(shard, fingerprint, from, cancellationToken), cancellationToken);

    /// <summary>One shard after the other: the cursor says which is the next.</summary>
    private async Task<DeadLetterBatch> RunAsync(
        string? cursor, Func<RedisCalls, string?, Task<(DeadLetterBatch Batch, long Until)>> run, CancellationToken cancellationToken)
    {
        var shards = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        var (number, from) = DeadLetterCursor.ParseShard(cursor);
        if (number >= shards.Length)
        {
            throw Errors.InvalidCursor(cursor!);
        }

        var (batch, until) = await run(shards[number], from).ConfigureAwait(false);
        return batch switch
        {
            { NextCursor: { } next } => batch with { NextCursor = DeadLetterCursor.OnShard(number, next) },
            _ when number + 1 < shards.Length => batch with { NextCursor = DeadLetterCursor.OnShard(number + 1, DeadLetterCursor.Format(until)) },
            _ => batch,
        };
    }

    private async Task<(DeadLetterBatch Batch, long Until)> RetryAsync(RedisCalls shard, string? fingerprint, string? cursor, CancellationToken cancellationToken)
    {
        (long Until, DeadPosition? Position)? from = cursor is null
            ? null
            : DeadLetterCursor.ParseTimeAndPosition(cursor) is { } given && (given.Position is not null || shard.Shard > 0) ? given
            : throw Errors.InvalidCursor(cursor);
        var courtesy = new Courtesy(time, ShortestPause, LongestPause);
        var page = await shard.RunAsync(
            "list dead letters",
            ListDeadScript.RunAsync,
            new DeadQuery(ListDeadScript.MaxLimit, fingerprint, OldestFirst: true, from?.Until, from?.Position),
            cancellationToken).ConfigureAwait(false);

        var (items, failed) = BeginRounds(page);
        var done = new List<JobId>(items.Count);
        var isFirst = true;
        foreach (var batch in Split(items))
        {
            if (!isFirst)
            {
                await courtesy.GiveWayAsync(cancellationToken).ConfigureAwait(false);
                courtesy.Begin();
            }

            isFirst = false;
            await RequeueAsync(shard, batch, done, cancellationToken).ConfigureAwait(false);
        }

        if (page.Next is not null)
        {
            await courtesy.GiveWayAsync(cancellationToken).ConfigureAwait(false);
        }

        var until = from?.Until ?? page.Now;
        var batchDone = new DeadLetterBatch(done.Count, failed.Count, page.Next is { } next ? DeadLetterCursor.Format(until, next) : null)
        {
            JobIds = done,
            FailedJobIds = Parse(failed),
        };
        return (batchDone, until);
    }

    private async Task<(DeadLetterBatch Batch, long Until)> DeleteAsync(RedisCalls shard, string? fingerprint, string? cursor, CancellationToken cancellationToken)
    {
        long? until = cursor is null ? null : DeadLetterCursor.ParseTime(cursor) ?? throw Errors.InvalidCursor(cursor);
        var courtesy = new Courtesy(time, TimeSpan.Zero, LongestPauseOfDeletes);
        var (now, removed, remaining) = await shard.RunAsync(
            "delete dead letters",
            static (shard, query, token) => ClearDeadScript.RunAsync(shard, query.fingerprint, query.until, token),
            (fingerprint, until),
            cancellationToken).ConfigureAwait(false);
        if (remaining > 0)
        {
            await courtesy.GiveWayAsync(cancellationToken).ConfigureAwait(false);
        }

        var batch = new DeadLetterBatch(removed.Length, Failed: 0, remaining > 0 ? DeadLetterCursor.Format(until ?? now) : null) { JobIds = Parse(removed) };
        return (batch, until ?? now);
    }

    private static List<JobId> Parse(IReadOnlyCollection<string> texts)
    {
        var ids = new List<JobId>(texts.Count);
        foreach (var text in texts)
        {
            if (JobId.TryParse(text, out var id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>The new records of a page, and whose old ones can't be read.</summary>
    private static (List<RequeueItem> Items, List<string> Failed) BeginRounds(DeadPage page)
    {
        var items = new List<RequeueItem>(page.Entries.Length);
        var failed = new List<string>();
        foreach (var entry in page.Entries)
        {
            if (JobId.TryParse(entry.Id, out var id)
                && JobRecordReader.TryRead(id, entry.Record, out _) is { Raw: null } record)
            {
                NewRound.Begin(record, page.Now);
                items.Add(new RequeueItem(entry.Id, entry.Record, record.Line, JobRecordWriter.Write(record)));
            }
            else
            {
                failed.Add(entry.Id);
            }
        }

        return (items, failed);
    }

    /// <summary>Parts of at most 100 jobs and 1 MiB of records, or one larger record.</summary>
    private static IEnumerable<List<RequeueItem>> Split(List<RequeueItem> items)
    {
        var batch = new List<RequeueItem>(items.Count);
        var bytes = 0;
        foreach (var item in items)
        {
            if (batch.Count == MaxRequeue || (batch.Count > 0 && bytes + item.Record.Length > MaxRequeueBytes))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(item);
            bytes += item.Record.Length;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>
    /// Of those that are not applied, somebody else has taken care: they are not dead any more, or have died anew since. Two calls that have read a job
    /// within one millisecond make the same record of it: only a repeated sending may have stored what it finds stored.
    /// </summary>
    private static async Task RequeueAsync(RedisCalls shard, List<RequeueItem> batch, List<JobId> done, CancellationToken cancellationToken)
    {
        var sendings = 0;
        var statuses = await shard.StoreAsync(
            "requeue",
            (shard, items, token) =>
            {
                sendings++;
                return RequeueScript.RunAsync(shard, items, token);
            },
            batch,
            cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < statuses.Length; i++)
        {
            if (statuses[i] is ScriptStatus.Applied || (statuses[i] is ScriptStatus.AlreadyApplied && sendings > 1))
            {
                done.Add(JobId.Parse(batch[i].Id));
            }
        }
    }
}
