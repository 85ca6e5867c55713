using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A recurring job as the store has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">Its definition as JSON; empty when there is none.</param>
/// <param name="State">What has become of it, as <see cref="Scheduling.RecurringState"/> reads it; empty when there is none.</param>
/// <param name="Due">Its next occurrence in ms; null when it does not fire.</param>
internal readonly record struct RecurringRow(string Name, byte[] Definition, string State, long? Due)
{
    private const int Width = 4;

    public static List<RecurringRow> ReadAll(RedisResult[] reply, int first)
    {
        var rows = new List<RecurringRow>((reply.Length - first) / Width);
        for (var at = first; at + Width <= reply.Length; at += Width)
        {
            rows.Add(new(Reply.Text(reply[at]), Reply.Bytes(reply[at + 1]), Reply.Text(reply[at + 2]), Reply.OptionalTime(reply[at + 3])));
        }

        return rows;
    }
}

/// <summary>A definition to store.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Replaced">The definition as it was read; empty when there was none.</param>
/// <param name="Definition">The new one.</param>
/// <param name="Owner">The application; empty at run time.</param>
/// <param name="Due">The next occurrence in ms, <see cref="PutRecurringScript.None"/> or <see cref="PutRecurringScript.Keep"/>.</param>
/// <param name="IsEnabled">Whether it fires unless a person has switched it off.</param>
internal readonly record struct RecurringPut(string Name, byte[] Replaced, byte[] Definition, string Owner, string Due, bool IsEnabled);

/// <summary>Runs put_recurring.lua.</summary>
internal static class PutRecurringScript
{
    public const string None = "";
    public const string Keep = "=";

    private const int Width = 6;

    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<RecurringPut> puts, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[puts.Count * Width];
        for (var i = 0; i < puts.Count; i++)
        {
            var (put, at) = (puts[i], i * Width);
            arguments[at] = put.Name;
            arguments[at + 1] = put.Replaced.Length == 0 ? "" : RecordHash.Of(put.Replaced);
            arguments[at + 2] = put.Definition;
            arguments[at + 3] = put.Owner;
            arguments[at + 4] = put.Due;
            arguments[at + 5] = put.IsEnabled ? 1 : 0;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.PutRecurring, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}

/// <summary>Runs read_recurring.lua.</summary>
internal static class ReadRecurringScript
{
    /// <summary>Where a walk over all begins and ends.</summary>
    public const string Ends = "0";

    /// <summary>Those of the names; one without a definition does not exist.</summary>
    public static async Task<(long Now, List<RecurringRow> Rows)> NamedAsync(RedisShard shard, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var (now, _, rows) = await RunAsync(shard, ["", .. names], cancellationToken).ConfigureAwait(false);
        return (now, rows);
    }

    /// <summary>A page of all; one may come twice in a walk.</summary>
    public static Task<(long Now, string Cursor, List<RecurringRow> Rows)> PageAsync(RedisShard shard, string cursor, CancellationToken cancellationToken)
        => RunAsync(shard, [cursor], cancellationToken);

    private static async Task<(long Now, string Cursor, List<RecurringRow> Rows)> RunAsync(
        RedisShard shard, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.ReadRecurring, arguments, cancellationToken).ConfigureAwait(false));
        return (Reply.Int(reply[0]), Reply.Text(reply[1]), RecurringRow.ReadAll(reply, 2));
    }
}

/// <summary>Runs due_recurring.lua.</summary>
internal static class DueRecurringScript
{
    public const int MaxLimit = 100;

    /// <returns>The server's time, those that are due, and the time of the next that is not among them; null when there is none.</returns>
    public static async Task<(long Now, long? NextDue, List<RecurringRow> Due)> RunAsync(
        RedisShard shard, string owner, int offset, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.DueRecurring, [owner, offset, MaxLimit], cancellationToken).ConfigureAwait(false));
        var next = long.Parse(Reply.Text(reply[1]), CultureInfo.InvariantCulture);
        return (Reply.Int(reply[0]), next < 0 ? null : next, RecurringRow.ReadAll(reply, 2));
    }
}

