using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A record, and where its id is. Every place that does not hold the id is null.</summary>
internal readonly record struct JobPlace(byte[] Record, string? Token, long? ScheduledAt, long? RetryAt, long? DiedAt)
{
    /// <summary>What the holder of the token, or an earlier one, has stored last; empty or null when nothing.</summary>
    public byte[]? Progress { get; init; }
}

/// <summary>Runs read.lua.</summary>
internal static class ReadScript
{
    private const int HeadLength = 1;
    private const int Width = 6;

    /// <summary>Reads jobs; the place of one without a record is null.</summary>
    public static async Task<JobPlace?[]> RunAsync(RedisShard shard, IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
        => (await ReadAsync(shard, ids, cancellationToken).ConfigureAwait(false)).Places;

    /// <summary>Reads one job, and the server's time, by which a record made from it is to say when it ended.</summary>
    public static async Task<(long Now, JobPlace? Place)> RunAsync(RedisShard shard, JobId id, CancellationToken cancellationToken)
    {
        var (now, places) = await ReadAsync(shard, [id], cancellationToken).ConfigureAwait(false);
        return (now, places[0]);
    }

    private static async Task<(long Now, JobPlace?[] Places)> ReadAsync(RedisShard shard, IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[ids.Count];
        for (var i = 0; i < ids.Count; i++)
        {
            arguments[i] = ids[i].ToString();
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Read, arguments, cancellationToken).ConfigureAwait(false));
        var places = new JobPlace?[ids.Count];
        for (int i = 0, at = HeadLength; i < places.Length; i++, at += Width)
        {
            var record = Reply.Bytes(reply[at]);
            var token = Reply.Text(reply[at + 1]);
            places[i] = record is { Length: > 0 }
                ? new JobPlace(
                    record,
                    string.IsNullOrEmpty(token) ? null : token,
                    Reply.OptionalTime(reply[at + 2]),
                    Reply.OptionalTime(reply[at + 3]),
                    Reply.OptionalTime(reply[at + 4]))
                { Progress = Reply.Bytes(reply[at + 5]) }
                : null;
        }

        return (Reply.Int(reply[0]), places);
    }
}
