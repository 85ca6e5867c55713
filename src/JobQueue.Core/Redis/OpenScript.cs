namespace JobQueue.Redis;

/// <summary>Runs open.lua.</summary>
internal static class OpenScript
{
    /// <param name="shard">The shard.</param>
    /// <param name="schema">The version that this process writes.</param>
    /// <param name="shards">How many shards this process spreads jobs over; 0 where their number is not kept.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<OpenReply> RunAsync(RedisShard shard, int schema, int shards, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Open, [schema, shards], cancellationToken).ConfigureAwait(false));
        return new OpenReply(Reply.Int(reply[0]), Reply.Text(reply[1]), Reply.Text(reply[2]) ?? "", (int)Reply.Int(reply[3]));
    }
}

/// <summary>What a server says of a shard that is opened.</summary>
/// <param name="Now">The server's clock, in ms.</param>
/// <param name="Schema">The schema version found, which this process must be able to write.</param>
/// <param name="EvictionPolicy">The eviction policy, or empty.</param>
/// <param name="Shards">How many shards the store has; 1 or more, and right on shard 0 only.</param>
internal readonly record struct OpenReply(long Now, string Schema, string EvictionPolicy, int Shards);
