using JobQueue.Diagnostics;
using JobQueue.Enqueueing;
using JobQueue.Redis;

namespace JobQueue.DeadLetters;

/// <summary>The <see cref="IDeadLetterQueue"/> of a host.</summary>
internal sealed class DeadLetterQueue(RedisCalls calls, JobPreparer preparer, JobReader reader, JobControl control, TimeProvider time) : IDeadLetterQueue
{
    private const int MaxPage = 500;
    private const int MaxConflicts = 5;

    private const int MaxGroups = 1_000;

    private readonly DeadLetterBulk _bulk = new(calls, time);

    public Task<DeadLetterPage> ListAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default)
        => ListAsync(fingerprint: null, limit, cursor, cancellationToken);

    public Task<DeadLetterPage> ListGroupAsync(
        string fingerprint, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        CheckFingerprint(fingerprint);
        return ListAsync(fingerprint, limit, cursor, cancellationToken);
    }

    public async Task<IReadOnlyList<DeadLetterGroup>> GetGroupsAsync(CancellationToken cancellationToken = default)
    {
        var all = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        var shards = await Task.WhenAll(Array.ConvertAll(all, shard => ReadGroupsAsync(shard, cancellationToken))).ConfigureAwait(false);
        return [.. shards
            .SelectMany(static groups => groups)
            .GroupBy(static group => group.Fingerprint, StringComparer.Ordinal)
            .Select(static parts => parts.Aggregate(Merge))
            .OrderByDescending(static group => group.Count)
            .ThenByDescending(static group => group.LastAt)
            .ThenBy(static group => group.Fingerprint, StringComparer.Ordinal)
            .Take(MaxGroups)
            .Select(ToGroup)];
    }

    private static async Task<IEnumerable<StoredGroup>> ReadGroupsAsync(RedisCalls shard, CancellationToken cancellationToken)
    {
        // A scan may answer a group twice; the later answer stands.
        var found = new Dictionary<string, StoredGroup>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            (cursor, var groups) = await shard.RunAsync("list groups of dead letters", DeadGroupsScript.RunAsync, cursor, cancellationToken).ConfigureAwait(false);
            foreach (var group in groups)
            {
                found[group.Fingerprint] = group;
            }
        }
        while (cursor != "0");

        return found.Values;
    }

    /// <summary>A group as two shards have it: the description is of the later death.</summary>
    private static StoredGroup Merge(StoredGroup one, StoredGroup other) => (one.LastAt >= other.LastAt ? one : other) with
    {
        Count = one.Count + other.Count,
        FirstAt = Math.Min(one.FirstAt, other.FirstAt),
    };

    public Task<DeadLetterBatch> RetryAllAsync(string? fingerprint = null, string? cursor = null, CancellationToken cancellationToken = default)
    {
        CheckFingerprint(fingerprint);
        return _bulk.RetryAsync(fingerprint, cursor, cancellationToken);
    }

    public Task<DeadLetterBatch> DeleteAllAsync(string? fingerprint = null, string? cursor = null, CancellationToken cancellationToken = default)
    {
        CheckFingerprint(fingerprint);
        return _bulk.DeleteAsync(fingerprint, cursor, cancellationToken);
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
            var (now, place) = await ReadDeadAsync(id, cancellationToken).ConfigureAwait(false);
            if (JobRecordReader.TryRead(id, place.Record, out _) is not { } record || record.Raw is not null)
            {
                throw Errors.UnreadableNotRequeued(id);
            }

            if (serialise is not null)
            {
                record.Args = serialise(record.Name);
            }

            NewRound.Begin(record, now);
            var item = new RequeueItem(id.ToString(), place.Record, record.Line, JobRecordWriter.Write(record));
            var statuses = await calls.Of(id).StoreAsync(
                "requeue",
                static (shard, item, token) => RequeueScript.RunAsync(shard, [item], token),
                item,
                cancellationToken).ConfigureAwait(false);
            var status = statuses[0];
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

    private async Task<(long Now, JobPlace Place)> ReadDeadAsync(JobId id, CancellationToken cancellationToken)
    {
        var (now, place) = await reader.ReadPlaceAsync(id, cancellationToken).ConfigureAwait(false);
        return place switch
        {
            null => throw Errors.NotFound(id),
            { DiedAt: null } other => throw Errors.NotDead(id, JobReader.ToJob(id, other).State),
            { } dead => (now, dead),
        };
    }

    private async Task<bool> HasRoundAsync(JobId id, int round, CancellationToken cancellationToken)
        => await reader.ReadAsync(id, cancellationToken).ConfigureAwait(false) is { } job && job.Round >= round;

    private async Task<DeadLetterPage> ListAsync(string? fingerprint, int limit, string? cursor, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxPage)
        {
            throw Errors.PageSizeOutOfRange(limit);
        }

        var totals = new long?[RedisShards.Most];
        var pages = new MergedPages(
            calls,
            static (left, right) => MergedPages.Latest(left.FinishedAt, right.FinishedAt),
            async (shard, count, from) =>
            {
                (totals[shard.Shard], var page) = await ReadAsync(shard, fingerprint, count, from, cancellationToken).ConfigureAwait(false);
                return page;
            });
        var page = await pages.ReadAsync(limit, cursor, cancellationToken).ConfigureAwait(false);
        foreach (var shard in await calls.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            totals[shard.Shard] ??= (await ReadAsync(shard, fingerprint, limit: 1, cursor: null, cancellationToken).ConfigureAwait(false)).Total; // Its part of the list has ended.
        }

        return new DeadLetterPage(page.Jobs, totals.Sum() ?? 0, page.NextCursor);
    }

    private static async Task<(long Total, JobPage Page)> ReadAsync(RedisCalls shard, string? fingerprint, int limit, string? cursor, CancellationToken cancellationToken)
    {
        DeadPosition? after = cursor is null ? null : DeadLetterCursor.ParsePosition(cursor) ?? throw Errors.InvalidCursor(cursor);
        var page = await shard.RunAsync(
            "list dead letters",
            ListDeadScript.RunAsync,
            new DeadQuery(limit, fingerprint, After: after),
            cancellationToken).ConfigureAwait(false);
        var jobs = new List<Job>(page.Entries.Length);
        foreach (var entry in page.Entries)
        {
            if (JobId.TryParse(entry.Id, out var id) && entry.Record is { Length: > 0 })
            {
                jobs.Add(JobReader.ToJob(id, new JobPlace(entry.Record, Token: null, ScheduledAt: null, RetryAt: null, entry.DiedAt)));
            }
        }

        return (page.Total, new JobPage(jobs, page.Next is { } next ? DeadLetterCursor.Format(next) : null));
    }

    private static DeadLetterGroup ToGroup(StoredGroup group)
    {
        var description = GroupDescription.Read(group.Description);
        return new DeadLetterGroup(
            group.Fingerprint,
            description.Handler,
            description.ErrorType,
            description.Error,
            group.Count,
            DateTimeOffset.FromUnixTimeMilliseconds(group.FirstAt),
            DateTimeOffset.FromUnixTimeMilliseconds(group.LastAt));
    }

    private static void CheckFingerprint(string? fingerprint)
    {
        if (fingerprint is not null && !ErrorFingerprint.IsValid(fingerprint))
        {
            throw Errors.InvalidFingerprint(fingerprint);
        }
    }
}
