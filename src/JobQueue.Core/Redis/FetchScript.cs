using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>What a fetch asks for.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="Number">Rising per worker.</param>
/// <param name="Limit">Most jobs, 1 to 500.</param>
/// <param name="Idle">How long the worker waits for a wake-up when it has found less than it asked for.</param>
/// <param name="Priorities">The order of this call, joined by commas.</param>
/// <param name="Rotation">Which queue of a priority comes first.</param>
/// <param name="Room">Most jobs of a queue, <c>&lt;queue&gt;=&lt;jobs&gt;</c> joined by commas; no limit for others.</param>
/// <param name="Queues">The queues served; empty for all.</param>
internal readonly record struct FetchRequest(
    string WorkerId, long Number, int Limit, TimeSpan Idle, string Priorities, long Rotation, string Room, string[] Queues);

/// <summary>Jobs that a fetch leased from one line; they follow those of the runs before in the reply.</summary>
internal readonly record struct LeasedRun(string Line, int Count);

/// <summary>The answer of a fetch: leased ids and their records, side by side.</summary>
/// <param name="Status"><see cref="ScriptStatus.Applied"/>, <see cref="ScriptStatus.Lost"/> or <see cref="ScriptStatus.Stale"/>.</param>
/// <param name="Now">The server's time in ms: the third part of the lease token.</param>
/// <param name="Ids">The jobs, as texts in UTF-8: they are sent back as they came.</param>
/// <param name="Records">Their records; empty when a key holds another type.</param>
/// <param name="Taken">Which lines they come from, in their order.</param>
/// <param name="HasMore">The call stopped at its bound before it had looked at everything.</param>
/// <param name="SuspectWaits">A suspect waits that this worker could take.</param>
/// <param name="Waits">Nothing is left that it could take, and it was entered as a worker that waits for a wake-up.</param>
internal readonly record struct FetchReply(
    ScriptStatus Status, long Now, byte[][] Ids, byte[][] Records, LeasedRun[] Taken, bool HasMore, bool SuspectWaits, bool Waits);

/// <summary>Runs fetch.lua.</summary>
internal static class FetchScript
{
    private const int HeadLength = 7;

    /// <summary>As in fetch.lua: past this it takes no more records.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    public static async Task<FetchReply> RunAsync(RedisShard shard, FetchRequest request, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[HeadLength + request.Queues.Length];
        arguments[0] = request.WorkerId;
        arguments[1] = request.Number;
        arguments[2] = request.Limit;
        arguments[3] = (long)request.Idle.TotalMilliseconds;
        arguments[4] = request.Priorities;
        arguments[5] = request.Rotation;
        arguments[6] = request.Room;
        for (var i = 0; i < request.Queues.Length; i++)
        {
            arguments[HeadLength + i] = request.Queues[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Fetch, arguments, cancellationToken).ConfigureAwait(false));
        return new FetchReply(
            Reply.Status(reply[0]),
            Reply.Int(reply[1]),
            Reply.ManyBytes(reply[2]),
            Reply.ManyBytes(reply[3]),
            ReadRuns(Reply.Items(reply[4])),
            Reply.Int(reply[5]) == 1,
            Reply.Int(reply[6]) == 1,
            Reply.Int(reply[7]) == 1);
    }

    /// <summary>Whether the call ended because its records were large, so that more may wait although the limit was not reached.</summary>
    public static bool IsCutByBytes(in FetchReply reply)
    {
        long bytes = 0;
        foreach (var record in reply.Records)
        {
            bytes += record.Length;
        }

        return bytes > MaxBytes;
    }

    private static LeasedRun[] ReadRuns(RedisResult[] taken)
    {
        var runs = new LeasedRun[taken.Length / 2];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new LeasedRun(Reply.Text(taken[i * 2]), (int)taken[(i * 2) + 1]);
        }

        return runs;
    }
}