/// <summary>An occurrence that fires.</summary>
/// <param name="Name">Of the recurring job.</param>
/// <param name="Owner">The application; empty at run time.</param>
/// <param name="Due">The time in ms that was due; null runs it at once, whatever the timetable says.</param>
/// <param name="Next">The next occurrence in ms, which may have come too; null when there is none.</param>
/// <param name="Occurrence">The latest occurrence that this deals with, in ms.</param>
/// <param name="LeavesOutOverlap">Whether nothing is enqueued while the job before has not ended.</param>
/// <param name="Jobs">What is enqueued.</param>
internal readonly record struct RecurringFire(
    string Name, string Owner, long? Due, long? Next, long Occurrence, bool LeavesOutOverlap, IReadOnlyList<EnqueueItem> Jobs);

/// <summary>Runs fire_recurring.lua.</summary>
internal static class FireRecurringScript
{
    /// <summary>Most jobs of a call.</summary>
    public const int MaxJobs = 500;

    /// <summary>Most bytes of a call's records, but for the first job's.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int HeadLength = 7;
    private const int Width = 3;

    /// <summary>How many jobs with arguments of so many bytes go in a call; at least one.</summary>
    public static int RoomFor(int args) => Math.Clamp(MaxBytes / Math.Max(1, args), 1, MaxJobs);

    /// <returns>A status for each, and how many jobs of each are new.</returns>
    public static async Task<(ScriptStatus[] Statuses, int[] Enqueued)> RunAsync(
        RedisShard shard, IReadOnlyList<RecurringFire> fires, CancellationToken cancellationToken)
    {
        var arguments = new List<RedisValue>(fires.Count * (HeadLength + Width));
        foreach (var fire in fires)
        {
            arguments.AddRange([fire.Name, fire.Owner, fire.Due is { } due ? due : "", fire.Next is { } next ? next : "", fire.Occurrence]);
            arguments.AddRange([fire.LeavesOutOverlap ? 1 : 0, fire.Jobs.Count]);
            foreach (var job in fire.Jobs)
            {
                arguments.AddRange([job.Id.ToUtf8(), job.Line, job.Record]);
            }
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.FireRecurring, [.. arguments], cancellationToken).ConfigureAwait(false));
        return (Reply.Statuses(reply[1]), Array.ConvertAll(Reply.Items(reply[2]), static count => (int)count));
    }
}

/// <summary>Runs switch_recurring.lua.</summary>
internal static class SwitchRecurringScript
{
    /// <param name="shard">The store.</param>
    /// <param name="row">The recurring job as it was read.</param>
    /// <param name="on">Whether it is to fire.</param>
    /// <param name="due">The next occurrence in ms, <see cref="PutRecurringScript.None"/> or <see cref="PutRecurringScript.Keep"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ScriptStatus> RunAsync(RedisShard shard, RecurringRow row, bool on, string due, CancellationToken cancellationToken)
    {
        RedisValue[] arguments = [row.Name, RecordHash.Of(row.Definition), on ? 1 : 0, due];
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.SwitchRecurring, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}

/// <summary>Runs remove_recurring.lua.</summary>
internal static class RemoveRecurringScript
{
    private const int Width = 3;

    /// <param name="shard">The store.</param>
    /// <param name="rows">The recurring jobs as they were read; one with an empty state is removed whatever has become of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<RecurringRow> rows, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[rows.Count * Width];
        for (var i = 0; i < rows.Count; i++)
        {
            arguments[i * Width] = rows[i].Name;
            arguments[(i * Width) + 1] = RecordHash.Of(rows[i].Definition);
            arguments[(i * Width) + 2] = rows[i].State;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.RemoveRecurring, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
