using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Scheduling;

/// <summary>The <see cref="IJobScheduler"/> of a host. A change is made from what was read and stored if that still holds.</summary>
internal sealed class JobScheduler(RedisCalls calls, RecurringJobFactory factory, JobQueueMetrics metrics, TimeProvider time) : IJobScheduler
{
    /// <summary>What no process has declared for this long is nobody's any more: they declare it every hour.</summary>
    public static readonly TimeSpan DeclaredFor = TimeSpan.FromHours(2);

    private const int MaxConflicts = 5;

    public async Task<RecurringJob> RegisterAsync<TArgs>(
        string name,
        string handler,
        JobSchedule schedule,
        TArgs args,
        Action<RecurringJobOptions>? configure = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var options = new RecurringJobOptions();
        configure?.Invoke(options);
        RecurringRules.Check(name, handler, schedule, options);
        var argsType = typeof(TArgs) == typeof(object) ? args?.GetType() ?? typeof(object) : typeof(TArgs);
        var declaration = new RecurringDeclaration(name, handler, schedule, args, options);
        var definition = await factory.DefineAsync(name, owner: "", declaration, argsType, cancellationToken).ConfigureAwait(false);
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (now, row) = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
            if (LiveOwner(row, now) is { } owner)
            {
                throw Errors.RecurringOwned(name, owner, "registered");
            }

            var statuses = await calls.StoreAsync(
                "register recurring",
                static (shard, put, token) => PutRecurringScript.RunAsync(shard, [put], token),
                RecurringPlan.Put(row, definition, now),
                cancellationToken).ConfigureAwait(false);
            if (statuses[0] != ScriptStatus.Conflict)
            {
                (_, row) = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
                return RecurringView.Of(row);
            }
        }

        throw Errors.RecurringContended(name);
    }

    public async Task<bool> UnregisterAsync(string name, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (now, row) = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
            if (row.Definition.Length == 0)
            {
                return conflicts > 0;
            }

            if (LiveOwner(row, now) is { } owner)
            {
                throw Errors.RecurringOwned(name, owner, "removed");
            }

            var statuses = await calls.StoreAsync(
                "unregister recurring",
                static (shard, row, token) => RemoveRecurringScript.RunAsync(shard, [row with { State = "" }], token),
                row,
                cancellationToken).ConfigureAwait(false);
            if (statuses[0] != ScriptStatus.Conflict)
            {
                return true; // Not found: it was there a moment ago, so an earlier sending of this call has removed it.
            }
        }

        throw Errors.RecurringContended(name);
    }

    public Task<RecurringJob?> EnableAsync(string name, CancellationToken cancellationToken = default) => SwitchAsync(name, on: true, cancellationToken);

    public Task<RecurringJob?> DisableAsync(string name, CancellationToken cancellationToken = default) => SwitchAsync(name, on: false, cancellationToken);

    public async Task<JobId?> RunNowAsync(string name, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        var (now, row) = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
        if (row.Definition.Length == 0)
        {
            return null;
        }

        var definition = RecurringDefinitionJson.TryRead(row.Definition);
        if (definition is null || RecurringState.TryParse(row.State) is null)
        {
            throw Errors.RecurringUnreadable(name, "its definition is damaged");
        }

        var id = JobId.New(time.GetUtcNow());
        var job = await factory.MakeAsync(name, definition, id, occurrence: null, cancellationToken).ConfigureAwait(false);
        var fire = new RecurringFire(name, definition.Owner, Due: null, Next: null, now, LeavesOutOverlap: false, [job]);
        var (statuses, _) = await FireAsync(fire, id, cancellationToken).ConfigureAwait(false);
        if (statuses[0] == ScriptStatus.NotFound)
        {
            return null;
        }

        metrics.Enqueued(job.Queue, job.Name);
        return id;
    }

    public async Task<RecurringJob?> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        CheckName(name);
        var (_, row) = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
        return row.Definition.Length == 0 ? null : RecurringView.Of(row);
    }

    public async Task<IReadOnlyList<RecurringJob>> ListAsync(CancellationToken cancellationToken = default)
    {
        var all = new SortedDictionary<string, RecurringJob>(StringComparer.Ordinal);
        var cursor = ReadRecurringScript.Ends;
        do
        {
            (_, cursor, var rows) = await calls.RunAsync(
                "list recurring",
                static (shard, cursor, token) => ReadRecurringScript.PageAsync(shard, cursor, token),
                cursor,
                cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                all[row.Name] = RecurringView.Of(row);
            }
        }
        while (cursor != ReadRecurringScript.Ends);

        return [.. all.Values];
    }

    /// <summary>The application whose code declares it; null when none does, or has for long.</summary>
    public static string? LiveOwner(RecurringRow row, long now)
        => RecurringState.TryParse(row.State) is { Owner: { Length: > 0 } owner, Declared: { } declared } && now - declared < DeclaredFor.TotalMilliseconds
            ? owner
            : null;

    private static void CheckName(string name)
    {
        if (!Names.IsValid(name))
        {
            throw Errors.InvalidRecurringName(name);
        }
    }

    private async Task<RecurringJob?> SwitchAsync(string name, bool on, CancellationToken cancellationToken)
    {
        CheckName(name);
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (now, row) = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
            if (row.Definition.Length == 0)
            {
                return null;
            }

            var status = await calls.StoreAsync(
                "switch recurring",
                static (shard, to, token) => SwitchRecurringScript.RunAsync(shard, to.Row, to.On, to.Due, token),
                (Row: row, On: on, Due: on ? DueWhenOn(row, now) : PutRecurringScript.None),
                cancellationToken).ConfigureAwait(false);
            if (status != ScriptStatus.Conflict)
            {
                return await GetAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }

        throw Errors.RecurringContended(name);
    }

    private static string DueWhenOn(RecurringRow row, long now)
    {
        var definition = RecurringDefinitionJson.TryRead(row.Definition);
        return definition?.Schedule is null
            ? throw Errors.RecurringUnreadable(row.Name, definition?.Problem ?? "its definition is damaged")
            : RecurringPlan.SwitchedOn(row, definition, now);
    }

    private async Task<(ScriptStatus[] Statuses, int[] Enqueued)> FireAsync(RecurringFire fire, JobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await calls.StoreAsync(
                "run recurring",
                static (shard, fire, token) => FireRecurringScript.RunAsync(shard, [fire], token),
                fire,
                cancellationToken).ConfigureAwait(false);
        }
        catch (JobQueueUnavailableException e) when (e.InnerException is { } cause && !RedisErrors.IsFull(cause))
        {
            throw cause is TooFewReplicasException few
                ? Errors.NotOnReplicas("run recurring", few, [id])
                : Errors.EnqueueFailed(cause, [id], mayHaveBeenEnqueued: true);
        }
    }

    private async Task<(long Now, RecurringRow Row)> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var (now, rows) = await calls.RunAsync(
            "read recurring",
            static (shard, name, token) => ReadRecurringScript.NamedAsync(shard, [name], token),
            name,
            cancellationToken).ConfigureAwait(false);
        return (now, rows[0]);
    }
}
