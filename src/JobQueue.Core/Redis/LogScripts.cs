using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Runs log.lua.</summary>
internal static class LogScript
{
    /// <summary>Lines that are kept of a job, and that a call may bring.</summary>
    public const int MaxLines = 200;

    private const int HeadLength = 4;

    /// <param name="shard">The store.</param>
    /// <param name="id">The job.</param>
    /// <param name="token">Its lease.</param>
    /// <param name="number">Which call of the attempt it is, rising; a call that is sent again has the number that it had.</param>
    /// <param name="lines">Lines as they are stored, oldest first: at least one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ScriptStatus> RunAsync(
        RedisShard shard, string id, string token, long number, IReadOnlyCollection<byte[]> lines, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[HeadLength + lines.Count];
        (arguments[0], arguments[1], arguments[2], arguments[3]) = (id, token, number, MaxLines);
        var at = HeadLength;
        foreach (var line in lines)
        {
            arguments[at++] = line;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Log, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}

/// <summary>Runs read_log.lua.</summary>
internal static class ReadLogScript
{
    /// <returns>The lines as they are stored, oldest first.</returns>
    public static async Task<string[]> RunAsync(RedisShard shard, JobId id, CancellationToken cancellationToken)
        => Reply.Texts(await shard.EvaluateAsync(RedisScripts.ReadLog, [id.ToString()], cancellationToken).ConfigureAwait(false));
}
