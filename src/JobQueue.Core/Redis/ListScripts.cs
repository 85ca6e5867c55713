using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A page of a list of jobs.</summary>
/// <param name="Next">Where the next page begins, as the script takes it; empty when there is no more.</param>
/// <param name="Ids">The jobs.</param>
/// <param name="Places">Their records, and what the script knows of where the ids are.</param>
internal sealed record ListReply(string[] Next, string[] Ids, JobPlace[] Places);

/// <summary>Runs the scripts that list jobs. What stands in <c>next</c> are the arguments that follow the list's own.</summary>
internal static class ListScripts
{
    /// <summary>Runs list_waiting.lua.</summary>
    public static async Task<ListReply> WaitingAsync(RedisShard shard, int limit, string[]? next, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(shard, RedisScripts.ListWaiting, [limit], next ?? ["", "0", ""], cancellationToken).ConfigureAwait(false);
        return Read(reply, static (_, _, record) => new JobPlace(record, Token: null, ScheduledAt: null, RetryAt: null, DiedAt: null));
    }

    /// <summary>Runs list_timed.lua.</summary>
    public static async Task<ListReply> TimedAsync(RedisShard shard, int limit, JobState state, string[]? next, CancellationToken cancellationToken)
    {
        var set = state switch
        {
            JobState.Scheduled => "scheduled",
            JobState.Retrying => "retrying",
            _ => "dead",
        };
        var reply = await SendAsync(shard, RedisScripts.ListTimed, [limit, set], next ?? ["", ""], cancellationToken).ConfigureAwait(false);
        return Read(reply, (parts, at, record) =>
        {
            var score = Reply.OptionalTime(Reply.Items(parts[3])[at]);
            return new JobPlace(
                record,
                Token: null,
                state == JobState.Scheduled ? score : null,
                state == JobState.Retrying ? score : null,
                state == JobState.Dead ? score : null);
        });
    }

    /// <summary>Runs list_running.lua.</summary>
    public static async Task<ListReply> RunningAsync(RedisShard shard, int limit, string[]? next, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(shard, RedisScripts.ListRunning, [limit], next ?? ["", "", ""], cancellationToken).ConfigureAwait(false);
        return Read(reply, static (parts, at, record)
            => new JobPlace(record, Reply.Text(Reply.Items(parts[3])[at]), ScheduledAt: null, RetryAt: null, DiedAt: null)
            {
                Progress = Reply.Bytes(Reply.Items(parts[4])[at]),
            });
    }

    /// <summary>Runs list_finished.lua.</summary>
    public static async Task<ListReply> FinishedAsync(RedisShard shard, int limit, JobState state, string[]? next, CancellationToken cancellationToken)
    {
        var list = state == JobState.Cancelled ? "cancelled" : "completed";
        var reply = await SendAsync(shard, RedisScripts.ListFinished, [limit, list], next ?? ["0", ""], cancellationToken).ConfigureAwait(false);
        return Read(reply, static (_, _, record) => new JobPlace(record, Token: null, ScheduledAt: null, RetryAt: null, DiedAt: null));
    }

    /// <summary>Runs list_recent.lua.</summary>
    public static async Task<ListReply> RecentAsync(RedisShard shard, int limit, string[]? next, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(shard, RedisScripts.ListRecent, [limit], next ?? ["0", ""], cancellationToken).ConfigureAwait(false);
        return Read(reply, static (parts, at, record) =>
        {
            var token = Reply.Text(Reply.Items(parts[3])[at]);
            return new JobPlace(
                record,
                string.IsNullOrEmpty(token) ? null : token,
                Reply.OptionalTime(Reply.Items(parts[4])[at]),
                Reply.OptionalTime(Reply.Items(parts[5])[at]),
                Reply.OptionalTime(Reply.Items(parts[6])[at]))
            { Progress = Reply.Bytes(Reply.Items(parts[7])[at]) };
        });
    }

    private static async Task<RedisResult[]> SendAsync(
        RedisShard shard, RedisScript script, RedisValue[] own, string[] next, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[own.Length + next.Length];
        own.CopyTo(arguments, 0);
        for (var i = 0; i < next.Length; i++)
        {
            arguments[own.Length + i] = next[i];
        }

        return Reply.Items(await shard.EvaluateAsync(script, arguments, cancellationToken).ConfigureAwait(false));
    }

    private static ListReply Read(RedisResult[] reply, Func<RedisResult[], int, byte[], JobPlace> toPlace)
    {
        var ids = Reply.Texts(reply[1]);
        var records = Reply.ManyBytes(reply[2]);
        var places = new JobPlace[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            places[i] = toPlace(reply, i, records[i]);
        }

        return new ListReply(Reply.Texts(reply[0]), ids, places);
    }
}
