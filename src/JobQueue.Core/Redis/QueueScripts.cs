using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A job at the front of a list; its record is empty when the page was too large to hold it.</summary>
internal readonly record struct FrontJob(string Id, byte[] Record);

/// <summary>One queue as queues.lua answers it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsPaused">Whether workers leave it alone.</param>
/// <param name="Rate">Jobs that workers took of it in the last minute.</param>
/// <param name="Waiting">Jobs waiting: suspects, then by priority from the most urgent.</param>
/// <param name="Fronts">The jobs at the fronts of those of the lists that have one.</param>
internal sealed record QueueReply(string Name, bool IsPaused, long Rate, long[] Waiting, FrontJob[] Fronts);

/// <summary>Runs queues.lua.</summary>
internal static class QueuesScript
{
    private const int Lines = 5;
    private const int Head = 3;
    private const int Width = Head + (3 * Lines);

    /// <summary>Reads a page of the known queues, or of the paused ones, which need not be known.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="paused">Which.</param>
    /// <param name="cursor">"0", or the cursor of the page before.</param>
    /// <param name="count">About how many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The server's time, the cursor ("0" after the last page), and the queues.</returns>
    public static async Task<(long Now, string Cursor, QueueReply[] Queues)> RunAsync(
        RedisShard shard, bool paused, string cursor, int count, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Queues, [paused ? "paused" : "queues", cursor, count], cancellationToken)
            .ConfigureAwait(false));
        var items = Reply.Items(reply[2]);
        var queues = new QueueReply[items.Length / Width];
        for (var i = 0; i < queues.Length; i++)
        {
            queues[i] = ReadQueue(items.AsSpan(i * Width, Width));
        }

        return (Reply.Int(reply[0]), Reply.Text(reply[1]), queues);
    }

    private static QueueReply ReadQueue(ReadOnlySpan<RedisResult> items)
    {
        var waiting = new long[Lines];
        var fronts = new List<FrontJob>(Lines);
        for (var line = 0; line < Lines; line++)
        {
            waiting[line] = Reply.Int(items[Head + line]);
            if (Reply.Text(items[Head + Lines + line]) is { Length: > 0 } id)
            {
                fronts.Add(new FrontJob(id, Reply.Bytes(items[Head + (2 * Lines) + line])));
            }
        }

        return new QueueReply(Reply.Text(items[0]), Reply.Int(items[1]) == 1, Reply.Int(items[2]), waiting, [.. fronts]);
    }
}

/// <summary>Runs pause.lua.</summary>
internal static class PauseScript
{
    /// <returns>Whether the queue was not paused before.</returns>
    public static async Task<bool> RunAsync(RedisShard shard, string queue, CancellationToken cancellationToken)
        => Reply.Int(Reply.Items(await shard.EvaluateAsync(RedisScripts.Pause, [queue], cancellationToken).ConfigureAwait(false))[0]) == 1;
}

/// <summary>Runs resume.lua.</summary>
internal static class ResumeScript
{
    /// <returns>Whether the queue was paused before.</returns>
    public static async Task<bool> RunAsync(RedisShard shard, string queue, CancellationToken cancellationToken)
        => Reply.Int(Reply.Items(await shard.EvaluateAsync(RedisScripts.Resume, [queue], cancellationToken).ConfigureAwait(false))[0]) == 1;
}

/// <summary>Runs purge.lua.</summary>
internal static class PurgeScript
{
    /// <summary>Most jobs removed in one call.</summary>
    public const int MaxLimit = 500;

    /// <summary>Puts a mark behind what waits in a list now.</summary>
    /// <returns>Whether nothing waits there.</returns>
    public static async Task<bool> MarkAsync(RedisShard shard, string line, string mark, CancellationToken cancellationToken)
        => (await SendAsync(shard, line, mark, limit: 0, cancellationToken).ConfigureAwait(false)).IsDone;

    /// <summary>Removes jobs in front of the mark.</summary>
    public static Task<(int Removed, bool IsDone)> RunAsync(RedisShard shard, string line, string mark, CancellationToken cancellationToken)
        => SendAsync(shard, line, mark, MaxLimit, cancellationToken);

    private static async Task<(int Removed, bool IsDone)> SendAsync(
        RedisShard shard, string line, string mark, int limit, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Purge, [line, mark, limit], cancellationToken).ConfigureAwait(false));
        return ((int)Reply.Int(reply[0]), Reply.Int(reply[1]) == 1);
    }
}
