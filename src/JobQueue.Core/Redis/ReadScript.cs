using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A record, and where its id is. Every place that does not hold the id is null.</summary>
internal readonly record struct JobPlace(byte[] Record, string? Token, long? ScheduledAt, long? RetryAt, long? DiedAt);

/// <summary>Runs read.lua.</summary>
internal static class ReadScript
{
    private const int Width = 5;

    /// <summary>Reads jobs; the place of one without a record is null.</summary>
    public static async Task<JobPlace?[]> RunAsync(RedisShard shard, IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[ids.Count];
        for (var i = 0; i < ids.Count; i++)
        {
            arguments[i] = ids[i].ToString();
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Read, arguments, cancellationToken).ConfigureAwait(false));
        var places = new JobPlace?[ids.Count];
        for (int i = 0, at = 0; i < places.Length; i++, at += Width)
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
                : null;
        }

        return places;
    }
}
